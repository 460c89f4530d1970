//! Tree to [`Exercise`]: what each key means.
//!
//! Flows in: the tree of an exercise file and the names its scenario declares. Flows out: an exercise
//! and every problem met on the way; where a value is unusable a harmless one stands in, and the
//! caller drops the exercise because an error was reported. Invariant: decoding never stops at the
//! first problem.

use jiff::civil::Date;

use crate::diagnostic::Diagnostic;
use crate::scenario::decode::reader::{Reader, Row, listed};
use crate::scenario::names::{Kind, Names, nearest};
use crate::scenario::tree::{Node, Value};

use super::keys;
use super::types::{
    Aspect, Criterion, Exercise, Guide, Inject, Item, Mode, Myth, Objective, Phase, PhaseKind,
    Question, Seat, SeenBy, Stage, Task, Term, Worksheet,
};

const MODES: [(&str, Mode); 3] = [
    ("class", Mode::Class),
    ("homework", Mode::Homework),
    ("lab", Mode::Lab),
];

const PHASES: [(&str, PhaseKind); 6] = [
    ("welcome", PhaseKind::Welcome),
    ("preparation", PhaseKind::Preparation),
    ("play", PhaseKind::Play),
    ("closing", PhaseKind::Closing),
    ("debrief", PhaseKind::Debrief),
    ("exit", PhaseKind::Exit),
];

/// Decodes an exercise file. The cut-off is that of the file, or none yet ([`Date::MAX`]).
pub fn decode(root: &Node, names: &Names) -> (Exercise, Vec<Diagnostic>) {
    let mut reader = Reader::new(names);
    let file = Row::of(root);
    reader.known_keys(root, "an exercise file", keys::FILE);
    for key in ["objectives", "phases", "injects", "tasks", "pre", "post"] {
        reader.distinct_ids(&file, key);
    }
    let schema = reader.count(&file, "schema", None);
    if let Some(node) = file.get("schema").filter(|_| schema != 1) {
        let message = format!("this release reads exercise files of schema 1, not {schema}");
        reader.error("schema-version", message, node.label("expected 1"));
    }
    refuse_own_keys(&mut reader, &file);
    let objectives = objectives(&mut reader, &file);
    let ids: Vec<&str> = objectives.iter().map(|one| one.id.as_str()).collect();
    let exercise = Exercise {
        schema,
        id: reader.id(&file),
        title: said(&mut reader, &file, "title"),
        summary: said(&mut reader, &file, "summary"),
        scenario: file
            .get("scenario")
            .and_then(Node::as_str)
            .unwrap_or_default()
            .to_owned(),
        mode: reader.choice(&file, "mode", &MODES, None),
        audience: said(&mut reader, &file, "audience"),
        minutes: reader.positive_count(&file, "minutes", None),
        rounds: positive(&mut reader, &file, "rounds"),
        content_note: said(&mut reader, &file, "content_note"),
        cutoff: reader.date(&file, "cutoff").unwrap_or(Date::MAX),
        seed: u64::from(reader.count(&file, "seed", Some(1))),
        phases: phases(&mut reader, &file),
        public: said(&mut reader, &file, "public"),
        seats: seats(&mut reader, &file, names),
        injects: injects(&mut reader, &file, names, &ids),
        worksheet: worksheet(&mut reader, &file),
        tasks: tasks(&mut reader, &file),
        glossary: glossary(&mut reader, &file),
        questions: questions(&mut reader, &file),
        rubric: rubric(&mut reader, &file),
        pre: items(&mut reader, &file, "pre", &ids),
        post: items(&mut reader, &file, "post", &ids),
        exit: lines(&mut reader, &file, "exit"),
        guide: guide(&mut reader, &file),
        objectives,
    };
    (exercise, reader.diagnostics)
}

/// A text that must be there and say something.
fn said(reader: &mut Reader<'_>, row: &Row<'_>, key: &str) -> String {
    let text = reader.text(row, key);
    not_empty(reader, row.get(key), key);
    text
}

