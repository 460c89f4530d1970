//! What parties can do and what befalls them: force, moves, threats, promises, events.

use std::collections::BTreeMap;

use super::keys;
use super::number::Bounds;
use super::reader::{Reader, Row};
use crate::scenario::names::Kind;
use crate::scenario::types::{Event, ForceOption, Move, MoveKind, Promise, Threat};

impl Reader<'_> {
    pub(super) fn force(&mut self, file: &Row<'_>) -> Vec<ForceOption> {
        let rows = self.rows(file, "force", "a force option", keys::FORCE);
        rows.iter()
            .map(|row| {
                let id = self.id(row);
                ForceOption {
                    name: self.name(row),
                    holder: self.reference(row, "holder", Kind::Party),
                    target: self.reference(row, "target", Kind::Party),
                    payoff: self.payoff(&id, row),
                    advantage: self.quantity(row, "advantage", Bounds::UNIT, None),
                    drift: self.quantity(row, "drift", Bounds::CHANGE, Some(0.0)),
                    damage: self.by_party(row, "damage", Bounds::NOT_NEGATIVE),
                    id,
                }
            })
            .collect()
    }

    pub(super) fn moves(&mut self, file: &Row<'_>) -> Vec<Move> {
        let rows = self.rows(file, "moves", "a move", keys::MOVE);
        rows.iter().map(|row| self.unilateral_move(row)).collect()
    }

    fn unilateral_move(&mut self, row: &Row<'_>) -> Move {
        let kinds = [
            ("pressure", MoveKind::Pressure),
            ("relief", MoveKind::Relief),
            ("signal", MoveKind::Signal),
            ("terminal", MoveKind::Terminal),
        ];
        let id = self.id(row);
        if let Some(node) = row.get("id").filter(|_| id == "hold") {
            let label = node.label("`hold` is always available");
            self.error("duplicate-id", "`hold` need not be declared", label);
        }
        Move {
            name: self.name(row),
            actor: self.reference(row, "actor", Kind::Party),
            kind: self.choice(row, "kind", &kinds, None),
            when: self.condition(row, "when"),
            limit: self.optional_count(row, "limit"),
            cost: self.quantity(row, "cost", Bounds::ANY, Some(0.0)),
            target: self.optional_reference(row, "target", Kind::Party),
            pressure: self.quantity(row, "pressure", Bounds::NOT_NEGATIVE, Some(0.0)),
            share: self.quantity(row, "share", Bounds::UNIT, Some(1.0)),
            effects: self.effects(row, "effects"),
            opens: self.references(row, "opens", Kind::Venue),
            closes: self.references(row, "closes", Kind::Venue),
            seats: self.seats(row),
            force: self.optional_reference(row, "force", Kind::Force),
            payoff: self.by_party(row, "payoff", Bounds::ANY),
            from: self.texts(row, "from"),
            id,
        }
    }

    /// Venue to the parties that gain a seat there.
    fn seats(&mut self, row: &Row<'_>) -> BTreeMap<String, Vec<String>> {
        let mut seats = BTreeMap::new();
        let Some(node) = row.get("seats") else {
            return seats;
        };
        for entry in self.entries(Some(node)) {
            if self.known(&entry.key, Kind::Venue, &entry.key_label()) {
                let parties = self.references(&Row::of(node), &entry.key, Kind::Party);
                seats.insert(entry.key.clone(), parties);
            }
        }
        seats
    }

    pub(super) fn threats(&mut self, file: &Row<'_>) -> Vec<Threat> {
        let rows = self.rows(file, "threats", "a threat", keys::THREAT);
        rows.iter()
            .map(|row| {
                if row.get("trigger").is_none() {
                    self.missing(row, "trigger", "a list of moves");
                }
                Threat {
                    id: self.id(row),
                    name: self.name(row),
                    by: self.reference(row, "by", Kind::Party),
                    target: self.reference(row, "target", Kind::Party),
                    trigger: self.references(row, "trigger", Kind::Move),
                    cost_to_target: self.quantity(row, "cost_to_target", Bounds::ANY, None),
                    cost_to_self: self.quantity(row, "cost_to_self", Bounds::ANY, Some(0.0)),
                    said: self.optional_quantity(row, "said", Bounds::UNIT),
                    credibility: self.quantity(row, "credibility", Bounds::UNIT, None),
                    heard: self.by_party(row, "heard", Bounds::UNIT),
                    fulfilled_by: self.references(row, "fulfilled_by", Kind::Move),
                    within_days: self.count(row, "within_days", Some(14)),
                    lapse: self.effects(row, "lapse"),
                    from: self.texts(row, "from"),
                }
            })
            .collect()
    }

    pub(super) fn promises(&mut self, file: &Row<'_>) -> Vec<Promise> {
        let rows = self.rows(file, "promises", "a promise", keys::PROMISE);
        rows.iter()
            .map(|row| Promise {
                id: self.id(row),
                name: self.name(row),
                by: self.reference(row, "by", Kind::Party),
                to: self.reference(row, "to", Kind::Party),
                against: self.references(row, "against", Kind::Force),
                said: self.quantity(row, "said", Bounds::UNIT, None),
                heard: self.by_party(row, "heard", Bounds::UNIT),
                deters: self.quantity(row, "deters", Bounds::UNIT, None),
                relief: self.quantity(row, "relief", Bounds::UNIT, None),
                from: self.texts(row, "from"),
            })
            .collect()
    }

    pub(super) fn events(&mut self, file: &Row<'_>) -> Vec<Event> {
        let rows = self.rows(file, "events", "an event", keys::EVENT);
        rows.iter()
            .map(|row| {
                let hazard = self.optional_quantity(row, "hazard", Bounds::UNIT);
                let date = self.date(row, "date");
                match (row.get("hazard"), row.get("date")) {
                    (None, None) => self.missing(row, "hazard", "or `date`"),
                    (Some(_), Some(node)) => {
                        let label = node.label("the event also has a `hazard`");
                        let message = "an event has a hazard or a date, not both";
                        self.error("event-timing", message, label);
                    }
                    _ => {}
                }
                Event {
                    id: self.id(row),
                    name: self.name(row),
                    hazard,
                    with_tension: self.quantity(
                        row,
                        "with_tension",
                        Bounds::NOT_NEGATIVE,
                        Some(0.0),
                    ),
                    date,
                    when: self.condition(row, "when"),
                    limit: self.optional_count(row, "limit"),
                    effects: self.effects(row, "effects"),
                    opens: self.references(row, "opens", Kind::Venue),
                    closes: self.references(row, "closes", Kind::Venue),
                    from: self.texts(row, "from"),
                }
            })
            .collect()
    }
}
