//! The expected-utility model of group decisions on one issue (Bueno de Mesquita), as reconstructed
//! by Scholz, Calbert and Smith.
//!
//! Flows in: each actor's position, capability and salience. Flows out: rounds of [`Round`]s with
//! positions, challenges and risk exponents, beside the weighted median and mean. Invariant: scaling
//! all capabilities changes nothing, and neither does moving or stretching the axis of positions.
//!
//! Sources: Bueno de Mesquita (1994), in *European Community Decision Making*; Scholz, Calbert and
//! Smith (2011), *Journal of Theoretical Politics* 23: 510-531. The model's details were never
//! published in full: where readings differ there is a [`Denominator`] and a [`Choice`], and no
//! result should be shown without what the inputs' uncertainty makes of it.

use crate::math;

/// Positions nearer to each other than this share of the axis are the same: otherwise an actor that
/// comes ever closer to another never arrives.
const SAME: f64 = 1e-6;

/// An actor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Actor {
    /// Where it stands on the issue.
    pub position: f64,
    /// What it could bring to bear, above 0.
    pub capability: f64,
    /// How much the issue matters to it, in [0, 1].
    pub salience: f64,
}

/// How a probability of success is normalised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denominator {
    /// Over all votes between the two: P(i, j) + P(j, i) = 1, what the model's author describes.
    Dyad,
    /// Over all votes between all pairs: reproduces the published run.
    AllPairs,
}

/// Which of several offers an actor takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Within the most serious kind, the offer that moves it least, as the papers say.
    LeastChange,
    /// As the published program codes it: among compromises the lowest weighted position.
    Replication,
}

/// A reading of the model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// Normalisation of probabilities.
    pub denominator: Denominator,
    /// Choice among offers.
    pub choice: Choice,
    /// `Q`: probability that things stay as they are if nobody challenges. Usually 1.
    pub stay: f64,
    /// `T`: if they change, probability that they change for the better. Usually 1; matters only if
    /// `stay` is below 1.
    pub improve: f64,
    /// Most rounds.
    pub rounds: usize,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            denominator: Denominator::Dyad,
            choice: Choice::LeastChange,
            stay: 1.0,
            improve: 1.0,
            rounds: 10,
        }
    }
}

/// What an offer asks of the one who gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfferKind {
    /// Both would challenge, the other with more: take its position.
    Confrontation,
    /// The other gains more than the actor would lose: go part of the way.
    Compromise,
    /// The actor would lose more than the other gains: take its position.
    Capitulation,
}

/// An accepted offer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// Who moves.
    pub actor: usize,
    /// Whose offer it takes.
    pub counterpart: usize,
    /// What kind of offer.
    pub kind: OfferKind,
    /// What the actor expects of challenging the other.
    pub own: f64,
    /// What the actor thinks the other expects of challenging it.
    pub other: f64,
    /// Where it moves to.
    pub position: f64,
}

/// How one actor sees another: the octants of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Octant {
    /// Same position.
    Agreed,
    /// Both would challenge, the actor with more to gain.
    ConflictAhead,
    /// Both would challenge, the other with more to gain.
    ConflictBehind,
    /// Only the actor would challenge; the other would lose less than the actor gains.
    CompromiseAhead,
    /// Only the other would challenge; it gains more than the actor would lose.
    CompromiseBehind,
    /// Only the actor would challenge; the other would lose more than the actor gains.
    Compels,
    /// Only the other would challenge; the actor would lose more than the other gains.
    Compelled,
    /// Neither would challenge.
    Stalemate,
}

impl Octant {
    fn of(own: f64, other: f64) -> Self {
        match (own > 0.0, other > 0.0) {
            (true, true) if own >= other => Self::ConflictAhead,
            (true, true) => Self::ConflictBehind,
            (true, false) if own > -other => Self::CompromiseAhead,
            (true, false) => Self::Compels,
            (false, true) if other > -own => Self::CompromiseBehind,
            (false, true) => Self::Compelled,
            (false, false) => Self::Stalemate,
        }
    }

