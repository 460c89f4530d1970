//! Decisions made outside the engine: a person, or a script, sits in for a party.
//!
//! Flows in: a decision point of a party and how it stands, put as a question to the [`Log`]. Flows
//! out: its answer, or none, and then the agent decides by its rules as everywhere.
//!
//! Invariant: questions are asked only of a listener with [`Log::SEATED`]; for any other they are
//! compiled away, and a run is the same to the last bit. Numbers are drawn whether or not they are
//! needed, so that an answer shifts nobody's luck. Observers judge an answer as if the agent had
//! given it: they cannot tell who sits there.

use super::Run;
use super::log::{Log, Note};
use super::talks::{Package, strategy::Turn};
use crate::model::plan::MAX_ISSUES;

/// A question with the answer yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Whether the party accepts the standing offer.
    Accept,
    /// Whether it lets a mediator's revision stand.
    LetStand,
    /// Whether it takes the final text or the one offer there is.
    Take,
    /// Whether it leaves the meeting.
    Leave,
    /// Whether it signs what everyone at the table accepts.
    Sign,
    /// Whether it consents, absent, to what others agreed on.
    Consent,
}

/// What a party puts on the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tabled {
    /// Nothing.
    Nothing,
    /// A package: its form and the level of each issue; those that are settled or not on the
    /// venue's agenda stay as they are.
    Package {
        /// Form.
        form: usize,
        /// Level of each issue.
        levels: [u8; MAX_ISSUES],
    },
}

/// Who makes an offer, and which.
pub(super) enum Offered {
    /// The agent, by its rules.
    Agent,
    /// Somebody else makes none.
    Nothing,
    /// Somebody else offers a package: what it changes for the party, how far it concedes.
    Package(Package, f64, f64),
}

/// How things stand at a question. It holds more than the party may know: whoever shows it to a
/// person must choose.
#[derive(Debug, Clone, Copy)]
pub struct Standpoint<'a> {
    /// Who is asked.
    pub party: usize,
    /// Its row: party and true type.
    pub row: usize,
    /// Round, from 0.
    pub round: usize,
    /// Day, counted from the start.
    pub day: u16,
    /// Venue and turn of the meeting; none between meetings.
    pub meeting: Option<(usize, usize)>,
    /// Level in force of each issue.
    pub levels: &'a [u8],
    /// Issues settled by agreement, as bits.
    pub settled: u32,
    /// Form by settled issue, else [`super::record::NONE`].
    pub forms: &'a [u8],
    /// Open venues, as bits.
    pub open: u64,
    /// By venue: parties with a seat, as bits.
    pub seats: &'a [u32],
    /// Crisis variables.
    pub slots: &'a [f64],
    /// How often each move, then each event, has happened.
    pub done: &'a [u16],
    /// `[commitment * parties + observer]`: how far it is believed.
    pub believed: &'a [f64],
    /// Utility of the situation as it stands, to the party.
    pub now: f64,
    /// What no agreement is worth to it.
    pub disagreement: f64,
    /// The least a package must be worth to it: that, and the charge for backing down.
    pub reservation: f64,
}

