//! The pages to read before and beside a game: opening, brief, issues, calendar, help.

use super::lesson::Lesson;
use super::page::{Page, change, day, hundred, letter, list, points};
use super::words::Words;
use crate::scenario::load::FactIndex;
use crate::seat::Brief;
use crate::seat::brief::{Line, Outside, Want, Why};
use crate::seat::glossary::{GLOSSARY, explain};
use crate::seat::view::{IssueView, Turn};

/// Facts shown behind a number; the others are counted.
const FACTS: usize = 2;

/// What is played and on what terms.
pub(super) fn opening(page: &mut Page, words: &Words<'_>, seed: u64, lesson: Option<&Lesson>) {
    let scenario = &words.model.scenario;
    page.heading(&scenario.title);
    page.say(&format!(
        "You play {}; the other seats are played by agents. Seed {seed}.",
        scenario.parties[words.seat].name
    ));
    page.gap();
    match lesson {
        Some(lesson) => lesson.opening(page),
        None => terms(page, words),
    }
    page.say(
        "A model, not a forecast: what happens follows from the assumptions of the file. Points order \
         your own choices; they are no grade, and nobody's are compared with anyone else's.",
    );
    page.gap();
    match lesson {
        Some(lesson) => lesson.public(page),
        None => page.say(&scenario.summary),
    }
    page.heading("Who is there");
    for (index, party) in scenario.parties.iter().enumerate() {
        let you = if index == words.seat { " (you)" } else { "" };
        let summary = party.summary.as_deref().unwrap_or("");
        page.item(&format!("{}{you}. {summary}", party.name));
    }
}

/// What is said before a scenario that has no note of its own.
fn terms(page: &mut Page, words: &Words<'_>) {
    page.say(
        "Content note. You will speak for one side of a crisis and may have to argue what you do not \
         hold. Threats, and with some scenarios the use of force, are part of it, and people were or \
         could be harmed by what it is about. You may stop at any time: `quit` keeps your game.",
    );
    page.say(&format!(
        "Cut-off. Nothing said or done after {} is used; what happened later is no guide here.",
        day(words.model.scenario.cutoff)
    ));
}

/// The confidential brief; an exercise says in its own words what is not known.
pub(super) fn brief(
    page: &mut Page,
    words: &Words<'_>,
    brief: &Brief,
    facts: &dyn FactIndex,
    lesson: Option<&Lesson>,
) {
    page.heading(&format!("Confidential: the brief of {}", brief.name));
    if let Some(summary) = &brief.summary {
        page.say(&format!("Who you are. {summary}"));
    }
    if let Some(role) = &brief.role {
        page.say(&format!(
            "In this game you are: {role}. The others do not know that; they have only probabilities."
        ));
    }
    page.heading("What you want, and why");
    page.say(
        "Most important first. In brackets the issue's number, then its share of your concern. Points \
         are those of a level that is kept; what a form adds or takes, `issues` tells at a meeting. \
         What the file leaves uncertain is drawn for each seed, so that another game, or a printed \
         sheet, may give other points.",
    );
    let mut before = None;
    for want in &brief.wants {
        self::want(page, words, want);
        reasons(page, &want.why, before, facts);
        before = want.why.assumed.as_deref();
    }
    links(page, words, brief);
    page.heading("Your red lines");
    let mut lines = 0;
    for want in &brief.wants {
        if let Some(line) = &want.red_line {
            lines += 1;
            red_line(page, words, &want.issue, line, facts);
        }
    }
    if lines == 0 {
        page.say("None is stated.");
    }
    outside(page, words, brief);
    if let Some(lesson) = lesson {
        lesson.unknown(page);
        return;
    }
    page.heading("What you do not know");
    for unknown in &brief.unknown {
        let name = words.party(&unknown.party);
        page.say(&format!("What drives {name}. Your analysts think:"));
        for (kind, chance) in &unknown.types {
            page.item(&format!("{}%: {kind}", hundred(*chance)));
        }
    }
    page.say(
        "What exactly the others' aims weigh, where their walk-away points are, and what they will do \
         if you do nothing.",
    );
}

