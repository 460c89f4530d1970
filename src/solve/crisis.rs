//! War as a costly lottery: what could be agreed instead, what is demanded when costs are private,
//! and who backs down when backing down costs more the longer a crisis lasts.
//!
//! Flows in: plain numbers for two parties and a pie of 1, of which party A wants much. Flows out:
//! the bargaining range, take-it-or-leave-it terms with their risk of war, the escalation game.
//! Invariant: probabilities lie in [0, 1], and the ends of the escalation game add up to 1.
//!
//! Everything here is dyadic: two parties, one pie, nobody else moves.
//!
//! Sources: Fearon (1995), *International Organization* 49: 379-414; Powell (1999), *In the Shadow
//! of Power*, chapter 3; Fearon (1994), *American Political Science Review* 88: 577-592.

use crate::math;

/// What both prefer to war (Fearon 1995).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// Least share of A that A prefers to war, within the pie.
    pub low: f64,
    /// Largest share of A that B prefers to war, within the pie.
    pub high: f64,
    /// The same ends before they are cut to the pie: `p - c_A` and `p + c_B`.
    pub unclipped: [f64; 2],
    /// What war would waste: `c_A + c_B`.
    pub surplus: f64,
    /// Middle of the unclipped range, `p + (c_B - c_A) / 2`: the Nash split where it lies in the
    /// pie.
    pub middle: f64,
}

impl Range {
    /// Whether no division is preferred to war by both.
    pub fn is_empty(&self) -> bool {
        self.low > self.high
    }

    /// Whether a division of the pie is preferred to war by both.
    pub fn contains(&self, share: f64) -> bool {
        self.low <= share && share <= self.high
    }
}

/// `[max(0, p - c_A), min(1, p + c_B)]` for risk-neutral parties; `p` is the probability that A
/// wins the pie by war, costs are in shares of the pie.
pub fn range(p: f64, costs: [f64; 2]) -> Range {
    let unclipped = [p - costs[0], p + costs[1]];
    Range {
        low: unclipped[0].max(0.0),
        high: unclipped[1].min(1.0),
        unclipped,
        surplus: costs[0] + costs[1],
        middle: p + (costs[1] - costs[0]) / 2.0,
    }
}

/// What somebody else's cost of war is believed to be: any value in between, with equal chances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrivateCost {
    /// Least, in shares of the pie.
    pub low: f64,
    /// Largest.
    pub high: f64,
}

impl PrivateCost {
    /// Probability that the cost is below `c`.
    fn below(self, c: f64) -> f64 {
        if self.high > self.low {
            ((c - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
        } else {
            // A cost known for certain: who is indifferent accepts.
            f64::from(u8::from(c > self.low))
        }
    }
}

/// An optimal offer that can only be taken or left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Share of A under the terms.
    pub share: f64,
    /// Probability that they are rejected and war follows.
    pub war: f64,
    /// What the party that proposes expects.
    pub expected: f64,
}

/// A demands `x`; B accepts if its private cost is at least `x - p`. The risk-return trade-off:
///
/// ```text
/// x* = p + min( max((h - c_A) / 2, l), h, 1 - p)     P(war) = clip((x* - p - l) / (h - l), 0, 1)
/// ```
///
/// The costs may be negative: a side that war leaves more than its odds of the pie. There is no risk
/// just if `(h - c_A) / 2 <= l`. P(war) falls in `c_A` and does not depend on `p`
/// while `1 - p` does not bind (Fearon 1995; Powell 1999).
pub fn demand(p: f64, own_cost: f64, other: PrivateCost) -> Terms {
    let more = ((other.high - own_cost) / 2.0)
        .max(other.low)
        .min(other.high)
        .clamp(-p, 1.0 - p);
    let war = other.below(more);
    let share = p + more;
    Terms {
        share,
        war,
        expected: share * (1.0 - war) + (p - own_cost) * war,
    }
}

/// The mirror image: the satisfied party B offers A the share `y`; A, dissatisfied, accepts if its
/// private cost is at least `p - y`:
///
/// ```text
/// y* = p - min( max((h - s) / 2, l), h, p)           s: B's own cost of war
/// ```
pub fn concession(p: f64, own_cost: f64, other: PrivateCost) -> Terms {
    let seen_by_b = demand(1.0 - p, own_cost, other);
    Terms {
        share: 1.0 - seen_by_b.share,
        ..seen_by_b
    }
}

/// A side of the escalation game (Fearon 1994), in units of the prize or of utility: only ratios
/// matter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Side {
    /// Value of the prize, above 0: what it gets if the other backs down.
    pub prize: f64,
    /// Audience cost per unit of time: backing down at `t` costs `audience * t`.
    pub audience: f64,
    /// The value of war is private and lies anywhere between minus this number and 0.
    pub worst_war: f64,
}

