//! Published XML to a tree of elements, as tolerant as the readers those files were made for.
//!
//! Flows in: a text. Flows out: the root element with the place of each, and every deviation. The
//! invariant is the bound: no entity is expanded but the five of XML, and elements, attributes,
//! depth and the length of a value are limited, so a file costs a small multiple of its length.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::report::{Place, Report};
use crate::diagnostic::SourceId;

/// Most elements that may be open at once.
const DEPTH_LIMIT: usize = 64;
/// Most elements of a file.
const ELEMENTS_LIMIT: usize = 500_000;
/// Most attributes of an element.
const ATTRIBUTES_LIMIT: usize = 64;
/// Longest value of an attribute, in bytes.
const VALUE_LIMIT: usize = 64 << 10;

/// An element with its attributes and the elements inside it; text is dropped.
#[derive(Debug, Clone, Default)]
pub struct Element {
    /// Name.
    pub name: String,
    /// Attributes, values unescaped.
    pub attributes: Vec<(String, String)>,
    /// Elements inside.
    pub children: Vec<Self>,
    /// Bytes of the start tag.
    pub span: Range<usize>,
}

impl Element {
    /// Value of an attribute; names differ in case in some published files.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let exact = self.attributes.iter().find(|(key, _)| key == name);
        let near = || {
            self.attributes
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
        };
        exact.or_else(near).map(|(_, value)| value.as_str())
    }

    /// Elements of a name directly inside.
    pub fn named(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element of a name at any depth, before what follows it.
    pub fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

/// Reads a text; none if there is no root element or the text breaks off.
pub fn parse(report: &mut Report, source: SourceId) -> Option<Element> {
    let text = report.text(source).to_owned();
    if text.len() > super::SIZE_LIMIT {
        let place = Place { source, span: 0..0 };
        let message = format!("the file is longer than {} MiB", super::SIZE_LIMIT >> 20);
        report.error("too-large", message, &place);
        return None;
    }
    let mut builder = Builder {
        report,
        source,
        open: Vec::new(),
        root: None,
        elements: 0,
    };
    builder.read(&text)?;
    builder.root
}

struct Builder<'r> {
    report: &'r mut Report,
    source: SourceId,
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Builder<'_> {
    fn place(&self, span: Range<usize>) -> Place {
        Place {
            source: self.source,
            span,
        }
    }

    fn read(&mut self, text: &str) -> Option<()> {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        loop {
            let start = reader.buffer_position() as usize;
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(problem) => {
                    let at = reader.error_position() as usize;
                    let place = self.place(at..at + 1);
                    self.report.error("xml-syntax", problem.to_string(), &place);
                    return None;
                }
            };
            let span = start..reader.buffer_position() as usize;
            match event {
                Event::Eof => break,
                Event::Start(tag) if !self.finished(&span) => self.start(&tag, span)?,
                Event::Empty(tag) if !self.finished(&span) => {
                    self.start(&tag, span)?;
                    self.close();
                }
                Event::End(tag) => self.end(tag.name().as_ref(), span),
                Event::DocType(_) => {
                    let place = self.place(span);
                    let message = "a document type is ignored, with every entity it declares";
                    self.report.notice("doctype", message, &place);
                }
                Event::Decl(_) if start > 0 => {
                    let place = self.place(span);
                    let message = "the XML declaration is not at the beginning of the file";
                    self.report.notice("late-declaration", message, &place);
                }
                _ => {}
            }
        }
        if let Some(element) = self.open.last() {
            let message = format!("the file breaks off: `{}` is never closed", element.name);
            let place = self.place(element.span.clone());
            self.report.error("truncated", message, &place);
            return None;
        }
        if self.root.is_none() {
            let place = self.place(0..0);
            self.report
                .error("no-element", "there is no XML element in the file", &place);
        }
        Some(())
    }

    /// Whether the root is complete, so that what follows does not belong to it.
    fn finished(&mut self, span: &Range<usize>) -> bool {
        let finished = self.root.is_some() && self.open.is_empty();
        if finished {
            let place = self.place(span.clone());
            self.report
                .notice("after-root", "an element after the root is ignored", &place);
        }
        finished
    }

    fn start(&mut self, tag: &BytesStart<'_>, span: Range<usize>) -> Option<()> {
        self.elements += 1;
        let refusal = if self.open.len() >= DEPTH_LIMIT {
            Some(format!("elements are nested more than {DEPTH_LIMIT} deep"))
        } else if self.elements > ELEMENTS_LIMIT {
            Some(format!("there are more than {ELEMENTS_LIMIT} elements"))
        } else {
            None
        };
        if let Some(message) = refusal {
            let place = self.place(span);
            self.report.error("too-deep", message, &place);
            return None;
        }
        let attributes = self.attributes(tag, &span)?;
        self.open.push(Element {
            name: tag.name().as_ref().to_owned(),
            attributes,
            children: Vec::new(),
            span,
        });
        Some(())
    }

    fn attributes(
        &mut self,
        tag: &BytesStart<'_>,
        span: &Range<usize>,
    ) -> Option<Vec<(String, String)>> {
        let place = self.place(span.clone());
        if let Some(problem) = tag.attributes().find_map(Result::err) {
            let message = format!("attributes are not well-formed: {problem}");
            self.report.notice("loose-attribute", message, &place);
        }
        let mut found: Vec<(String, String)> = Vec::new();
        for (position, attribute) in tag.html_attributes().with_checks(false).enumerate() {
            // What cannot be read even so has been reported above.
            let Ok(attribute) = attribute else { continue };
            let raw = attribute.value.as_ref();
            if position >= ATTRIBUTES_LIMIT || raw.len() > VALUE_LIMIT {
                let message = "an element has too many attributes, or too long a value";
                self.report.error("too-large", message, &place);
                return None;
            }
            let (value, odd) = lenient(raw);
            if let Some(problem) = odd {
                let message = format!("`{raw}` is read as it stands: {problem}");
                self.report.notice("entity", message, &place);
            }
            let key = attribute.key.as_ref().to_owned();
            if found.iter().any(|(known, _)| *known == key) {
                let message = format!("the attribute `{key}` stands twice; the first counts");
                self.report.notice("loose-attribute", message, &place);
                continue;
            }
            found.push((key, value));
        }
        Some(found)
    }

    fn end(&mut self, name: &str, span: Range<usize>) {
        let place = self.place(span);
        let Some(depth) = self.open.iter().rposition(|element| element.name == name) else {
            let message = format!("`</{name}>` closes nothing");
            self.report.notice("unmatched-end", message, &place);
            return;
        };
        while self.open.len() > depth {
            if self.open.len() > depth + 1 {
                let inner = &self.open[self.open.len() - 1].name;
                let message = format!("`{inner}` is closed by `</{name}>`");
                self.report.notice("unmatched-end", message, &place);
            }
            self.close();
        }
    }

    fn close(&mut self) {
        let Some(element) = self.open.pop() else {
            return;
        };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }
}

