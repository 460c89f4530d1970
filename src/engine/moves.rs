//! Unilateral moves between meetings.
//!
//! Each party chooses one of its available moves, waiting included, by logit quantal response
//! (`McKelvey` and Palfrey 1995; Signorino 1999):
//!
//! ```text
//! P(m)          = exp(lambda EU(m)) / sum exp(lambda EU(.))
//! EU(hold)      = prospect settlement + (1 - prospect) patience^(days / 7) D(t + 1)
//! settlement    = now + (own target + best offer received) / 2
//! prospect      = 1 / (1 + exp((target - best offer - slack) / spread))
//! EU(pressure)  = EU(hold after its effects) + prospect fall / 2 - cost
//! EU(relief)    = EU(hold after its effects) - share audience_cost exposure - cost
//! EU(signal)    = EU(hold after its effects) - cost
//! EU(terminal)  = W, or now - standing + the payoff its table gives, - cost - threatened costs
//! ```
//!
//! `fall` is the fall of the target's disagreement value that the actor expects (utility): the
//! move's own figure and the standing cost it puts on the target. One half of it passes into the
//! settlement (Nash 1950, two parties with transferable utility). Targets and offers are changes
//! against `now`; a party that has not been at a table yet has prospect 0. `D(t + 1)` uses the known
//! drift. `lambda` infinite is best response, ties to the first option; 0 is coin tossing.

use super::Run;
use super::acts::Act;
use super::log::{Log, Note};
use super::options::{End, Options, Outset, Terms};
use super::worth::Outlook;
use crate::model::condition::View;
use crate::model::plan::MovePlan;
use crate::scenario::types::MoveKind;