    /// In words, from the actor's point of view.
    pub fn words(self) -> &'static str {
        match self {
            Self::Agreed => "agree",
            Self::ConflictAhead => "conflict, ahead",
            Self::ConflictBehind => "conflict, behind",
            Self::CompromiseAhead => "compromise, ahead",
            Self::CompromiseBehind => "compromise, behind",
            Self::Compels => "compels",
            Self::Compelled => "compelled",
            Self::Stalemate => "stalemate",
        }
    }
}

/// Expected utilities of challenges, as their viewer sees them.
#[derive(Debug, Clone, PartialEq)]
pub struct Challenges {
    actors: usize,
    own: Vec<f64>,
    other: Vec<f64>,
}

impl Challenges {
    /// What `i` expects of challenging `j`.
    pub fn own(&self, i: usize, j: usize) -> f64 {
        self.own[i * self.actors + j]
    }

    /// What `i` thinks `j` expects of challenging `i`.
    pub fn other(&self, i: usize, j: usize) -> f64 {
        self.other[i * self.actors + j]
    }
}

/// One round.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// Positions after the round.
    pub positions: Vec<f64>,
    /// Weighted median of these positions.
    pub median: f64,
    /// Weighted mean of these positions.
    pub mean: f64,
    /// Security `R` of each actor, in [-1, 1].
    pub security: Vec<f64>,
    /// Risk exponent of each actor, in [1/2, 2].
    pub risk: Vec<f64>,
    /// Challenges on which the round turned.
    pub challenges: Challenges,
    /// How each actor (row) sees each other (column).
    pub octants: Vec<Vec<Octant>>,
    /// Who moved.
    pub events: Vec<Event>,
}

/// Why the rounds ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// All actors hold the same position from the start.
    Consensus,
    /// Nobody got an offer to take.
    Settled,
    /// The positions are those of an earlier round, after which it all repeats.
    Cycle {
        /// Round whose positions came back; 0 is the start.
        since: usize,
    },
    /// The last round that was asked for.
    Rounds,
}

/// A whole run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Weighted median of the initial positions.
    pub median: f64,
    /// Weighted mean of the initial positions.
    pub mean: f64,
    /// The rounds.
    pub rounds: Vec<Round>,
    /// Why there are no more.
    pub end: End,
}

impl Run {
    /// The weighted median after the last round: what the model predicts.
    pub fn outcome(&self) -> f64 {
        self.rounds.last().map_or(self.median, |round| round.median)
    }
}

/// `argmin_p sum_k c_k s_k |p - x_k|` over the positions held, ties to the lower: the position that
/// beats every other in pairwise votes by distance.
pub fn weighted_median(actors: &[Actor], positions: &[f64]) -> f64 {
    let disagreement = |p: f64| -> f64 {
        let each = actors.iter().zip(positions);
        each.map(|(actor, x)| actor.capability * actor.salience * (p - x).abs())
            .sum()
    };
    let mut sorted = positions.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut best = (f64::INFINITY, f64::NAN);
    for p in sorted {
        let sum = disagreement(p);
        if sum < best.0 * (1.0 - 1e-12) || best.1.is_nan() {
            best = (sum, p);
        }
    }
    best.1
}

/// `sum c s x / sum c s`, or the plain mean if nothing weighs anything.
pub fn weighted_mean(actors: &[Actor], positions: &[f64]) -> f64 {
    let weight: f64 = actors.iter().map(|a| a.capability * a.salience).sum();
    let each = actors.iter().zip(positions);
    if weight > 0.0 {
        each.map(|(a, x)| a.capability * a.salience * x)
            .sum::<f64>()
            / weight
    } else {
        positions.iter().sum::<f64>() / positions.len() as f64
    }
}

