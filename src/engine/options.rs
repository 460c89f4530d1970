//! What the options of a party are worth to each of its types, and how likely a type is to choose
//! them.
//!
//! Flows in: what each option makes of the crisis, which is the same for all types ([`Terms`]), and
//! what the types have in view ([`Outset`]). Flows out: expected utilities and logit weights; the
//! head of [`super::moves`] has the formulas. Types lie side by side, up to [`LANES`] of them.

use super::tables::{Kinds, LANES, Lane, Strain, Traits};
use super::worth::War;
use crate::math;
use crate::model::plan::{Model, PartyPlan};

const ZEROS: Lane = [0.0; LANES];

/// The options of the party at hand.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    /// How many there are; `moves` and `terms` have room for as many as a party can have.
    count: usize,
    /// Moves at hand; waiting comes first, as `None`.
    moves: Vec<Option<usize>>,
    /// By option.
    terms: Vec<Terms>,
    /// Crisis variables after an option.
    pub(super) after: Vec<f64>,
    /// Lotteries one after the other; see [`Terms::wars`].
    pub(super) wars: Vec<War>,
    /// How many of them an option has that leaves the crisis open.
    lotteries: usize,
    /// `[option * lanes + lane]`: expected utility to types of the party.
    utility: Vec<Lane>,
    /// The same: how much more likely than nothing a type is to choose it; sums to `total`.
    weight: Vec<Lane>,
    /// `[lane]`
    total: Vec<Lane>,
    lanes: usize,
}

/// What an option makes of the crisis, and what it costs its actor.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Terms {
    /// Crisis variables after it that cost its actor.
    pub(super) strain: Strain,
    /// Expected fall of the target's disagreement value.
    pub(super) fall: f64,
    pub(super) cost: f64,
    pub(super) threatened: f64,
    pub(super) backing_down: f64,
    /// Place of its first lottery.
    pub(super) wars: usize,
    pub(super) end: End,
}

/// Whether an option ends the run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum End {
    #[default]
    Open,
    /// By its lottery.
    Force,
    /// With a payoff.
    Payoff(f64),
}

/// What a party's types have in view when they weigh their options; slices are by type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outset<'a> {
    pub(super) kinds: &'a Kinds,
    /// See the fields of `World`.
    pub(super) now: &'a [f64],
    pub(super) asked: &'a [f64],
    pub(super) best_offer: &'a [f64],
    /// Discount factor up to the next round.
    pub(super) discount: &'a [f64],
    /// Whether the party sits at an open venue.
    pub(super) seated: bool,
    /// Expected loss by others' force.
    pub(super) fear: f64,
}

/// What of the first `N` types of a lane bears on every option.
struct Mood<const N: usize> {
    /// Utility of the situation as it stands, and with being at the table.
    now: [f64; N],
    with_talks: [f64; N],
    /// Probability of a settlement, and what it would be worth.
    prospect: [f64; N],
    settlement: [f64; N],
    discount: [f64; N],
}

impl<const N: usize> Mood<N> {
    #[inline]
    fn new(outset: &Outset<'_>, traits: &Traits, lane: usize) -> Self {
        let first = lane * LANES;
        let now: [f64; N] = part(outset.now, first);
        let talks: [f64; N] = traits.talks(outset.seated);
        let mut mood = Self {
            now,
            with_talks: now,
            prospect: [0.0; N],
            settlement: [0.0; N],
            discount: part(outset.discount, first),
        };
        let (asked, best_offer): ([f64; N], [f64; N]) =
            (part(outset.asked, first), part(outset.best_offer, first));
        // Without an offer made and one received there is no prospect.
        let mut short = [f64::INFINITY; N];
        let mut hope = false;
        for at in 0..N {
            mood.with_talks[at] += talks[at];
            let (target, best) = (asked[at], best_offer[at]);
            if !target.is_nan() && !best.is_nan() {
                short[at] = (target - best - traits.slack[at]) / traits.spread[at];
                mood.settlement[at] = now[at] + 0.5 * (target + best);
                hope = true;
            }
        }
        if hope {
            mood.prospect = math::exp_each(short).map(|power| 1.0 / (1.0 + power));
        }
        mood
    }

