//! The page that every HTML document of this program is: one file that needs no other.
//!
//! Flows in: sections of [`Markup`] made by `maud`, whose macro escapes all text. Flows out: a whole
//! document with its styles inside. Invariant: a page loads nothing, runs nothing, reads from top to
//! bottom without its styles, and [`faults`] finds nothing in it.
//!
//! ```
//! use jawjaw::report::html::{Section, Table, faults, page};
//! use maud::html;
//!
//! let mut table = Table::new("Ends of 200 runs").text("Outcome").number("Share");
//! table.row(["an agreement", "41 %"]);
//! let section = Section::new("ends", "How it ended", html! { p { "Hardly ever in force." } (table) });
//! let text = page("A short report", "en", vec![section]);
//! assert!(faults(&text).is_empty());
//! ```

mod facts;
mod faults;
mod figure;
mod table;

pub use facts::{fact_link, facts};
pub use faults::faults;
pub use figure::{SvgError, figure};
pub use table::Table;

use maud::{DOCTYPE, Markup, PreEscaped, Render, html};

const STYLE: &str = include_str!("page.css");

/// What a browser may load for a page, should any text of it ever be taken for markup: nothing.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A part of a page, under a heading of the second level; headings inside begin at the third.
#[derive(Debug, Clone)]
pub struct Section {
    id: String,
    heading: String,
    body: Markup,
    sheet: bool,
}

impl Section {
    /// A section that can be linked to as `#id`.
    pub fn new(id: impl Into<String>, heading: impl Into<String>, body: Markup) -> Self {
        Self {
            id: id.into(),
            heading: heading.into(),
            body,
            sheet: false,
        }
    }

    /// Begins a new sheet of paper when printed.
    #[must_use]
    pub fn on_new_sheet(self) -> Self {
        Self {
            sheet: true,
            ..self
        }
    }
}

impl Render for Section {
    fn render(&self) -> Markup {
        let heading = format!("{}-heading", self.id);
        html! {
            section id=(self.id) class=[self.sheet.then_some("sheet")] aria-labelledby=(heading) {
                h2 id=(heading) { (self.heading) }
                (self.body)
            }
        }
    }
}

/// A page in the making.
#[derive(Debug, Clone)]
pub struct Page {
    title: String,
    lang: String,
    lead: Markup,
    sections: Vec<Section>,
    colophon: Markup,
    contents: bool,
}

impl Page {
    /// An empty page in English.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            lang: "en".to_owned(),
            lead: html! {},
            sections: Vec::new(),
            colophon: html! {},
            contents: true,
        }
    }

    /// The language of its text, as a tag of BCP 47.
    #[must_use]
    pub fn lang(mut self, lang: impl Into<String>) -> Self {
        self.lang = lang.into();
        self
    }

    /// What stands between the title and the contents.
    #[must_use]
    pub fn lead(mut self, lead: Markup) -> Self {
        self.lead = lead;
        self
    }

    /// Adds a section.
    #[must_use]
    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// What stands at the foot: how the page came about.
    #[must_use]
    pub fn colophon(mut self, colophon: Markup) -> Self {
        self.colophon = colophon;
        self
    }

    /// Leaves the list of contents out, which a page of more than three sections has otherwise.
    #[must_use]
    pub fn without_contents(mut self) -> Self {
        self.contents = false;
        self
    }

    /// The document.
    pub fn render(&self) -> String {
        let style = format!("{STYLE}{}", running_title(&self.title));
        let contents = self.contents && self.sections.len() > 3;
        let text = html! {
            (DOCTYPE)
            html lang=(self.lang) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    title { (self.title) }
                    style { (PreEscaped(style)) }
                }
                body {
                    a class="skip" href="#main" { "Skip to the text" }
                    header {
                        h1 { (self.title) }
                        (self.lead)
                    }
                    @if contents {
                        nav aria-label="Contents" {
                            ol {
                                @for section in &self.sections {
                                    li { a href={ "#" (section.id) } { (section.heading) } }
                                }
                            }
                        }
                    }
                    main id="main" tabindex="-1" {
                        @for section in &self.sections { (section) }
                    }
                    @if !self.colophon.0.is_empty() { footer { (self.colophon) } }
                }
            }
        }
        .into_string();
        debug_assert!(faults(&text).is_empty(), "{:?}", faults(&text));
        text
    }
}

