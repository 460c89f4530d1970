//! The words of the table, explained to somebody who plays for the first time.
//!
//! Flows in: a word. Flows out: what it means here. Invariant: every entry is true of the model and
//! of any scenario.

/// A word, other words for it, and what it means.
pub type Entry = (&'static str, &'static [&'static str], &'static str);

/// All entries, by the alphabet.
pub const GLOSSARY: &[Entry] = &[
    (
        "agreement",
        &["deal", "in force"],
        "A package that everyone at the table has signed. It takes effect when every absent party \
         whose consent it needs has given it and every party that must ratify has done so; what it \
         settles is closed for the rest of the game.",
    ),
    (
        "batna",
        &["alternative", "outside option"],
        "Best alternative to a negotiated agreement: what you will do if there is no agreement \
         (Fisher and Ury 1981). The better it is, the less you have to accept.",
    ),
    (
        "caucus",
        &["adjourn"],
        "A pause to think. You see your notes, your worksheet and where you stand. Nobody speaks \
         meanwhile, nobody learns of it, and it costs no turn.",
    ),
    (
        "consent",
        &[],
        "Some issues cannot be changed without a party that is not at the table. It is asked when the \
         others have agreed; if it refuses, the agreement fails.",
    ),
    (
        "draft",
        &["package", "offer"],
        "Your offer in the making: a level for each issue you want to change. Issues you leave out \
         stay as they are. Nobody sees a draft before you send it.",
    ),
    (
        "exposure",
        &["backing down", "audience cost"],
        "How far you have committed yourself in public, from 0 to 100. Backing down then costs you \
         at home (audience costs: Fearon 1994), which raises your walk-away point.",
    ),
    (
        "force",
        &["war"],
        "An option to use force is a gamble that costs both sides (Fearon 1995): with some chance it \
         achieves its aim, and fighting is paid for either way. Using it ends the game.",
    ),
    (
        "form",
        &["ratification", "durability"],
        "How an agreement is recorded, from a word to a treaty. A stronger form makes promises worth \
         more to whoever distrusts words, and may have to be ratified at home, which can fail.",
    ),
    (
        "issue",
        &["level", "agenda"],
        "Something to be settled, with a ladder of levels. One level is in force; an agreement moves \
         it to another and closes the issue.",
    ),
    (
        "mandate",
        &["red line"],
        "What your government lets you sign. Beyond a firm red line the agents of this model would \
         never offer nor accept; you are warned. Other red lines have a price, which your score \
         contains.",
    ),
    (
        "move",
        &["pressure", "relief", "signal", "terminal"],
        "What a party does alone between meetings. Pressure makes another party's lack of an \
         agreement worse; relief calms and is paid for at home; a signal changes what is believed \
         or who sits at the table; a terminal move ends the game.",
    ),
    (
        "outcome",
        &["prediction"],
        "How a game is classed at its end. Before the first round you say how likely each outcome \
         is; the debriefing compares that with what happened and with many simulated runs.",
    ),
    (
        "points",
        &["score", "utility", "worth"],
        "What a situation is worth to you alone: 100 is all you want, fully guaranteed, 0 the worst \
         on every issue; penalties can push it below. They order your choices. They cannot be \
         compared with anyone else's, and they are no grade.",
    ),
    (
        "posture",
        &["readiness"],
        "How ready a party is to use force, from 0 to 100. Keeping forces ready costs upkeep.",
    ),
    (
        "procedure",
        &["protocol", "turn", "exchange"],
        "How a meeting runs. Alternating offers: each in turn accepts the standing offer or replaces \
         it. Simultaneous concession: everyone offers at once. Single text: a mediator revises one \
         text. Ultimatum: one offer, to take or leave.",
    ),
    (
        "promise",
        &["threat", "commitment", "credibility", "said", "believed"],
        "A threat or promise binds whoever makes it in public (`said`); how far others believe it \
         is another matter, and you see only how far you believe it yourself.",
    ),
    (
        "seed",
        &["draw", "replicate", "luck"],
        "The number that fixes the luck of the game and the uncertain numbers of the file. With the \
         same seed and the same inputs everything happens again.",
    ),
    (
        "tension",
        &[],
        "How close the crisis is to getting out of hand, from 0 to 100. It makes accidents likelier \
         and costs those who suffer from it.",
    ),
    (
        "type",
        &["unknown"],
        "What a party really is, where the documents leave it open: for instance bent on a deal or \
         not. A party knows its own type; the others have only probabilities.",
    ),
    (
        "venue",
        &["channel", "meeting", "calendar"],
        "A place where certain parties meet on certain issues. The calendar says who meets when.",
    ),
    (
        "walk-away point",
        &[
            "reservation value",
            "walk-away",
            "disagreement value",
            "no agreement",
        ],
        "The least a package must be worth to you: what no agreement is worth (the disagreement \
         value), and what backing down would cost you. An agreement below it leaves you worse off \
         than none.",
    ),
];

/// The entry of a word, if there is one: by its name, then by its other words.
pub fn explain(word: &str) -> Option<&'static Entry> {
    let word = word.trim().to_lowercase();
    let by_name = GLOSSARY.iter().find(|(name, ..)| *name == word);
    by_name.or_else(|| {
        let mut entries = GLOSSARY.iter();
        entries.find(|(name, others, _)| {
            others.contains(&&*word)
                || (word.len() >= 3 && (name.starts_with(&word) || word.starts_with(name)))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_order_and_found_by_any_name() {
        assert!(GLOSSARY.is_sorted_by_key(|(name, ..)| *name));
        assert_eq!(explain("BATNA").unwrap().0, "batna");
        assert_eq!(explain("utility").unwrap().0, "points");
        assert_eq!(explain("walk-away").unwrap().0, "walk-away point");
        assert_eq!(explain("tensions").unwrap().0, "tension");
        assert!(explain("zebra").is_none());
    }
}
