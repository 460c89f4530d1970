//! Parties, their types and what they want.
#![expect(dead_code, reason = "the types are described, never built")]

use schemars::JsonSchema;

use super::acts::Payoff;
use super::{LevelValue, Map, Quantity, StrategyKind, Texts};

/// A negotiating party.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Party {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Colour `#rrggbb` in charts; one is chosen if absent.
    colour: Option<String>,
    /// Who the party is, for students.
    summary: Option<String>,
    /// The private types; without any there is one, `only`.
    types: Option<Vec<PartyType>>,
    /// Concession strategy.
    strategy: Option<Strategy>,
    /// Weeks from the start by which the party acts as if talks must end (> 0); the weeks to the
    /// horizon if absent.
    deadline_weeks: Option<Quantity>,
    /// Share of a future payoff that is left after one week, in (0, 1]. Default 1.
    patience: Option<Quantity>,
    /// Logit precision of choices between moves, per unit of utility. Default 30; `inf` allowed.
    rationality: Option<Quantity>,
    /// How well the party knows the others' weights: 0 not at all, 1 fully. Default 0.5.
    insight: Option<Quantity>,
    /// Weight of this party's utility in the others' choice between equally good packages. Default
    /// 1.
    power: Option<Quantity>,
    /// Utility lost by backing down, per unit of exposure. Default 0.
    audience_cost: Option<Quantity>,
    /// Standing cost per unit of own posture (keeping an army in the field). Default 0.
    upkeep: Option<Quantity>,
    /// Utility lost per unit of tension while the crisis lasts. Default 0.
    tension_cost: Option<Quantity>,
    /// Probability of leaving a meeting at the first offer that is worth less to the party than no
    /// agreement. Default 0.
    walkout: Option<Quantity>,
    /// Shortfall of the best offer against the own target that still looks like a deal in sight
    /// (utility). Default 0.05.
    slack: Option<Quantity>,
    /// Width of that judgement (utility, > 0). Default 0.05.
    spread: Option<Quantity>,
    /// Utility of being at the table while any channel is open. Default 0.
    talks_value: Option<Quantity>,
    /// Share of an agreement's gains that counts for this party; below 1 the party does not really
    /// want a deal. Losses count in full. Default 1.
    deal_value: Option<Quantity>,
    /// Factor on how far the party's threats and promises are believed, given this type. Default
    /// 1.
    resolve: Option<Quantity>,
    /// Factor on the cost of the party's own moves. Default 1.
    reluctance: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A private type: what differs from the party.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PartyType {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Prior weight; the weights of a party's types add up to 1 and are renormalised in each draw.
    prior: Option<Quantity>,
    /// Preferences after the merge, one entry per issue in the order of `issues`.
    preferences: Option<Map<Preference>>,
    /// Payoffs of the force options the party holds, in the order of `force` (only its own).
    force: Option<Map<Payoff>>,
    /// Concession strategy.
    strategy: Option<Strategy>,
    /// Weeks from the start by which the party acts as if talks must end (> 0); the weeks to the
    /// horizon if absent.
    deadline_weeks: Option<Quantity>,
    /// Share of a future payoff that is left after one week, in (0, 1]. Default 1.
    patience: Option<Quantity>,
    /// Logit precision of choices between moves, per unit of utility. Default 30; `inf` allowed.
    rationality: Option<Quantity>,
    /// How well the party knows the others' weights: 0 not at all, 1 fully. Default 0.5.
    insight: Option<Quantity>,
    /// Weight of this party's utility in the others' choice between equally good packages. Default
    /// 1.
    power: Option<Quantity>,
    /// Utility lost by backing down, per unit of exposure. Default 0.
    audience_cost: Option<Quantity>,
    /// Standing cost per unit of own posture (keeping an army in the field). Default 0.
    upkeep: Option<Quantity>,
    /// Utility lost per unit of tension while the crisis lasts. Default 0.
    tension_cost: Option<Quantity>,
    /// Probability of leaving a meeting at the first offer that is worth less to the party than no
    /// agreement. Default 0.
    walkout: Option<Quantity>,
    /// Shortfall of the best offer against the own target that still looks like a deal in sight
    /// (utility). Default 0.05.
    slack: Option<Quantity>,
    /// Width of that judgement (utility, > 0). Default 0.05.
    spread: Option<Quantity>,
    /// Utility of being at the table while any channel is open. Default 0.
    talks_value: Option<Quantity>,
    /// Share of an agreement's gains that counts for this party; below 1 the party does not really
    /// want a deal. Losses count in full. Default 1.
    deal_value: Option<Quantity>,
    /// Factor on how far the party's threats and promises are believed, given this type. Default
    /// 1.
    resolve: Option<Quantity>,
    /// Factor on the cost of the party's own moves. Default 1.
    reluctance: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A concession strategy. `boulware`, `linear` and `conceder` are time-dependent with e of 0.2, 1
/// and 2 unless `e` is given.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Strategy {
    /// Which one.
    kind: Option<StrategyKind>,
    /// Concession exponent: below 1 boulware, 1 linear, above 1 conceder.
    e: Option<Quantity>,
    /// Share conceded at the start, in [0, 1]. Default 0.
    k: Option<Quantity>,
    /// Offers of the other in the window, at least 2. Default 3.
    window: Option<u32>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// What a party wants on an issue.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Preference {
    /// Importance, at least 0; normalised over the party's issues in each draw.
    weight: Option<Quantity>,
    /// Value of each level in [0, 1], one per level. An entry is a number or `[low, mode, high]`
    /// or `[low, high]`; 0 and 1 fix the scale and need no source.
    values: Option<Vec<LevelValue>>,
    /// What the party refuses.
    red_line: Option<RedLine>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// What a party refuses.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RedLine {
    /// Levels with a higher index are refused.
    above: Option<usize>,
    /// Levels with a lower index are refused.
    below: Option<usize>,
    /// 1 means never accepted and never offered; below 1 the penalty is `firmness * cost`.
    firmness: Option<Quantity>,
    /// Utility lost by crossing the line at firmness 1. Default 0.2.
    cost: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}
