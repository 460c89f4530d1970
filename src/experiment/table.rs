//! The table of an experiment: the columns of `runs.csv` for all its scenarios together.
//!
//! Flows in: the facts of each scenario, then records. Flows out: columns of cells. Invariant: same
//! names and meanings as in `runs.csv`; a column that a scenario does not have, and all but the first
//! few of a failed run, hold no value. Values are not rounded: a row is bit for bit what was played.

use jiff::civil::{Date, date};

use super::columnar::{Cell, Cells, Column, Kind};
use super::plan::Place;
use crate::engine::record::{NONE, RunRecord};
use crate::ensemble::facts::ScenarioFacts;
use crate::report::rows::{ColumnMeaning, RowWriter};

/// Word of `status`: the run was played to its end.
pub const OK: u32 = 0;
/// Word of `status`: it was not, and `error` says why.
pub const FAILED: u32 = 1;

/// Name of the column of run numbers.
pub const RUN: &str = "run";
/// Name of the column that says whether a run was played to its end.
pub const STATUS: &str = "status";
/// Name of the column of outcomes.
pub const OUTCOME: &str = "outcome";

// What a column is, for the records of one scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Run,
    Scenario,
    Draw,
    Replicate,
    Status,
    Error,
    Outcome,
    EndDate,
    EndDay,
    Rounds,
    TerminalMove,
    Type(usize),
    Utility(usize),
    Level(usize),
    Venue(usize),
    Form(usize),
    SettledRound(usize),
    Flag(usize),
    Failures,
    Walkouts,
    Move(usize),
    Event(usize),
}

impl Field {
    fn kind(self) -> Kind {
        match self {
            Self::Run => Kind::Long,
            Self::EndDate => Kind::Date,
            Self::Utility(_) => Kind::Number,
            Self::Error => Kind::Text,
            Self::Scenario
            | Self::Status
            | Self::Outcome
            | Self::TerminalMove
            | Self::Type(_)
            | Self::Venue(_)
            | Self::Form(_) => Kind::Word,
            _ => Kind::Int,
        }
    }

    // Present even in a failed run.
    fn is_key(self) -> bool {
        matches!(
            self,
            Self::Run | Self::Scenario | Self::Draw | Self::Replicate | Self::Status
        )
    }
}

// A column of the table as one scenario fills it.
#[derive(Debug, Clone)]
struct Slot {
    field: Field,
    // Index among the scenario's own words to index among the table's.
    words: Vec<u32>,
}

/// The columns and how each scenario's records fill them.
#[derive(Debug, Clone)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    slots: Vec<Vec<Option<Slot>>>,
    starts: Vec<Date>,
}

impl Table {
    /// For scenarios in the order of the plan.
    pub fn new(scenarios: &[&ScenarioFacts]) -> Self {
        let mut columns: Vec<Column> = Vec::new();
        let mut slots: Vec<Vec<Option<Slot>>> = Vec::new();
        let ids: Vec<(String, String)> = (scenarios.iter())
            .map(|facts| (facts.scenario.id.clone(), facts.scenario.title.clone()))
            .collect();
        for facts in scenarios {
            let mut own = vec![None; columns.len()];
            for (field, meaning) in fields(facts, &ids) {
                let known = columns
                    .iter()
                    .position(|column| column.meaning.column == meaning.column);
                let index = known.unwrap_or_else(|| {
                    columns.push(Column {
                        meaning: ColumnMeaning {
                            values: Vec::new(),
                            ..meaning.clone()
                        },
                        kind: field.kind(),
                        required: field.is_key(),
                        words: Vec::new(),
                    });
                    own.push(None);
                    columns.len() - 1
                });
                let words = merge_values(&mut columns[index], &meaning);
                own[index] = Some(Slot { field, words });
            }
            slots.push(own);
        }
        for own in &mut slots {
            own.resize(columns.len(), None);
        }
        let starts = scenarios.iter().map(|facts| facts.start).collect();
        Self {
            columns,
            slots,
            starts,
        }
    }

    /// Columns without rows.
    pub fn empty(&self) -> Vec<Cells> {
        self.columns
            .iter()
            .map(|column| Cells::new(column.kind))
            .collect()
    }

