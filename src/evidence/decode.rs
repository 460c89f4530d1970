//! From the texts of the seeds to [`Evidence`], with every problem reported.
//!
//! A text may hold `[[document]]`, `[[base_rate]]` and `[[forecast]]` tables, or `[[fact]]` tables
//! under a first line `document = "<id>"`. File names mean nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Evidence;
use super::read::{Reader, Table};
use super::types::{BaseRate, Document, Fact, Figure, Forecast, ForecastValue, Status};
use crate::diagnostic::{Diagnostic, Label, Severity, SourceId, SourceText, Sources};

/// A place in one of the texts.
type Place = (SourceId, Range<usize>);

#[derive(Default)]
struct Decoder {
    documents: Vec<Document>,
    facts: Vec<Fact>,
    /// Indices of the facts that leave their status to their document.
    unstated: Vec<usize>,
    base_rates: Vec<BaseRate>,
    forecasts: Vec<Forecast>,
    diagnostics: Vec<Diagnostic>,
    ids: BTreeMap<String, Place>,
    cited_documents: Vec<(String, Place)>,
}

pub(super) fn decode(files: &[(&str, &str)]) -> (Evidence, Vec<Diagnostic>, Sources) {
    let mut decoder = Decoder::default();
    let mut sources = Sources::default();
    for (index, &(name, text)) in files.iter().enumerate() {
        sources.files.push(SourceText {
            name: name.to_owned(),
            text: text.to_owned(),
        });
        decoder.file(SourceId(index as u32), text);
    }
    decoder.check_documents();
    let Decoder {
        documents,
        facts,
        base_rates,
        forecasts,
        mut diagnostics,
        ..
    } = decoder;
    diagnostics.sort_by_key(|d| {
        d.labels
            .first()
            .map(|l| (l.source, l.span.start, l.span.end))
    });
    (
        Evidence::new(documents, facts, base_rates, forecasts),
        diagnostics,
        sources,
    )
}

impl Decoder {
    fn file(&mut self, source: SourceId, text: &str) {
        let (tree, errors) = DeTable::parse_recoverable(text);
        let mut reader = Reader {
            source,
            diagnostics: &mut self.diagnostics,
        };
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            reader.error("syntax", span, error.message(), None);
        }
        let top = Table {
            entries: tree.get_ref(),
            span: 0..0,
        };
        reader.no_other_keys(&top, &["document", "fact", "base_rate", "forecast"]);

        // `document` is a list in the file of documents and a name in a file of facts.
        let named = top
            .get("document")
            .filter(|v| !matches!(v.get_ref(), DeValue::Array(_)));
        let document = named.and_then(|value| {
            let id = reader.text(&top, "document")?;
            self.cited_documents
                .push((id.clone(), (source, value.span())));
            Some(id)
        });
        let documents = if named.is_none() {
            reader.tables(&top, "document")
        } else {
            Vec::new()
        };
        let facts = reader.tables(&top, "fact");
        if let (None, None, Some(first)) = (named, &document, facts.first()) {
            let help = "begin the file with `document = \"<id>\"`".to_owned();
            let message = "these facts name no document";
            reader.error("missing-key", first.span.clone(), message, Some(help));
        }
        let base_rates = reader.tables(&top, "base_rate");
        let forecasts = reader.tables(&top, "forecast");