fn not_empty(reader: &mut Reader<'_>, node: Option<&Node>, key: &str) {
    let blank = |node: &&Node| node.as_str().is_some_and(|text| text.trim().is_empty());
    if let Some(node) = node.filter(blank) {
        let label = node.label("expected some words");
        reader.error("empty-text", format!("`{key}` says nothing"), label);
    }
}

/// A list of texts that must be there.
fn lines(reader: &mut Reader<'_>, row: &Row<'_>, key: &str) -> Vec<String> {
    let empty = |node: &Node| node.elements().is_some_and(<[Node]>::is_empty);
    match row.get(key) {
        None => reader.missing(row, key, "a list of texts"),
        Some(node) if empty(node) => {
            let label = node.label("expected at least one text");
            reader.error("empty-text", format!("`{key}` is empty"), label);
        }
        Some(_) => {}
    }
    for node in reader.text_nodes(row, key) {
        not_empty(reader, Some(node), key);
    }
    reader.texts(row, key)
}

fn positive(reader: &mut Reader<'_>, row: &Row<'_>, key: &str) -> Option<u32> {
    row.get(key)?;
    Some(reader.positive_count(row, key, None))
}

/// The tables of a list that must have some.
fn some_rows<'n>(
    reader: &mut Reader<'_>,
    file: &Row<'n>,
    key: &str,
    what: &str,
    known: &[&str],
) -> Vec<Row<'n>> {
    if file.get(key).is_none() {
        reader.missing(file, key, &format!("a list of tables, `[[{key}]]`"));
    }
    reader.rows(file, key, what, known)
}

fn refuse_own_keys(reader: &mut Reader<'_>, file: &Row<'_>) {
    let Some(change) = file.get("change") else {
        return;
    };
    let Some(entries) = change.entries() else {
        reader.wrong_type(change, "`change`", "a table of a scenario's keys");
        return;
    };
    for entry in entries {
        if keys::NOT_CHANGED.contains(&entry.key.as_str()) {
            let mut label = entry.key_label();
            "not for an exercise to change".clone_into(&mut label.message);
            let help = "the changed scenario takes `id`, `title` and `summary` from the exercise, \
                and its evidence and cut-off from the scenario"
                .to_owned();
            let message = format!("`[change]` sets `{}`", entry.key);
            reader.report("not-changed", message, label, Some(help), None);
        }
    }
}

fn objectives(reader: &mut Reader<'_>, file: &Row<'_>) -> Vec<Objective> {
    let rows = some_rows(reader, file, "objectives", "an objective", keys::OBJECTIVE);
    let read = |row: &Row<'_>| Objective {
        id: reader.id(row),
        text: said(reader, row, "text"),
    };
    rows.iter().map(read).collect()
}

/// The id of an objective of the file.
fn objective(reader: &mut Reader<'_>, row: &Row<'_>, ids: &[&str]) -> String {
    let id = reader.text(row, "objective");
    if let Some(node) = row.get("objective").filter(|node| node.as_str().is_some())
        && !ids.contains(&id.as_str())
    {
        reader.unknown(&id, "an objective", ids, node.label(""));
    }
    id
}

fn phases(reader: &mut Reader<'_>, file: &Row<'_>) -> Vec<Phase> {
    let rows = some_rows(reader, file, "phases", "a phase", keys::PHASE);
    let read = |row: &Row<'_>| Phase {
        id: reader.id(row),
        name: reader.name(row),
        kind: reader.choice(row, "kind", &PHASES, None),
        minutes: reader.positive_count(row, "minutes", None),
        text: said(reader, row, "text"),
        say: reader.optional_text(row, "say"),
    };
    rows.iter().map(read).collect()
}