    /// Index of a column by its name.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.meaning.column == name)
    }

    /// Adds a run: its record, or why there is none.
    pub fn push(
        &self,
        cells: &mut [Cells],
        run: u64,
        place: Place,
        played: Result<&RunRecord, &str>,
    ) {
        for (slot, cells) in self.slots[place.scenario].iter().zip(cells) {
            let cell = slot.as_ref().map_or(Cell::None, |slot| match slot.field {
                Field::Run => Cell::Long(i64::try_from(run).unwrap_or(i64::MAX)),
                Field::Scenario => Cell::Word(slot.words[place.scenario]),
                Field::Draw => Cell::Int(place.draw.cast_signed()),
                Field::Replicate => Cell::Int(place.replicate.cast_signed()),
                Field::Status => Cell::Word(if played.is_ok() { OK } else { FAILED }),
                Field::Error => played.err().map_or(Cell::None, Cell::Text),
                _ => played.map_or(Cell::None, |record| {
                    self.value(slot, record, place.scenario)
                }),
            });
            cells.push(cell);
        }
    }

    fn value(&self, slot: &Slot, record: &RunRecord, scenario: usize) -> Cell<'static> {
        // A file without forms has one form, which needs no name.
        let word = |id: u8| match slot.words.get(usize::from(id)) {
            Some(&word) if id != NONE => Cell::Word(word),
            _ => Cell::None,
        };
        match slot.field {
            Field::Outcome => word(record.outcome),
            Field::EndDate => {
                Cell::Int(epoch_day(self.starts[scenario]) + i32::from(record.end_day))
            }
            Field::EndDay => Cell::Int(record.end_day.into()),
            Field::Rounds => Cell::Int(record.rounds.into()),
            Field::TerminalMove => word(record.terminal),
            Field::Type(party) => word(record.types[party]),
            Field::Utility(party) => Cell::Number(record.utility[party]),
            Field::Level(issue) => Cell::Int(record.level[issue].into()),
            Field::Venue(issue) => word(record.settled_venue[issue]),
            Field::Form(issue) => word(record.settled_form[issue]),
            Field::SettledRound(issue) => match record.settled_round[issue] {
                NONE => Cell::None,
                round => Cell::Int(i32::from(round) + 1),
            },
            Field::Flag(flag) => Cell::Int((record.flags >> flag & 1) as i32),
            Field::Failures => Cell::Int(record.failures.into()),
            Field::Walkouts => Cell::Int(record.walkouts.into()),
            Field::Move(act) => Cell::Int(record.moves[act].into()),
            Field::Event(event) => Cell::Int(record.events[event].into()),
            Field::Run
            | Field::Scenario
            | Field::Draw
            | Field::Replicate
            | Field::Status
            | Field::Error => Cell::None,
        }
    }
}

const EPOCH: Date = date(1970, 1, 1);

fn epoch_day(day: Date) -> i32 {
    (day - EPOCH).get_days()
}

/// The day of a cell of a column of days.
pub fn day(days: i32) -> Date {
    EPOCH.saturating_add(jiff::Span::new().days(days))
}

// Adds the values a column may have in another scenario; gives the words' indices.
fn merge_values(column: &mut Column, meaning: &ColumnMeaning) -> Vec<u32> {
    let values = &mut column.meaning.values;
    for (id, name) in &meaning.values {
        if !values.iter().any(|(known, _)| known == id) {
            values.push((id.clone(), name.clone()));
        }
    }
    if column.kind != Kind::Word {
        return Vec::new();
    }
    column.words = values.iter().map(|(id, _)| id.clone()).collect();
    let index = |id: &String| column.words.iter().position(|word| word == id);
    meaning
        .values
        .iter()
        .filter_map(|(id, _)| index(id))
        .map(|index| index as u32)
        .collect()
}