/// Runs the model.
///
/// # Panics
///
/// If there is no actor.
pub fn run(actors: &[Actor], reading: Reading) -> Run {
    let start: Vec<f64> = actors.iter().map(|actor| actor.position).collect();
    let span = start.iter().copied().fold(f64::NEG_INFINITY, f64::max)
        - start.iter().copied().fold(f64::INFINITY, f64::min);
    let mut run = Run {
        median: weighted_median(actors, &start),
        mean: weighted_mean(actors, &start),
        rounds: Vec::new(),
        end: End::Rounds,
    };
    if span <= 0.0 {
        run.end = End::Consensus;
        return run;
    }
    let table = Table {
        actors,
        span,
        reading,
    };
    let mut seen = vec![start];
    while run.rounds.len() < reading.rounds {
        let round = table.round(seen.last().expect("the start is there"));
        let positions = round.positions.clone();
        let settled = round.events.is_empty();
        run.rounds.push(round);
        if settled {
            run.end = End::Settled;
            break;
        }
        let same = |earlier: &Vec<f64>| {
            let each = earlier.iter().zip(&positions);
            each.into_iter().all(|(a, b)| (a - b).abs() < 1e-9 * span)
        };
        if let Some(since) = seen.iter().position(same) {
            run.end = End::Cycle { since };
            break;
        }
        seen.push(positions);
    }
    run
}

/// What stays the same over the rounds.
#[derive(Debug)]
struct Table<'a> {
    actors: &'a [Actor],
    /// Width of the initial positions.
    span: f64,
    reading: Reading,
}

