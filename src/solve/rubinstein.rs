//! Alternating offers: what two patient parties agree on at once, knowing how talks would go on.
//!
//! Flows in: patience, outside options, flows while talks last, the risk of breakdown. Flows out: a
//! [`Split`] of a pie of 1. Invariant: the shares of an agreement add up to 1; where the theory
//! gives no single answer there is a [`Refusal`], not a number.
//!
//! Sources: Rubinstein (1982), *Econometrica* 50: 97-109; Binmore, Shaked and Sutton (1989),
//! *Quarterly Journal of Economics* 104: 753-770 (outside options); Muthoo (1999), *Bargaining
//! Theory with Applications*, chapters 3 to 6.

/// One of the two parties.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bargainer {
    /// Discount factor of one period between an offer and the next, in (0, 1].
    pub discount: f64,
    /// What it gets by leaving right after it has rejected an offer, as a share of the pie.
    pub outside: f64,
    /// What it gets per period of disagreement, as a share of the pie for ever: `(1 - discount)`
    /// of it counts each period.
    pub inside: f64,
}

impl Bargainer {
    /// With nothing but patience.
    pub fn patient(discount: f64) -> Self {
        Self {
            discount,
            outside: 0.0,
            inside: 0.0,
        }
    }
}

/// Who may leave for the outside option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaver {
    /// Only the party that has just rejected an offer.
    Responder,
    /// Either party after a rejection.
    Either,
}

/// Shares of the party that proposes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Split {
    /// Share of the first party when it proposes.
    pub first: f64,
    /// Share of the second party when it proposes.
    pub second: f64,
}

/// Why there is no single answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Ponsati and Sakovics (1998), *Economic Theory* 11: 667-672.
    #[error(
        "if either party may leave after a rejection, a continuum of divisions is in equilibrium"
    )]
    Continuum,
    /// The parties prefer no agreement.
    #[error("what the parties get without an agreement adds up to more than the pie")]
    NothingToDivide,
    /// Nothing makes anybody agree now rather than later.
    #[error("neither party loses by waiting, so any division is in equilibrium")]
    NoCostOfDelay,
    /// A discount factor outside (0, 1], a share outside [0, 1] or a risk outside (0, 1].
    #[error("a discount factor, share or risk is out of range")]
    OutOfRange,
}

/// The stationary subgame-perfect split.
///
/// ```text
/// x = 1 - max(b2, (1 - d2) i2 + d2 y)      y = 1 - max(b1, (1 - d1) i1 + d1 x)
/// ```
///
/// With `b = i = 0` this is `x = (1 - d2) / (1 - d1 d2)`. An outside option below the value of
/// going on changes nothing; above it, the party gets exactly that ("deal me out").
pub fn split(first: Bargainer, second: Bargainer, leaver: Leaver) -> Result<Split, Refusal> {
    let unit = |share: f64| (0.0..=1.0).contains(&share);
    for party in [first, second] {
        let patient = party.discount > 0.0 && party.discount <= 1.0;
        if !patient || !unit(party.outside) || !unit(party.inside) {
            return Err(Refusal::OutOfRange);
        }
    }
    if first.outside + second.outside > 1.0 || first.inside + second.inside > 1.0 {
        return Err(Refusal::NothingToDivide);
    }
    if leaver == Leaver::Either && (first.outside > 0.0 || second.outside > 0.0) {
        return Err(Refusal::Continuum);
    }
    let decay = first.discount * second.discount;
    if decay >= 1.0 {
        return Err(Refusal::NoCostOfDelay);
    }
    let response = |party: Bargainer, proposal: f64| {
        let wait = (1.0 - party.discount) * party.inside + party.discount * proposal;
        party.outside.max(wait)
    };
    // Both maxima are lines in x, so one of four pairs of lines crosses where the equations hold.
    let line = |party: Bargainer, leaves: bool| {
        if leaves {
            (party.outside, 0.0)
        } else {
            ((1.0 - party.discount) * party.inside, party.discount)
        }
    };
    let mut best = (f64::INFINITY, 0.0);
    for leaves in [[false, false], [false, true], [true, false], [true, true]] {
        let (a1, slope1) = line(first, leaves[0]);
        let (a2, slope2) = line(second, leaves[1]);
        let x = (1.0 - a2 - slope2 * (1.0 - a1)) / (1.0 - slope1 * slope2);
        let y = 1.0 - response(first, x);
        let off = (x - 1.0 + response(second, y)).abs();
        if off < best.0 {
            best = (off, x);
        }
    }
    let x = best.1;
    Ok(Split {
        first: x,
        second: 1.0 - response(first, x),
    })
}