// The columns of `runs.csv` with what fills them, and those that only an experiment has.
fn fields(facts: &ScenarioFacts, ids: &[(String, String)]) -> Vec<(Field, ColumnMeaning)> {
    let mut order = vec![
        Field::Run,
        Field::Draw,
        Field::Replicate,
        Field::Outcome,
        Field::EndDate,
        Field::EndDay,
        Field::Rounds,
        Field::TerminalMove,
    ];
    order.extend((0..facts.parties.len()).map(Field::Type));
    order.extend((0..facts.parties.len()).map(Field::Utility));
    for issue in 0..facts.issues.len() {
        order.extend([
            Field::Level(issue),
            Field::Venue(issue),
            Field::Form(issue),
            Field::SettledRound(issue),
        ]);
    }
    order.extend((0..facts.flags.len()).map(Field::Flag));
    order.extend([Field::Failures, Field::Walkouts]);
    order.extend((0..facts.moves.len()).map(Field::Move));
    order.extend((0..facts.events.len()).map(Field::Event));
    let columns = RowWriter::new(facts, false).run_columns();
    debug_assert_eq!(order.len(), columns.len());
    let mut fields: Vec<_> = order.into_iter().zip(columns).collect();
    "Number of the run in the experiment, from 0".clone_into(&mut fields[0].1.meaning);
    let own = |name: &str, unit, meaning: &str, values| ColumnMeaning {
        column: name.to_owned(),
        unit,
        meaning: meaning.to_owned(),
        values,
    };
    let status = [
        ("ok", "Played to its end"),
        (
            "failed",
            "Not played to its end; every later column but `error` is empty",
        ),
    ];
    let status = status.map(|(id, name)| (id.to_owned(), name.to_owned()));
    fields.insert(
        1,
        (
            Field::Scenario,
            own("scenario", "id", "Scenario", ids.to_vec()),
        ),
    );
    let after = [
        (
            Field::Status,
            own(
                STATUS,
                "id",
                "Whether the run was played to its end",
                status.to_vec(),
            ),
        ),
        (
            Field::Error,
            own("error", "text", "Why it was not", Vec::new()),
        ),
    ];
    fields.splice(4..4, after);
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ensemble::Simulator;
    use crate::ensemble::fake::Fake;
    use crate::ensemble::run::Recorder;
    use crate::report::rows::Rows;

    fn two() -> (Fake, Fake) {
        let mut other = Fake::certain();
        other.facts.scenario.id = "other".to_owned();
        other.facts.outcomes[1].id = "stalemate".to_owned();
        other.facts.events.clear();
        (Fake::certain(), other)
    }

    #[test]
    fn cells_are_those_of_runs_csv() {
        let fake = Fake::certain();
        let table = Table::new(&[fake.info()]);
        let writer = RowWriter::new(fake.info(), false);
        let (mut cells, mut rows) = (table.empty(), Rows::default());
        let mut record = RunRecord::new(fake.facts.shape());
        for replicate in 0..40 {
            fake.run(&0.5, &mut (), 1, 0, replicate, &mut record);
            writer.record(&mut rows, replicate.into(), &record);
            let place = Place {
                scenario: 0,
                draw: 0,
                replicate,
            };
            table.push(&mut cells, replicate.into(), place, Ok(&record));
        }
        let (csv, ..) = rows.into_bytes();
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(&csv[..]);
        let columns = writer.run_columns();
        for (row, line) in reader.records().enumerate() {
            for (value, column) in line.unwrap().iter().zip(&columns) {
                let index = table.index(&column.column).unwrap();
                let text = super::super::export::cell(&table.columns[index], &cells[index], row);
                assert_eq!(text, value, "{}", column.column);
            }
        }
    }

    #[test]
    fn scenarios_share_columns_and_words() {
        let (one, other) = two();
        let table = Table::new(&[one.info(), other.info()]);
        let outcome = &table.columns[table.index(OUTCOME).unwrap()];
        assert_eq!(outcome.words.len(), 4);
        assert_eq!(outcome.words[3], "stalemate");
        let mut cells = table.empty();
        let mut record = RunRecord::new(other.facts.shape());
        record.outcome = 1;
        let place = |scenario| Place {
            scenario,
            draw: 0,
            replicate: 0,
        };
        table.push(&mut cells, 0, place(1), Ok(&record));
        table.push(&mut cells, 1, place(0), Err("it broke"));
        let cell = |name: &str, row| cells[table.index(name).unwrap()].cell(row);
        assert_eq!(cell(OUTCOME, 0), Cell::Word(3));
        assert_eq!(cell("scenario", 0), Cell::Word(1));
        let event = format!("event.{}", one.facts.events[0].id);
        assert_eq!(cell(&event, 0), Cell::None);
        assert_eq!(cell(OUTCOME, 1), Cell::None);
        assert_eq!(cell("error", 1), Cell::Text("it broke"));
        assert_eq!(cell(STATUS, 1), Cell::Word(FAILED));
        assert!(cells.iter().all(|column| column.present.len() == 2));
    }

    #[test]
    fn days_count_from_1970() {
        assert_eq!(epoch_day(date(1970, 1, 2)), 1);
        assert_eq!(day(epoch_day(date(1962, 10, 16))), date(1962, 10, 16));
    }
}
