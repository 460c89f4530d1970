//! Texts of an exercise: paragraphs, lists, commands in line, and facts cited by id.
//!
//! Flows in: a text as written. Flows out: [`Block`]s of [`Span`]s, for any medium. The marks are few
//! on purpose: an empty line parts paragraphs, `- ` begins an entry of a list, backticks hold what is
//! typed, and `[some-id]` or `[one-id, other-id]` cites facts. Invariant: every character of the text
//! is in a span, but for the marks themselves.

use std::ops::Range;

/// A paragraph or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block<'t> {
    /// Words.
    Paragraph(Vec<Span<'t>>),
    /// Entries.
    List(Vec<Vec<Span<'t>>>),
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span<'t> {
    /// Words.
    Words(&'t str),
    /// Something to type.
    Code(&'t str),
    /// Facts, by id.
    Cite(Vec<&'t str>),
}

/// The blocks of a text.
pub fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    // Whether the line before belongs to the last block.
    let mut open = false;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            open = false;
        } else if let Some(entry) = line.strip_prefix("- ") {
            match blocks.last_mut() {
                Some(Block::List(entries)) if open => entries.push(spans(entry)),
                _ => blocks.push(Block::List(vec![spans(entry)])),
            }
            open = true;
        } else {
            let last = blocks.last_mut().filter(|_| open);
            let line_spans = spans(line);
            match last {
                Some(Block::Paragraph(words)) => join(words, line_spans),
                Some(Block::List(entries)) => match entries.last_mut() {
                    Some(words) => join(words, line_spans),
                    None => entries.push(line_spans),
                },
                None => blocks.push(Block::Paragraph(line_spans)),
            }
            open = true;
        }
    }
    blocks
}

fn join<'t>(words: &mut Vec<Span<'t>>, more: Vec<Span<'t>>) {
    words.push(Span::Words(" "));
    words.extend(more);
}

/// The pieces of a line.
fn spans(line: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(['`', '[']) {
        let (before, after) = rest.split_at(at);
        let found = match after.strip_prefix('`') {
            Some(code) => code
                .find('`')
                .map(|end| (Span::Code(&code[..end]), end + 2)),
            None => cited(after).map(|(ids, end)| (Span::Cite(ids), end)),
        };
        let Some((span, length)) = found else {
            // A lone mark is a character like any other.
            spans.push(Span::Words(&rest[..=at]));
            rest = &rest[at + 1..];
            continue;
        };
        // The space before a citation would part its mark from the word.
        let before = if matches!(span, Span::Cite(_)) {
            before.trim_end()
        } else {
            before
        };
        if !before.is_empty() {
            spans.push(Span::Words(before));
        }
        spans.push(span);
        rest = &after[length..];
    }
    if !rest.is_empty() {
        spans.push(Span::Words(rest));
    }
    spans
}

/// The ids of a citation at the beginning of a text, and its length.
fn cited(text: &str) -> Option<(Vec<&str>, usize)> {
    let end = text.find(']')?;
    let ids: Vec<&str> = text[1..end].split(',').map(str::trim).collect();
    let plain = |id: &&str| {
        let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        id.contains('-') && id.chars().all(letters) && !id.starts_with('-') && !id.ends_with('-')
    };
    ids.iter().all(plain).then_some((ids, end + 1))
}

/// The facts that a text cites, each once, in the order of the text.
pub fn citations(text: &str) -> Vec<&str> {
    let mut ids: Vec<&str> = Vec::new();
    for (id, _) in cited_places(text) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// Every cited id of a text with its bytes there.
pub fn cited_places(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut places = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find('[').map(|at| from + at) {
        if let Some((ids, length)) = cited(&text[at..]) {
            for id in ids {
                let start = id.as_ptr() as usize - text.as_ptr() as usize;
                places.push((id, start..start + id.len()));
            }
            from = at + length;
        } else {
            from = at + 1;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_lists_and_marks() {
        let text =
            "One line\nand its end [d1-a-fact].\n\n- first `run`\n- second\n  goes on\n\nLast";
        let expected = vec![
            Block::Paragraph(vec![
                Span::Words("One line"),
                Span::Words(" "),
                Span::Words("and its end"),
                Span::Cite(vec!["d1-a-fact"]),
                Span::Words("."),
            ]),
            Block::List(vec![
                vec![Span::Words("first "), Span::Code("run")],
                vec![
                    Span::Words("second"),
                    Span::Words(" "),
                    Span::Words("goes on"),
                ],
            ]),
            Block::Paragraph(vec![Span::Words("Last")]),
        ];
        assert_eq!(blocks(text), expected);
    }

    #[test]
    fn a_lone_mark_is_a_character() {
        let words = |text: &str| {
            let spans = spans(text);
            let each = spans.iter().map(|span| match span {
                Span::Words(words) | Span::Code(words) => (*words).to_owned(),
                Span::Cite(ids) => ids.join("+"),
            });
            each.collect::<String>()
        };
        for text in ["a [sic] b", "5 ` 6", "[", "]", "[a, b-c]", "x [Not-An-Id]"] {
            assert_eq!(words(text), text);
        }
        assert_eq!(words("said [d0-a, d1-b]"), "saidd0-a+d1-b");
    }

    #[test]
    fn places_are_where_the_ids_stand() {
        let text = "é [d0-a, d1-b] and [d0-a]";
        for (id, place) in cited_places(text) {
            assert_eq!(&text[place], id);
        }
        assert_eq!(citations(text), ["d0-a", "d1-b"]);
    }
}