fn seats(reader: &mut Reader<'_>, file: &Row<'_>, names: &Names) -> Vec<Seat> {
    let rows = reader.rows(file, "seats", "a seat", keys::SEAT);
    let mut seats: Vec<Seat> = Vec::new();
    for row in &rows {
        let party = reader.reference(row, "party", Kind::Party);
        let types = names.types.get(&party).map_or(&[][..], Vec::as_slice);
        let twice = !party.is_empty() && seats.iter().any(|seat| seat.party == party);
        if let Some(node) = row.get("party").filter(|_| twice) {
            let message = format!("`{party}` has two seats");
            reader.error("duplicate-id", message, node.label("seated already"));
        }
        seats.push(Seat {
            kind: seat_type(reader, row, &party, types),
            short: said(reader, row, "short"),
            long: said(reader, row, "long"),
            wants: lines(reader, row, "wants"),
            red_lines: lines(reader, row, "red_lines"),
            outside_option: said(reader, row, "outside_option"),
            unknown: lines(reader, row, "unknown"),
            party,
        });
    }
    seats
}

/// Which of the party's minds the brief is about.
fn seat_type(
    reader: &mut Reader<'_>,
    row: &Row<'_>,
    party: &str,
    types: &[String],
) -> Option<String> {
    let known: Vec<&str> = types.iter().map(String::as_str).collect();
    let kind = reader.optional_text(row, "type");
    if let (Some(kind), Some(node)) = (&kind, row.get("type"))
        && !known.is_empty()
        && !known.contains(&kind.as_str())
    {
        let what = format!("a type of `{party}`");
        reader.unknown(kind, &what, &known, node.label(""));
    }
    if kind.is_none() && row.get("type").is_none() && known.len() > 1 {
        let label = row.node().label("which of them is this brief about?");
        let help = format!("write `type`, one of {}", listed(&known));
        let message = format!("`{party}` has several types, and the seat names none");
        reader.report("seat-type", message, label, Some(help), None);
    }
    kind
}

fn injects(
    reader: &mut Reader<'_>,
    file: &Row<'_>,
    names: &Names,
    objectives: &[&str],
) -> Vec<Inject> {
    let rows = reader.rows(file, "injects", "an inject", keys::INJECT);
    let mut injects = Vec::new();
    for row in &rows {
        let round = positive(reader, row, "round");
        let when = row.get("when").map(|_| reader.condition(row, "when"));
        if row.get("round").is_some() == row.get("when").is_some() {
            let label = row.node().label("expected `round` or `when`, one of them");
            let message = "nobody knows when this inject comes".to_owned();
            let help = "`round = 2` hands it out after the second meeting; `when` is a condition \
                in the scenario's terms"
                .to_owned();
            reader.report("inject-time", message, label, Some(help), None);
        }
        injects.push(Inject {
            id: reader.id(row),
            title: said(reader, row, "title"),
            round,
            when,
            sender: said(reader, row, "sender"),
            seen_by: seen_by(reader, row, names),
            text: said(reader, row, "text"),
            expected: said(reader, row, "expected"),
            objective: objective(reader, row, objectives),
            event: reader.optional_reference(row, "event", Kind::Event),
        });
    }
    injects
}

fn seen_by(reader: &mut Reader<'_>, row: &Row<'_>, names: &Names) -> SeenBy {
    let Some(node) = row.get("seen_by") else {
        reader.missing(row, "seen_by", "\"all\" or a list of parties");
        return SeenBy::All;
    };
    if let Value::String(word) = &node.value {
        let parties: Vec<&str> = names.ids(Kind::Party).iter().map(String::as_str).collect();
        if word == "all" || parties.contains(&word.as_str()) {
            let one = || SeenBy::Parties(vec![word.clone()]);
            return if word == "all" { SeenBy::All } else { one() };
        }
        let known: Vec<&str> = ["all"].into_iter().chain(parties).collect();
        let near = nearest(word, known.iter().copied());
        let label = node.label(near.map_or_else(
            || "expected \"all\" or parties".to_owned(),
            |near| format!("did you mean `{near}`?"),
        ));
        let help = format!("who can see it: {}", listed(&known));
        let message = format!("`{word}` is nobody here");
        reader.report(
            "unknown-id",
            message,
            label,
            Some(help),
            near.map(str::to_owned),
        );
        return SeenBy::All;
    }
    SeenBy::Parties(reader.references(row, "seen_by", Kind::Party))
}

