//! The compiled scenario: the same things as in the file, by index.

use jiff::civil::Date;

use super::condition::Test;
use super::streams::Key;
use crate::scenario::quantity::Dist;
use crate::scenario::types::{MoveKind, Protocol, Scenario};

/// Most issues a scenario can have: the crisis' levels pack into one `u128` at 5 bits each.
pub const MAX_ISSUES: usize = 25;
/// Most levels of an issue; one value of the 5 bits' 4 is kept for "not on the table".
pub const MAX_LEVELS: usize = 15;
/// Most parties: sets of parties are bits of a `u32`.
pub const MAX_PARTIES: usize = 16;
/// Most force options.
pub const MAX_FORCE: usize = 16;
/// Most types of one party.
pub const MAX_TYPES: usize = 32;

/// Index of a number of the scenario in [`Model::params`] and `Draw::values`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ParamId(pub u32);

/// A named number with its distribution.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Path in the file, and name of its random stream.
    pub name: String,
    /// Key of that stream.
    pub key: Key,
    /// What is believed about it.
    pub dist: Dist,
}

/// Why a scenario that reads well cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// A list is longer than the engine's packed indices allow.
    #[error("{count} {what}, but at most {limit} are possible")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many.
        count: usize,
        /// Limit.
        limit: usize,
    },
    /// A name that `check` should have refused.
    #[error("unknown {what} `{id}`")]
    Unknown {
        /// Kind of name.
        what: &'static str,
        /// The name.
        id: String,
    },
    /// The calendar has no round.
    #[error("no meeting between the start and the horizon, and no cycle")]
    NoRounds,
    /// A list that must not be empty is.
    #[error("a scenario needs at least one {0}")]
    None(&'static str),
}

/// A compiled scenario.
#[derive(Debug, Clone)]
pub struct Model {
    /// The scenario it was made from: names, words, colours.
    pub scenario: Scenario,
    /// Every number, in a stable order.
    pub params: Vec<Param>,
    /// Parties, in scenario order.
    pub parties: Vec<PartyPlan>,
    /// One row per (party, type), parties in order.
    pub rows: Vec<RowPlan>,
    /// Issues.
    pub issues: Vec<IssuePlan>,
    /// Largest number of levels of any issue: the stride of level tables.
    pub max_levels: usize,
    /// The issue that follows the form of agreements.
    pub form_issue: Option<usize>,
    /// Linkages.
    pub linkages: Vec<LinkagePlan>,
    /// Forms, weakest first; at least one.
    pub forms: Vec<FormPlan>,
    /// Venues.
    pub venues: Vec<VenuePlan>,
    /// Rounds up to the horizon, at least one.
    pub rounds: Vec<RoundPlan>,
    /// `ln_day[round * max_turns + turn]`: logarithm of the weeks from the start.
    pub ln_day: Vec<f64>,
    /// Logarithm of the weeks to the horizon.
    pub ln_weeks: f64,
    /// Layout of the crisis variables.
    pub slots: Slots,
    /// Starting value of each slot.
    pub start: Vec<Start>,
    /// Tension at rest, share of the distance lost in a week, and the same for exposure.
    pub tension_rest: ParamId,
    /// See [`Model::tension_rest`].
    pub tension_decay: ParamId,
    /// Share of exposure that fades in a week.
    pub exposure_decay: ParamId,
    /// What meetings do.
    pub talks: TalksPlan,
    /// Standard deviation of reading an offer.
    pub offer_noise: ParamId,
    /// Width of the tremble in accepting.
    pub tremble: ParamId,
    /// Rounds ahead for which exposed parties fear the use of force.
    pub foresight: ParamId,
    /// `[observer * rows + row]`: prior of an observer, if it has its own.
    pub observer_priors: Vec<Option<ParamId>>,
    /// Force options.
    pub force: Vec<ForcePlan>,
    /// Moves.
    pub moves: Vec<MovePlan>,
    /// Threats, then promises, as commitments with one index space.
    pub commitments: Vec<CommitmentPlan>,
    /// Events.
    pub events: Vec<EventPlan>,
    /// Outcome rules, in order.
    pub outcomes: Vec<Test>,
    /// Flags.
    pub flags: Vec<Test>,
    /// Keys of the random streams of a run.
    pub streams: Vec<Key>,
    /// Where they are.
    pub stream: StreamIndex,
}

