//! What parties can do, what befalls them, and the rules over both.
#![expect(dead_code, reason = "the types are described, never built")]

use schemars::JsonSchema;

use super::{Channels, Day, Map, MoveKind, Numbers, Quantity, Test, Texts};

/// An option to use force.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Force {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Who holds it.
    holder: Option<String>,
    /// Against whom.
    target: Option<String>,
    /// Utility of success.
    prize: Option<Quantity>,
    /// Utility lost by failure.
    loss: Option<Quantity>,
    /// Cost of fighting either way, without threatened costs.
    cost: Option<Quantity>,
    /// Probability, as the holder sees it, that it achieves its aim, at the start.
    advantage: Option<Quantity>,
    /// Change of that probability in a week (`drift`). Default 0.
    drift: Option<Quantity>,
    /// Utility lost by each exposed party if it is used.
    damage: Option<Numbers>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A type's own payoffs of a force option.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Payoff {
    /// Utility of success.
    prize: Option<Quantity>,
    /// Utility lost by failure.
    loss: Option<Quantity>,
    /// Cost of fighting either way, without threatened costs.
    cost: Option<Quantity>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A unilateral act between meetings.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Move {
    /// Short name.
    id: String,
    /// What it is, in words: "Russia adds troops at the border".
    name: Option<String>,
    /// Who may do it.
    actor: Option<String>,
    /// What it does for the actor.
    kind: Option<MoveKind>,
    /// When it is available.
    when: Option<Condition>,
    /// How often it may be done in a run; unlimited if absent.
    limit: Option<u32>,
    /// Utility cost to the actor. Default 0.
    cost: Option<Quantity>,
    /// For `pressure`: whose disagreement value falls.
    target: Option<String>,
    /// For `pressure`: by how much, as the actor sees it (utility). Default 0.
    pressure: Option<Quantity>,
    /// For `relief`: share of the actor's exposure charged for backing down. Default 1.
    share: Option<Quantity>,
    /// Changes of the crisis variables.
    effects: Option<Effects>,
    /// Venues it opens.
    opens: Option<Texts>,
    /// Venues it closes.
    closes: Option<Texts>,
    /// Seats it adds: venue to parties.
    seats: Option<Map<Texts>>,
    /// For `terminal`: the force option used; its payoffs are then that option's.
    force: Option<String>,
    /// For `terminal` without force: each party's change of utility against the situation as it
    /// stands. Default 0.
    payoff: Option<Numbers>,
    /// Facts it rests on.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A commitment to impose a cost.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Threat {
    /// Short name.
    id: String,
    /// In words.
    name: Option<String>,
    /// Who threatens.
    by: Option<String>,
    /// Who is threatened.
    target: Option<String>,
    /// Moves that trigger it.
    trigger: Option<Texts>,
    /// Cost to the target if carried out (utility).
    cost_to_target: Option<Quantity>,
    /// Cost to the threatener if carried out (utility). Default 0.
    cost_to_self: Option<Quantity>,
    /// Public strength of the commitment, in [0, 1]. Default: the credibility.
    said: Option<Quantity>,
    /// Probability, as the target hears it, that it is carried out.
    credibility: Option<Quantity>,
    /// What other observers hear; the credibility if absent.
    heard: Option<Numbers>,
    /// Moves that carry it out after a trigger that did not end the run.
    fulfilled_by: Option<Texts>,
    /// Days after the trigger within which it must be carried out. Default 14.
    within_days: Option<u32>,
    /// Changes if it is not: exposure and credibility are the usual ones.
    lapse: Option<Effects>,
    /// Facts it rests on.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A promise of support.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Promise {
    /// Short name.
    id: String,
    /// In words.
    name: Option<String>,
    /// Who promises.
    by: Option<String>,
    /// To whom.
    to: Option<String>,
    /// Force options it is meant to meet.
    against: Option<Texts>,
    /// Public strength of the commitment, in [0, 1].
    said: Option<Quantity>,
    /// What each observer hears, in [0, 1]; `said` if absent.
    heard: Option<Numbers>,
    /// Fall in the holder's chance of success if fully believed.
    deters: Option<Quantity>,
    /// Share of the damage the beneficiary thinks averted if fully believed.
    relief: Option<Quantity>,
    /// Facts it rests on.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// An exogenous shock.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    /// Short name.
    id: String,
    /// In words.
    name: Option<String>,
    /// Probability in a week, at zero tension. Absent if `date` is given.
    hazard: Option<Quantity>,
    /// The hazard is multiplied by `1 + with_tension * tension`. Default 0.
    with_tension: Option<Quantity>,
    /// Happens on this day for certain.
    date: Option<Day>,
    /// When it can happen.
    when: Option<Condition>,
    /// At most this many times; unlimited if absent.
    limit: Option<u32>,
    /// Changes of the crisis variables.
    effects: Option<Effects>,
    /// Venues it opens.
    opens: Option<Texts>,
    /// Venues it closes.
    closes: Option<Texts>,
    /// Facts it rests on.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// A rule that names a run; the first that holds does.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Outcome {
    /// Short name.
    id: String,
    /// Full name.
    name: Option<String>,
    /// Rank from best to worst, for charts and ranked scores.
    severity: Option<u32>,
    /// Rule; the last outcome may have an empty one, which always holds.
    when: Option<Condition>,
    /// Colour `#rrggbb` in charts; one is chosen by severity if absent.
    colour: Option<String>,
    /// One sentence for readers.
    summary: Option<String>,
}

