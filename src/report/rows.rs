//! Runs as rows of `runs.csv` and `rounds.csv`, and what their columns mean (`columns.json`).
//!
//! Flows in: records, on the threads that played them. Flows out: bytes of CSV by chunk. Invariant:
//! ids and numbers only, so that the same plan gives the same bytes; numbers have at most six
//! decimals, an empty cell means "none".

use std::io::Write;

use jiff::civil::Date;
use serde::Serialize;

use crate::engine::record::{NONE, RunRecord, Status};
use crate::ensemble::facts::{Named, ScenarioFacts};
use crate::ensemble::run::Recorder;

/// A column of a table: how it is called and how to read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnMeaning {
    /// Heading in the CSV file.
    pub column: String,
    /// Unit or kind of value.
    pub unit: &'static str,
    /// In words.
    pub meaning: String,
    /// Possible values and what they stand for, where they are names or levels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<(String, String)>,
}

/// A column without a list of values.
pub fn column(
    name: impl Into<String>,
    unit: &'static str,
    meaning: impl Into<String>,
) -> ColumnMeaning {
    ColumnMeaning {
        column: name.into(),
        unit,
        meaning: meaning.into(),
        values: Vec::new(),
    }
}

impl ColumnMeaning {
    fn one_of<'a>(mut self, values: impl IntoIterator<Item = &'a Named>) -> Self {
        self.values = values
            .into_iter()
            .map(|value| (value.id.clone(), value.name.clone()))
            .collect();
        self
    }
}

/// Writes the tables of one scenario.
#[derive(Debug, Clone, Copy)]
pub struct RowWriter<'a> {
    facts: &'a ScenarioFacts,
    with_rounds: bool,
}

/// The rows of one chunk.
#[derive(Debug, Default)]
pub struct Rows {
    runs: Vec<u8>,
    rounds: Vec<u8>,
    /// Outcome of each run, for pairing.
    pub outcomes: Vec<u8>,
    flags: Vec<u64>,
}

impl Rows {
    /// Takes the flags of every run, one bit each.
    pub fn take_flags(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.flags)
    }

    /// Bytes of `runs.csv`, bytes of `rounds.csv` (none unless asked for), outcomes.
    pub fn into_bytes(self) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
        (self.runs, self.rounds, self.outcomes)
    }
}

const IN_MEMORY: &str = "writing to memory does not fail";

/// One line being written, cell by cell. Most of its cells are short whole numbers and ids that need
/// no quotes, so it asks the `csv` crate only for what does: writing the runs takes a third of the
/// time.
struct Line<'a> {
    bytes: &'a mut Vec<u8>,
    begun: bool,
}

impl<'a> Line<'a> {
    fn new(bytes: &'a mut Vec<u8>) -> Self {
        Self {
            bytes,
            begun: false,
        }
    }

    fn cell(&mut self) -> &mut Vec<u8> {
        if self.begun {
            self.bytes.push(b',');
        }
        self.begun = true;
        self.bytes
    }

    fn text(&mut self, cell: &str) {
        let awkward = |byte: &u8| matches!(byte, b',' | b'"' | b'\r' | b'\n');
        if cell.as_bytes().iter().any(awkward) {
            let quoted = line([cell.to_owned()]);
            let quoted = quoted.strip_suffix(b"\n").unwrap_or(&quoted);
            self.cell().extend_from_slice(quoted);
        } else {
            self.cell().extend_from_slice(cell.as_bytes());
        }
    }

    fn number(&mut self, value: impl itoa::Integer) {
        let mut digits = itoa::Buffer::new();
        self.cell()
            .extend_from_slice(digits.format(value).as_bytes());
    }

    fn date(&mut self, date: Date) {
        write!(self.cell(), "{date}").expect(IN_MEMORY);
    }

    fn decimal(&mut self, value: f64) {
        write_decimal(self.cell(), value);
    }

    fn named<'n>(&mut self, id: u8, name: impl Fn(usize) -> &'n str) {
        self.text(if id == NONE {
            ""
        } else {
            name(usize::from(id))
        });
    }

    fn end(self) {
        self.bytes.push(b'\n');
    }
}

impl<'a> RowWriter<'a> {
    /// For a scenario, with or without one row a round.
    pub fn new(facts: &'a ScenarioFacts, with_rounds: bool) -> Self {
        Self { facts, with_rounds }
    }

    /// Ids and names of the scenario's outcomes.
    pub fn outcomes(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let outcomes = self.facts.outcomes.iter();
        outcomes.map(|outcome| (outcome.id.as_str(), outcome.name.as_str()))
    }

