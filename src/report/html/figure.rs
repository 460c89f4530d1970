//! Pictures inside a page: an SVG of `chart`, said in words and as a table.

use maud::{Markup, PreEscaped, Render, html};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Table;

/// Why a picture cannot stand inside a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SvgError {
    /// It is not well-formed XML.
    #[error("the picture is no well-formed SVG: {0}")]
    Syntax(String),
    /// It would load, run or restyle something.
    #[error("the picture may not hold {0}")]
    Forbidden(String),
}

/// A picture with its message in words below it and its numbers in a table that opens on demand.
///
/// `id` must be unique within the page: every id inside the picture begins with it, so that several
/// pictures never collide. `title` is what assistive technology calls the picture; the picture's own
/// description is kept, and is the takeaway if it has none.
pub fn figure(
    svg: &str,
    id: &str,
    title: &str,
    takeaway: &str,
    table: Option<&Table>,
) -> Result<Markup, SvgError> {
    let picture = inline(svg, id, title, takeaway)?;
    Ok(html! {
        figure id=(id) {
            div class="scroll" role="region" aria-label=(title) tabindex="0" { (PreEscaped(picture)) }
            figcaption { (takeaway) }
            @if let Some(table) = table {
                details { summary { "The numbers as a table" } (table) }
            }
        }
    })
}

/// The `<svg>` element alone, with its ids made unique and its size left to the page.
fn inline(svg: &str, id: &str, title: &str, takeaway: &str) -> Result<String, SvgError> {
    let syntax = |error: &dyn std::fmt::Display| SvgError::Syntax(error.to_string());
    let described = description(svg)?;
    let mut reader = Reader::from_str(svg);
    let mut out = String::with_capacity(svg.len() + 512);
    let (mut depth, mut hidden) = (0_usize, None);
    loop {
        let start = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|error| syntax(&error))?;
        let source = &svg[start..reader.buffer_position() as usize];
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name().as_ref().to_owned();
                let opens = matches!(event, Event::Start(_));
                // The title and description of the whole are written anew.
                if depth == 1 && hidden.is_none() && matches!(name.as_str(), "title" | "desc") {
                    if opens {
                        hidden = Some(depth);
                    }
                } else if hidden.is_none() {
                    let close = if opens { ">" } else { "/>" };
                    let attributes = attributes(tag, id, depth == 0)?;
                    out.push_str(&["<", &name, &attributes, close].concat());
                    if depth == 0 {
                        let desc = described.as_deref().unwrap_or(takeaway);
                        out.push_str(&heads(id, title, desc));
                    }
                }
                depth += usize::from(opens);
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                match hidden {
                    Some(level) if level == depth => hidden = None,
                    Some(_) => {}
                    None => out.push_str(source),
                }
            }
            Event::Text(_) | Event::GeneralRef(_) if depth > 0 && hidden.is_none() => {
                out.push_str(source);
            }
            Event::Eof if depth == 0 && out.starts_with("<svg") => return Ok(out),
            Event::Eof => return Err(SvgError::Syntax("it ends too early".to_owned())),
            Event::CData(_) => return Err(SvgError::Forbidden("CDATA".to_owned())),
            _ => {}
        }
    }
}

fn heads(id: &str, title: &str, description: &str) -> String {
    html! {
        title id={ (id) "-title" } { (title) }
        desc id={ (id) "-desc" } { (description) }
    }
    .into_string()
}

/// The text of the description directly below the root, unescaped.
fn description(svg: &str) -> Result<Option<String>, SvgError> {
    let head = svg.split_once("<desc>").map(|(_, rest)| rest);
    let Some((text, _)) = head.and_then(|rest| rest.split_once("</desc>")) else {
        return Ok(None);
    };
    let text = quick_xml::escape::unescape(text);
    let text = text.map_err(|error| SvgError::Syntax(error.to_string()))?;
    Ok(Some(text.into_owned()))
}