        for table in &documents {
            if let Some((entry, span)) = read_document(&mut self.reader(source), table)
                && self.claim(&entry.id, source, span)
            {
                self.documents.push(entry);
            }
        }
        for table in &facts {
            let entry = read_fact(&mut self.reader(source), table, document.as_deref());
            if let Some((entry, span)) = entry
                && self.claim(&entry.id, source, span)
            {
                if table.get("status").is_none() {
                    self.unstated.push(self.facts.len());
                }
                self.facts.push(entry);
            }
        }
        for table in &base_rates {
            if let Some((entry, span)) = read_base_rate(&mut self.reader(source), table)
                && self.claim(&entry.id, source, span)
            {
                self.base_rates.push(entry);
            }
        }
        for table in &forecasts {
            if let Some((entry, span)) = read_forecast(&mut self.reader(source), table)
                && self.claim(&entry.id, source, span)
            {
                self.forecasts.push(entry);
            }
        }
    }

    fn reader(&mut self, source: SourceId) -> Reader<'_> {
        Reader {
            source,
            diagnostics: &mut self.diagnostics,
        }
    }

    /// Whether the id is new; if not, reports both places.
    fn claim(&mut self, id: &str, source: SourceId, span: Range<usize>) -> bool {
        if let Some((first_source, first_span)) = self.ids.get(id) {
            let here = Label {
                source,
                span,
                message: "again here".to_owned(),
            };
            let first = Label {
                source: *first_source,
                span: first_span.clone(),
                message: "first here".to_owned(),
            };
            self.diagnostics.push(Diagnostic {
                code: "duplicate-id",
                severity: Severity::Error,
                message: format!("the id `{id}` is taken"),
                labels: vec![here, first],
                help: Some("ids are unique over documents, facts, base rates and forecasts".into()),
                fix: None,
            });
            return false;
        }
        self.ids.insert(id.to_owned(), (source, span));
        true
    }

    /// Reports unknown documents once the documents of all files are known, and drops their facts.
    fn check_documents(&mut self) {
        let known: Vec<String> = self.documents.iter().map(|d| d.id.clone()).collect();
        for (id, (source, span)) in std::mem::take(&mut self.cited_documents) {
            if known.contains(&id) {
                continue;
            }
            let help = match known[..] {
                [] => "declare it under `[[document]]`".to_owned(),
                _ => format!("known documents: {}", known.join(", ")),
            };
            let message = format!("there is no document `{id}`");
            self.reader(source)
                .error("unknown-document", span, message, Some(help));
        }
        for index in std::mem::take(&mut self.unstated) {
            let fact = &mut self.facts[index];
            let document = self.documents.iter().find(|d| d.id == fact.document);
            fact.status = document.map_or(fact.status, |document| document.status);
        }
        self.facts.retain(|fact| known.contains(&fact.document));
    }
}

type Entry<T> = Option<(T, Range<usize>)>;

fn read_document(reader: &mut Reader<'_>, table: &Table<'_>) -> Entry<Document> {
    reader.no_other_keys(
        table,
        &[
            "id",
            "file",
            "title",
            "outlet",
            "author",
            "date",
            "url",
            "defects",
            "independence",
            "status",
        ],
    );
    let id = reader.id(table);
    let file = reader.optional_text(table, "file");
    let title = reader.text(table, "title");
    let outlet = reader.text(table, "outlet");
    let author = reader.text(table, "author");
    let date = reader.date(table);
    let url = reader.optional_text(table, "url");
    let defects = reader.texts(table, "defects");
    let independence = reader.text(table, "independence");
    let status = read_status(reader, table);
    let (id, span) = id?;
    let document = Document {
        id,
        file,
        title: title?,
        outlet: outlet?,
        author: author?,
        date: date?,
        url,
        defects: defects?,
        independence: independence?,
        status: status?,
    };
    Some((document, span))
}

