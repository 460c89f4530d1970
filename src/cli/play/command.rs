//! What a person types, as a command.

/// How much of a brief.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Short,
    Long,
    /// With what each level is worth.
    Points,
}

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    /// Levels for issues, both from 0, and a form if one is named.
    Set(Vec<(usize, usize)>, Option<usize>),
    /// Takes an issue out of the draft.
    Drop(usize),
    /// A form, from 0.
    Form(usize),
    Copy {
        mine: bool,
    },
    Clear,
    Undo,
    Draft,
    Offer,
    Accept,
    Refuse,
    Pass,
    WalkOut,
    Caucus,
    /// A move by number from 0 or by id.
    Move(String),
    Wait,
    Issues,
    Moves,
    History,
    Background,
    Brief(Length),
    Calendar,
    Commitments,
    Worksheet,
    Note(String),
    Help(Option<String>),
    Save(Option<String>),
    Quit,
    /// Shows the situation again.
    Again,
}

impl Command {
    /// Whether it shows something that can be shown before the first round, too.
    pub(super) fn only_shows(&self) -> bool {
        matches!(
            self,
            Self::Issues
                | Self::Background
                | Self::Brief(_)
                | Self::Calendar
                | Self::History
                | Self::Worksheet
                | Self::Help(_)
        )
    }
}

/// Words that are a command by themselves.
pub(super) const WORDS: &[(&str, Command)] = &[
    ("accept", Command::Accept),
    ("again", Command::Again),
    ("background", Command::Background),
    ("brief", Command::Brief(Length::Short)),
    ("calendar", Command::Calendar),
    ("caucus", Command::Caucus),
    ("clear", Command::Clear),
    ("commitments", Command::Commitments),
    ("copy", Command::Copy { mine: false }),
    ("draft", Command::Draft),
    ("exit", Command::Quit),
    ("help", Command::Help(None)),
    ("history", Command::History),
    ("hold", Command::Wait),
    ("issues", Command::Issues),
    ("leave", Command::WalkOut),
    ("moves", Command::Moves),
    ("offer", Command::Offer),
    ("pass", Command::Pass),
    ("quit", Command::Quit),
    ("refuse", Command::Refuse),
    ("reject", Command::Refuse),
    ("save", Command::Save(None)),
    ("send", Command::Offer),
    ("sign", Command::Accept),
    ("undo", Command::Undo),
    ("wait", Command::Wait),
    ("walk", Command::WalkOut),
    ("worksheet", Command::Worksheet),
];

/// `3b`: issue and level, both from 0.
pub(super) fn level(text: &str) -> Option<(usize, usize)> {
    let letter = text.chars().last().filter(char::is_ascii_lowercase)?;
    let number: usize = text[..text.len() - 1].parse().ok()?;
    Some((number.checked_sub(1)?, usize::from(letter as u8 - b'a')))
}

fn number(text: &str) -> Option<usize> {
    text.parse::<usize>().ok()?.checked_sub(1)
}