/// The split as the time between offers goes to zero, from discount rates per unit of time:
/// `r2 / (r1 + r2)` for the first party, whoever proposes.
pub fn frequent_offers(rates: [f64; 2]) -> Result<f64, Refusal> {
    if rates.iter().any(|rate| rate.is_nan() || *rate < 0.0) {
        return Err(Refusal::OutOfRange);
    }
    let sum = rates[0] + rates[1];
    if sum > 0.0 {
        Ok(rates[1] / sum)
    } else {
        Err(Refusal::NoCostOfDelay)
    }
}

/// The split if talks break down with probability `risk` after each rejection and the parties then
/// get `war` (shares of the pie); nobody discounts.
///
/// ```text
/// y = [1 - q w1 - (1 - q)(1 - q w2)] / [1 - (1 - q)^2]      x = 1 - q w2 - (1 - q) y
/// ```
///
/// As `q` goes to zero both parties' proposals go to [`nash`]: the Nash solution with war as the
/// disagreement point (Binmore, Rubinstein and Wolinsky 1986).
pub fn breakdown(risk: f64, war: [f64; 2]) -> Result<Split, Refusal> {
    if !(risk > 0.0 && risk <= 1.0) || war.iter().any(|w| !w.is_finite()) {
        return Err(Refusal::OutOfRange);
    }
    if war[0] + war[1] > 1.0 {
        return Err(Refusal::NothingToDivide);
    }
    let stay = 1.0 - risk;
    let second = (1.0 - risk * war[0] - stay * (1.0 - risk * war[1])) / (1.0 - stay * stay);
    Ok(Split {
        first: 1.0 - risk * war[1] - stay * second,
        second,
    })
}

/// Share of the first party in the Nash solution of a pie of 1 with these disagreement payoffs:
/// `w1 + (1 - w1 - w2) / 2` (Nash 1950).
pub fn nash(war: [f64; 2]) -> Result<f64, Refusal> {
    if war.iter().any(|w| !w.is_finite()) {
        return Err(Refusal::OutOfRange);
    }
    if war[0] + war[1] > 1.0 {
        return Err(Refusal::NothingToDivide);
    }
    Ok(war[0] + (1.0 - war[0] - war[1]) / 2.0)
}