    /// Columns of `runs.csv`.
    pub fn run_columns(&self) -> Vec<ColumnMeaning> {
        let facts = self.facts;
        let outcomes: Vec<_> = facts
            .outcomes
            .iter()
            .map(|o| Named::new(&o.id, &o.name))
            .collect();
        let moves: Vec<_> = facts
            .moves
            .iter()
            .map(|act| Named::new(&act.id, &act.name))
            .collect();
        let mut columns = vec![
            column(
                "run",
                "number",
                "Run, from 0: draw * replicates + replicate",
            ),
            column("draw", "number", "Draw of the uncertain numbers, from 0"),
            column("replicate", "number", "Run within the draw, from 0"),
            column("outcome", "id", "First outcome rule that held").one_of(&outcomes),
            column("end_date", "date", "Day of the end"),
            column("end_day", "days", "Days from the start to the end"),
            column("rounds", "number", "Rounds played"),
            column(
                "terminal_move",
                "id",
                "Move that ended the run; empty if none",
            )
            .one_of(&moves),
        ];
        for party in &facts.parties {
            let meaning = format!("True type of {}", party.name);
            columns.push(column(format!("type.{}", party.id), "id", meaning).one_of(&party.types));
        }
        for party in &facts.parties {
            let meaning = format!("Final utility of {}: 0 worst, 1 its ideal", party.name);
            columns.push(column(format!("utility.{}", party.id), "utility", meaning));
        }
        for issue in &facts.issues {
            let mut level = column(
                format!("level.{}", issue.id),
                "level",
                format!("Level in force at the end: {}", issue.name),
            );
            level.values = (issue.levels.iter().enumerate())
                .map(|(index, words)| (index.to_string(), words.clone()))
                .collect();
            columns.extend([
                level,
                column(
                    format!("settled_venue.{}", issue.id),
                    "id",
                    "Venue of the agreement on it; empty if it was not settled",
                )
                .one_of(&facts.venues),
                column(
                    format!("settled_form.{}", issue.id),
                    "id",
                    "Form of the agreement on it; empty if it was not settled",
                )
                .one_of(&facts.forms),
                column(
                    format!("settled_round.{}", issue.id),
                    "number",
                    "Round of the agreement on it, from 1; empty if it was not settled",
                ),
            ]);
        }
        for flag in &facts.flags {
            columns.push(column(
                format!("flag.{}", flag.id),
                "0 or 1",
                flag.name.clone(),
            ));
        }
        columns.push(column(
            "failures",
            "number",
            "Agreements in principle that failed at consent or ratification",
        ));
        columns.push(column("walkouts", "number", "Meetings ended by a walk-out"));
        for act in &facts.moves {
            let meaning = format!("How often: {}", act.name);
            columns.push(column(format!("move.{}", act.id), "number", meaning));
        }
        for event in &facts.events {
            let meaning = format!("How often: {}", event.name);
            columns.push(column(format!("event.{}", event.id), "number", meaning));
        }
        columns
    }

    /// Columns of `rounds.csv`.
    pub fn round_columns(&self) -> Vec<ColumnMeaning> {
        let facts = self.facts;
        let status = [
            Named::new(
                "talking",
                "No agreement yet, nobody has broken off or used force",
            ),
            Named::new("settled", "Some agreement in force"),
            Named::new("broken-off", "Ended by a terminal move without force"),
            Named::new("force", "Ended by a use of force"),
        ];
        let mut columns = vec![
            column("run", "number", "Run, from 0, as in runs.csv"),
            column("draw", "number", "Draw of the uncertain numbers, from 0"),
            column("replicate", "number", "Run within the draw, from 0"),
            column(
                "round",
                "number",
                "Round, from 1; rounds after the end are left out",
            ),
            column("date", "date", "Day of the meeting"),
            column("venue", "id", "Where").one_of(&facts.venues),
            column("status", "id", "Where the run stands after the round").one_of(&status),
            column("tension", "0 to 1", "Tension after the round"),
        ];
        for party in &facts.parties {
            for (name, meaning) in [
                (
                    "posture",
                    "Posture after the round, 0 none to 1 ready to strike:",
                ),
                (
                    "asked",
                    "Own utility of its last offer, empty if it made none:",
                ),
                (
                    "offered",
                    "Own utility of the best offer to it, empty if there was none:",
                ),
                (
                    "disagreement",
                    "Utility of no agreement before the meeting:",
                ),
            ] {
                columns.push(column(
                    format!("{name}.{}", party.id),
                    if name == "posture" {
                        "0 to 1"
                    } else {
                        "utility"
                    },
                    format!("{meaning} {}", party.name),
                ));
            }
        }
        for party in facts.parties.iter().filter(|party| party.types.len() > 1) {
            for kind in &party.types {
                columns.push(column(
                    format!("belief.{}.{}", party.id, kind.id),
                    "probability",
                    format!("What the public believes: {} is {}", party.name, kind.name),
                ));
            }
        }
        columns
    }

