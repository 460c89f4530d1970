//! The guard of the kernel's cost (`benches/guard`) refuses what it must. Its counting is tried by
//! `benches/guard/run.sh` itself; here stand the rules.

#[path = "../benches/guard/src/compare.rs"]
#[expect(unreachable_pub, dead_code, reason = "shared with a program")]
mod compare;

use std::collections::BTreeMap;

use compare::{Baseline, Compiler, Verdict, compare};

fn baseline() -> Baseline {
    let text = std::fs::read_to_string("benches/guard/baseline.toml").expect("it ships");
    Baseline::parse(&text).expect("it is well formed")
}

/// The baseline's own counts, changed.
fn counts(change: impl Fn(u64) -> u64) -> BTreeMap<String, u64> {
    let counts = baseline().instructions().into_iter();
    counts.map(|(name, count)| (name, change(count))).collect()
}

fn judge(measured: &BTreeMap<String, u64>) -> Verdict {
    let baseline = baseline();
    compare(&baseline, &baseline.compiler, measured)
}

#[test]
fn every_count_says_why() {
    let baseline = baseline();
    assert!(baseline.cases.len() >= 8);
    for (name, entry) in &baseline.cases {
        assert!(entry.instructions > 0, "{name}");
        assert!(entry.reason.len() > 5, "{name}");
    }
}

#[test]
fn a_case_more_than_five_percent_dearer_fails_with_the_numbers() {
    let one = baseline().cases.keys().next().expect("not empty").clone();
    for (percent, fails) in [(94, false), (96, false), (104, false), (106, true)] {
        let mut measured = counts(|count| count);
        let dear = measured[&one] * percent / 100;
        measured.insert(one.clone(), dear);
        let verdict = judge(&measured);
        assert_eq!(verdict.fails(), fails, "{percent}");
        let change = format!("{:+}.", percent.cast_signed() - 100);
        let shown = verdict.to_string();
        let row = shown.lines().find(|line| line.starts_with(&one));
        let row = row.expect("each case has a row");
        assert!(row.contains(&change) || row.contains("-6.0"), "{row}");
        assert_eq!(shown.contains("failed"), fails);
        assert_eq!(shown.contains("once the baseline knows"), percent == 94);
    }
}

#[test]
fn a_case_without_a_count_or_without_a_baseline_fails() {
    let mut measured = counts(|count| count);
    assert!(!judge(&measured).fails());
    let (name, count) = measured.pop_first().expect("not empty");
    assert!(judge(&measured).fails());
    measured.insert(name, count);
    measured.insert("new".to_owned(), 1);
    assert!(judge(&measured).fails());
}

#[test]
fn another_compiler_only_informs() {
    let baseline = baseline();
    let other = Compiler {
        rustc: "rustc 9.0.0".to_owned(),
        ..baseline.compiler.clone()
    };
    let verdict = compare(&baseline, &other, &counts(|count| count * 2));
    assert!(!verdict.fails());
    assert!(verdict.to_string().contains("rustc 9.0.0"));
}

#[test]
fn an_update_keeps_what_did_not_move_and_says_why_of_what_did() {
    let before = baseline();
    let moved = before.cases.keys().next().expect("not empty").clone();
    let mut measured = counts(|count| count + count / 200);
    measured.insert(moved.clone(), before.cases[&moved].instructions * 2);
    let compiler = before.compiler.clone();
    let after = before.updated(compiler, &measured, "2000-01-01", "a reason", false);
    for (name, entry) in &after.cases {
        if *name == moved {
            assert_eq!(entry.instructions, measured[&moved]);
            assert_eq!((&*entry.date, &*entry.reason), ("2000-01-01", "a reason"));
        } else {
            assert_eq!(*entry, before.cases[name]);
        }
    }
    let read = Baseline::parse(&after.text()).expect("what is written can be read");
    assert_eq!(read, after);
}
