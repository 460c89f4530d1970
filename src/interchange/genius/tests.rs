use super::super::space::View;
use super::*;

fn file(name: &str, text: &str) -> InputFile {
    InputFile {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

fn read_texts(domain: &str, profiles: &[&str]) -> (Option<Domain>, Report) {
    let mut report = Report::default();
    let files: Vec<InputFile> = profiles
        .iter()
        .enumerate()
        .map(|(index, text)| file(&format!("p{index}.xml"), text))
        .collect();
    let domain = read(&mut report, &file("shop_domain.xml", domain), &files);
    (domain, report)
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.diagnostics.iter().map(|one| one.code).collect()
}

/// Issues inside `<objective index="0">`.
fn template(issues: &str) -> String {
    format!(
        "<negotiation_template><utility_space><objective index=\"0\" name=\"root\">{issues}\
         </objective></utility_space></negotiation_template>"
    )
}

fn space(inside: &str, after: &str) -> String {
    format!("<utility_space><objective index=\"0\">{inside}</objective>{after}</utility_space>")
}

const COLOURS: &str = "<issue index=\"1\" name=\"Colour\" type=\"discrete\">\
    <item index=\"1\" value=\"red\"/><item index=\"2\" value=\"blue\"/></issue>";

fn colours(red: &str, blue: &str) -> String {
    format!(
        "<issue index=\"1\" name=\"Colour\"><item value=\"red\" evaluation=\"{red}\"/>\
         <item value=\"blue\" evaluation=\"{blue}\"/></issue>"
    )
}

fn one_colour(inside: &str, after: &str) -> (Option<Domain>, Report) {
    read_texts(&template(COLOURS), &[&space(inside, after)])
}

#[test]
fn evaluations_are_divided_by_the_highest_and_weights_stay() {
    let inside = format!("{}<weight index=\"1\" value=\"0.7\"/>", colours("2", "3"));
    let (domain, report) = one_colour(&inside, "");
    let domain = domain.unwrap();
    assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
    assert_eq!(domain.name, "shop");
    assert_eq!(domain.profiles[0].values[0], [2.0 / 3.0, 1.0]);
    assert_eq!(domain.profiles[0].weights, [0.7]);
    assert_eq!(domain.profiles[0].reservation, Some(0.0));
    assert_eq!(domain.profiles[0].discount.to_bits(), 1.0_f64.to_bits());
}

#[test]
fn reservation_and_discount_are_found_anywhere_and_odd_ones_count_as_none() {
    let inner = "<weight index=\"1\" value=\"1\"/><reservation value=\"0.25\"/>";
    let inside = format!("{}{inner}", colours("0", "1"));
    let cases = [
        ("<discount_factor value=\"0.5\"/>", 0.5_f64, false),
        ("<discount_factor value=\"0\"/>", 1.0, true),
        ("<discount_factor value=\"1.5\"/>", 1.0, true),
        ("<discount_factor value=\"-1\"/>", 1.0, true),
        ("<discount_factor/>", 1.0, true),
        ("", 1.0, false),
    ];
    for (after, discount, odd) in cases {
        let (domain, report) = one_colour(&inside, after);
        let profile = &domain.unwrap().profiles[0];
        assert_eq!(profile.reservation, Some(0.25));
        assert_eq!(profile.discount.to_bits(), discount.to_bits(), "{after}");
        assert_eq!(codes(&report) == ["bad-discount"], odd, "{after}");
    }
}

#[test]
fn what_genius_refuses_is_refused() {
    let weight = "<weight index=\"1\" value=\"1\"/>";
    let cases = [
        (
            format!("{}{weight}", colours("null", "1")),
            "bad-evaluation",
        ),
        (format!("{}{weight}", colours("-1", "1")), "bad-evaluation"),
        (format!("{}{weight}", colours("NaN", "1")), "bad-evaluation"),
        (colours("0", "1"), "missing-weight"),
        (
            format!(
                "{}{weight}",
                colours("0", "1").replace("value=\"blue\"", "value=\"green\"")
            ),
            "missing-evaluation",
        ),
        (weight.to_owned(), "missing-issue"),
        (
            format!("{}<weight index=\"1\" value=\"x\"/>", colours("0", "1")),
            "bad-number",
        ),
    ];
    for (inside, code) in cases {
        let (domain, report) = one_colour(&inside, "");
        assert!(domain.is_none(), "{code}");
        assert!(
            codes(&report).contains(&code),
            "{code}: {:?}",
            codes(&report)
        );
    }
}

#[test]
fn an_issue_worth_nothing_is_worth_nothing() {
    let inside = format!(
        "{}<weight index=\"1\" value=\"1\"/>",
        colours("0", "0.000009")
    );
    let (domain, report) = one_colour(&inside, "");
    assert_eq!(domain.unwrap().profiles[0].values[0], [0.0, 0.0]);
    assert_eq!(codes(&report), ["zero-evaluations"]);
}

/// The integer issue of `EvaluatorInteger`: slope from the profile's lower bound, within [0, 1].
#[test]
fn integer_issues_honour_bounds_slope_and_offset() {
    let issues =
        "<issue index=\"7\" name=\"Days\" type=\"integer\" lowerbound=\"3\" upperbound=\"8\"/>";
    let profile = |low: u32, slope: &str| {
        let inside = format!(
            "<weight index=\"7\" value=\"1\"/><issue index=\"7\" name=\"Days\" type=\"integer\" \
             lowerbound=\"{low}\" upperbound=\"8\">\
             <evaluator ftype=\"linear\" slope=\"{slope}\" offset=\"0.1\"/></issue>"
        );
        space(&inside, "")
    };
    let (domain, report) = read_texts(&template(issues), &[&profile(3, "0.3")]);
    let domain = domain.unwrap();
    assert!(report.diagnostics.is_empty(), "{:?}", report.diagnostics);
    assert_eq!(domain.issues[0].values, ["3", "4", "5", "6", "7", "8"]);
    let by_hand: Vec<f64> = (0..6)
        .map(|k| (0.3 * f64::from(k) + 0.1).clamp(0.0, 1.0))
        .collect();
    assert_eq!(domain.profiles[0].values[0], by_hand);
    let (domain, report) = read_texts(&template(issues), &[&profile(4, "-0.2")]);
    let value = domain.unwrap().profiles[0].values[0][0];
    assert_eq!(value.to_bits(), (0.2_f64 + 0.1).to_bits());
    assert_eq!(codes(&report), ["other-bounds"]);
}

#[test]
fn real_issues_are_cut_into_21_and_know_three_functions() {
    let issues = "<issue index=\"1\" name=\"Price\" type=\"real\">\
                  <range lowerbound=\"10\" upperbound=\"40\"/></issue>";
    let profile = |evaluator: &str| {
        let inside = format!(
            "<weight index=\"1\" value=\"1\"/><issue index=\"1\" name=\"Price\" type=\"real\">\
             <range lowerbound=\"10\" upperbound=\"40\"/><evaluator {evaluator}/></issue>"
        );
        space(&inside, "")
    };
    let values = |evaluator: &str| {
        let (domain, report) = read_texts(&template(issues), &[&profile(evaluator)]);
        assert_eq!(codes(&report), ["cut-into-steps"]);
        domain.unwrap().profiles[0].values[0].clone()
    };
    let linear = values("ftype=\"linear\" parameter1=\"-0.05\" parameter0=\"1.5\"");
    assert_eq!(linear.len(), 21);
    let at = |x: f64| (-0.05 * x + 1.5).clamp(0.0, 1.0);
    assert_eq!((linear[1], linear[20]), (at(11.5), 0.0));
    assert_eq!(values("ftype=\"constant\" parameter0=\"0.25\""), [0.25; 21]);
    let triangle = "ftype=\"triangular\" parameter0=\"10\" parameter1=\"40\" parameter2=\"16\"";
    let triangle = values(triangle);
    assert_eq!(
        (triangle[0], triangle[2], triangle[4], triangle[20]),
        (0.0, 0.5, 1.0, 0.0)
    );
}

/// Nested objectives come first, indices need no order, and the index joins domain and profile.
#[test]
fn nested_objectives_and_shuffled_indices() {
    let issues = "<issue index=\"9\" name=\"Outer\"><item value=\"x\"/><item value=\"y\"/></issue>\
        <objective index=\"4\" name=\"inner\"><issue index=\"2\" name=\"Inner\">\
        <item value=\"a\"/><item value=\"b\"/></issue></objective>";
    let profile = "<utility_space>\
        <objective index=\"0\"><weight index=\"9\" value=\"0.6\"/><weight index=\"4\" value=\"0.5\"/>\
        <issue index=\"9\" name=\"Renamed\"><item value=\"y\" evaluation=\"1\"/>\
        <item value=\"x\" evaluation=\"0\"/></issue>\
        <objective index=\"4\"><weight index=\"2\" value=\"0.4\"/>\
        <issue index=\"2\" name=\"Inner\"><item value=\"a\" evaluation=\"1\"/>\
        <item value=\"b\" evaluation=\"0\"/></issue></objective></objective></utility_space>";
    let (domain, report) = read_texts(&template(issues), &[profile]);
    let domain = domain.unwrap();
    let names: Vec<&str> = domain
        .issues
        .iter()
        .map(|issue| issue.name.as_str())
        .collect();
    assert_eq!(names, ["Inner", "Outer"]);
    assert_eq!(domain.profiles[0].weights, [0.4, 0.6]);
    let tables = domain.space(View::Genius).unwrap();
    assert_eq!(tables.utilities[0], [0.4, 1.0, 0.0, 0.6]);
    assert_eq!(codes(&report), ["other-name"]);
}

#[test]
fn loose_files_are_read_with_a_notice_for_each_slip() {
    let domain = b"\xef\xbb\xbf<!-- made by hand -->\n<?xml version=\"1.0\"?>\n\
        <utility_space number_of_issues=\"0\"><objective index=0 name='root'>\
        <issue index=1 name='Drinks' vtype=\"discrete\"><item index=\"1\" value=\"Coffee & Tea\"/>\
        <item value=\"Coffee & Tea\"/><item value=\"Caf\xc3\xa9\"/></issue></objective></utility_space>";
    let profile = b"<utility_space type=\"UNCERTAIN\"><objective index=\"0\">\
        <issue index=\"1\" name=\"Drinks\" type=\"discrete\">\
        <item value=\"Coffee & Tea\" evaluation=\"1\"/><item value=\"Caf\xe9\" evaluation=\"4d\"/>\
        <item value=\"Water\" evaluation=\"8\"/></issue><weight index=\"1\" value=\"1.0\"/></objective>\
        <comparisons>20</comparisons></utility_space>";
    let mut report = Report::default();
    let input = |name: &str, bytes: &[u8]| InputFile {
        name: name.to_owned(),
        bytes: bytes.to_vec(),
    };
    let domain = read(
        &mut report,
        &input("d.xml", domain),
        &[input("p.xml", profile)],
    )
    .unwrap();
    assert_eq!(domain.issues[0].values, ["Coffee & Tea", "Caf\u{e9}"]);
    assert_eq!(domain.profiles[0].values[0], [0.125, 0.5]);
    let mut found = codes(&report);
    found.dedup();
    let expected = [
        "encoding",
        "late-declaration",
        "loose-attribute",
        "entity",
        "duplicate-value",
        "encoding",
        "entity",
        "uncertain-profile",
        "unknown-value",
    ];
    assert_eq!(found, expected);
    let line = |code: &str| {
        let one = report
            .diagnostics
            .iter()
            .find(|one| one.code == code)
            .unwrap();
        let label = &one.labels[0];
        crate::diagnostic::line_at(report.text(label.source), label.span.start)
    };
    assert_eq!((line("late-declaration"), line("entity")), (2, 3));
}

#[test]
fn what_is_no_weighted_sum_is_refused_with_a_reason() {
    for kind in ["nonlinear", "constraint"] {
        let profile = format!("<utility_space type=\"{kind}\"><objective/></utility_space>");
        let (domain, report) = read_texts(&template(COLOURS), &[&profile]);
        assert!(domain.is_none());
        let one = &report.diagnostics[0];
        assert_eq!(one.code, "not-additive");
        assert!(one.message.contains(kind), "{}", one.message);
    }
}

#[test]
fn domains_that_cannot_be_are_refused() {
    let integer = |low: &str, high: &str| {
        template(&format!(
            "<issue index=\"1\" name=\"p\" type=\"integer\" lowerbound=\"{low}\" upperbound=\"{high}\"/>"
        ))
    };
    let cases = [
        (integer("0", "2000000000"), "bad-bounds"),
        (integer("5", "4"), "bad-bounds"),
        (integer("x", "4"), "bad-bounds"),
        (
            integer("-9223372036854775808", "9223372036854775807"),
            "bad-bounds",
        ),
        (template("<issue index=\"1\" name=\"p\"/>"), "no-values"),
        (template(""), "no-issues"),
        ("<html/>".to_owned(), "not-genius"),
    ];
    for (domain, code) in cases {
        let (read, report) = read_texts(&domain, &[]);
        assert!(read.is_none() && codes(&report).contains(&code), "{code}");
    }
}