    /// Expected utilities of an option.
    #[inline]
    fn worth<'a>(
        &self,
        traits: &Traits,
        stakes: impl Fn(&War) -> &'a [Lane; 2],
        (terms, wars): (&Terms, &[War]),
        (seated, fear): (bool, f64),
    ) -> [f64; N] {
        let mut value = [0.0; N];
        match terms.end {
            End::Open => {
                let costs: [f64; N] = traits.costs(terms.strain);
                for at in 0..N {
                    value[at] = self.with_talks[at] - costs[at];
                }
                for war in wars {
                    or_war(&mut value, war, stakes(war));
                }
                for (at, value) in value.iter_mut().enumerate() {
                    let later = self.discount[at] * (*value - fear);
                    let agreed = self.settlement[at] + 0.5 * terms.fall;
                    *value = later + self.prospect[at] * (agreed - later);
                }
            }
            End::Force => value = wars[0].worth(stakes(&wars[0])),
            End::Payoff(payoff) => {
                let paid: [f64; N] = traits.paid(terms.strain, seated);
                for at in 0..N {
                    value[at] = self.now[at] - paid[at] + payoff;
                }
            }
        }
        for (at, value) in value.iter_mut().enumerate() {
            let cost = traits.reluctance[at] * terms.cost + terms.threatened;
            *value -= cost + terms.backing_down * traits.audience_cost[at];
        }
        value
    }
}

/// Numbers of `N` types, from a place on.
#[inline]
pub(super) fn part<const N: usize>(numbers: &[f64], first: usize) -> [f64; N] {
    let part = numbers[first..].first_chunk();
    *part.expect("there are as many types")
}

/// Raises values of the first `N` types to what a lottery is worth.
#[inline]
pub(super) fn or_war<const N: usize>(value: &mut [f64; N], war: &War, stakes: &[Lane; 2]) {
    let worth: [f64; N] = war.worth(stakes);
    for at in 0..N {
        value[at] = if worth[at] > value[at] {
            worth[at]
        } else {
            value[at]
        };
    }
}

impl Options {
    pub(super) fn new(model: &Model) -> Self {
        let most = |count: fn(&PartyPlan) -> usize| model.parties.iter().map(count).max();
        let options = most(|party| party.moves.len()).map_or(1, |moves| moves + 1);
        let lanes = most(|party| party.types).unwrap_or(1).div_ceil(LANES);
        Self {
            count: 0,
            moves: vec![None; options],
            terms: vec![Terms::default(); options],
            after: vec![0.0; model.slots.len()],
            wars: Vec::with_capacity(model.force.len() * (options + 1)),
            lotteries: 0,
            utility: vec![ZEROS; options * lanes],
            weight: vec![ZEROS; options * lanes],
            total: vec![ZEROS; lanes],
            lanes,
        }
    }

    /// Forgets the options of another party; lotteries that are there already are those of waiting.
    pub(super) fn begin(&mut self) {
        self.count = 0;
        self.lotteries = self.wars.len();
    }

    /// Adds an option.
    #[inline]
    pub(super) fn add(&mut self, index: Option<usize>, terms: Terms) {
        self.moves[self.count] = index;
        self.terms[self.count] = terms;
        self.count += 1;
    }

    /// The lotteries of waiting.
    #[inline]
    pub(super) fn unmoved(&self) -> &[War] {
        &self.wars[..self.lotteries]
    }

    /// Works out what the options are worth and how likely they are.
    pub(super) fn weigh(&mut self, outset: &Outset<'_>) {
        let types = outset.now.len();
        self.lanes = types.div_ceil(LANES);
        for lane in 0..self.lanes {
            match types - lane * LANES {
                1 => self.weigh_lane::<1>(outset, lane),
                2 => self.weigh_lane::<2>(outset, lane),
                3 => self.weigh_lane::<3>(outset, lane),
                _ => self.weigh_lane::<LANES>(outset, lane),
            }
        }
    }

    /// The same for the `N` types of a lane.
    fn weigh_lane<const N: usize>(&mut self, outset: &Outset<'_>, lane: usize) {
        let lanes = self.lanes;
        let traits = &outset.kinds.traits[lane];
        let mood = Mood::<N>::new(outset, traits, lane);
        let stakes = |war: &War| &outset.kinds.stakes[war.place * lanes + lane];
        let common = (outset.seated, outset.fear);
        let mut best = [f64::NEG_INFINITY; N];
        for (option, terms) in self.terms[..self.count].iter().enumerate() {
            let wars = &self.wars[terms.wars..];
            let lotteries = &wars[..self.lotteries.min(wars.len())];
            let utility = mood.worth(traits, stakes, (terms, lotteries), common);
            for at in 0..N {
                best[at] = if utility[at] > best[at] {
                    utility[at]
                } else {
                    best[at]
                };
            }
            self.utility[option * lanes + lane][..N].copy_from_slice(&utility);
        }
        self.logit(&traits.rationality, best, lane);
    }

