//! Numbers as people write them, and the footer that every figure carries.
//!
//! Flows in: shares, counts, dates and the design of the ensemble. Flows out: text.

use jiff::civil::Date;

use crate::ensemble::summary::{Design, Summary};

/// Number with a comma before each three digits: `20,000`.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Share in per cent, with as many digits as a reader can use: `41 %`, `5.1 %`, `<0.1 %`.
pub fn percent(share: f64) -> String {
    format!("{} %", percent_number(share))
}

/// Two shares as a range: `40.3–42.1 %`.
pub(super) fn percent_range(low: f64, high: f64) -> String {
    let (low, high) = (percent_number(low), percent_number(high));
    if low == high || low == "0" && high == "<0.1" {
        format!("{high} %")
    } else {
        format!("{low}–{high} %")
    }
}

fn percent_number(share: f64) -> String {
    let percent = share * 100.0;
    if !percent.is_finite() || percent <= 0.0 {
        "0".to_owned()
    } else if percent < 0.05 {
        "<0.1".to_owned()
    } else if percent < 9.95 {
        format!("{percent:.1}")
    } else if percent > 99.5 && percent < 100.0 - 1e-9 {
        ">99".to_owned()
    } else {
        format!("{percent:.0}")
    }
}

/// Share as a natural frequency: `41 of 100 runs`.
pub(super) fn of_runs(share: f64) -> String {
    format!("{} of 100 runs", of_hundred(share))
}

/// The number in a natural frequency: `41`, `fewer than 1`.
pub(super) fn of_hundred(share: f64) -> String {
    let hundredths = share * 100.0;
    if !hundredths.is_finite() || hundredths <= 0.0 {
        "0".to_owned()
    } else if hundredths < 0.5 {
        "fewer than 1".to_owned()
    } else if hundredths > 99.5 && hundredths < 100.0 - 1e-9 {
        "more than 99".to_owned()
    } else {
        format!("{hundredths:.0}")
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `10 Jan`.
pub(super) fn day_and_month(date: Date) -> String {
    format!("{} {}", date.day(), month(date))
}

/// `10 Jan 2022`.
pub(super) fn full_date(date: Date) -> String {
    format!("{} {}", day_and_month(date), date.year())
}

/// `Jan`.
pub(super) fn month(date: Date) -> &'static str {
    MONTHS[date.month().unsigned_abs() as usize - 1]
}

/// How many runs stand behind a figure: `n = 20,000 runs (400 draws x 50)`.
pub(super) fn runs(design: &Design) -> String {
    let planned = u64::from(design.draws) * u64::from(design.replicates);
    let partial = if design.partial {
        format!("PARTIAL: stopped before {} runs  |  ", count(planned))
    } else {
        String::new()
    };
    format!(
        "{partial}n = {} runs ({} draws × {})",
        count(design.runs),
        count(u64::from(design.draws)),
        count(u64::from(design.replicates)),
    )
}

/// What every figure ends with.
pub(super) fn footer(summary: &Summary) -> String {
    format!(
        "{}  |  {}  |  given these assumptions, not a forecast",
        runs(&summary.design),
        summary.scenario.id,
    )
}

/// A name without its explanation: `Bargainer` of `Bargainer: the demands are a first bid`, `Allies`
/// of `Allies (by consensus)`.
pub fn head(name: &str) -> &str {
    let marks = [": ", " ("].into_iter();
    let end = marks.filter_map(|mark| name.find(mark)).min();
    end.filter(|end| *end > 0).map_or(name, |end| &name[..end])
}

/// Names without explanations, unless two would then be the same.
pub(super) fn heads(names: &[String]) -> Vec<&str> {
    let heads: Vec<&str> = names.iter().map(|name| head(name)).collect();
    let distinct = (1..heads.len()).all(|index| !heads[..index].contains(&heads[index]));
    if distinct {
        heads
    } else {
        names.iter().map(String::as_str).collect()
    }
}

/// A name cut for use in a title.
pub(super) fn short(name: &str) -> String {
    const MOST: usize = 44;
    let name = head(name);
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    let cut: String = name.chars().take(MOST - 1).collect();
    // Whole words, unless the first is very long.
    let kept = cut.rfind(' ').filter(|at| *at > MOST / 2);
    format!(
        "{}…",
        kept.map_or(cut.as_str(), |at| &cut[..at])
            .trim_end_matches([',', ' '])
    )
}

/// Names as a list in a sentence: `a, b and c`.
pub(super) fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// The text with its first letter as a capital, for the start of a sentence.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_read_as_people_write_them() {
        let check = |share: f64, expected: &str| assert_eq!(percent(share), expected);
        check(0.0, "0 %");
        check(0.000_1, "<0.1 %");
        check(0.051, "5.1 %");
        check(0.412, "41 %");
        check(0.999, ">99 %");
        check(1.0, "100 %");
        check(f64::NAN, "0 %");
        assert_eq!(percent_range(0.403, 0.521), "40–52 %");
        assert_eq!(of_runs(0.41), "41 of 100 runs");
        assert_eq!(of_hundred(0.001), "fewer than 1");
    }

    #[test]
    fn long_names_are_cut_at_a_word() {
        assert_eq!(short("limited incursion"), "limited incursion");
        let long = "principle kept, country tacitly in between, nothing in public";
        assert_eq!(short(long), "principle kept, country tacitly in…");
    }

    #[test]
    fn names_lose_their_explanation_where_they_stay_apart() {
        assert_eq!(head("Bargainer: the demands are a first bid"), "Bargainer");
        assert_eq!(head("Allies (by consensus: all of them)"), "Allies");
        assert_eq!(head("Talks continue"), "Talks continue");
        let names = |texts: [&str; 2]| texts.map(ToOwned::to_owned);
        assert_eq!(
            heads(&names(["Dove: pays", "Hawk: fights"])),
            ["Dove", "Hawk"]
        );
        let alike = names(["Type: dove", "Type: hawk"]);
        assert_eq!(heads(&alike), ["Type: dove", "Type: hawk"]);
    }

    #[test]
    fn counts_have_commas() {
        assert_eq!(count(20_000), "20,000");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
    }

    #[test]
    fn a_stopped_ensemble_says_so_first() {
        let mut design = Design {
            seed: 1,
            draws: 400,
            replicates: 50,
            runs: 812,
            partial: true,
        };
        assert!(runs(&design).starts_with("PARTIAL: stopped before 20,000 runs"));
        design.partial = false;
        assert_eq!(runs(&design), "n = 812 runs (400 draws × 50)");
    }
}