/// A condition reported beside the outcome.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Flag {
    /// Short name, a column of `runs.csv`.
    id: String,
    /// In words.
    name: Option<String>,
    /// Rule.
    when: Option<Condition>,
}

/// A base rate beside the shares of some outcomes.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Benchmark {
    /// Base-rate id in the evidence.
    base_rate: String,
    /// Outcomes it is comparable with.
    outcomes: Texts,
}

/// Changes of the crisis variables.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Effects {
    /// Tension of the crisis.
    tension: Option<Quantity>,
    /// By party.
    exposure: Option<Numbers>,
    /// By party.
    standing: Option<Numbers>,
    /// By party.
    posture: Option<Numbers>,
    /// By force option.
    advantage: Option<Numbers>,
    /// By force option, in a week.
    drift: Option<Numbers>,
    /// By threat or promise.
    said: Option<Numbers>,
    /// By threat or promise, then by observer.
    heard: Option<Map<Numbers>>,
    /// By threat: what its target hears.
    credibility: Option<Numbers>,
    /// By issue.
    level: Option<Numbers>,
    /// Facts that the numbers of this table rest on, where they carry none.
    from: Option<Texts>,
    /// Why the numbers of this table are assumed, where they say nothing.
    assumed: Option<String>,
}

/// All entries must hold.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    /// `terminal = "any" | "none" | "<move>" | ["<move>", ...]`: the move that ended the run.
    terminal: Option<Texts>,
    /// `date = ">= 2022-02-01"`, or a list of two tests.
    date: Option<Texts>,
    /// `round = ">= 3"`: rounds are counted from 1.
    round: Option<Test>,
    /// Tension of the crisis.
    tension: Option<Test>,
    /// By party.
    exposure: Option<Map<Test>>,
    /// By party.
    standing: Option<Map<Test>>,
    /// By party.
    posture: Option<Map<Test>>,
    /// By force option.
    advantage: Option<Map<Test>>,
    /// By force option, in a week.
    drift: Option<Map<Test>>,
    /// By threat or promise.
    said: Option<Map<Test>>,
    /// By threat or promise, then by observer.
    heard: Option<Map<Map<Test>>>,
    /// By threat: what its target hears.
    credibility: Option<Map<Test>>,
    /// `level = { troops = "<= 2" }`: the level in force, agreed or not.
    level: Option<Map<Test>>,
    /// `settled = { missiles = ">= 1" }`: settled by agreement, at such a level.
    settled: Option<Map<Test>>,
    /// `settled_count = { of = ["missiles", "exercises"], at_least = 2 }`
    settled_count: Option<SettledCount>,
    /// `binding = true`: every issue of `settled` is recorded in a binding form.
    binding: Option<bool>,
    /// `done = ["mobilise"]`: these moves or events have happened.
    done: Option<Texts>,
    /// `not_done = ["mobilise"]`: none of these has.
    not_done: Option<Texts>,
    /// `channels = "open" | "closed"`: some venue is open, or none.
    channels: Option<Channels>,
    /// `without = "ukraine"`: the issues of `settled` were agreed where this party neither sat nor
    /// was asked for its consent.
    without: Option<String>,
    /// `any = [{ ... }, { ... }]`: at least one of these holds.
    any: Option<Vec<Self>>,
    /// `not = { ... }`: this does not hold.
    not: Option<Box<Self>>,
}

/// A number of issues settled by agreement.
#[derive(JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettledCount {
    /// Issues counted.
    of: Texts,
    /// At least so many of them are settled by agreement.
    at_least: usize,
}