fn want(page: &mut Page, words: &Words<'_>, want: &Want) {
    let best = want.values.iter().enumerate();
    let best = best.reduce(|a, b| if b.1 > a.1 { b } else { a });
    let best = best.map_or(0, |(level, _)| level);
    let issue = words.issue(&want.issue).unwrap_or_default();
    let now = usize::from(words.model.issues[issue].status_quo);
    let (name, share) = (words.numbered(&want.issue), hundred(want.weight));
    let best_level = words.level(&want.issue, best);
    let each = want.values.iter().enumerate().map(|(level, value)| {
        format!(
            "{}{} {}",
            issue + 1,
            letter(level),
            points(value * want.weight)
        )
    });
    let each = each.collect::<Vec<_>>().join(", ");
    page.item(&if best == now {
        format!("{name} ({share} of 100). Best for you is what is in force: {best_level}.")
    } else {
        let in_force = words.level(&want.issue, now);
        format!("{name} ({share} of 100). Best for you: {best_level}. In force: {in_force}.")
    });
    page.hang("", 6, &format!("Points by level: {each}."));
}

/// Why a number is what it is; an assumption is not said twice running.
fn reasons(page: &mut Page, why: &Why, before: Option<&str>, facts: &dyn FactIndex) {
    for id in why.from.iter().take(FACTS) {
        let text = match facts.fact_text(id) {
            Some(fact) => format!("{} ({}) [{id}]", fact.statement, fact.attributed_to),
            None => format!("[{id}]"),
        };
        page.hang("", 6, &text);
    }
    if why.from.len() > FACTS {
        page.hang("", 6, &format!("Also: {}", why.from[FACTS..].join(", ")));
    }
    if let Some(assumed) = why
        .assumed
        .as_deref()
        .filter(|&assumed| Some(assumed) != before)
    {
        page.hang("", 6, &format!("Assumed: {assumed}."));
    }
}

fn links(page: &mut Page, words: &Words<'_>, brief: &Brief) {
    if brief.linkages.is_empty() {
        return;
    }
    page.heading("What goes together");
    for link in &brief.linkages {
        let tests = link.levels.iter().map(|(issue, levels)| {
            let levels: Vec<String> = levels
                .iter()
                .map(|level| letter(*level).to_string())
                .collect();
            format!("{} at {}", words.numbered(issue), levels.join("/"))
        });
        let tests: Vec<String> = tests.collect();
        let means = if link.refused {
            "you never accept this together".to_owned()
        } else {
            format!("{} points while they stand together", change(link.bonus))
        };
        page.item(&format!("{}: {means}.", list(&tests)));
    }
}

fn red_line(page: &mut Page, words: &Words<'_>, issue: &str, line: &Line, facts: &dyn FactIndex) {
    let levels: Vec<String> = line
        .levels
        .iter()
        .map(|&level| format!("{} `{}`", letter(level), words.level(issue, level)))
        .collect();
    let means = if line.firm {
        "You never cross it.".to_owned()
    } else {
        format!("Crossing it costs you {} points.", points(line.cost))
    };
    let name = words.numbered(issue);
    page.item(&format!(
        "{name}, at level {}. {means}",
        levels.join(" or ")
    ));
    reasons(page, &line.why, None, facts);
}