    /// Logit weights of the options for the `N` types of a lane, and their sums, given what the best
    /// option is worth to each.
    #[inline]
    fn logit<const N: usize>(&mut self, rationality: &Lane, best: [f64; N], lane: usize) {
        let lanes = self.lanes;
        let places = (0..self.count).map(|option| option * lanes + lane);
        let mut total = [0.0; N];
        if rationality[..N].iter().all(|&r| r < f64::INFINITY) {
            for place in places {
                let utility = &self.utility[place];
                let mut power = [0.0; N];
                for at in 0..N {
                    power[at] = rationality[at] * (utility[at] - best[at]);
                }
                let power = math::exp_each(power);
                for at in 0..N {
                    total[at] += power[at];
                }
                self.weight[place][..N].copy_from_slice(&power);
            }
        } else {
            for place in places {
                for at in 0..N {
                    let below = self.utility[place][at] - best[at];
                    let weight = logit_weight(rationality[at], below, total[at] > 0.0);
                    self.weight[place][at] = weight;
                    total[at] += weight;
                }
            }
        }
        self.total[lane][..N].copy_from_slice(&total);
    }

    /// Moves at hand; waiting comes first, as `None`.
    pub(super) fn moves(&self) -> &[Option<usize>] {
        &self.moves[..self.count]
    }

    /// Probability that a type chooses an option.
    #[inline]
    pub(super) fn choice(&self, kind: usize, option: usize) -> f64 {
        let (lane, at) = (kind / LANES, kind % LANES);
        self.weight[option * self.lanes + lane][at] / self.total[lane][at]
    }

    /// What an option is worth to a type.
    pub(super) fn utility(&self, kind: usize, option: usize) -> f64 {
        self.utility[option * self.lanes + kind / LANES][kind % LANES]
    }

    /// Every option with what it is worth to a type.
    pub(super) fn worth(&self, kind: usize) -> Vec<(Option<usize>, f64)> {
        let options = self.moves().iter().enumerate();
        let worth = |(option, index): (usize, &Option<usize>)| (*index, self.utility(kind, option));
        options.map(worth).collect()
    }

    /// Probability that each type of a lane uses a force option.
    #[inline]
    pub(super) fn probability_of_force(&self, option: usize, lane: usize) -> Lane {
        let mut sum = ZEROS;
        for (place, terms) in self.terms[..self.count].iter().enumerate() {
            if matches!(terms.end, End::Force) && self.wars[terms.wars].option == option {
                let weights = &self.weight[place * self.lanes + lane];
                for (sum, weight) in sum.iter_mut().zip(weights) {
                    *sum += weight;
                }
            }
        }
        for (sum, total) in sum.iter_mut().zip(&self.total[lane]) {
            *sum /= total;
        }
        sum
    }
}

/// Weight of an option whose utility is `below` (0 or less) that of the best one. Under best
/// response the first of the best options has all weight.
#[inline]
fn logit_weight(rationality: f64, below: f64, chosen: bool) -> f64 {
    if rationality < f64::INFINITY {
        math::exp(rationality * below)
    } else {
        f64::from(u8::from(below >= 0.0 && !chosen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Choice probabilities of one type between options of these utilities.
    fn logit(utility: &[f64], rationality: f64) -> Vec<f64> {
        let mut options = Options {
            count: utility.len(),
            moves: vec![None; utility.len()],
            utility: utility.iter().map(|u| [*u, 0.0, 0.0, 0.0]).collect(),
            weight: vec![ZEROS; utility.len()],
            total: vec![ZEROS],
            lanes: 1,
            ..Options::default()
        };
        let best = utility.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        options.logit(&[rationality; LANES], [best], 0);
        let choice = |option| options.choice(0, option);
        (0..utility.len()).map(choice).collect()
    }

    #[test]
    fn logit_limits_and_closed_form() {
        let utility = [0.2, 0.5, 0.4];
        let even = logit(&utility, 0.0);
        assert!(even.iter().all(|p| (p - 1.0 / 3.0).abs() < 1e-15));
        assert_eq!(logit(&utility, f64::INFINITY), [0.0, 1.0, 0.0]);
        assert_eq!(logit(&[0.5, 0.2, 0.5], f64::INFINITY), [1.0, 0.0, 0.0]);
        let p = logit(&utility, 7.0);
        assert!(
            (p[1] / p[2] - math::exp(0.7)).abs() < 1e-12,
            "odds are exp(lambda difference)"
        );
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        let q = logit(&utility.map(|u| 3.0 * u + 1.0), 7.0 / 3.0);
        assert!(
            p.iter().zip(&q).all(|(a, b)| (a - b).abs() < 1e-12),
            "affine invariance"
        );
    }
}