/// A party.
#[derive(Debug, Clone)]
pub struct PartyPlan {
    /// First row.
    pub first_row: usize,
    /// Number of types.
    pub types: usize,
    /// Moves it may make.
    pub moves: Vec<usize>,
    /// Force options it holds.
    pub force: Vec<usize>,
    /// Force options it is exposed to.
    pub exposed: Vec<ExposurePlan>,
    /// Venues where it sits at the start, as bits.
    pub venues: u64,
    /// Its commitments by who hears them: `commitment * parties + observer`, observer. Those come
    /// first on which what an observer does hangs.
    pub heard: Vec<(usize, usize)>,
    /// How many those are.
    pub heeded: usize,
}

impl PartyPlan {
    /// Its rows.
    pub fn rows(&self) -> std::ops::Range<usize> {
        self.first_row..self.first_row + self.types
    }
}

/// A force option as one who is exposed to it sees it.
#[derive(Debug, Clone)]
pub struct ExposurePlan {
    /// Force option.
    pub option: usize,
    /// Damage.
    pub damage: ParamId,
    /// Promises to this party against it: commitment, share of the damage thought averted.
    pub relief: Vec<(usize, ParamId)>,
}

/// A party of one type.
#[derive(Debug, Clone)]
pub struct RowPlan {
    /// Party.
    pub party: usize,
    /// Prior of the type.
    pub prior: ParamId,
    /// Traits, in the order of the fields of `draw::RowValues`.
    pub traits: TraitPlan,
    /// How it concedes.
    pub strategy: StrategyPlan,
    /// By issue: weight and values; `None` where the party is indifferent.
    pub preferences: Vec<Option<PreferencePlan>>,
    /// By force option (only its own): prize, loss, cost.
    pub force: Vec<Option<[ParamId; 3]>>,
    /// Weeks by which it acts as if talks must end; the horizon if absent.
    pub deadline_weeks: Option<ParamId>,
}

/// Parameters of a row's traits.
#[derive(Debug, Clone, Copy)]
pub struct TraitPlan {
    /// Patience per week.
    pub patience: ParamId,
    /// Logit precision.
    pub rationality: ParamId,
    /// Knowledge of the others' weights.
    pub insight: ParamId,
    /// Weight in the others' eyes.
    pub power: ParamId,
    /// Utility per unit of exposure.
    pub audience_cost: ParamId,
    /// Utility per unit of own posture.
    pub upkeep: ParamId,
    /// Utility per unit of tension.
    pub tension_cost: ParamId,
    /// Chance of walking out.
    pub walkout: ParamId,
    /// Slack of the judgement that a deal is in sight.
    pub slack: ParamId,
    /// Width of that judgement.
    pub spread: ParamId,
    /// Utility of being at the table.
    pub talks_value: ParamId,
    /// Share of a deal's gain that counts.
    pub deal_value: ParamId,
    /// Factor on how far the party is believed.
    pub resolve: ParamId,
    /// Factor on the cost of its own moves.
    pub reluctance: ParamId,
}

/// A strategy with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum StrategyPlan {
    /// Time-dependent: exponent and initial concession.
    TimeDependent(ParamId, ParamId),
    /// See `scenario::types::Strategy`.
    RelativeTitForTat,
    /// See `scenario::types::Strategy`.
    AbsoluteTitForTat,
    /// Window of the other's offers.
    AveragedTitForTat(u32),
    /// See `scenario::types::Strategy`.
    NiceTitForTat,
    /// See `scenario::types::Strategy`.
    Micro,
    /// See `scenario::types::Strategy`.
    Zeuthen,
    /// See `scenario::types::Strategy`.
    Hardliner,
    /// See `scenario::types::Strategy`.
    RandomWalker,
    /// See `scenario::types::Strategy`.
    Ultimatum,
    /// See `scenario::types::Strategy`.
    Rubinstein,
}

/// Weight, values and red line on one issue.
#[derive(Debug, Clone)]
pub struct PreferencePlan {
    /// Weight before normalisation.
    pub weight: ParamId,
    /// Value of each level.
    pub values: Vec<ParamId>,
    /// Refused levels as bits, firmness, cost.
    pub red_line: Option<(u32, ParamId, ParamId)>,
}

/// An issue.
#[derive(Debug, Clone)]
pub struct IssuePlan {
    /// Number of levels.
    pub levels: usize,
    /// Level at the start.
    pub status_quo: u8,
    /// Whether it is a promise.
    pub promise: bool,
    /// Parties that must accept a change, as bits.
    pub consent: u32,
    /// Levels as bits, effects.
    pub consequences: Vec<(u32, EffectsPlan)>,
}

