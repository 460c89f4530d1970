//! What one run leaves behind: a fixed-size record, filled in place, reused from run to run.
//!
//! Flows in: the engine writes as the run goes. Flows out: `runs.csv`, the ensemble's sums.
//! Invariant: every vector has its final length from [`RunRecord::new`] on; a run never grows one.

/// Marks "none" in the byte-sized columns of a record.
pub const NONE: u8 = u8::MAX;

/// Where a run stands after a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Status {
    /// No agreement yet that an outcome of the scenario asks for.
    #[default]
    Talking,
    /// Such an agreement is in force.
    Settled,
    /// Ended by a terminal move without force.
    BrokenOff,
    /// Ended by a use of force.
    Force,
}

/// Sizes that fix a record's layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordShape {
    /// Parties.
    pub parties: usize,
    /// Issues.
    pub issues: usize,
    /// Moves declared in the scenario.
    pub moves: usize,
    /// Events declared in the scenario.
    pub events: usize,
    /// Rounds up to the horizon.
    pub rounds: usize,
    /// Types of all parties together; see [`RunRecord::belief`].
    pub types: usize,
}

/// One run.
#[derive(Debug, Clone)]
pub struct RunRecord {
    /// Its layout.
    pub shape: RecordShape,
    /// Parameter draw.
    pub draw: u32,
    /// Replicate within the draw.
    pub replicate: u32,
    /// True type of each party (index among that party's types).
    pub types: Vec<u8>,
    /// Index of the outcome rule that held.
    pub outcome: u8,
    /// Flags that held, bit `i` for flag `i`.
    pub flags: u64,
    /// Rounds played, at least 1; series entries from here on repeat the last value.
    pub rounds: u16,
    /// Day of the end, counted from the calendar's start.
    pub end_day: u16,
    /// Terminal move that ended the run, or [`NONE`].
    pub terminal: u8,
    /// Final utility of each party.
    pub utility: Vec<f64>,
    /// Level in force of each issue at the end.
    pub level: Vec<u8>,
    /// Venue at which each issue was settled, or [`NONE`] if it was not.
    pub settled_venue: Vec<u8>,
    /// Form in which it was settled, or [`NONE`].
    pub settled_form: Vec<u8>,
    /// Round (from 0) in which it was settled, or [`NONE`].
    pub settled_round: Vec<u8>,
    /// How often each move was made.
    pub moves: Vec<u16>,
    /// How often each event happened.
    pub events: Vec<u16>,
    /// Agreements in principle that failed at consent or ratification.
    pub failures: u16,
    /// Meetings ended by a walk-out.
    pub walkouts: u16,
    /// `status[round]`
    pub status: Vec<Status>,
    /// `tension[round]` after the round.
    pub tension: Vec<f64>,
    /// `posture[round * parties + party]` after the round.
    pub posture: Vec<f64>,
    /// `asked[round * parties + party]`: own utility of the party's last own offer in the round's
    /// meeting; NaN if it made none.
    pub asked: Vec<f64>,
    /// `offered[round * parties + party]`: own utility of the best offer it received in the round's
    /// meeting; NaN if it received none.
    pub offered: Vec<f64>,
    /// `disagreement[round * parties + party]`: its disagreement value before the meeting.
    pub disagreement: Vec<f64>,
    /// `belief[round * types + row]`: posterior of the public (prior as in the types) that the
    /// party of that row is of that type; rows list the parties in order, each party's types in
    /// order.
    pub belief: Vec<f64>,
}

impl RunRecord {
    /// An empty record of the given shape.
    pub fn new(shape: RecordShape) -> Self {
        let by_party = shape.rounds * shape.parties;
        Self {
            shape,
            draw: 0,
            replicate: 0,
            types: vec![0; shape.parties],
            outcome: 0,
            flags: 0,
            rounds: 0,
            end_day: 0,
            terminal: NONE,
            utility: vec![0.0; shape.parties],
            level: vec![0; shape.issues],
            settled_venue: vec![NONE; shape.issues],
            settled_form: vec![NONE; shape.issues],
            settled_round: vec![NONE; shape.issues],
            moves: vec![0; shape.moves],
            events: vec![0; shape.events],
            failures: 0,
            walkouts: 0,
            status: vec![Status::Talking; shape.rounds],
            tension: vec![0.0; shape.rounds],
            posture: vec![0.0; by_party],
            asked: vec![f64::NAN; by_party],
            offered: vec![f64::NAN; by_party],
            disagreement: vec![0.0; by_party],
            belief: vec![0.0; shape.rounds * shape.types],
        }
    }
}
