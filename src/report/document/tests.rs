use super::*;
use crate::chart::{figures, test_summary};
use crate::evidence::Evidence;
use crate::report::html::faults;
use crate::report::layout::Look;

/// A document with one of everything, and text that other formats might take for their own signs.
fn everything() -> Document {
    let mut part = Part::new("all", "All of *it* | <b>");
    part.heading("Inside");
    part.say(
        "A paragraph with `signs` _and_ <tags>, & a | bar, long enough that it must be wrapped.",
    );
    part.remark("A remark.");
    part.push(Block::List(vec!["one".to_owned(), "two".to_owned()]));
    part.push(Block::Questions(vec![("How did it feel?".to_owned(), 3)]));
    part.push(Block::Terms(vec![(
        "BATNA".to_owned(),
        "What else there is.".to_owned(),
    )]));
    let mut grid = Grid::new("A table", &["Name", "#Share", "Words"]);
    grid.row(["first | row", "41 %", "some words"]);
    grid.row(["short"]);
    part.push(Block::Grid(grid.clone()));
    let figure = figures(&test_summary()).remove(0);
    part.push(Block::Picture(Box::new(Picture {
        id: "ends".to_owned(),
        figure,
        takeaway: "What it shows.".to_owned(),
        table: Some(grid),
        plain: Some("40  ooo\n50  oooooo\n".to_owned()),
    })));
    part.push(Block::Sources(vec![Source {
        what: "Weight of trade".to_owned(),
        from: vec!["d4-seven-hours".to_owned()],
        remark: Some("assumed beyond that".to_owned()),
    }]));
    Document {
        title: "A document".to_owned(),
        lead: vec!["Its lead.".to_owned()],
        sections: vec![part],
        colophon: vec!["How it came about.".to_owned()],
    }
}

#[test]
fn no_line_in_a_terminal_is_too_wide() {
    for width in [30, 40, 80, 120] {
        let text = everything().text(Look { width, bold: false });
        for line in text.lines() {
            assert!(line.chars().count() <= width, "{width}: {line:?}");
        }
        assert!(!text.contains("\n\n\n"), "{width}");
    }
}

#[test]
fn all_three_say_the_same() {
    let document = everything();
    let look = Look {
        width: 200,
        bold: false,
    };
    let page = document.html(&Evidence::shipped()).expect("drawn");
    let texts = [document.text(look), document.markdown(), page];
    for text in &texts {
        for part in [
            "A document",
            "Its lead.",
            "Inside",
            "How did it feel?",
            "What else there is.",
            "A table",
            "some words",
            "What it shows.",
            "d4-seven-hours",
            "assumed beyond that",
            "How it came about.",
        ] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
    assert!(texts[0].contains("40  ooo") && texts[1].contains("40  ooo"));
}

#[test]
fn the_page_is_sound_and_lists_its_facts() {
    let page = everything().html(&Evidence::shipped()).expect("drawn");
    assert_eq!(faults(&page), Vec::<String>::new());
    assert!(page.contains("id=\"fact-d4-seven-hours\"") && page.contains("<svg"));
}

#[test]
fn signs_of_markdown_stay_signs() {
    let text = everything().markdown();
    assert!(text.contains("## All of \\*it\\* | \\<b\\>"));
    assert!(text.contains("| first \\| row | 41 % | some words |"));
    assert!(text.contains("| --- | ---: | --- |"));
}