/// A linkage: levels as bits per issue.
#[derive(Debug, Clone)]
pub struct LinkagePlan {
    /// Party to which it matters.
    pub party: usize,
    /// Issue, levels as bits.
    pub tests: Vec<(usize, u32)>,
    /// The issues as bits.
    pub issues: u32,
    /// Bonus.
    pub bonus: Option<ParamId>,
    /// Whether the party refuses such packages.
    pub absolute: bool,
}

impl LinkagePlan {
    /// Whether the linked levels stand together.
    #[inline]
    pub fn holds(&self, levels: &[u8]) -> bool {
        self.tests
            .iter()
            .all(|&(issue, mask)| mask >> levels[issue] & 1 == 1)
    }
}

/// A form.
#[derive(Debug, Clone)]
pub struct FormPlan {
    /// Level of the form issue it stands for.
    pub level: Option<u8>,
    /// Whether it binds in law.
    pub binding: bool,
    /// By party: durability, 1 if absent.
    pub durability: Vec<Option<ParamId>>,
    /// By party: probability of ratification, 1 if absent.
    pub ratification: Vec<Option<ParamId>>,
}

/// A venue.
#[derive(Debug, Clone)]
pub struct VenuePlan {
    /// Speaking order at the start.
    pub seats: Vec<usize>,
    /// Parties that may ever sit, in speaking order: the seats, then those that moves may add.
    pub order: Vec<usize>,
    /// Issues it can settle, in scenario order.
    pub decides: Vec<usize>,
    /// `radix[k]`: place value of `decides[k]` in a package index.
    pub radix: Vec<u64>,
    /// Procedure.
    pub protocol: Protocol,
    /// Turns round the table.
    pub exchanges: u32,
    /// Open at the start.
    pub open: bool,
    /// Forms it can conclude in.
    pub forms: Vec<usize>,
    /// Mediator's insight.
    pub mediator_insight: ParamId,
}

/// A round of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundPlan {
    /// Date of the meeting.
    pub date: Date,
    /// Days from the start.
    pub day: u16,
    /// Days to the next round.
    pub days: u16,
    /// Venue.
    pub venue: usize,
    /// In the documented calendar.
    pub documented: bool,
    /// Whether unilateral moves are weighed at its end.
    pub moves: bool,
}

/// Layout of the crisis variables in one vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slots {
    /// Parties.
    pub parties: usize,
    /// Force options.
    pub force: usize,
    /// Commitments.
    pub commitments: usize,
}

impl Slots {
    /// Tension.
    pub const TENSION: usize = 0;

    /// Exposure of a party.
    #[inline]
    pub fn exposure(&self, party: usize) -> usize {
        1 + party
    }

    /// Standing cost of a party.
    #[inline]
    pub fn standing(&self, party: usize) -> usize {
        1 + self.parties + party
    }

    /// Posture of a party.
    #[inline]
    pub fn posture(&self, party: usize) -> usize {
        1 + 2 * self.parties + party
    }

    /// Advantage of a force option.
    #[inline]
    pub fn advantage(&self, force: usize) -> usize {
        1 + 3 * self.parties + force
    }

    /// Weekly drift of that advantage.
    #[inline]
    pub fn drift(&self, force: usize) -> usize {
        1 + 3 * self.parties + self.force + force
    }

    /// Said level of a commitment.
    #[inline]
    pub fn said(&self, commitment: usize) -> usize {
        1 + 3 * self.parties + 2 * self.force + commitment
    }

    /// Level of a commitment as an observer hears it.
    #[inline]
    pub fn heard(&self, commitment: usize, party: usize) -> usize {
        1 + 3 * self.parties + 2 * self.force + self.commitments + commitment * self.parties + party
    }

    /// Number of slots.
    pub fn len(&self) -> usize {
        1 + 3 * self.parties + 2 * self.force + self.commitments * (1 + self.parties)
    }

    /// Whether there are none (never).
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Lower end of a slot's range; the upper one is 1.
    pub fn low(&self, slot: usize) -> i8 {
        let drift = self.drift(0)..self.said(0);
        let standing = self.standing(0)..self.posture(0);
        -i8::from(drift.contains(&slot) || standing.contains(&slot))
    }
}

/// Starting value of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// A parameter.
    Param(ParamId),
    /// Zero.
    Zero,
}

/// Changes that a move, an event or a settlement brings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EffectsPlan {
    /// Changes of crisis variables.
    pub slots: Vec<SlotEffect>,
    /// Issue, steps of the level in force.
    pub levels: Vec<(u8, ParamId)>,
}

/// Change of one crisis variable, kept within its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotEffect {
    /// Slot.
    pub slot: u16,
    /// Lower end of its range; the upper one is 1.
    pub low: i8,
    /// Change.
    pub change: ParamId,
}