fn outside(page: &mut Page, words: &Words<'_>, brief: &Brief) {
    let outside = &brief.outside;
    page.heading("What you have without an agreement");
    page.say(&format!(
        "As things stand your situation is worth {} points; with what the crisis costs you, {}. What no \
         agreement is worth, with what others might do: {}. {}",
        points(outside.now),
        points(outside.peace),
        points(outside.disagreement),
        walk_away(outside),
    ));
    for force in &outside.force {
        let known = words.model.scenario.force.iter();
        let mut name = known
            .filter(|option| option.id == force.id)
            .map(|option| &*option.name);
        page.item(&format!(
            "You could use force: {}. Your generals see a {}% chance of success; used now it would be \
             worth {} points to you, costs counted.",
            name.next_back().unwrap_or(""),
            hundred(force.advantage),
            points(force.worth)
        ));
    }
    if let Some(weeks) = outside.deadline_weeks {
        page.say(&format!(
            "Your leaders want the talks to end within about {} weeks.",
            weeks.round()
        ));
    }
    if outside.patience < 1.0 {
        let kept = points(outside.patience);
        page.say(&format!(
            "What comes a week later is worth {kept}% to you of what comes now."
        ));
    }
    if outside.audience_cost > 0.0 {
        page.say(&format!(
            "Backing down after full public commitment would cost you {} points at home.",
            points(outside.audience_cost)
        ));
    }
}

/// The walk-away point, and why it may be more than no agreement is worth.
fn walk_away(outside: &Outside) -> String {
    let charge = outside.walk_away - outside.disagreement;
    let least = points(outside.walk_away);
    if points(charge) == "0.0" {
        return format!(
            "That is your walk-away point on the first day, {least}; it moves as the crisis does."
        );
    }
    format!(
        "Your walk-away point is {least} on the first day, {} more: whatever you sign is charged for \
         backing down from what you have said in public (`? exposure`). It moves as the crisis does.",
        points(charge)
    )
}

/// Every issue with its levels; at a turn with what each would bring.
pub(super) fn issues(page: &mut Page, words: &Words<'_>, turn: Option<&Turn>, only: Option<usize>) {
    let scenario = &words.model.scenario;
    page.heading("The issues");
    if turn.is_some() {
        page.say(
            "Behind each level what it adds to your points, in the form of your draft: a promise counts as \
             far as you trust its form, so another form gives other numbers. What levels do to each \
             other comes on top (`brief points`), and the score of a draft contains it. An arrow marks \
             the level in force.",
        );
    }
    for (index, issue) in scenario.issues.iter().enumerate() {
        if only.is_some_and(|only| only != index) {
            continue;
        }
        let seen = turn.and_then(|turn| turn.issues.iter().find(|seen| seen.issue == issue.id));
        let state = match seen {
            Some(IssueView { settled: true, .. }) => " (settled)",
            Some(IssueView {
                on_agenda: false, ..
            }) if words.model.form_issue == Some(index) => {
                " (comes with the form of the agreement)"
            }
            Some(IssueView {
                on_agenda: false, ..
            }) => " (not on the agenda here)",
            _ => "",
        };
        page.say(&format!("[{}] {}{state}", index + 1, issue.name));
        let now = seen.map_or(issue.status_quo, |seen| seen.level);
        for (level, text) in issue.levels.iter().enumerate() {
            let mark = if level == now { "->" } else { "  " };
            let brings = match seen {
                Some(seen) if level != now && !seen.settled => {
                    format!(" ({})", change(seen.brings[level]))
                }
                _ => String::new(),
            };
            let code = format!(" {mark} {}{}", index + 1, letter(level));
            page.hang(&format!("{code:<9}"), 9, &format!("{text}{brings}"));
        }
    }
}

/// The forms of a meeting.
pub(super) fn forms(page: &mut Page, words: &Words<'_>, forms: &[String]) {
    if forms.len() < 2 {
        return;
    }
    let all = forms.iter().enumerate();
    let named: Vec<String> = all
        .map(|(index, id)| format!("{} {}", index + 1, words.form(id)))
        .collect();
    page.say(&format!(
        "Forms to record it in, the first unless you say `form 2`: {}.",
        named.join("; ")
    ));
}

