//! What a reader sees, on small made-up meetings.

use super::super::transcript::tests::minimal;
use super::super::transcript::transcript;
use super::*;
use crate::report::transcript::Term;

/// A short run told, after the entries have been replaced.
fn told(entries: Vec<Entry>) -> String {
    let mut told = transcript(&minimal(), 1, 0, 0);
    let round = told.entries[0].clone();
    told.entries = std::iter::once(round).chain(entries).collect();
    let text = text(&told, 80);
    let start = text.find("Round 1").expect("a round");
    let end = text.find("The end").expect("an end");
    let body = text[start..end].split_whitespace();
    body.collect::<Vec<_>>().join(" ")
}

fn offer(party: &str, level: usize) -> Entry {
    let term = Term {
        issue: "water".to_owned(),
        before: 0,
        level,
        text: ["none", "a third", "half"][level].to_owned(),
    };
    Entry::Offer {
        party: party.to_owned(),
        form: "Treaty".to_owned(),
        terms: vec![term],
        own: 0.5,
    }
}

fn refusal(party: &str) -> Entry {
    Entry::Response {
        party: party.to_owned(),
        accepts: false,
        worth: Some(0.3),
        asks: 0.5,
    }
}

#[test]
fn only_what_is_new_is_told() {
    let text = told(vec![
        offer("lowland", 2),
        refusal("upland"),
        offer("upland", 1),
        refusal("lowland"),
        offer("lowland", 1),
        Entry::NoAgreement,
    ]);
    assert!(text.contains(
        "Lowland proposes (form: treaty, worth 50 to itself): - Water released each month: half"
    ));
    assert!(text.contains("Upland refuses (worth 30 to it, would ask 50) and proposes"));
    assert!(
        text.contains(
            "changes its proposal, now worth 50 to itself: Water released each month: \
             \"a third\" instead of \"half\"."
        ),
        "{text}"
    );
}

#[test]
fn repetition_is_told_once() {
    let mut entries = vec![offer("lowland", 2), refusal("upland"), offer("upland", 1)];
    for _ in 0..5 {
        entries.extend([refusal("lowland"), offer("lowland", 2)]);
        entries.extend([refusal("upland"), offer("upland", 1)]);
    }
    entries.push(Entry::NoAgreement);
    let text = told(entries);
    assert_eq!(text.matches("refuse").count(), 2, "{text}");
    assert!(text.contains("refuse and repeat their proposals, 10 turns in all."));
}

#[test]
fn whatever_is_refused_is_told_before_the_meeting_ends() {
    let leaves = |party: &str| Entry::Walkout {
        party: party.to_owned(),
    };
    let text = told(vec![
        offer("lowland", 2),
        refusal("upland"),
        leaves("upland"),
    ]);
    assert!(text.contains("Upland refuses (worth 30 to it, would ask 50; less than"));
    let text = told(vec![
        offer("lowland", 2),
        refusal("upland"),
        Entry::NoAgreement,
    ]);
    let refused = text.find("Upland refuses (worth 30 to it, would ask 50).");
    assert!(refused < text.find("The meeting ends") && refused.is_some());
}

#[test]
fn a_change_of_belief_is_told_when_it_adds_up() {
    let beliefs = |hawkish: f64| Entry::Beliefs {
        parties: vec![Belief {
            party: "lowland".to_owned(),
            types: vec![1.0 - hawkish, hawkish],
        }],
    };
    let prior = transcript(&minimal(), 1, 0, 0).parties[1].types[1].prior;
    let text = told(vec![beliefs(prior + 0.03), beliefs(prior + 0.06)]);
    assert_eq!(
        text.matches("What the others now think of Lowland").count(),
        1
    );
}

#[test]
fn every_width_holds_every_word() {
    let told = transcript(&minimal(), 1, 0, 3);
    let words = |width: usize| -> Vec<String> {
        let text = text(&told, width);
        for line in text.lines() {
            let one_word = line.split_whitespace().count() == 1;
            assert!(one_word || line.chars().count() <= width, "{width}: {line}");
        }
        let rules = |word: &&str| word.chars().any(|c| c != '-' && c != '=');
        text.split_whitespace()
            .filter(rules)
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(words(50), words(80));
    assert_eq!(words(24), words(200));
}