impl<L: Log> Run<'_, L> {
    fn standpoint(&self, party: usize, meeting: Option<(usize, usize)>) -> Standpoint<'_> {
        let world = &*self.world;
        let row = world.truth[party];
        Standpoint {
            party,
            row,
            round: world.round,
            day: world.day,
            meeting,
            levels: &world.levels[..self.model.issues.len()],
            settled: world.settled,
            forms: &world.form,
            open: world.open,
            seats: &world.seats,
            slots: &world.slots,
            done: &world.done,
            believed: &world.believed,
            now: world.now[row],
            disagreement: world.disagreement[row],
            reservation: world.now[row] + world.reservation[row],
        }
    }

    /// Puts a question to the listener, as the standpoint has it, and lets it change the luck.
    fn put<T>(
        &mut self,
        party: usize,
        meeting: Option<(usize, usize)>,
        question: impl FnOnce(&mut L, &Standpoint<'_>) -> Option<T>,
    ) -> Option<T> {
        // The listener is apart from the rest of the run, which the standpoint borrows.
        let quiet = Run {
            model: self.model,
            draw: self.draw,
            tables: self.tables,
            book: &mut *self.book,
            world: &mut *self.world,
            record: &mut *self.record,
            log: &mut (),
        };
        let answer = question(self.log, &quiet.standpoint(party, meeting));
        if let Some(replicate) = self.log.luck() {
            let (seed, draw) = (self.draw.seed, self.draw.index);
            self.world.streams.start(seed, draw, replicate);
        }
        answer
    }

    /// The package that the next question is about.
    #[inline]
    pub(super) fn present(&mut self, package: &Package) {
        if L::SEATED {
            let issues = self.model.issues.len();
            self.log.present(package.form, &package.levels[..issues]);
        }
    }

    /// The answer of whoever sits in for a party to a question at a venue's turn.
    #[inline]
    pub(super) fn ask(&mut self, ask: Ask, party: usize, meeting: (usize, usize)) -> Option<bool> {
        if !L::SEATED || !self.log.holds(party) {
            return None;
        }
        self.put(party, Some(meeting), |log, at| log.answer(ask, at))
    }

    /// Whether whoever sits in for a party leaves before there is an offer to leave over.
    #[inline]
    pub(super) fn leaves(&mut self, party: usize, at: Turn) -> bool {
        let leaves = self.ask(Ask::Leave, party, (at.venue, at.number)) == Some(true);
        if leaves && L::ON {
            self.log.note(Note::Walkout(party));
        }
        leaves
    }

    /// What whoever sits in for a party puts on the table, what that changes for the party and how
    /// far it concedes.
    #[inline]
    pub(super) fn ask_offer(&mut self, party: usize, at: Turn) -> Offered {
        if !L::SEATED || !self.log.holds(party) {
            return Offered::Agent;
        }
        let meeting = Some((at.venue, at.number));
        match self.put(party, meeting, L::offer) {
            None => Offered::Agent,
            Some(Tabled::Nothing) => Offered::Nothing,
            Some(Tabled::Package { form, levels }) => self.tabled(party, at.venue, form, &levels),
        }
    }

    fn tabled(&mut self, party: usize, venue: usize, form: usize, levels: &[u8]) -> Offered {
        let mut package = Package {
            form,
            levels: self.world.levels,
            changes: 0,
        };
        for &issue in &self.model.venues[venue].decides {
            if self.world.settled >> issue & 1 == 0 && levels[issue] != self.world.levels[issue] {
                package.levels[issue] = levels[issue];
                package.changes |= 1 << issue;
            }
        }
        if package.changes == 0 {
            return Offered::Nothing;
        }
        self.put_on_table(&package);
        let row = self.world.truth[party];
        let own = self.world.standing_offer[row];
        // What no government could sign is read as if it gave up all down to no agreement.
        let worth = own.max(self.world.reservation[row]);
        self.world.asked[row] = worth;
        let conceded = (self.best_package(venue, row) - worth).max(0.0);
        Offered::Package(package, own, conceded)
    }

    /// Place of the option that whoever sits in for a party chooses among those at hand.
    #[inline]
    pub(super) fn ask_choice(&mut self, party: usize) -> Option<usize> {
        if !L::SEATED || !self.log.holds(party) {
            return None;
        }
        let options = self.world.options().worth(self.kind(party));
        let count = options.len();
        let chosen = self.put(party, None, |log, at| log.choice(&options, at))?;
        (chosen < count).then_some(chosen)
    }

    /// Place of a party's true type among its types.
    fn kind(&self, party: usize) -> usize {
        self.world.truth[party] - self.model.parties[party].first_row
    }
}