    /// A heading line of the given columns.
    pub fn heading(columns: &[ColumnMeaning]) -> Vec<u8> {
        line(columns.iter().map(|column| column.column.clone()))
    }

    fn run_line(&self, index: u64, record: &RunRecord, mut line: Line<'_>) {
        let facts = self.facts;
        line.number(index);
        line.number(record.draw);
        line.number(record.replicate);
        line.text(&facts.outcomes[usize::from(record.outcome)].id);
        line.date(facts.day(record.end_day));
        line.number(record.end_day);
        line.number(record.rounds);
        line.named(record.terminal, |id| &facts.moves[id].id);
        for (party, &kind) in facts.parties.iter().zip(&record.types) {
            line.text(&party.types[usize::from(kind)].id);
        }
        for &utility in &record.utility {
            line.decimal(utility);
        }
        for issue in 0..facts.issues.len() {
            line.number(record.level[issue]);
            line.named(record.settled_venue[issue], |id| &facts.venues[id].id);
            // A file without forms has one form, which needs no name.
            line.named(record.settled_form[issue], |id| {
                facts.forms.get(id).map_or("", |form| &form.id)
            });
            match record.settled_round[issue] {
                NONE => line.text(""),
                round => line.number(u16::from(round) + 1),
            }
        }
        for flag in 0..facts.flags.len() {
            line.number(record.flags >> flag & 1);
        }
        line.number(record.failures);
        line.number(record.walkouts);
        for &times in record.moves.iter().chain(&record.events) {
            line.number(times);
        }
        line.end();
    }

    fn round_line(&self, index: u64, record: &RunRecord, round: usize, mut line: Line<'_>) {
        let facts = self.facts;
        line.number(index);
        line.number(record.draw);
        line.number(record.replicate);
        line.number(round + 1);
        line.date(facts.rounds[round].date);
        line.text(&facts.rounds[round].venue);
        line.text(match record.status[round] {
            Status::Talking => "talking",
            Status::Settled => "settled",
            Status::BrokenOff => "broken-off",
            Status::Force => "force",
        });
        line.decimal(record.tension[round]);
        let parties = facts.parties.len();
        for i in round * parties..(round + 1) * parties {
            for series in [
                &record.posture,
                &record.asked,
                &record.offered,
                &record.disagreement,
            ] {
                line.decimal(series[i]);
            }
        }
        let beliefs = &record.belief[round * record.shape.types..(round + 1) * record.shape.types];
        let mut first = 0;
        for party in &facts.parties {
            let types = party.types.len();
            if types > 1 {
                for &belief in &beliefs[first..first + types] {
                    line.decimal(belief);
                }
            }
            first += types;
        }
        line.end();
    }
}

impl Recorder for RowWriter<'_> {
    type Part = Rows;

    fn record(&self, part: &mut Rows, index: u64, record: &RunRecord) {
        part.outcomes.push(record.outcome);
        part.flags.push(record.flags);
        self.run_line(index, record, Line::new(&mut part.runs));
        if self.with_rounds {
            let played = usize::from(record.rounds).min(record.shape.rounds);
            for round in 0..played {
                self.round_line(index, record, round, Line::new(&mut part.rounds));
            }
        }
    }
}

/// One CSV line, quoted where needed.
pub fn line(cells: impl IntoIterator<Item = String>) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for cell in cells {
        writer.write_field(cell).expect(IN_MEMORY);
    }
    writer.write_record(None::<&[u8]>).expect(IN_MEMORY);
    writer.into_inner().expect(IN_MEMORY)
}