/// Documented meetings and what is assumed to follow.
pub(super) fn calendar(page: &mut Page, words: &Words<'_>, from: usize) {
    page.heading("Calendar");
    for (index, round) in words.model.rounds.iter().enumerate().skip(from) {
        let venue = &words.model.scenario.venues[round.venue];
        let plan = &words.model.venues[round.venue];
        let you = if plan.seats.contains(&words.seat) {
            "you sit here"
        } else if plan.order.contains(&words.seat) {
            "you might get a seat"
        } else {
            "without you"
        };
        let assumed = if round.documented {
            ""
        } else {
            ", assumed date"
        };
        let text = format!("{}: {} ({you}{assumed})", day(round.date), venue.name);
        page.hang(&format!("{:>3}. ", index + 1), 5, &text);
    }
}

/// What the documents report before the start.
pub(super) fn background(page: &mut Page, words: &Words<'_>) {
    page.heading("Before the start, as documented");
    let history = &words.model.scenario.history;
    if history.is_empty() {
        page.say("The file reports nothing.");
    }
    for entry in history {
        let from = if entry.from.is_empty() {
            String::new()
        } else {
            format!(" [{}]", entry.from.join(", "))
        };
        page.item(&format!("{}: {}{from}", day(entry.date), entry.what));
    }
}

/// Threats and promises.
pub(super) fn commitments(page: &mut Page, words: &Words<'_>, turn: &Turn) {
    page.heading("Threats and promises");
    if turn.commitments.is_empty() {
        page.say("There are none.");
    }
    for commitment in &turn.commitments {
        let kind = if commitment.threat {
            "Threat"
        } else {
            "Promise"
        };
        let believed = if words.is_you(&commitment.by) {
            String::new()
        } else {
            format!("; you believe it at {}", hundred(commitment.believed))
        };
        page.item(&format!(
            "{kind} by {} to {}: {}. Said in public at {} of 100{believed}.",
            words.party(&commitment.by),
            words.party(&commitment.to),
            words.commitment(&commitment.id),
            hundred(commitment.said),
        ));
    }
}

/// Commands and what they do.
const COMMANDS: &[(&str, &str)] = &[
    (
        "3b 5c",
        "put level b of issue 3 and level c of issue 5 into your draft",
    ),
    ("drop 3", "take issue 3 out of the draft"),
    ("form 2", "record it in the second form of this venue"),
    (
        "copy",
        "start from the standing offer; `copy mine` from your own last one",
    ),
    ("clear, undo", "empty the draft; take back its last change"),
    ("draft, offer", "look at the draft; send it"),
    ("accept, refuse", "answer the standing offer, sign, consent"),
    ("pass", "say nothing this turn"),
    ("walk out", "leave, which ends the meeting"),
    (
        "caucus",
        "adjourn to think: your notes, worksheet and where you stand",
    ),
    (
        "2, wait",
        "between meetings: make the second move; make none",
    ),
    ("issues, moves", "what can be settled; what you can do"),
    ("history", "everything you have seen and heard"),
    (
        "brief, background",
        "your confidential brief; what came before",
    ),
    (
        "brief long",
        "in an exercise: the brief in full; `brief points`: its numbers",
    ),
    ("calendar", "the meetings"),
    ("commitments", "threats and promises"),
    ("worksheet", "what you wrote before the first round"),
    ("note TEXT", "write something down for the debriefing"),
    ("? TERM", "explain a term; `?` lists them"),
    (
        "save, quit",
        "every input is saved at once; `save FILE` moves the game there",
    ),
];

/// All commands.
pub(super) fn help(page: &mut Page) {
    page.heading("Commands");
    for (command, text) in COMMANDS {
        page.hang(&format!("  {command:<18}"), 20, text);
    }
}

