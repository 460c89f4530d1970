//! A page to print: head, style, texts with their sources.
//!
//! Flows in: the body of a sheet. Flows out: one self-contained HTML document. Invariant: nothing is
//! fetched from anywhere; no size of paper is named, so that A4 and Letter both fit.

use std::cell::RefCell;

use jiff::civil::Date;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::evidence::Evidence;
use crate::exercise::prose::{Block, Span, blocks};

/// Set for paper first, and narrow screens second.
const STYLE: &str = "
@page { margin: 16mm 15mm 17mm }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100% }
body { font: 11pt/1.42 Inter, 'Liberation Sans', Arial, system-ui, sans-serif; color: #111;
  background: #fff; max-width: 48rem; margin: 1.5rem auto; padding: 0 1rem; overflow-wrap: break-word }
h1 { font-size: 1.55rem; line-height: 1.2; margin: 0 0 .3rem }
h2 { font-size: 1.15rem; line-height: 1.25; margin: 1.3rem 0 .4rem; break-after: avoid }
h3 { font-size: 1rem; margin: .9rem 0 .25rem; break-after: avoid }
p, ul, ol { margin: .35rem 0 .5rem }
ul, ol { padding-left: 1.25rem }
li { margin: .15rem 0; break-inside: avoid }
p { orphans: 3; widows: 3 }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 .7rem; font-size: .92em }
caption { text-align: left; font-weight: 600; padding: .2rem 0; break-after: avoid }
th, td { border: 1px solid #8a8a8a; padding: .22rem .45rem; text-align: left; vertical-align: top }
th { background: #f0f0f0 }
thead { display: table-header-group }
tr, figure, .keep, .card { break-inside: avoid }
td.n, th.n { text-align: right; white-space: nowrap }
code, pre { font-family: 'Liberation Mono', Consolas, monospace; font-size: .9em }
pre { white-space: pre-wrap; border-left: 3px solid #8a8a8a; padding: .2rem .6rem; margin: .3rem 0 }
sup { font-size: .7em; line-height: 0 }
svg { width: 100%; height: auto }
figure { margin: .5rem 0 }
figcaption { font-size: .9em }
.kicker { font-size: .9em; color: #444; margin: 0 0 .5rem }
.stamp { display: inline-block; border: 2px solid #111; padding: .1rem .5rem; font-weight: 700;
  letter-spacing: .04em; margin: 0 0 .5rem }
.note { border-left: 4px solid #111; padding: .1rem .7rem; margin: .6rem 0; break-inside: avoid }
.sources { font-size: .72em; line-height: 1.24; columns: 2; column-gap: 2.8em }
.lead { break-after: avoid }
.rubric th:nth-child(1), .rubric th:nth-child(3) { width: 27% }
.foot { font-size: .8em; color: #444; border-top: 1px solid #8a8a8a; margin-top: 1.2rem; padding-top: .3rem }
.rule { border-bottom: 1px solid #777; height: 1.75rem }
.box { border: 1px solid #777; min-height: 4.2rem; margin: .3rem 0 .7rem }
.card { border: 1.5px dashed #555; padding: .7rem .9rem; margin: .7rem 0 }
.today { font-weight: 600 }
.tick { font-size: 1.15em; line-height: 1 }
@media print { figure svg { max-height: 125mm } body { max-width: none; margin: 0; padding: 0 } a { color: inherit; text-decoration: none } }
";

/// A level as one names it at the table and types it in a game: `4a`.
pub(super) fn code(issue: usize, level: usize) -> String {
    format!("{}{}", issue + 1, char::from(b'a' + level as u8))
}

/// A whole document.
pub(super) fn document(title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (body) } }
        }
    }
    .into_string()
}

/// Turns texts into markup and remembers what they cite, for the list at the end of the sheet.
pub(super) struct Words<'e> {
    evidence: &'e Evidence,
    cited: RefCell<Vec<String>>,
}

impl<'e> Words<'e> {
    pub(super) fn new(evidence: &'e Evidence) -> Self {
        Self {
            evidence,
            cited: RefCell::new(Vec::new()),
        }
    }

    /// A text in blocks.
    pub(super) fn text(&self, text: &str) -> Markup {
        html! {
            @for block in blocks(text) {
                @match block {
                    Block::Paragraph(spans) => p { (self.spans(&spans)) },
                    Block::List(entries) => ul {
                        @for spans in &entries { li { (self.spans(spans)) } }
                    },
                }
            }
        }
    }

    /// A text in a line: its blocks one after another.
    pub(super) fn line(&self, text: &str) -> Markup {
        html! {
            @for (index, block) in blocks(text).into_iter().enumerate() {
                @if index > 0 { " " }
                @match block {
                    Block::Paragraph(spans) => (self.spans(&spans)),
                    Block::List(entries) => @for (index, spans) in entries.iter().enumerate() {
                        @if index > 0 { "; " }
                        (self.spans(spans))
                    },
                }
            }
        }
    }

    /// Texts as a list.
    pub(super) fn list(&self, texts: &[String]) -> Markup {
        html! { ul { @for text in texts { li { (self.line(text)) } } } }
    }

    /// The mark of facts.
    pub(super) fn cite(&self, ids: &[&str]) -> Markup {
        let mut cited = self.cited.borrow_mut();
        let mut numbers = Vec::new();
        for id in ids {
            let known = cited.iter().position(|one| one == id);
            let number = known.unwrap_or_else(|| {
                cited.push((*id).to_owned());
                cited.len() - 1
            });
            numbers.push((number + 1).to_string());
        }
        html! { sup { (numbers.join(",")) } }
    }

    fn spans(&self, spans: &[Span<'_>]) -> Markup {
        html! {
            @for span in spans {
                @match span {
                    Span::Words(words) => (words),
                    Span::Code(code) => code { (code) },
                    Span::Cite(ids) => (self.cite(ids)),
                }
            }
        }
    }

    /// What has been cited so far: who said what when, and where it can be read.
    pub(super) fn sources(&self) -> Markup {
        let cited = self.cited.borrow();
        html! {
            @if !cited.is_empty() {
                h2 { "Sources" }
                ol class="sources" {
                    @for id in cited.iter() { li { (self.source(id)) } }
                }
            }
        }
    }

    /// The same in a line, for a card that is cut out: who said it and when.
    pub(super) fn sources_line(&self) -> Markup {
        let cited = self.cited.borrow();
        html! {
            @if !cited.is_empty() {
                p class="kicker" {
                    @for (index, id) in cited.iter().enumerate() {
                        @if index > 0 { "; " }
                        sup { (index + 1) } " "
                        @if let Some(fact) = self.evidence.fact(id) {
                            (fact.said_by) ", " (fact.date.to_string()) " "
                        }
                        code { (id) }
                    }
                }
            }
        }
    }

    fn source(&self, id: &str) -> Markup {
        let Some(fact) = self.evidence.fact(id) else {
            return html! { code { (id) } };
        };
        let document = self.evidence.document(&fact.document);
        html! {
            (fact.statement) " (" (fact.said_by) ", " (fact.date.to_string())
            @if let Some(document) = document { "; in " (document.title) ", " (document.outlet) }
            ") " code { (id) }
        }
    }
}

/// `10 January 2022`
pub(super) fn day(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = MONTHS[date.month() as usize - 1];
    format!("{} {month} {}", date.day(), date.year())
}
