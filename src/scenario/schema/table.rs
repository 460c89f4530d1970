//! What is on the table and who sits at it.
#![expect(dead_code, reason = "the types are described, never built")]

use schemars::JsonSchema;

use super::acts::Effects;
use super::{Day, Ids, Map, MoveOrder, Numbers, Protocol, Quantity, Test, Texts};

/// An issue and its ladder of levels.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Issue {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Levels in words, lowest first, at least two and at most 15.
    levels: Option<Ids>,
    /// Index of the level in force at the start.
    status_quo: Option<usize>,
    /// Whether a change is a promise about future conduct, worth what its form makes credible.
    promise: Option<bool>,
    /// Parties that must accept a change.
    consent: Option<Texts>,
    /// Facts the ladder rests on.
    from: Option<Texts>,
    /// What settling the issue does to the crisis.
    consequences: Option<Vec<Consequence>>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// What settling an issue does.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Consequence {
    /// Settled levels for which it holds.
    level: Test,
    /// Changes of the crisis variables.
    effects: Option<Effects>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// What joint levels mean to a party.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Linkage {
    /// Short name.
    id: String,
    /// The party to which it matters.
    party: Option<String>,
    /// Issue levels that must stand together: a map from issue to test, at least two issues.
    when: Option<Map<Test>>,
    /// Utility added while they do (negative: a malus).
    bonus: Option<Quantity>,
    /// The party refuses any package in which they stand together (an absolute precondition).
    absolute: Option<bool>,
    /// Facts or reason.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A way to record an agreement.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Level of the form issue it stands for.
    level: Option<usize>,
    /// Share of a promise each party believes will be kept, in [0, 1]; 1 for a party not named.
    durability: Option<Numbers>,
    /// Probability that a party ratifies; 1 for a party not named.
    ratification: Option<Numbers>,
    /// Whether the form binds in law (outcome rules can ask for it).
    binding: Option<bool>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// An assembly, a cabinet or a council of allies that must approve what a party signs.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Gate {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// The party it binds.
    party: Option<String>,
    /// Forms that must pass it; all if empty. What changes no promise need not pass.
    forms: Option<Texts>,
    /// Votes in favour that are needed; all of them is consensus.
    quota: Option<u32>,
    /// How its blocs vote. Default `bloc`.
    voting: Option<Voting>,
    /// Logit precision of a vote, per unit of utility; `inf` for a sure yes from the demand on.
    precision: Option<Quantity>,
    /// Who votes.
    blocs: Option<Vec<GateBloc>>,
    /// Facts about it.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// How blocs vote.
#[derive(JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Voting {
    /// Each vote decides for itself.
    Members,
    /// All votes of a bloc go the same way.
    Bloc,
}

/// Members of a gate who think alike.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GateBloc {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Votes it has.
    votes: Option<u32>,
    /// Gain over no agreement, on the party's own scale, at which its votes are split evenly.
    /// Default 0: whatever the party itself would take.
    asks: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// Who meets, on what, how.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Venue {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Parties at the table, in speaking order; the first proposes first.
    participants: Option<Texts>,
    /// Issues that may be talked about.
    discusses: Option<Texts>,
    /// Issues that may be settled; a subset of `discusses` when that is given.
    decides: Option<Texts>,
    /// Procedure.
    protocol: Option<Protocol>,
    /// Turns round the table per meeting.
    exchanges: Option<u32>,
    /// Whether it is open at the start. Default true.
    open: Option<bool>,
    /// Forms it can conclude in; all if empty.
    forms: Option<Texts>,
    /// For `single-text`: how well the mediator knows the parties' weights, in [0, 1]. Default
    /// 0.5.
    mediator_insight: Option<Quantity>,
    /// Facts about the venue.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A documented meeting.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Meeting {
    /// Venue id.
    venue: String,
    /// Day.
    date: Day,
    /// Facts it is taken from.
    from: Option<Texts>,
}

/// Meetings after the documented ones.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Cycle {
    /// Days between meetings.
    every_days: Option<u32>,
    /// Venues in turn; a closed one leaves its turn empty.
    venues: Option<Texts>,
}

/// Starting values.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// `[state.tension]`
    tension: Option<Tension>,
    /// `exposure = { <party> = ... }` in [0, 1], default 0.
    exposure: Option<Numbers>,
    /// `standing = { <party> = ... }` (utility), default 0.
    standing: Option<Numbers>,
    /// `posture = { <party> = ... }` in [0, 1], default 0.
    posture: Option<Numbers>,
    /// `exposure_decay` per week: share of exposure that fades. Default 0.
    exposure_decay: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// Tension of the crisis.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Tension {
    /// Value at the start, in [0, 1].
    start: Option<Quantity>,
    /// Value to which it decays.
    rest: Option<Quantity>,
    /// Share of the distance to rest that is lost in a week.
    decay: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// What talks do to the crisis.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Talks {
    /// Order in which parties move between meetings.
    move_order: Option<MoveOrder>,
    /// Tension change after a meeting with an agreement in principle. Default 0.
    on_agreement: Option<Effects>,
    /// Changes after a meeting that ends without agreement.
    on_no_agreement: Option<Effects>,
    /// Changes after a walk-out.
    on_walkout: Option<Effects>,
    /// Changes when consent or ratification fails.
    on_failure: Option<Effects>,
    /// Exposure added to each party at the table when consent or ratification fails. Default 0.
    failure_exposure: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// How observers read each other.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Beliefs {
    /// Standard deviation with which an observer reads how far an offer concedes (utility, > 0).
    /// Default 0.05.
    offer_noise: Option<Quantity>,
    /// Width of the tremble in accepting an offer (utility); 0 is the exact rule. Default 0.
    tremble: Option<Quantity>,
    /// Rounds ahead over which a party exposed to force adds up the chance that it is used, at least
    /// 1 (the chance in the coming round alone). Default 1.
    foresight: Option<Quantity>,
    /// An observer's own prior over another party's types: observer, then observed party, then
    /// type. Absent: the types' `prior`.
    priors: Option<Map<Map<Numbers>>>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}