/// Effects of what happens at the table.
#[derive(Debug, Clone)]
pub struct TalksPlan {
    /// Whether the order of moves is drawn per run.
    pub drawn_order: bool,
    /// After an agreement in principle.
    pub on_agreement: EffectsPlan,
    /// After a meeting without one.
    pub on_no_agreement: EffectsPlan,
    /// After a walk-out.
    pub on_walkout: EffectsPlan,
    /// After a failed consent or ratification.
    pub on_failure: EffectsPlan,
    /// Exposure then added to everyone at the table.
    pub failure_exposure: ParamId,
}

/// A force option.
#[derive(Debug, Clone)]
pub struct ForcePlan {
    /// Who holds it.
    pub holder: usize,
    /// Damage by party.
    pub damage: Vec<(usize, ParamId)>,
    /// Threats triggered by moves that use it: commitment, cost to the target.
    pub threats: Vec<(usize, ParamId)>,
    /// Promises against it: commitment, fall of the advantage if believed.
    pub promises: Vec<(usize, ParamId)>,
    /// Moves that use it.
    pub moves: Vec<usize>,
}

/// A move.
#[derive(Debug, Clone)]
pub struct MovePlan {
    /// Who may make it.
    pub actor: usize,
    /// What it does for its actor.
    pub kind: MoveKind,
    /// When it is available.
    pub when: Test,
    /// The same as one may wait for it.
    pub when_in_time: Test,
    /// How often at most.
    pub limit: u16,
    /// Cost.
    pub cost: ParamId,
    /// Whose disagreement value it lowers.
    pub target: Option<usize>,
    /// By how much, as the actor sees it.
    pub pressure: ParamId,
    /// Share of exposure charged.
    pub share: ParamId,
    /// Effects.
    pub effects: EffectsPlan,
    /// Those of them that bear on what the move is worth to its actor.
    pub weighed: Vec<SlotEffect>,
    /// Whether they touch the advantage of one of the actor's force options or its drift.
    pub arms: bool,
    /// Whether they touch what the actor hears of a commitment that bears on one of them.
    pub speaks: bool,
    /// Venues opened, as bits.
    pub opens: u64,
    /// Venues closed, as bits.
    pub closes: u64,
    /// Venue, parties as bits.
    pub seats: Vec<(usize, u32)>,
    /// Force option it uses.
    pub force: Option<usize>,
    /// By party: payoff of a terminal move without force.
    pub payoff: Vec<Option<ParamId>>,
    /// Threats that it triggers without ending the run: commitment.
    pub triggers: Vec<usize>,
    /// Threats that it carries out: commitment.
    pub fulfils: Vec<usize>,
    /// Costs that the actor expects from threats it triggers: commitment, cost.
    pub threatened: Vec<(usize, ParamId)>,
}

/// A threat or a promise.
#[derive(Debug, Clone)]
pub struct CommitmentPlan {
    /// Who made it.
    pub by: usize,
    /// Whom it is aimed at: a threat's target, a promise's beneficiary.
    pub to: usize,
    /// For a threat: cost to its maker when a force option triggers it.
    pub cost_to_self: Option<ParamId>,
    /// For a threat: days within which it must be carried out, and what a lapse does.
    pub lapse: Option<(u16, EffectsPlan)>,
}

/// An event.
#[derive(Debug, Clone)]
pub struct EventPlan {
    /// Weekly hazard.
    pub hazard: Option<ParamId>,
    /// Multiplier with tension.
    pub with_tension: ParamId,
    /// Day for a dated event.
    pub day: Option<u16>,
    /// When it can happen.
    pub when: Test,
    /// How often at most.
    pub limit: u16,
    /// Effects.
    pub effects: EffectsPlan,
    /// Venues opened, as bits.
    pub opens: u64,
    /// Venues closed, as bits.
    pub closes: u64,
}

/// First index of each family of streams; each has one per party unless said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StreamIndex {
    /// True types.
    pub types: usize,
    /// Choice of a move.
    pub moves: usize,
    /// Acceptance of an offer.
    pub response: usize,
    /// Walking out.
    pub walkout: usize,
    /// How an offer is read.
    pub reading: usize,
    /// Consent of an absent party.
    pub consent: usize,
    /// Ratification.
    pub ratification: usize,
    /// Strategies that draw.
    pub strategy: usize,
    /// Lot for the order of moves.
    pub order: usize,
    /// One per venue: mediator.
    pub mediator: usize,
    /// One per event.
    pub events: usize,
}