/// Share of the first party if there are only so many offers and the first party makes the first
/// (Stahl 1972): whoever makes the last takes all, and before that each responder gets what it
/// would have by waiting.
pub fn finite(offers: u32, discounts: [f64; 2]) -> Result<f64, Refusal> {
    if offers == 0 || discounts.iter().any(|d| !(*d > 0.0 && *d <= 1.0)) {
        return Err(Refusal::OutOfRange);
    }
    let mut share = 1.0;
    // The responder to offer `k` (from 0) proposes offer `k + 1`.
    for offer in (0..offers - 1).rev() {
        let responder = usize::from(offer % 2 == 0);
        share = 1.0 - discounts[responder] * share;
    }
    Ok(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() < tolerance, "{a} {b}");
    }

    #[test]
    fn plain_offers_split_as_rubinstein_says() {
        for d1 in [0.3, 0.9, 0.99, 1.0] {
            for d2 in [0.2, 0.8, 0.999] {
                let found = split(
                    Bargainer::patient(d1),
                    Bargainer::patient(d2),
                    Leaver::Responder,
                )
                .expect("waiting costs");
                close(found.first, (1.0 - d2) / (1.0 - d1 * d2), 1e-12);
                close(found.second, (1.0 - d1) / (1.0 - d1 * d2), 1e-12);
            }
        }
    }

    #[test]
    fn outside_options_matter_only_above_the_value_of_waiting() {
        let plain = split(
            Bargainer::patient(0.9),
            Bargainer::patient(0.9),
            Leaver::Responder,
        );
        let with = |outside| {
            let second = Bargainer {
                outside,
                ..Bargainer::patient(0.9)
            };
            split(Bargainer::patient(0.9), second, Leaver::Responder)
        };
        assert_eq!(
            with(0.47).expect("agree").first.to_bits(),
            plain.expect("agree").first.to_bits()
        );
        close(with(0.6).expect("agree").first, 0.4, 1e-12);
        close(with(1.0).expect("agree").first, 0.0, 1e-12);
    }

    /// The four-case formula against the fixed-point iteration of the definition.
    #[test]
    fn the_closed_form_is_the_fixed_point() {
        let grid = [0.0, 0.15, 0.4, 0.5];
        for d1 in [0.5, 0.9] {
            for d2 in [0.7, 0.95] {
                for b1 in grid {
                    for b2 in grid {
                        for i1 in grid {
                            for i2 in grid {
                                let party = |discount, outside, inside| Bargainer {
                                    discount,
                                    outside,
                                    inside,
                                };
                                let found =
                                    split(party(d1, b1, i1), party(d2, b2, i2), Leaver::Responder)
                                        .expect("something to divide");
                                let mut x = 0.5;
                                let mut y = 0.5;
                                for _ in 0..2000 {
                                    y = 1.0 - f64::max(b1, (1.0 - d1) * i1 + d1 * x);
                                    x = 1.0 - f64::max(b2, (1.0 - d2) * i2 + d2 * y);
                                }
                                close(found.first, x, 1e-10);
                                close(found.second, y, 1e-10);
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_has_no_single_answer_is_refused() {
        let party = |outside| Bargainer {
            outside,
            ..Bargainer::patient(0.9)
        };
        let of = |a, b, leaver| split(party(a), party(b), leaver);
        assert_eq!(of(0.2, 0.2, Leaver::Either), Err(Refusal::Continuum));
        assert_eq!(
            of(0.6, 0.5, Leaver::Responder),
            Err(Refusal::NothingToDivide)
        );
        assert_eq!(of(-0.1, 0.5, Leaver::Responder), Err(Refusal::OutOfRange));
        assert_eq!(
            split(
                Bargainer::patient(1.0),
                Bargainer::patient(1.0),
                Leaver::Responder
            ),
            Err(Refusal::NoCostOfDelay)
        );
        assert!(
            of(0.0, 0.0, Leaver::Either).is_ok(),
            "nobody has anything to leave for"
        );
        assert_eq!(finite(0, [0.9, 0.9]), Err(Refusal::OutOfRange));
        assert_eq!(breakdown(0.0, [0.1, 0.1]), Err(Refusal::OutOfRange));
        assert_eq!(breakdown(0.1, [0.6, 0.6]), Err(Refusal::NothingToDivide));
    }

    #[test]
    fn limits() {
        let fast = |tau: f64| {
            let discount = |rate: f64| crate::math::exp(-rate * tau);
            split(
                Bargainer::patient(discount(0.1)),
                Bargainer::patient(discount(0.3)),
                Leaver::Responder,
            )
            .expect("waiting costs")
        };
        let limit = frequent_offers([0.1, 0.3]).expect("rates");
        close(limit, 0.75, 1e-12);
        close(fast(1e-6).first, limit, 1e-6);
        close(1.0 - fast(1e-6).second, limit, 1e-6);
        // Breakdown with a vanishing risk is the Nash solution with war as disagreement.
        let war = [0.2, -0.3];
        let rare = breakdown(1e-7, war).expect("peace is possible");
        close(rare.first, nash(war).expect("peace is possible"), 1e-6);
        close(1.0 - rare.second, rare.first, 1e-6);
        // Many offers are like endless ones.
        let endless = (1.0 - 0.8) / (1.0 - 0.9 * 0.8);
        close(finite(401, [0.9, 0.8]).expect("offers"), endless, 1e-12);
    }

    /// The breakdown formula against the recursion it solves.
    #[test]
    fn breakdown_is_its_own_fixed_point() {
        for risk in [0.001, 0.1, 0.7, 1.0] {
            let war = [0.25, 0.35];
            let found = breakdown(risk, war).expect("peace is possible");
            close(
                found.first,
                1.0 - risk * war[1] - (1.0 - risk) * found.second,
                1e-12,
            );
            close(
                found.second,
                1.0 - risk * war[0] - (1.0 - risk) * found.first,
                1e-12,
            );
        }
    }
}