/// At most six decimals, no trailing zeros, no minus zero; empty for NaN.
pub fn decimal(x: f64) -> String {
    let mut bytes = Vec::new();
    write_decimal(&mut bytes, x);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The same into memory. Up to a billion the digits are those of a whole number of millionths, which
/// a float holds exactly.
fn write_decimal(bytes: &mut Vec<u8>, x: f64) {
    let millionths = (x * 1e6).round();
    if x.is_nan() {
        return;
    }
    if millionths.abs() >= 1e15 {
        return write!(bytes, "{}", millionths / 1e6).expect(IN_MEMORY);
    }
    let whole = millionths.abs() as u64;
    if millionths < 0.0 {
        bytes.push(b'-');
    }
    let mut digits = itoa::Buffer::new();
    bytes.extend_from_slice(digits.format(whole / 1_000_000).as_bytes());
    let mut rest = whole % 1_000_000;
    if rest > 0 {
        bytes.push(b'.');
    }
    let mut place = 100_000;
    while rest > 0 {
        bytes.push(b'0' + (rest / place) as u8);
        rest %= place;
        place /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ensemble::Simulator;
    use crate::ensemble::fake::Fake;

    type Bytes = (Vec<u8>, Vec<u8>, Vec<u8>);

    fn rows(fake: &Fake, runs: u32) -> (Bytes, RowWriter<'_>) {
        let writer = RowWriter::new(fake.info(), true);
        let mut record = RunRecord::new(fake.facts.shape());
        let mut part = Rows::default();
        for replicate in 0..runs {
            fake.run(&0.5, &mut (), 1, 0, replicate, &mut record);
            writer.record(&mut part, u64::from(replicate), &record);
        }
        (part.into_bytes(), writer)
    }

    #[test]
    fn decimals_are_those_of_the_standard_library() {
        let expected = |x: f64| ((x * 1e6).round() / 1e6 + 0.0).to_string();
        let mut word = 1_u64;
        for _ in 0..200_000 {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let share = (word >> 11) as f64 / (1_u64 << 53) as f64;
            for scale in [1.0, -1.0, 1e-5, -3e-6, 100.0, -1e9, 1e13] {
                let x = share * scale;
                assert_eq!(decimal(x), expected(x), "{x:?}");
            }
        }
        for x in [
            0.0,
            -0.0,
            -1e-9,
            0.5e-6,
            1.0,
            -1.0,
            0.1,
            1e300,
            f64::INFINITY,
        ] {
            assert_eq!(decimal(x), expected(x), "{x:?}");
        }
        assert_eq!(decimal(f64::NAN), "");
    }

    fn table(columns: &[ColumnMeaning], body: &[u8]) -> Vec<Vec<String>> {
        let text = [RowWriter::heading(columns), body.to_vec()].concat();
        // The reader refuses rows of unequal length.
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(text.as_slice());
        reader
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn every_row_has_a_cell_for_every_column() {
        let fake = Fake::certain();
        let ((runs, rounds, outcomes), writer) = rows(&fake, 60);
        let runs = table(&writer.run_columns(), &runs);
        assert_eq!(runs.len(), 61);
        let outcome = runs[0].iter().position(|name| name == "outcome").unwrap();
        let venue = runs[0]
            .iter()
            .position(|name| name == "settled_venue.quota")
            .unwrap();
        let ram = runs[0].iter().position(|name| name == "move.ram").unwrap();
        for (row, &index) in runs[1..].iter().zip(&outcomes) {
            assert_eq!(row[outcome], fake.facts.outcomes[usize::from(index)].id);
            assert_eq!(row[venue], if index == 0 { "harbour" } else { "" });
            assert_eq!(row[ram], if index == 2 { "1" } else { "0" });
        }
        let rounds = table(&writer.round_columns(), &rounds);
        let played: usize = outcomes.iter().map(|&o| if o == 2 { 2 } else { 4 }).sum();
        assert_eq!(rounds.len(), played + 1);
        let offered = rounds[0]
            .iter()
            .position(|name| name == "offered.norland")
            .unwrap();
        assert_eq!(rounds[1][offered], "");
        assert_eq!(rounds[2][offered], "0.3");
    }

    #[test]
    fn awkward_names_are_quoted() {
        let mut fake = Fake::certain();
        fake.facts.outcomes[0].id = "a \"deal\", of sorts\nand more".to_owned();
        let ((runs, ..), writer) = rows(&fake, 40);
        let runs = table(&writer.run_columns(), &runs);
        assert_eq!(runs.len(), 41);
        assert!(
            runs.iter()
                .any(|row| row[3] == "a \"deal\", of sorts\nand more")
        );
    }

    #[test]
    fn decimals_are_short() {
        assert_eq!(decimal(0.1 + 0.2), "0.3");
        assert_eq!(decimal(-1e-9), "0");
        assert_eq!(decimal(f64::NAN), "");
    }
}
