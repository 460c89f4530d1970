//! Who must approve at home.

use super::keys;
use super::number::{Bounds, defined};
use super::reader::{Reader, Row};
use crate::scenario::names::Kind;
use crate::scenario::types::{Gate, GateBloc, Voting};

impl Reader<'_> {
    pub(super) fn gates(&mut self, file: &Row<'_>) -> Vec<Gate> {
        let rows = self.rows(file, "gates", "a gate", keys::GATE);
        rows.iter().map(|row| self.gate(row)).collect()
    }

    fn gate(&mut self, row: &Row<'_>) -> Gate {
        let voting = [("bloc", Voting::Bloc), ("members", Voting::Members)];
        self.distinct_ids(row, "blocs");
        if row.get("blocs").is_none() {
            self.missing(row, "blocs", "a list of tables, `[[gates.blocs]]`");
        }
        let blocs = self.rows(row, "blocs", "a bloc of a gate", keys::GATE_BLOC);
        let blocs: Vec<GateBloc> = blocs
            .iter()
            .map(|bloc| GateBloc {
                id: self.id(bloc),
                name: self.name(bloc),
                votes: self.positive_count(bloc, "votes", None),
                asks: self
                    .optional_quantity(bloc, "asks", Bounds::CHANGE)
                    .unwrap_or_else(|| defined(bloc.path("asks"), 0.0)),
            })
            .collect();
        let quota = self.positive_count(row, "quota", None);
        let votes: u32 = blocs
            .iter()
            .fold(0, |sum, bloc| sum.saturating_add(bloc.votes));
        if let Some(node) = row
            .get("quota")
            .filter(|_| quota > votes && !blocs.is_empty())
        {
            let label = node.label(format!("expected at most {votes}, all votes there are"));
            let message = format!("{quota} of {votes} votes can never be reached");
            self.error("quota-outside", message, label);
        }
        Gate {
            id: self.id(row),
            name: self.name(row),
            party: self.reference(row, "party", Kind::Party),
            forms: self.references(row, "forms", Kind::Form),
            quota,
            voting: self.choice(row, "voting", &voting, Some(Voting::Bloc)),
            precision: self
                .optional_quantity(row, "precision", Bounds::PRECISION)
                .unwrap_or_else(|| {
                    if row.get("precision").is_none() {
                        self.missing(row, "precision", "a number of at least 0, or `inf`");
                    }
                    defined(row.path("precision"), f64::NAN)
                }),
            blocs,
            from: self.texts(row, "from"),
        }
    }
}