/// Reads a line; what it cannot be read as is an error in words.
pub(super) fn parse(line: &str) -> Result<Command, String> {
    let line = line.trim();
    if line.is_empty() {
        return Ok(Command::Again);
    }
    if let Some(term) = line.strip_prefix('?') {
        let term = term.trim();
        return Ok(Command::Help((!term.is_empty()).then(|| term.to_owned())));
    }
    let lower = line.to_lowercase();
    let (word, rest) = lower.split_once(' ').unwrap_or((&lower, ""));
    let rest = rest.trim();
    let kept = line[word.len()..].trim();
    let steps = |text: &str| {
        let steps = text.split([' ', ',']).filter(|step| !step.is_empty());
        steps.map(level).collect::<Option<Vec<_>>>()
    };
    let set = |text: &str| {
        let (text, form) = match text.split_once("form ") {
            Some((levels, form)) => (levels, Some(number(form.trim())?)),
            None => (text, None),
        };
        let steps = steps(text).filter(|steps| !steps.is_empty())?;
        Some(Command::Set(steps, form))
    };
    if let Some(command) = set(&lower) {
        return Ok(command);
    }
    if rest.is_empty()
        && let Some((_, command)) = WORDS.iter().find(|(known, _)| *known == word)
    {
        return Ok(command.clone());
    }
    match (word, rest) {
        ("q", "") => {
            Err("`quit` leaves the game and keeps it; `help` lists the commands.".to_owned())
        }
        ("set", text) => set(text).ok_or_else(|| {
            "write the issue's number and the level's letter, as in `3b`.".to_owned()
        }),
        // Not taken for an answer to the offer on the table: it may be to something else.
        ("yes" | "no" | "y" | "n", "") => {
            Err("`accept` takes the offer on the table, `refuse` does not.".to_owned())
        }
        ("drop", issue) => number(issue)
            .map(Command::Drop)
            .ok_or_else(|| "write the issue's number, as in `drop 3`.".to_owned()),
        ("form", form) => number(form)
            .map(Command::Form)
            .ok_or_else(|| "write the form's number, as in `form 2`.".to_owned()),
        ("brief", "short") => Ok(Command::Brief(Length::Short)),
        ("brief", "long" | "full") => Ok(Command::Brief(Length::Long)),
        ("brief", "points") => Ok(Command::Brief(Length::Points)),
        ("copy", "mine") => Ok(Command::Copy { mine: true }),
        ("copy", "theirs") => Ok(Command::Copy { mine: false }),
        ("walk", "out") => Ok(Command::WalkOut),
        ("move", _) if !kept.is_empty() => Ok(Command::Move(rest.to_owned())),
        ("note", _) if !kept.is_empty() => Ok(Command::Note(kept.to_owned())),
        ("note", _) => {
            Err("write the note behind the word, as in `note they want more time`.".to_owned())
        }
        ("save", _) => Ok(Command::Save(Some(kept.to_owned()))),
        ("help", _) => Ok(Command::Help(Some(kept.to_owned()))),
        _ if rest.is_empty() && number(word).is_some() => Ok(Command::Move(word.to_owned())),
        _ => {
            let known = WORDS.iter().map(|(known, _)| *known);
            let near = crate::scenario::names::nearest(word, known);
            let hint = near.map_or(String::new(), |near| format!(" Did you mean `{near}`?"));
            Err(format!("`{line}` is no command.{hint} `help` lists them."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_people_write_them() {
        let two = vec![(2, 1), (0, 0)];
        assert_eq!(parse(" 3B, 1a "), Ok(Command::Set(two.clone(), None)));
        assert_eq!(parse("3b 1a form 2"), Ok(Command::Set(two, Some(1))));
        assert_eq!(parse("set 10c"), Ok(Command::Set(vec![(9, 2)], None)));
        assert_eq!(parse("brief long"), Ok(Command::Brief(Length::Long)));
        assert_eq!(parse("walk out"), Ok(Command::WalkOut));
        assert_eq!(parse("Accept"), Ok(Command::Accept));
        assert_eq!(
            parse("? red line"),
            Ok(Command::Help(Some("red line".into())))
        );
        assert_eq!(
            parse("note They stall."),
            Ok(Command::Note("They stall.".into()))
        );
        assert_eq!(
            parse("save My File.jsonl"),
            Ok(Command::Save(Some("My File.jsonl".into())))
        );
        assert_eq!(parse("2"), Ok(Command::Move("2".into())));
        assert_eq!(parse("form 1"), Ok(Command::Form(0)));
        assert_eq!(parse(""), Ok(Command::Again));
        for wrong in [
            "acept",
            "0a",
            "set",
            "drop x",
            "form",
            "note",
            "dance now",
            "yes",
            "3b form x",
        ] {
            let error = parse(wrong).unwrap_err();
            assert!(error.ends_with('.'), "{error}");
        }
        assert!(parse("acept").unwrap_err().contains("`accept`"));
    }
}