impl Table<'_> {
    /// `v_k(i, j) = c_k s_k [ (|x_k - x_j| / D)^r_k - (|x_k - x_i| / D)^r_k ]`
    fn vote(&self, x: &[f64], k: usize, r: f64, i: usize, j: usize) -> f64 {
        let distance = |other: usize| math::pow((x[k] - x[other]).abs() / self.span, r);
        self.actors[k].capability * self.actors[k].salience * (distance(j) - distance(i))
    }

    /// Probability that i prevails over j, for all pairs.
    fn prevail(&self, x: &[f64], risk: &[f64]) -> Vec<f64> {
        let n = self.actors.len();
        let mut support = vec![0.0; n * n];
        let mut cast = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..n {
                for (k, &r) in risk.iter().enumerate() {
                    let vote = self.vote(x, k, r, i, j);
                    support[i * n + j] += vote.max(0.0);
                    cast[i * n + j] += vote.abs();
                }
            }
        }
        let all: f64 = cast.iter().sum();
        support
            .iter()
            .zip(&cast)
            .map(|(&support, &cast)| {
                let of = match self.reading.denominator {
                    Denominator::Dyad => cast,
                    Denominator::AllPairs => all,
                };
                if support > 0.0 { support / of } else { 0.0 }
            })
            .collect()
    }

    /// Expected utility of i challenging j, seen with risk exponent `r`:
    ///
    /// ```text
    /// s_j [P U_s + (1 - P) U_f] + (1 - s_j) U_s - Q U_q - (1 - Q) [T U_b + (1 - T) U_w]
    /// U_s = 2 - 4 (1/2 - d/2)^r     U_f = 2 - 4 (1/2 + d/2)^r     U_q = 2 - 4 (1/2)^r
    /// U_b = 2 - 4 (1/2 - g/4)^r     U_w = 2 - 4 (1/2 + g/4)^r
    /// d = |x_i - x_j| / D           g = (|x_i - median| + |x_i - x_j|) / D
    /// ```
    fn expected(&self, x: &[f64], (i, j): (usize, usize), r: f64, p: f64, median: f64) -> f64 {
        let basic = |base: f64| 2.0 - 4.0 * math::pow(base, r);
        let d = (x[i] - x[j]).abs() / self.span;
        let g = ((x[i] - median).abs() + (x[i] - x[j]).abs()) / self.span;
        let success = basic(0.5 - 0.5 * d);
        let failure = basic(0.5 + 0.5 * d);
        let same = basic(0.5);
        let (better, worse) = (basic(0.5 - 0.25 * g), basic(0.5 + 0.25 * g));
        let Reading { stay, improve, .. } = self.reading;
        let resists = self.actors[j].salience;
        let challenge = resists * (p * success + (1.0 - p) * failure) + (1.0 - resists) * success;
        challenge - stay * same - (1.0 - stay) * (improve * better + (1.0 - improve) * worse)
    }

    /// Security and risk exponents: how much all others together expect of challenging an actor, at
    /// neutral risk, scaled to [-1, 1]; `r = (1 - R/3) / (1 + R/3)`.
    fn risk(&self, x: &[f64], median: f64) -> (Vec<f64>, Vec<f64>) {
        let n = self.actors.len();
        let p = self.prevail(x, &vec![1.0; n]);
        let danger: Vec<f64> = (0..n)
            .map(|i| {
                (0..n)
                    .filter(|&j| j != i)
                    .map(|j| self.expected(x, (j, i), 1.0, p[j * n + i], median))
                    .sum()
            })
            .collect();
        let most = danger.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let least = danger.iter().copied().fold(f64::INFINITY, f64::min);
        let security: Vec<f64> = danger
            .iter()
            .map(|d| {
                if most > least {
                    ((2.0 * d - most - least) / (most - least)).clamp(-1.0, 1.0)
                } else {
                    0.0
                }
            })
            .collect();
        let risk = security
            .iter()
            .map(|r| (1.0 - r / 3.0) / (1.0 + r / 3.0))
            .collect();
        (security, risk)
    }

    fn round(&self, x: &[f64]) -> Round {
        let n = self.actors.len();
        let median = weighted_median(self.actors, x);
        let (security, risk) = self.risk(x, median);
        let p = self.prevail(x, &risk);
        let mut challenges = Challenges {
            actors: n,
            own: vec![0.0; n * n],
            other: vec![0.0; n * n],
        };
        let mut octants = vec![vec![Octant::Agreed; n]; n];
        let apart = |i: usize, j: usize| (x[i] - x[j]).abs() > SAME * self.span;
        for i in 0..n {
            for j in (0..n).filter(|&j| apart(i, j)) {
                let own = self.expected(x, (i, j), risk[i], p[i * n + j], median);
                let other = self.expected(x, (j, i), risk[i], p[j * n + i], median);
                challenges.own[i * n + j] = own;
                challenges.other[i * n + j] = other;
                octants[i][j] = Octant::of(own, other);
            }
        }
        let events: Vec<Event> = (0..n)
            .filter_map(|i| {
                let others = (0..n).filter(|&j| apart(i, j));
                let offers = others.filter_map(|j| offer(x, &challenges, i, j)).collect();
                self.choose(x, offers)
            })
            .collect();
        let mut positions = x.to_vec();
        for event in &events {
            positions[event.actor] = event.position;
        }
        Round {
            median: weighted_median(self.actors, &positions),
            mean: weighted_mean(self.actors, &positions),
            positions,
            security,
            risk,
            challenges,
            octants,
            events,
        }
    }

    /// The offer an actor takes: of the most serious kind, the one that moves it least; ties to the
    /// first actor of the list.
    fn choose(&self, x: &[f64], offers: Vec<Event>) -> Option<Event> {
        let kind = offers.iter().map(|offer| offer.kind).min()?;
        let key = |offer: &Event| {
            if kind == OfferKind::Compromise && self.reading.choice == Choice::Replication {
                let (own, other) = (offer.own.abs(), offer.other.abs());
                (own * x[offer.actor] + other * x[offer.counterpart]) / (own + other)
            } else {
                (offer.position - x[offer.actor]).abs()
            }
        };
        offers
            .into_iter()
            .filter(|offer| offer.kind == kind)
            .reduce(|best, offer| {
                if key(&offer) < key(&best) {
                    offer
                } else {
                    best
                }
            })
    }
}

/// What j offers i, as i sees their challenges.
fn offer(x: &[f64], challenges: &Challenges, i: usize, j: usize) -> Option<Event> {
    let (own, other) = (challenges.own(i, j), challenges.other(i, j));
    let (kind, position) = if other > own && own > 0.0 {
        (OfferKind::Confrontation, x[j])
    } else if other > 0.0 && own < 0.0 && other > -own {
        let way = (own / other).abs();
        (OfferKind::Compromise, x[i] + (x[j] - x[i]) * way)
    } else if other > 0.0 && own < 0.0 && other < -own {
        (OfferKind::Capitulation, x[j])
    } else {
        return None;
    };
    Some(Event {
        actor: i,
        counterpart: j,
        kind,
        own,
        other,
        position,
    })
}

#[cfg(test)]
mod tests;
