//! What is wrong with a page, for tests: everything a reader with or without sight would stumble over.

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Elements of HTML that have no end tag.
const VOID: [&str; 7] = ["meta", "br", "hr", "img", "input", "link", "wbr"];

/// Checks a page: well-formed, one title and one main part, headings in order, no id twice, no link
/// that leads nowhere, nothing loaded from elsewhere, heads of tables with scope, pictures with names.
/// Returns a sentence for each fault.
pub fn faults(page: &str) -> Vec<String> {
    let mut check = Check::default();
    if !page.starts_with("<!DOCTYPE html>") {
        check.fault("it does not begin with the document type of HTML");
    }
    check.read(page);
    check.finish(page);
    check.faults
}

#[derive(Default)]
struct Check {
    faults: Vec<String>,
    open: Vec<String>,
    ids: BTreeSet<String>,
    links: BTreeSet<String>,
    counts: [usize; 3],
    level: u32,
}

impl Check {
    fn fault(&mut self, text: impl Into<String>) {
        self.faults.push(text.into());
    }

    fn read(&mut self, page: &str) {
        let mut reader = Reader::from_str(page);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        loop {
            match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(Event::Start(tag)) => {
                    self.element(&tag);
                    let name = tag.name().as_ref().to_owned();
                    if !VOID.contains(&name.as_str()) {
                        self.open.push(name);
                    }
                }
                Ok(Event::Empty(tag)) => self.element(&tag),
                Ok(Event::End(tag)) => {
                    let name = tag.name().as_ref().to_owned();
                    match self.open.pop() {
                        Some(open) if open == name => {}
                        Some(open) => self.fault(format!("`{open}` is closed by `/{name}`")),
                        None => self.fault(format!("`/{name}` closes nothing")),
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    self.fault(format!("not well-formed: {error}"));
                    break;
                }
            }
        }
        if let Some(open) = self.open.pop() {
            self.fault(format!("`{open}` is never closed"));
        }
    }

    fn element(&mut self, tag: &BytesStart<'_>) {
        let name = tag.name().as_ref().to_owned();
        let mut attributes: Vec<(String, String)> = Vec::new();
        for attribute in tag.html_attributes() {
            match attribute {
                Ok(one) => attributes.push((one.key.as_ref().to_owned(), one.value.to_string())),
                Err(error) => self.fault(format!("attributes of `{name}`: {error}")),
            }
        }
        let value = |key: &str| {
            let found = attributes.iter().find(|(known, _)| known == key);
            found.map(|(_, value)| value.as_str())
        };
        let wants = match name.as_str() {
            "html" => Some("lang"),
            "th" => Some("scope"),
            "img" => Some("alt"),
            "svg" => Some("aria-labelledby"),
            _ => None,
        };
        if let Some(key) = wants.filter(|key| value(key).is_none_or(str::is_empty)) {
            self.fault(format!("`{name}` without `{key}`"));
        }
        match name.as_str() {
            "script" | "iframe" | "link" => self.fault(format!("an element `{name}`")),
            "title" if self.open.last().is_some_and(|open| open == "head") => self.counts[0] += 1,
            "h1" => self.counts[1] += 1,
            "main" => self.counts[2] += 1,
            _ => {}
        }
        let level = name.strip_prefix('h').and_then(|level| level.parse().ok());
        if let Some(level) = level {
            if level > self.level + 1 {
                self.fault(format!("`h{level}` follows `h{}`", self.level));
            }
            self.level = level;
        }
        for (key, value) in &attributes {
            self.attribute(&name, key, value);
        }
    }

    fn attribute(&mut self, name: &str, key: &str, value: &str) {
        match key {
            "id" if !self.ids.insert(value.to_owned()) => {
                self.fault(format!("the id `{value}` stands twice"));
            }
            "href" | "xlink:href" | "src" => match value.strip_prefix('#') {
                Some(target) => {
                    self.links.insert(target.to_owned());
                }
                None => self.fault(format!("`{name}` refers to `{value}`, outside the page")),
            },
            "aria-labelledby" | "aria-describedby" | "for" => {
                let targets = value.split_whitespace().map(ToOwned::to_owned);
                self.links.extend(targets);
            }
            _ if key.starts_with("on") => self.fault(format!("`{name}` runs `{key}`")),
            _ => {}
        }
    }

    fn finish(&mut self, page: &str) {
        for (what, count) in ["title", "h1", "main"].into_iter().zip(self.counts) {
            if count != 1 {
                self.faults.push(format!("{count} elements `{what}`"));
            }
        }
        let lost: Vec<String> = self.links.difference(&self.ids).cloned().collect();
        for id in lost {
            self.fault(format!("a link leads to `#{id}`, which is not there"));
        }
        let style = page
            .split_once("<style>")
            .and_then(|(_, rest)| rest.split_once("</style>"));
        let (style, _) = style.unwrap_or_default();
        for word in ["@import", "url(", "<"] {
            if style.contains(word) {
                self.fault(format!("the styles hold `{word}`"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>T</title>\
        <style>p{color:#000}</style></head><body><a href=\"#m\">x</a><h1>T</h1><main id=\"m\">\
        <h2>A</h2><p>B &amp; C<br>D</p></main></body></html>";

    #[test]
    fn a_sound_page_has_no_fault() {
        assert_eq!(faults(SOUND), Vec::<String>::new());
    }

    #[test]
    fn every_fault_is_seen() {
        for (from, to, expected) in [
            (" lang=\"en\"", "", "`html` without `lang`"),
            ("<h2>A</h2>", "<h3>A</h3>", "`h3` follows `h1`"),
            ("<p>", "<p id=\"m\">", "the id `m` stands twice"),
            ("#m\"", "#n\"", "a link leads to `#n`, which is not there"),
            ("#m\"", "https://example.org\"", "outside the page"),
            ("<p>", "<p onclick=\"x\">", "`p` runs `onclick`"),
            ("</p>", "", "`p` is closed by `/main`"),
            ("<p>", "<script></script><p>", "an element `script`"),
            ("color:#000", "background:url(x)", "the styles hold `url(`"),
            (
                "<p>",
                "<table><tr><th>a</th></tr></table><p>",
                "`th` without `scope`",
            ),
            ("<p>", "<svg></svg><p>", "`svg` without `aria-labelledby`"),
            ("<h1>T</h1>", "", "0 elements `h1`"),
            ("</body></html>", "", "`body` is never closed"),
            ("<!DOCTYPE html>", "", "document type"),
        ] {
            let page = SOUND.replacen(from, to, 1);
            let found = faults(&page);
            assert!(
                found.iter().any(|one| one.contains(expected)),
                "{expected}: {found:?}"
            );
        }
    }
}