/// How well a document or a fact is founded; what says nothing was read.
fn read_status(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Status> {
    match table.get("status") {
        Some(_) => reader.choice(table, "status"),
        None => Some(Status::Confirmed),
    }
}

fn read_fact(reader: &mut Reader<'_>, table: &Table<'_>, document: Option<&str>) -> Entry<Fact> {
    reader.no_other_keys(
        table,
        &[
            "id",
            "date",
            "actors",
            "kind",
            "statement",
            "said_by",
            "strength",
            "bears_on",
            "context",
            "status",
        ],
    );
    let id = reader.id(table);
    let date = reader.date(table);
    let actors = reader.texts(table, "actors");
    let kind = reader.choice(table, "kind");
    let statement = reader.text(table, "statement");
    let said_by = reader.text(table, "said_by");
    let strength = reader.choice(table, "strength");
    let bears_on = reader.optional_text(table, "bears_on");
    let context = reader.optional_text(table, "context");
    let status = read_status(reader, table);
    let (id, span) = id?;
    let fact = Fact {
        id,
        document: document?.to_owned(),
        date: date?,
        actors: actors?,
        kind: kind?,
        statement: statement?,
        said_by: said_by?,
        strength: strength?,
        bears_on,
        context,
        status: status?,
    };
    Some((fact, span))
}

const BASE_RATE_KEYS: &[&str] = &[
    "id",
    "topic",
    "label",
    "measures",
    "n",
    "count",
    "share",
    "median",
    "quartiles",
    "unit",
    "source",
    "status",
    "cannot_say",
];

fn read_base_rate(reader: &mut Reader<'_>, table: &Table<'_>) -> Entry<BaseRate> {
    reader.no_other_keys(table, BASE_RATE_KEYS);
    let id = reader.id(table);
    let topic = reader.text(table, "topic");
    let label = reader.text(table, "label");
    let measures = reader.text(table, "measures");
    let figure = read_figure(reader, table);
    let source = reader.text(table, "source");
    let status = reader.choice(table, "status");
    let cannot_say = reader.text(table, "cannot_say");
    let (id, span) = id?;
    let (figure, status) = (figure?, status?);
    if status == Status::Recalled && figure != Figure::Finding {
        let help = "find the source, or take the number out".to_owned();
        let message = "an entry from memory carries no number";
        reader.error("recalled-number", span, message, Some(help));
        return None;
    }
    let rate = BaseRate {
        id,
        topic: topic?,
        label: label?,
        measures: measures?,
        figure,
        source: source?,
        status,
        cannot_say: cannot_say?,
    };
    Some((rate, span))
}

fn read_figure(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Figure> {
    let n = reader.cases(table, "n");
    let given: Vec<&str> = ["count", "share", "median"]
        .into_iter()
        .filter(|key| table.get(key).is_some())
        .collect();
    match given[..] {
        [] => match ["n", "quartiles", "unit"]
            .into_iter()
            .find(|key| table.get(key).is_some())
        {
            Some(key) => {
                let message = format!("`{key}` needs a `count`, a `share` or a `median`");
                reader.error("bad-count", table.span.clone(), message, None);
                None
            }
            None => Some(Figure::Finding),
        },
        ["count"] => {
            let count = reader.cases(table, "count")?;
            if table.get("n").is_none() {
                let message = "`count` needs `n`, the number of cases in the class";
                reader.error("missing-key", table.span.clone(), message, None);
            }
            let n = n?;
            if n == 0 || count > n {
                let span = table.get("count").map_or(table.span.clone(), Spanned::span);
                let message = format!("`count` is {count} of {n} cases");
                reader.error("bad-count", span, message, None);
                return None;
            }
            Some(Figure::Count { n, count })
        }
        ["share"] => Some(Figure::Share {
            share: reader.share(table, "share")?,
            n,
        }),
        ["median"] => {
            let median = reader.number(table.get("median")?, "median");
            let unit = reader.text(table, "unit");
            let quartiles = match table.get("quartiles") {
                Some(value) => Some(read_quartiles(reader, value)?),
                None => None,
            };
            Some(Figure::Median {
                median: median?,
                quartiles,
                unit: unit?,
                n,
            })
        }
        _ => {
            let message = format!("`{}` exclude each other", given.join("` and `"));
            reader.error("bad-count", table.span.clone(), message, None);
            None
        }
    }
}

fn read_quartiles(reader: &mut Reader<'_>, value: &Spanned<DeValue<'_>>) -> Option<[f64; 2]> {
    let numbers: Vec<Option<f64>> = match value.get_ref() {
        DeValue::Array(items) => items
            .iter()
            .map(|i| reader.number(i, "quartiles"))
            .collect(),
        _ => Vec::new(),
    };
    if let [Some(lower), Some(upper)] = numbers[..]
        && lower <= upper
    {
        return Some([lower, upper]);
    }
    let message = "`quartiles` should be two numbers, the lower first";
    reader.error("bad-number", value.span(), message, None);
    None
}

fn read_forecast(reader: &mut Reader<'_>, table: &Table<'_>) -> Entry<Forecast> {
    reader.no_other_keys(
        table,
        &[
            "id",
            "forecaster",
            "date",
            "question",
            "probability",
            "share",
            "n",
            "source",
            "status",
            "note",
        ],
    );
    let id = reader.id(table);
    let forecaster = reader.text(table, "forecaster");
    let date = reader.date(table);
    let question = reader.text(table, "question");
    let probability = reader.share(table, "probability");
    let share = reader.share(table, "share");
    let n = reader.cases(table, "n");
    let source = reader.text(table, "source");
    let status = reader.choice(table, "status");
    let note = reader.optional_text(table, "note");
    let (id, span) = id?;
    let value = match (probability, share, n) {
        (Some(probability), None, None) => ForecastValue::Probability(probability),
        (None, Some(share), Some(n)) => ForecastValue::ShareOfRespondents { share, n },
        _ => {
            let message = "a forecast has either a `probability`, or a `share` of `n` respondents";
            reader.error("bad-count", span, message, None);
            return None;
        }
    };
    let forecast = Forecast {
        id,
        forecaster: forecaster?,
        date: date?,
        question: question?,
        value,
        source: source?,
        status: status?,
        note,
    };
    Some((forecast, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "[[document]]\nid = \"d\"\nfile = \"f\"\ntitle = \"t\"\noutlet = \"o\"\n\
        author = \"a\"\ndate = 2022-01-01\ndefects = []\nindependence = \"none known\"\n";
    const FACT: &str = "[[fact]]\nid = \"d-1\"\ndate = \"2021-12\"\nactors = [\"A\"]\n\
        kind = \"event\"\nstatement = \"s\"\nsaid_by = \"b\"\nstrength = \"explicit\"\n";
    const RATE: &str = "[[base_rate]]\nid = \"r\"\ntopic = \"t\"\nlabel = \"l\"\nmeasures = \"m\"\n\
        n = 10\ncount = 3\nsource = \"s\"\nstatus = \"confirmed\"\ncannot_say = \"c\"\n";

    fn codes(files: &[(&str, &str)]) -> Vec<&'static str> {
        decode(files)
            .1
            .iter()
            .map(|diagnostic| diagnostic.code)
            .collect()
    }

    /// The codes of a fact file in which `from` is replaced by `to`.
    fn fact_with(from: &str, to: &str) -> Vec<&'static str> {
        assert!(FACT.contains(from));
        let facts = format!("document = \"d\"\n{}", FACT.replace(from, to));
        codes(&[("documents", DOCUMENT), ("facts", &facts)])
    }

    fn rate_with(from: &str, to: &str) -> Vec<&'static str> {
        assert!(RATE.contains(from));
        codes(&[("rates", &RATE.replace(from, to))])
    }

    #[test]
    fn sound_files_have_no_problems() {
        assert!(fact_with("", "").is_empty());
        assert!(rate_with("", "").is_empty());
    }

    #[test]
    fn each_slip_has_its_code() {
        assert_eq!(fact_with("kind", "sort"), ["missing-key", "unknown-key"]);
        assert_eq!(fact_with("\"event\"", "\"evnet\""), ["unknown-name"]);
        assert_eq!(fact_with("\"2021-12\"", "\"2021-13\""), ["bad-date"]);
        assert_eq!(
            fact_with("\"2021-12\"", "2021-12-01T10:00:00"),
            ["bad-date"]
        );
        assert_eq!(fact_with("\"s\"", "\" \""), ["empty-text"]);
        assert_eq!(fact_with("[\"A\"]", "\"A\""), ["wrong-type"]);
        assert_eq!(fact_with("\"d-1\"", "\"D 1\""), ["bad-id"]);
        assert_eq!(fact_with("\"b\"", "b"), ["syntax"]);
        assert_eq!(rate_with("count = 3", "count = 11"), ["bad-count"]);
        assert_eq!(rate_with("count = 3", "count = -3"), ["bad-count"]);
        assert_eq!(rate_with("count = 3", "share = 1.5"), ["bad-share"]);
        assert_eq!(rate_with("count = 3", "share = nan"), ["bad-number"]);
        assert_eq!(
            rate_with("count = 3", "count = 3\nshare = 0.3"),
            ["bad-count"]
        );
        assert_eq!(rate_with("n = 10\n", ""), ["missing-key"]);
        assert_eq!(
            rate_with("\"confirmed\"", "\"recalled\""),
            ["recalled-number"]
        );
    }

    #[test]
    fn a_fact_is_as_well_founded_as_its_document_unless_it_says_so() {
        let remembered = DOCUMENT.replace("defects", "status = \"recalled\"\ndefects");
        let own = FACT.replace("d-1", "d-2") + "status = \"weak\"\n";
        let facts = format!("document = \"d\"\n{FACT}{own}");
        let (evidence, diagnostics, _) = decode(&[("facts", &facts), ("documents", &remembered)]);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        let status = |id: &str| evidence.fact(id).map(|fact| fact.status);
        assert_eq!(status("d-1"), Some(Status::Recalled));
        assert_eq!(status("d-2"), Some(Status::Weak));
        let slip = FACT.replace("strength", "status = \"sure\"\nstrength");
        let slip = format!("document = \"d\"\n{slip}");
        assert_eq!(
            codes(&[("documents", DOCUMENT), ("facts", &slip)]),
            ["unknown-name"]
        );
    }

    #[test]
    fn problems_of_several_entries_come_at_once() {
        let facts = format!(
            "document = \"d\"\n{}{}",
            FACT,
            FACT.replace("\"event\"", "3")
        );
        let facts = facts.replace("2021-12", "soon");
        let found = codes(&[("documents", DOCUMENT), ("facts", &facts)]);
        assert_eq!(found, ["bad-date", "bad-date", "wrong-type"]);
    }

    #[test]
    fn ids_are_taken_once_and_documents_must_exist() {
        let facts = format!("document = \"d\"\n{FACT}{FACT}");
        let (evidence, diagnostics, _) = decode(&[("facts", &facts), ("documents", DOCUMENT)]);
        assert_eq!(evidence.facts().len(), 1);
        assert_eq!(diagnostics[0].code, "duplicate-id");
        assert_eq!(diagnostics[0].labels.len(), 2);

        let orphans = format!("document = \"e\"\n{FACT}");
        let (evidence, diagnostics, _) = decode(&[("documents", DOCUMENT), ("facts", &orphans)]);
        assert!(evidence.facts().is_empty());
        assert_eq!(diagnostics[0].code, "unknown-document");
        assert_eq!(codes(&[("facts", FACT)]), ["missing-key"]);
    }

    #[test]
    fn a_slip_points_at_its_place_and_offers_the_remedy() {
        let text = RATE.replace("label", "labl");
        let (_, diagnostics, sources) = decode(&[("rates", &text)]);
        let unknown = diagnostics
            .iter()
            .find(|d| d.code == "unknown-key")
            .expect("reported");
        let label = &unknown.labels[0];
        let source = &sources.files[label.source.0 as usize];
        assert_eq!(&source.text[label.span.clone()], "labl");
        assert_eq!(unknown.fix.as_deref(), Some("label"));
    }
}