/// A page with its title, language and sections alone.
pub fn page(title: &str, lang: &str, sections: Vec<Section>) -> String {
    let mut page = Page::new(title).lang(lang);
    page.sections = sections;
    page.render()
}

/// A remark set apart from the text.
#[expect(clippy::needless_pass_by_value, reason = "written around a macro")]
pub fn note(body: Markup) -> Markup {
    html! { div class="note" role="note" { (body) } }
}

/// Terms and what they mean.
pub fn definitions<T: Render, D: Render>(entries: impl IntoIterator<Item = (T, D)>) -> Markup {
    html! {
        dl { @for (term, meaning) in entries { dt { (term) } dd { (meaning) } } }
    }
}

/// Empty lines to write on when printed.
pub fn lines_to_write_on(lines: usize) -> Markup {
    html! { div class="write" aria-hidden="true" { @for _ in 0..lines { div {} } } }
}

/// A box to tick when printed.
pub fn box_to_tick() -> Markup {
    html! { span class="box" aria-hidden="true" {} }
}

/// Title and page number at the foot of each printed sheet.
fn running_title(title: &str) -> String {
    let mut quoted = String::new();
    for letter in title.chars() {
        if letter.is_alphanumeric() || matches!(letter, ' ' | ',' | '.' | ':' | '-' | '\u{2013}') {
            quoted.push(letter);
        } else {
            // An escape of CSS ends at the first space, which belongs to it.
            let escape = format!("\\{:x} ", u32::from(letter));
            quoted.push_str(&escape);
        }
    }
    let look = "font:8pt system-ui,sans-serif;color:#545454";
    format!(
        "@page{{@bottom-left{{content:\"{quoted}\";{look}}}\
         @bottom-right{{content:counter(page) \" / \" counter(pages);{look}}}}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_stands_alone_and_is_sound() {
        let sections = (0..5)
            .map(|number| {
                let body = html! { h3 { "Inside" } p { "Text." } (lines_to_write_on(2)) };
                Section::new(format!("s{number}"), format!("Section {number}"), body)
            })
            .collect();
        let text = page("Five sections", "en", sections);
        assert_eq!(faults(&text), Vec::<String>::new());
        assert!(text.starts_with("<!DOCTYPE html><html lang=\"en\">"));
        assert!(text.contains("<nav aria-label=\"Contents\">"));
        assert!(text.contains("href=\"#s4\""));
    }

    #[test]
    fn text_stays_text() {
        let bad = "</style><script>alert('1')</script> & \"so\" \\ on";
        let section = Section::new("a", bad, html! { p { (bad) } (note(html! { (bad) })) });
        let text = page(bad, "en", vec![section]);
        assert_eq!(faults(&text), Vec::<String>::new());
        assert!(!text.contains("<script"));
        assert_eq!(text.matches("</style>").count(), 1);
        assert!(text.contains("&lt;script&gt;"));
    }

    #[test]
    fn a_sheet_begins_on_its_own_paper() {
        let section = Section::new("a", "A", html! {}).on_new_sheet();
        assert!(
            section
                .render()
                .into_string()
                .contains("<section id=\"a\" class=\"sheet\"")
        );
    }

    /// Contrast by WCAG 2.2: (L1 + 0.05) / (L2 + 0.05), L the relative luminance of an sRGB colour.
    fn contrast(a: &str, b: &str) -> f64 {
        let luminance = |text: &str| {
            let part = |at: usize| {
                let byte = u8::from_str_radix(&text[at..at + 2], 16).expect("two digits");
                let value = f64::from(byte) / 255.0;
                if value <= 0.040_45 {
                    value / 12.92
                } else {
                    crate::math::pow((value + 0.055) / 1.055, 2.4)
                }
            };
            0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn colours_reach_the_contrast_of_wcag() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        let schemes: Vec<&str> = STYLE.split(":root{").skip(1).collect();
        assert_eq!(schemes.len(), 2);
        for scheme in schemes {
            let colour = |name: &str| {
                let (_, rest) = scheme.split_once(&format!("--{name}:")).expect("a colour");
                &rest[..7]
            };
            for ground in ["paper", "ground"] {
                for words in ["ink", "quiet", "link"] {
                    let found = contrast(colour(words), colour(ground));
                    assert!(found >= 4.5, "{words} on {ground}: {found}");
                }
                let found = contrast(colour("edge"), colour(ground));
                assert!(found >= 3.0, "edge on {ground}: {found}");
            }
        }
    }
}