fn worksheet(reader: &mut Reader<'_>, file: &Row<'_>) -> Option<Worksheet> {
    let row = reader.table(file, "worksheet", keys::WORKSHEET)?;
    Some(Worksheet {
        batna: said(reader, &row, "batna"),
        walk_away: said(reader, &row, "walk_away"),
        guesses: said(reader, &row, "guesses"),
        prediction: said(reader, &row, "prediction"),
        plan: reader.optional_text(&row, "plan"),
    })
}

fn tasks(reader: &mut Reader<'_>, file: &Row<'_>) -> Vec<Task> {
    let rows = reader.rows(file, "tasks", "a task", keys::TASK);
    let read = |row: &Row<'_>| Task {
        id: reader.id(row),
        name: reader.name(row),
        text: said(reader, row, "text"),
        command: reader.optional_text(row, "command"),
        write: reader.optional_text(row, "write"),
    };
    rows.iter().map(read).collect()
}

fn glossary(reader: &mut Reader<'_>, file: &Row<'_>) -> Vec<Term> {
    let rows = some_rows(reader, file, "glossary", "a term", keys::TERM);
    let read = |row: &Row<'_>| Term {
        term: said(reader, row, "term"),
        meaning: said(reader, row, "meaning"),
    };
    rows.iter().map(read).collect()
}

fn questions(reader: &mut Reader<'_>, file: &Row<'_>) -> Vec<Question> {
    let rows = some_rows(reader, file, "questions", "a question", keys::QUESTION);
    let read = |row: &Row<'_>| Question {
        stage: reader.choice(row, "stage", &Stage::ALL, None),
        text: said(reader, row, "text"),
    };
    rows.iter().map(read).collect()
}

fn rubric(reader: &mut Reader<'_>, file: &Row<'_>) -> Vec<Criterion> {
    let rows = some_rows(reader, file, "rubric", "a criterion", keys::CRITERION);
    let read = |row: &Row<'_>| Criterion {
        aspect: reader.choice(row, "aspect", &Aspect::ALL, None),
        weight: reader.count(row, "weight", None),
        meets: said(reader, row, "meets"),
    };
    rows.iter().map(read).collect()
}

fn items(reader: &mut Reader<'_>, file: &Row<'_>, key: &str, objectives: &[&str]) -> Vec<Item> {
    let rows = some_rows(reader, file, key, "an item", keys::ITEM);
    let mut items = Vec::new();
    for row in &rows {
        items.push(Item {
            id: reader.id(row),
            question: said(reader, row, "question"),
            options: reader.texts(row, "options"),
            answer: said(reader, row, "answer"),
            objective: objective(reader, row, objectives),
        });
    }
    items
}

fn guide(reader: &mut Reader<'_>, file: &Row<'_>) -> Guide {
    let Some(row) = reader.required_table(file, "guide", keys::GUIDE) else {
        return Guide {
            setup: String::new(),
            roles: None,
            traps: Vec::new(),
            outcomes: String::new(),
            myths: Vec::new(),
            ethics: String::new(),
        };
    };
    let myths = some_rows(reader, &row, "myths", "a myth", keys::MYTH);
    Guide {
        setup: said(reader, &row, "setup"),
        roles: reader.optional_text(&row, "roles"),
        traps: lines(reader, &row, "traps"),
        outcomes: said(reader, &row, "outcomes"),
        myths: myths
            .iter()
            .map(|row| Myth {
                claim: said(reader, row, "claim"),
                answer: said(reader, row, "answer"),
            })
            .collect(),
        ethics: said(reader, &row, "ethics"),
    }
}