/// The attributes of an element as text, each with a space before it.
fn attributes(tag: &BytesStart<'_>, id: &str, root: bool) -> Result<String, SvgError> {
    let name = tag.name();
    if matches!(
        name.as_ref(),
        "script" | "style" | "foreignObject" | "image" | "a" | "iframe" | "animate" | "set"
    ) {
        return Err(SvgError::Forbidden(format!(
            "an element `{}`",
            name.as_ref()
        )));
    }
    let mut out = String::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| SvgError::Syntax(error.to_string()))?;
        let (key, value) = (attribute.key.as_ref(), attribute.value.as_ref());
        if root && (key.starts_with("aria-") || matches!(key, "width" | "height" | "role" | "id")) {
            continue;
        }
        let value = local(key, value, id)?;
        out.push_str(&[" ", key, "=\"", &value.replace('"', "&quot;"), "\""].concat());
    }
    if root {
        let named =
            format!(" role=\"img\" aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-desc\"");
        out.push_str(&named);
    }
    Ok(out)
}

/// The value of an attribute with its references to ids made local to the picture.
fn local(key: &str, value: &str, id: &str) -> Result<String, SvgError> {
    let lower = key.to_ascii_lowercase();
    if lower.starts_with("on") || lower == "src" {
        return Err(SvgError::Forbidden(format!("an attribute `{key}`")));
    }
    if lower == "href" || lower == "xlink:href" {
        return match value.strip_prefix('#') {
            Some(target) => Ok(format!("#{id}-{target}")),
            None => Err(SvgError::Forbidden(
                "a link to something outside it".to_owned(),
            )),
        };
    }
    if lower == "id" {
        return Ok(format!("{id}-{value}"));
    }
    let mut parts = value.split("url(");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some(target) = part.strip_prefix('#') else {
            return Err(SvgError::Forbidden(
                "a link to something outside it".to_owned(),
            ));
        };
        out.push_str(&["url(#", id, "-", target].concat());
    }
    Ok(out)
}

impl Render for SvgError {
    fn render(&self) -> Markup {
        html! { (self.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Section, faults, page};
    use super::*;
    use crate::chart::{figures, test_summary};

    const SMALL: &str = "<?xml version='1.0'?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" \
        viewBox=\"0 0 10 10\">\n<title>old</title>\n<desc>2 &lt; 3</desc>\n<defs><g id=\"a\"/></defs>\
        <use href=\"#a\" fill=\"url(#a)\"/><g><title>kept</title></g></svg>\n";

    #[test]
    fn ids_are_local_and_the_picture_is_named() {
        let markup = figure(SMALL, "one", "A <title>", "The takeaway.", None).expect("sound");
        let text = markup.into_string();
        for part in [
            "role=\"img\" aria-labelledby=\"one-title\" aria-describedby=\"one-desc\"",
            "<title id=\"one-title\">A &lt;title&gt;</title><desc id=\"one-desc\">2 &lt; 3</desc>",
            "<g id=\"one-a\"/>",
            "href=\"#one-a\" fill=\"url(#one-a)\"",
            "<title>kept</title>",
            "<figcaption>The takeaway.</figcaption>",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(!text.contains("old") && !text.contains("width=\"10\"") && !text.contains("<?xml"));
    }

    #[test]
    fn what_would_load_or_run_is_refused() {
        for inside in [
            "<script>1</script>",
            "<style>p{}</style>",
            "<rect onclick=\"x\"/>",
            "<use href=\"https://example.org/x#a\"/>",
            "<rect fill=\"url(https://example.org)\"/>",
            "<image href=\"#a\"/>",
        ] {
            let svg = format!("<svg>{inside}</svg>");
            let error = figure(&svg, "a", "", "", None).expect_err(inside);
            assert!(matches!(error, SvgError::Forbidden(_)), "{inside}");
        }
        for broken in ["", "<svg>", "<p/>", "<svg><g></svg>", "<svg a=>"] {
            let error = figure(broken, "a", "", "", None).expect_err(broken);
            assert!(matches!(error, SvgError::Syntax(_)), "{broken}: {error}");
        }
    }

    #[test]
    fn every_chart_stands_in_one_page() {
        let summary = test_summary();
        let all = figures(&summary);
        assert!(all.len() > 5);
        let mut table = Table::new("Numbers").text("a").number("b");
        table.row(["x", "1"]);
        let sections = all.iter().enumerate().map(|(index, chart)| {
            let svg = chart.svg().expect("drawn");
            let id = format!("chart-{index}");
            let figure = figure(&svg, &id, &chart.title, &chart.title, Some(&table));
            Section::new(format!("part-{index}"), "Chart", figure.expect("sound"))
        });
        let text = page("Charts", "en", sections.collect());
        assert_eq!(faults(&text), Vec::<String>::new());
    }
}
