//! The part that says where it turned.

use super::own::with_interval;
use super::words::{change, day, doing, share};
use crate::debrief::Debrief;
use crate::debrief::turning::{Instead, Turn};
use crate::report::document::{Block, Part};
use crate::seat::Game;
use crate::seat::sitter::Act;

/// Where only the seat's utility moves.
const SAME_ENDS: &str = "no outcome comes more often or less";

/// Decisions told.
const TOLD: usize = 3;

pub(super) fn section(game: &Game, found: &Debrief) -> Part {
    let mut part = Part::new("turned", "Where it turned");
    let turning = &found.turning;
    part.say(format!(
        "Each of your {} decisions was taken again with other choices, {} in all. After the decision \
         the agent goes on in your seat, in both branches and with the same luck, and the others are \
         who they were. What moved the end most was then measured with new luck. Left out as other \
         choices are walking out and moves that end the game by themselves: what comes of them is \
         certain and the same at every turn, so that they would fill the list and say nothing of \
         yours.",
        turning.decisions, turning.alternatives,
    ));
    let clear: Vec<&Turn> = clear(found).collect();
    if clear.is_empty() {
        part.say(nothing(found));
    }
    for turn in clear.iter().take(TOLD) {
        tell(&mut part, game, found, turn);
    }
    let unclear = turning.turns.iter().filter(|turn| !turn.is_clear()).count();
    if !clear.is_empty() && clear.len() < TOLD {
        let more = if unclear == 0 {
            "No other decision moved anything in the screening.".to_owned()
        } else {
            format!(
                "{unclear} more were measured, and for none of them does the interval exclude that it \
                 moved nothing."
            )
        };
        part.say(more);
    }
    part.say(
        "The differences are between the two branches, not between your game and another: you might have \
         gone on otherwise than the agent does.",
    );
    part
}

/// The turns for which an interval excludes that the decision moved nothing.
fn clear(found: &Debrief) -> impl Iterator<Item = &Turn> {
    found.turning.turns.iter().filter(|turn| turn.is_clear())
}

fn nothing(found: &Debrief) -> &'static str {
    if found.turning.turns.is_empty() {
        "No other choice changed the end of a single run: whatever was decided, the others and the \
         agent in your seat came to the same."
    } else {
        "Nothing stands out: for no decision does the interval exclude that another choice would have \
         changed nothing, or next to nothing."
    }
}

/// The same, a point a turn.
pub(super) fn brief_turns(part: &mut Part, game: &Game, found: &Debrief) {
    let model = &game.table().model;
    let told: Vec<String> = clear(found)
        .take(TOLD)
        .map(|turn| {
            let faced = &found.faced[turn.decision];
            format!(
                "{}: {}. Instead, {}: {} (n = {} each), and {} points to you on average.",
                day(model, faced.moment.round),
                deed(game, found, turn),
                other_choice(game, found, turn),
                match shifts(game, turn, None) {
                    moved if moved.is_empty() => SAME_ENDS.to_owned(),
                    moved => moved.join(", "),
                },
                turn.n,
                change(turn.utility.0),
            )
        })
        .collect();
    if told.is_empty() {
        part.say(nothing(found));
    } else {
        part.push(Block::List(told));
        part.say(
            "Each decision taken again, the agent going on in your seat; walking out and moves that \
             end the game are left out.",
        );
    }
}

/// The outcome that another choice makes rarer by most, and the one that it makes more frequent,
/// without the one that is told already.
fn shifts(game: &Game, turn: &Turn, told: Option<usize>) -> Vec<String> {
    let outcomes = &game.table().model.scenario.outcomes;
    let gain = |&(actual, other): &(u64, u64)| other as f64 - actual as f64;
    // The first of equals.
    let places = || turn.outcomes.iter().enumerate().rev();
    let fall = places().max_by(|a, b| gain(b.1).total_cmp(&gain(a.1)));
    let rise = places().max_by(|a, b| gain(a.1).total_cmp(&gain(b.1)));
    let moved = [fall, rise].into_iter().flatten();
    moved
        .filter(|(outcome, runs)| runs.0 != runs.1 && told != Some(*outcome))
        .map(|(outcome, &(actual, other))| {
            let n = u64::from(turn.n);
            format!(
                "“{}” in {} of the runs, not {}",
                outcomes[outcome].name,
                share(other, n),
                share(actual, n)
            )
        })
        .collect()
}

/// What was decided, in short: an offer by its size, for whoever made it knows what it said.
fn deed(game: &Game, found: &Debrief, turn: &Turn) -> String {
    let faced = &found.faced[turn.decision];
    match &faced.act {
        Act::Offer(terms) => {
            let changed = terms.levels.iter().zip(&faced.moment.levels);
            let issues = changed.filter(|(to, from)| to != from).count();
            let several = if issues == 1 { "issue" } else { "issues" };
            format!("your offer over {issues} {several}")
        }
        act => doing(&game.table().model, &faced.moment, act),
    }
}

fn other_choice(game: &Game, found: &Debrief, turn: &Turn) -> String {
    match &turn.instead {
        Instead::Act(act) => doing(&game.table().model, &found.faced[turn.decision].moment, act),
        Instead::Agent => "what the agent would have done there".to_owned(),
    }
}

fn tell(part: &mut Part, game: &Game, found: &Debrief, turn: &Turn) {
    let model = &game.table().model;
    let faced = &found.faced[turn.decision];
    let moment = &faced.moment;
    part.heading(format!(
        "Decision {}, {}: {}",
        turn.decision + 1,
        day(model, moment.round),
        doing(model, moment, &faced.act)
    ));
    let instead = other_choice(game, found, turn);
    let (outcome, difference, interval) = turn.most;
    let (actual, other) = turn.outcomes[outcome];
    let n = u64::from(turn.n);
    let moved = if actual == other {
        format!("As far as {} runs a branch show, {SAME_ENDS}.", turn.n)
    } else {
        format!(
            "“{}” then comes in {} of the runs, against {} after what you did: {}, n = {} runs a branch.",
            model.scenario.outcomes[outcome].name,
            share(other, n),
            share(actual, n),
            with_interval(difference, interval),
            turn.n,
        )
    };
    let mut points = vec![format!("Instead: {instead}."), moved];
    let also = shifts(game, turn, Some(outcome));
    if !also.is_empty() {
        points.push(format!("Also: {}.", also.join(", ")));
    }
    points.push(format!(
        "Your seat's utility then changes by {} on average.",
        with_interval(turn.utility.0, turn.utility.1)
    ));
    part.push(Block::List(points));
}