impl<L: Log> Run<'_, L> {
    /// Every party moves, one after another; stops at a terminal move.
    pub(super) fn moves(&mut self) {
        for position in 0..self.world.order.len() {
            let party = self.world.order[position];
            self.find_moves(party, false);
            // Who can only wait waits; nothing is learnt from that.
            if !L::ON && !L::SEATED && self.world.at_hand.is_empty() {
                continue;
            }
            if self.model.parties[party].moves.is_empty() {
                continue;
            }
            let outlook = self.outlook(party);
            self.weigh_moves(party, &outlook);
            let chosen = self.choose(party, self.model.stream.moves + party);
            self.note_choice(party, chosen);
            if let Some(index) = chosen {
                self.make_move(index);
                if self.world.terminal.is_some() {
                    return;
                }
                self.update_beliefs();
            }
        }
    }

    /// Finds the moves that a party has at hand, into `World::at_hand`. With `in_time`, moves count
    /// that waiting alone would make available.
    pub(super) fn find_moves(&mut self, party: usize, in_time: bool) {
        let mut found = std::mem::take(&mut self.world.at_hand);
        found.clear();
        let view = self.world.view();
        for (place, act) in self.tables.acts.of(party).iter().enumerate() {
            if at_hand(act, &self.model.moves[act.index], in_time, &view) {
                found.push(place);
            }
        }
        self.world.at_hand = found;
    }

    fn note_choice(&mut self, party: usize, chosen: Option<usize>) {
        if L::ON {
            let kind = self.world.truth[party] - self.model.parties[party].first_row;
            let at_hand = self.world.options();
            let likely = |option| (at_hand.choice(kind, option), at_hand.utility(kind, option));
            let options: Vec<(Option<usize>, f64, f64)> = at_hand
                .moves()
                .iter()
                .enumerate()
                .map(|(option, index)| (*index, likely(option).0, likely(option).1))
                .filter(|&(_, probability, _)| probability > 0.0)
                .collect();
            self.log.note(Note::Choice {
                party,
                chosen,
                options: &options,
            });
        }
    }

    fn make_move(&mut self, index: usize) {
        let plan: &MovePlan = &self.model.moves[index];
        self.world.count(index);
        self.apply(&plan.effects);
        self.world.open = (self.world.open | plan.opens) & !plan.closes;
        for &(venue, parties) in &plan.seats {
            self.world.seats[venue] |= parties;
            self.world.generation = self.world.generation.wrapping_add(1);
        }
        for &threat in &plan.fulfils {
            self.world.due[threat] = None;
        }
        for &threat in &plan.triggers {
            if let Some((days, _)) = self.model.commitments[threat].lapse
                && self.world.due[threat].is_none()
            {
                self.world.due[threat] = Some(self.world.day.saturating_add(days));
            }
        }
        if plan.kind == MoveKind::Terminal {
            self.world.terminal = Some(index);
        }
    }

    /// The options of a party, which are to wait or one of the moves found, what they are worth to
    /// its types and how likely each is to choose them, into `World::options`.
    pub(super) fn weigh_moves(&mut self, party: usize, outlook: &Outlook) {
        let (model, tables) = (self.model, self.tables);
        let round = self.world.round;
        let days = f64::from(model.rounds[round].days);
        let mut boxed = self.world.options.take();
        let options = boxed
            .as_deref_mut()
            .expect("options are out only while moves are weighed");
        self.wars(party, outlook.can, days, &mut options.wars);
        options.begin();
        let world = &*self.world;
        if tables.acts.have_effects(party) {
            options.after.copy_from_slice(&world.slots);
        }
        let waiting = Terms {
            strain: self.strain(party, &world.slots),
            ..Terms::default()
        };
        options.add(None, waiting);
        let acts = tables.acts.of(party);
        for &place in &world.at_hand {
            let act = &acts[place];
            let terms = self.terms(act, &waiting, days, options);
            options.add(Some(act.index), terms);
        }
        let rows = model.parties[party].rows();
        options.weigh(&Outset {
            kinds: &tables.kinds[party],
            now: &world.now[rows.clone()],
            asked: &world.asked[rows.clone()],
            best_offer: &world.best_offer[rows.clone()],
            discount: &tables.discount[round * model.rows.len()..][rows],
            seated: outlook.seated,
            fear: outlook.fear,
        });
        self.world.options = boxed;
    }

    /// What a move makes of the crisis, given what waiting does.
    #[inline]
    fn terms(&self, act: &Act, waiting: &Terms, days: f64, options: &mut Options) -> Terms {
        let (world, acts) = (&*self.world, &self.tables.acts);
        let mut threatened = 0.0;
        for &(threat, cost) in acts.threats(act) {
            threatened += world.believed[threat] * cost;
        }
        if act.kind == MoveKind::Terminal {
            return Terms {
                cost: act.cost,
                threatened,
                wars: options.wars.len(),
                end: self.end_by(&self.model.moves[act.index], options),
                ..*waiting
            };
        }
        let effects = acts.effects(act);
        for effect in effects {
            let value = &mut options.after[effect.slot];
            *value = effect.after(*value);
        }
        let fall = act.target.map_or(0.0, |target| {
            let before = world.slots[target];
            act.pressure + act.changes.after_at_target(before) - before
        });
        // Most moves leave the odds and costs of force as they are.
        let mut wars = 0;
        if act.arms || act.speaks {
            wars = options.wars.len();
            for place in 0..options.unmoved().len() {
                let war = options.wars[place];
                let war = self.after_move(war, act.speaks, &options.after, days);
                options.wars.push(war);
            }
        }
        for effect in effects {
            options.after[effect.slot] = world.slots[effect.slot];
        }
        let backing_down = if act.kind == MoveKind::Relief {
            let actor = self.model.moves[act.index].actor;
            act.share * world.slots[self.model.slots.exposure(actor)]
        } else {
            0.0
        };
        Terms {
            strain: act.changes.after(waiting.strain),
            fall,
            cost: act.cost,
            threatened,
            backing_down,
            wars,
            end: End::Open,
        }
    }

    /// How a terminal move ends the run; its lottery comes last in the list if it is one.
    fn end_by(&self, plan: &MovePlan, options: &mut Options) -> End {
        // Whoever can use force now could use it by waiting, at other odds.
        let used = |option| options.unmoved().iter().find(|war| war.option == option);
        match plan.force.and_then(used) {
            Some(war) => {
                let war = self.at_odds(*war, &self.world.slots, 0.0);
                options.wars.push(war);
                End::Force
            }
            None => End::Payoff(plan.payoff[plan.actor].map_or(0.0, |id| self.draw.get(id))),
        }
    }
}

/// Whether a move is at hand, now or in time by waiting.
#[inline]
fn at_hand(act: &Act, plan: &MovePlan, in_time: bool, view: &View<'_>) -> bool {
    let glance = &act.when[usize::from(in_time)];
    if !glance.holds(view) || (act.limit).is_some_and(|limit| view.done[act.index] >= limit) {
        return false;
    }
    let test = if in_time {
        &plan.when_in_time
    } else {
        &plan.when
    };
    glance.is_whole() || test.rest_holds(view)
}