/// A term, an issue, a party, a move or an outcome explained.
#[expect(clippy::too_many_lines, reason = "one list for each kind of name")]
pub(super) fn term(
    page: &mut Page,
    words: &Words<'_>,
    term: Option<&str>,
    turn: Option<&Turn>,
    lesson: Option<&Lesson>,
) {
    let Some(term) = term else {
        let all: Vec<&str> = GLOSSARY.iter().map(|(name, ..)| *name).collect();
        page.say(&format!("`? TERM` explains: {}.", all.join(", ")));
        if let Some(lesson) = lesson {
            let own: Vec<&str> = lesson.terms().collect();
            page.say(&format!("This exercise adds: {}.", own.join(", ")));
        }
        page.say(
            "It also explains an issue (`? 3`), and a party, move, venue, form, threat, promise or \
             outcome by its name. `help` lists the commands.",
        );
        return;
    };
    let scenario = &words.model.scenario;
    let number: Option<usize> = term.parse().ok();
    if let Some(issue) = number.and_then(|number| number.checked_sub(1))
        && issue < scenario.issues.len()
    {
        issues(page, words, turn, Some(issue));
        return;
    }
    if let Some(text) = lesson.and_then(|lesson| lesson.explain(term)) {
        page.say(&text);
        return;
    }
    if let Some((name, _, text)) = explain(term) {
        page.hang("", 0, &format!("{name}: {text}"));
        return;
    }
    let lower = term.to_lowercase();
    let named = |names: &str| names.split(", ").any(|name| name == lower);
    if let Some((names, text)) = COMMANDS.iter().find(|(names, _)| named(names)) {
        page.say(&format!("A command. {names}: {text}."));
        return;
    }
    let is = |id: &str, name: &str| {
        let within = lower.chars().count() >= 3 && name.to_lowercase().contains(&lower);
        id.to_lowercase() == lower || within
    };
    if let Some(issue) = scenario
        .issues
        .iter()
        .position(|issue| is(&issue.id, &issue.name))
    {
        issues(page, words, turn, Some(issue));
        return;
    }
    let parties = scenario.parties.iter().map(|party| {
        (
            &party.id,
            &party.name,
            party.summary.clone().unwrap_or_default(),
        )
    });
    let outcomes = scenario.outcomes.iter().map(|outcome| {
        (
            &outcome.id,
            &outcome.name,
            outcome.summary.clone().unwrap_or_default(),
        )
    });
    let moves = scenario.moves.iter().map(|act| {
        let actor = words.party(&act.actor);
        (&act.id, &act.name, format!("a move of {actor}"))
    });
    let venues = scenario.venues.iter().map(|venue| {
        let seats: Vec<String> = venue
            .participants
            .iter()
            .map(|id| words.party(id))
            .collect();
        let how = Words::procedure(venue.protocol);
        (
            &venue.id,
            &venue.name,
            format!("where {} meet; {how}", list(&seats)),
        )
    });
    let forms = scenario.forms.iter().map(|form| {
        let binding = if form.binding {
            "binding in law"
        } else {
            "not binding in law"
        };
        let who: Vec<String> = form.ratification.keys().map(|id| words.party(id)).collect();
        let ratify = if who.is_empty() {
            String::new()
        } else {
            format!("; to be ratified by {}", list(&who))
        };
        (
            &form.id,
            &form.name,
            format!("a form of agreement, {binding}{ratify}"),
        )
    });
    let threats = scenario.threats.iter().map(|threat| {
        let text = format!(
            "a threat by {} to {}",
            words.party(&threat.by),
            words.party(&threat.target)
        );
        (&threat.id, &threat.name, text)
    });
    let promises = scenario.promises.iter().map(|promise| {
        let text = format!(
            "a promise by {} to {}",
            words.party(&promise.by),
            words.party(&promise.to)
        );
        (&promise.id, &promise.name, text)
    });
    let all = parties
        .chain(outcomes)
        .chain(moves)
        .chain(venues)
        .chain(forms);
    let mut all = all.chain(threats).chain(promises);
    match all.find(|(id, name, _)| is(id, name)) {
        Some((_, name, text)) => page.say(&format!("{name}: {text}")),
        None => page.say(&format!(
            "Nothing here is called `{term}`. `?` lists the terms."
        )),
    }
}