/// Replaces the entities of XML itself; whatever else stands after an `&` stays as it is.
fn lenient(raw: &str) -> (String, Option<String>) {
    match unescape(raw) {
        Ok(value) => (value.into_owned(), None),
        Err(problem) => {
            let mut value = String::with_capacity(raw.len());
            for (position, part) in raw.split('&').enumerate() {
                let whole = format!("&{part}");
                match unescape(&whole) {
                    _ if position == 0 => value.push_str(part),
                    Ok(known) => value.push_str(&known),
                    Err(_) => value.push_str(&whole),
                }
            }
            (value, Some(problem.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Element>, Report) {
        let mut report = Report::default();
        let source = report.open("x.xml", text.as_bytes());
        let root = parse(&mut report, source);
        (root, report)
    }

    fn codes(report: &Report) -> Vec<&'static str> {
        report.diagnostics.iter().map(|one| one.code).collect()
    }

    #[test]
    fn loose_files_are_read_and_what_is_loose_is_said() {
        let text = "<!-- a -->\n<?xml version='1.0'?>\n<a x=1 y='2' z=\"3 &lt; 4\">\
                    <b v='R & D &gt; &x;'/><c></a>";
        let (root, report) = read(text);
        let root = root.unwrap();
        let value = |name: &str| root.attribute(name).unwrap();
        assert_eq!([value("x"), value("y"), value("z")], ["1", "2", "3 < 4"]);
        assert_eq!(root.children[0].attribute("v"), Some("R & D > &x;"));
        assert_eq!(root.children[1].name, "c");
        let expected = [
            "late-declaration",
            "loose-attribute",
            "entity",
            "unmatched-end",
        ];
        assert_eq!(codes(&report), expected);
        assert!(!report.failed());
    }

    #[test]
    fn a_billion_laughs_are_not_told() {
        let mut text = String::from("<!DOCTYPE lolz [<!ENTITY lol \"lol\">");
        for level in 1..10 {
            let inner = format!("&lol{};", level - 1).repeat(10);
            text = format!("{text}<!ENTITY lol{level} \"{inner}\">");
        }
        text.push_str("]><a x=\"&lol9;\">&lol9;</a>");
        let (root, report) = read(&text);
        assert_eq!(root.unwrap().attribute("x"), Some("&lol9;"));
        assert_eq!(codes(&report), ["doctype", "entity"]);
    }

    #[test]
    fn hostile_files_are_refused() {
        let deep = "<a>".repeat(1_000_000);
        let wide = format!("<a {}/>", "b='c' ".repeat(1000));
        let long = format!("<a b='{}'/>", "c".repeat(1 << 20));
        let many = format!("<a>{}</a>", "<b/>".repeat(ELEMENTS_LIMIT + 1));
        let cases = [
            (deep.as_str(), "too-deep"),
            (wide.as_str(), "too-large"),
            (long.as_str(), "too-large"),
            (many.as_str(), "too-deep"),
            ("<a><b x='1'/><c", "xml-syntax"),
            ("<a><b x='1'/>", "truncated"),
            ("<a x='1", "xml-syntax"),
            ("", "no-element"),
            ("negotiation", "no-element"),
        ];
        for (text, code) in cases {
            let (root, report) = read(text);
            assert!(root.is_none() && report.failed(), "{code}");
            assert!(
                codes(&report).contains(&code),
                "{code}: {:?}",
                codes(&report)
            );
        }
    }
}