/// Equilibrium of the escalation game.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Escalation {
    /// When only those are left who prefer war to backing down.
    pub horizon: f64,
    /// Probability that a side backs down at once.
    pub at_once: [f64; 2],
    /// Probability that a side is of a type that would go to war rather than back down at the
    /// horizon.
    pub locked_in: [f64; 2],
    /// Probability that a side is the one that backs down.
    pub backs_down: [f64; 2],
    /// Probability of war.
    pub war: f64,
}

/// Why there is no equilibrium to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EscalationError {
    /// Without audience costs nobody is ever locked in.
    #[error("neither side has audience costs, so nothing locks anybody in")]
    NoAudience,
    /// A prize or a worst war that is not above 0, or an audience cost below 0.
    #[error("prizes and ranges of the value of war must be above 0, audience costs at least 0")]
    OutOfRange,
}

/// Escalation with audience costs as a war of attrition (Fearon 1994). Both may back down or go on
/// at any time; indifference between times of backing down fixes how fast the *other* side drops
/// out: `S_i(t) = (1 - Q_i0) v_j / (v_j + a_j t)`. At the horizon those are left whose value of war
/// is above what backing down would cost, `L_i = a_i t* / W_i` of each side:
///
/// ```text
/// t_i solves v_j / (v_j + a_j t) = a_i t / W_i      t* = min(t_1, t_2)
/// Q_i0 = 1 - L_i (v_j + a_j t*) / v_j               P(war) = L_1 L_2
/// ```
///
/// Raising one's own audience cost makes the other back down more often; multiplying both changes
/// only the time scale.
pub fn escalation(sides: [Side; 2]) -> Result<Escalation, EscalationError> {
    let sound = |side: &Side| {
        side.prize > 0.0
            && side.worst_war > 0.0
            && side.audience >= 0.0
            && (side.prize + side.worst_war + side.audience).is_finite()
    };
    if !sides.iter().all(sound) {
        return Err(EscalationError::OutOfRange);
    }
    let locked_at = |own: Side, other: Side| {
        // The positive root of a_i a_j t^2 + a_i v_j t = W_i v_j, in the form that survives a_j = 0.
        let linear = own.audience * other.prize;
        let square =
            linear * linear + 4.0 * own.audience * other.audience * own.worst_war * other.prize;
        2.0 * own.worst_war * other.prize / (linear + square.sqrt())
    };
    let times = [locked_at(sides[0], sides[1]), locked_at(sides[1], sides[0])];
    let horizon = times[0].min(times[1]);
    if horizon.is_infinite() {
        return Err(EscalationError::NoAudience);
    }
    let mut at_once = [0.0; 2];
    let mut locked_in = [0.0; 2];
    for i in 0..2 {
        let (own, other) = (sides[i], sides[1 - i]);
        locked_in[i] = (own.audience * horizon / own.worst_war).min(1.0);
        if times[i] > horizon {
            let thinned = (other.prize + other.audience * horizon) / other.prize;
            at_once[i] = (1.0 - locked_in[i] * thinned).clamp(0.0, 1.0);
        }
    }
    let both_stay = (1.0 - at_once[0]) * (1.0 - at_once[1]);
    let rate = |i: usize| sides[i].audience / sides[i].prize;
    let backs_down =
        [0, 1].map(|i| at_once[i] + both_stay * first_to_go(rate(1 - i), rate(i), horizon));
    Ok(Escalation {
        horizon,
        at_once,
        locked_in,
        backs_down,
        war: locked_in[0] * locked_in[1],
    })
}

/// `int_0^t A / (1 + A s)^2 / (1 + B s) ds`: the probability that the side whose survival is
/// `1 / (1 + A s)` drops out before the other, whose survival is `1 / (1 + B s)`.
///
/// With `u = t / (1 + B t)` and `z = (A - B) u`, so that `1 + A t = (1 + B t) (1 + z)`, it is
/// `A u^2 g(z) + u h(z)` times `A`, where `g(z) = (z / (1 + z) - ln(1 + z)) / z^2` and
/// `h(z) = ln(1 + z) / z` are smooth at 0.
fn first_to_go(a: f64, b: f64, t: f64) -> f64 {
    let u = t / (1.0 + b * t);
    let z = (a - b) * u;
    let (g, h) = if z.abs() < 0.05 {
        let (mut g, mut h, mut power) = (0.0, 0.0, 1.0);
        for k in 1..=16 {
            let k = f64::from(k);
            // Term k of ln(1 + z) / z, and of g, whose series begins one power later.
            h += power / k;
            g -= power * k / (k + 1.0);
            power *= -z;
        }
        (g, h)
    } else {
        let ln = math::ln(1.0 + z);
        ((z / (1.0 + z) - ln) / (z * z), ln / z)
    };
    a * u * (a * u * g + h)
}

#[cfg(test)]
mod tests {
    use super::super::graph::samples::Stream;
    use super::*;

    fn close(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() < tolerance, "{a} {b}");
    }

    #[test]
    fn the_range_is_as_wide_as_war_is_costly() {
        let found = range(0.5, [0.1, 0.2]);
        close(found.low, 0.4, 1e-15);
        close(found.high, 0.7, 1e-15);
        close(found.surplus, 0.3, 1e-15);
        close(found.middle, 0.55, 1e-15);
        assert!(found.contains(0.4) && !found.contains(0.3) && !found.is_empty());
        let cut = range(0.2, [0.5, 0.9]);
        assert_eq!(
            [cut.low.to_bits(), cut.high.to_bits()],
            [0, 1.0_f64.to_bits()]
        );
        assert!(range(0.5, [-0.2, 0.1]).is_empty(), "A gains by war as such");
    }

    /// The closed form against a search over demands.
    #[test]
    fn no_other_demand_pays_more() {
        let mut stream = Stream(11);
        let mut draw = || stream.below(1000) as f64 / 999.0;
        for _ in 0..300 {
            let (p, own, low) = (draw(), draw() * 0.5, draw() * 0.4);
            let other = PrivateCost {
                low,
                high: low + draw() * 0.6,
            };
            let best = demand(p, own, other);
            let expected = |x: f64| {
                let war = other.below(x - p);
                x * (1.0 - war) + (p - own) * war
            };
            close(expected(best.share), best.expected, 1e-12);
            for step in 0..=2000 {
                let x = f64::from(step) / 2000.0;
                assert!(expected(x) <= best.expected + 1e-9, "{x} beats {best:?}");
            }
            assert!((0.0..=1.0).contains(&best.share));
        }
    }

    #[test]
    fn the_mirror_image_runs_the_same_risk() {
        let cost = PrivateCost {
            low: 0.0,
            high: 0.5,
        };
        let offered = concession(0.6, 0.1, cost);
        close(offered.share, 0.6 - 0.2, 1e-12);
        close(offered.war, 0.4, 1e-12);
        close(demand(0.4, 0.1, cost).war, 0.4, 1e-12);
        // The best offer to A, searched.
        let expected = |y: f64| {
            let war = cost.below(0.6 - y);
            (1.0 - y) * (1.0 - war) + (0.4 - 0.1) * war
        };
        for step in 0..=1000 {
            assert!(expected(f64::from(step) / 1000.0) <= offered.expected + 1e-12);
        }
    }

    #[test]
    fn risk_falls_with_own_cost_and_ignores_power() {
        let cost = |spread: f64| PrivateCost {
            low: 0.2 - spread,
            high: 0.2 + spread,
        };
        let mut before = 1.0;
        for own in [0.0, 0.05, 0.1, 0.2, 0.4] {
            let war = demand(0.5, own, cost(0.2)).war;
            assert!(war <= before);
            before = war;
        }
        close(before, 0.0, 1e-15);
        let mut before = 0.0;
        for spread in [0.01, 0.05, 0.1, 0.15, 0.2] {
            let war = demand(0.5, 0.05, cost(spread)).war;
            assert!(war >= before);
            before = war;
        }
        let at = |p: f64| demand(p, 0.05, cost(0.2)).war;
        close(at(0.2), at(0.7), 1e-12);
        assert!(at(0.95) < at(0.7), "the pie ends");
        assert!(
            demand(0.5, 0.0, cost(0.0)).war.abs() < 1e-15,
            "nothing is private"
        );
    }

    /// With equal sides `t = (sqrt 5 - 1) / 2 / a` and P(war) is its square times `a^2`.
    #[test]
    fn equal_sides_go_to_war_as_often_whatever_the_audience_costs() {
        let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
        for audience in [0.1, 1.0, 7.0] {
            let side = Side {
                prize: 1.0,
                audience,
                worst_war: 1.0,
            };
            let found = escalation([side; 2]).expect("audience costs");
            close(found.horizon, golden / audience, 1e-12);
            close(found.war, golden * golden, 1e-12);
            close(found.war, 0.382, 1e-3);
            close(found.backs_down[0], found.backs_down[1], 1e-12);
        }
    }

    fn random_sides(stream: &mut Stream) -> [Side; 2] {
        let mut draw = |from: f64, to: f64| from + (to - from) * stream.below(1000) as f64 / 999.0;
        [(); 2].map(|()| Side {
            prize: draw(0.2, 2.0),
            audience: draw(0.01, 3.0),
            worst_war: draw(0.1, 4.0),
        })
    }

    #[test]
    fn ends_add_up_and_only_relative_audience_costs_matter() {
        let mut stream = Stream(2);
        for _ in 0..2000 {
            let sides = random_sides(&mut stream);
            let found = escalation(sides).expect("audience costs");
            let sum = found.backs_down[0] + found.backs_down[1] + found.war;
            close(sum, 1.0, 1e-10);
            assert!(found.at_once[0].min(found.at_once[1]).abs() < 1e-12);
            let louder = escalation(sides.map(|side| Side {
                audience: 3.0 * side.audience,
                ..side
            }))
            .expect("audience costs");
            close(louder.horizon * 3.0, found.horizon, 1e-9);
            close(louder.war, found.war, 1e-10);
            close(louder.backs_down[0], found.backs_down[0], 1e-10);
            let mut tied = sides;
            tied[0].audience *= 1.3;
            let tied = escalation(tied).expect("audience costs");
            assert!(tied.locked_in[0] >= found.locked_in[0] - 1e-12);
            assert!(tied.locked_in[1] <= found.locked_in[1] + 1e-12);
        }
    }

    /// The claims of the equilibrium itself: every time of backing down pays a wavering type the
    /// same, and the marginal type is indifferent between war and backing down at the horizon.
    #[test]
    fn nobody_gains_by_backing_down_at_another_time() {
        let mut stream = Stream(9);
        for _ in 0..50 {
            let sides = random_sides(&mut stream);
            let found = escalation(sides).expect("audience costs");
            for (i, own) in sides.into_iter().enumerate() {
                let other = 1 - i;
                let gone = found.at_once[other];
                let a = own.audience / own.prize;
                // The other side's survival, in steps: S(t) = (1 - Q) / (1 + a t).
                let survival = |t: f64| (1.0 - gone) / (1.0 + a * t);
                let pays =
                    |t: f64| own.prize * (1.0 - survival(t)) - own.audience * t * survival(t);
                let first = pays(1e-9);
                for step in 1..=10 {
                    let t = found.horizon * f64::from(step) / 10.0;
                    close(pays(t), first, 1e-7);
                }
                let marginal = -own.worst_war * found.locked_in[i];
                close(marginal, -own.audience * found.horizon, 1e-9);
                // Survivors of the other side at the horizon are just its locked-in types.
                close(survival(found.horizon), found.locked_in[other], 1e-9);
            }
        }
    }

    /// The closed form against a sum over small steps, also where the rates are equal.
    #[test]
    fn the_integral_is_right() {
        for (a, b) in [(1.0, 1.0), (1.0, 1.02), (0.3, 2.0), (5.0, 0.1), (2.0, 0.0)] {
            let (t, steps) = (1.7, 20_000);
            let width = t / f64::from(steps);
            let sum: f64 = (0..steps)
                .map(|k| {
                    let s = (f64::from(k) + 0.5) * width;
                    width * a / ((1.0 + a * s) * (1.0 + a * s) * (1.0 + b * s))
                })
                .sum();
            close(first_to_go(a, b, t), sum, 1e-7);
        }
        close(first_to_go(1.0, 1.0, 2.0), (1.0 - 1.0 / 9.0) / 2.0, 1e-14);
        close(
            first_to_go(1.0, 1.0 + 0.05 / 2.0, 2.0),
            first_to_go(1.0, 1.0 + 0.050_001 / 2.0, 2.0),
            1e-6,
        );
    }

    #[test]
    fn one_audience_ties_one_pair_of_hands() {
        let side = Side {
            prize: 1.0,
            audience: 0.0,
            worst_war: 1.0,
        };
        let tied = Side {
            audience: 0.5,
            ..side
        };
        let found = escalation([tied, side]).expect("one audience");
        close(found.backs_down[1], 1.0, 1e-12);
        close(found.war, 0.0, 1e-12);
        assert_eq!(escalation([side; 2]), Err(EscalationError::NoAudience));
        let free = Side { prize: 0.0, ..tied };
        assert_eq!(escalation([free, tied]), Err(EscalationError::OutOfRange));
    }
}
