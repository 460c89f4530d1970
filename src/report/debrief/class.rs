//! Several games side by side: the same facts, different deals.

use super::words::{name, points};
use super::{Basis, picture, runs};
use crate::chart;
use crate::debrief::Debrief;
use crate::report::document::{Block, Document, Grid, Part, Picture};
use crate::seat::Game;

/// The document of a class; every game is of the same scenario. The order is that in which the games
/// were given, and stays so: it is not an order of merit.
pub fn class(games: &[(&Game, &Debrief)], basis: &Basis) -> Document {
    let scenario = &games[0].0.table().model.scenario;
    let mut sections = vec![questions(basis)];
    sections.push(side_by_side(games, basis));
    sections.push(deals(games));
    sections.extend(predictions(games));
    sections.push(limits());
    Document {
        title: format!("{} games of “{}”", games.len(), scenario.title),
        lead: vec![
            "The same facts, different deals. The games stand in the order in which they were given. \
             Everything here comes from a model, not a forecast."
                .to_owned(),
        ],
        sections,
        colophon: vec![format!(
            "jawjaw {}, model version {}, {} (SHA-256 of the resolved scenario {}).",
            basis.version, basis.model_version, basis.file, basis.sha256
        )],
    }
}

fn questions(basis: &Basis) -> Part {
    let mut part = Part::new("questions", "To talk about first");
    let questions = [
        "How do you feel now, and what do you need to say before we look at any number?",
        "What happened at each table? Let every table tell it in two sentences.",
        "Where did two tables part, although the facts were the same?",
        "What did one seat believe about another that turned out otherwise?",
        "What would have to be different in the rules, or in the seats, for most tables to end \
         otherwise?",
        "What do you take to the next negotiation?",
    ];
    let questions = super::own::asked(&questions, basis, 0);
    part.push(Block::Questions(questions));
    part
}

/// Whether the games come from several draws, so that the uncertain numbers of the file differ too.
fn drawn_apart(games: &[(&Game, &Debrief)]) -> bool {
    let draw = |found: &Debrief| (found.comparison.seed, found.comparison.draw);
    games
        .iter()
        .any(|(_, found)| draw(found) != draw(games[0].1))
}

/// Games that share seat, type and draw share their dots.
fn groups<'g>(games: &[(&'g Game, &'g Debrief)]) -> Vec<(&'g Game, Vec<&'g Debrief>)> {
    let mut groups: Vec<(&Game, Vec<&Debrief>)> = Vec::new();
    for (game, found) in games {
        let key = |of: &Debrief| {
            (
                of.seat,
                of.path.rows[of.seat],
                of.comparison.seed,
                of.comparison.draw,
            )
        };
        match groups
            .iter_mut()
            .find(|(_, those)| key(those[0]) == key(found))
        {
            Some((_, those)) => those.push(found),
            None => groups.push((game, vec![found])),
        }
    }
    groups.sort_by_key(|(_, those)| those[0].seat);
    groups
}

fn side_by_side(games: &[(&Game, &Debrief)], basis: &Basis) -> Part {
    let scenario = &games[0].0.table().model.scenario;
    let mut part = Part::new("games", "The games beside what the same facts gave agents");
    let dots: Vec<chart::Dots> = (groups(games).into_iter())
        .map(|(game, those)| {
            let mut dots = picture::group(game, &those, |found| found.label.clone());
            if drawn_apart(games) {
                let of = &those[0].comparison;
                dots.heading = format!("{}, seed {}", dots.heading, of.seed);
            }
            dots
        })
        .collect();
    let mut outcomes: Vec<usize> = games
        .iter()
        .map(|(_, found)| usize::from(found.record.outcome))
        .collect();
    outcomes.sort_unstable();
    outcomes.dedup();
    let ways = if outcomes.len() == 1 { "way" } else { "ways" };
    let title = format!("{} games ended in {} {ways}", games.len(), outcomes.len());
    let plain: Vec<String> = (dots.iter())
        .map(|group| format!("{}\n{}", group.heading, picture::letters(group)))
        .collect();
    let mut seeds: Vec<u64> = games
        .iter()
        .map(|(_, found)| found.comparison.seed)
        .collect();
    seeds.sort_unstable();
    seeds.dedup();
    let mut basis = runs(games[0].1, games[0].0, basis);
    if seeds.len() > 1 {
        let others: Vec<String> = seeds.iter().map(u64::to_string).collect();
        basis = format!("{basis}; games of seeds {}", others.join(", "));
    }
    if let Some(figure) = chart::dotplot(scenario, &title, &dots, &basis) {
        part.push(Block::Picture(Box::new(Picture {
            id: "chart-class".to_owned(),
            figure,
            takeaway: format!(
                "{title}. Each seat has a scale of its own: marks can be compared within {}.",
                if drawn_apart(games) {
                    "one chart of dots, not between them"
                } else {
                    "a seat, not between seats"
                }
            ),
            table: None,
            plain: Some(plain.join("\n")),
        })));
    }
    if drawn_apart(games) {
        part.say(
            "The games have different seeds. What the file leaves uncertain was drawn anew for each, the \
             seats' own numbers included: points of one seed and another are near each other, not on \
             one scale. Compare where each game lies among its own runs.",
        );
    }
    let mut grid = Grid::new(
        "The games, in the order given",
        &[
            "Game",
            "Seat",
            "Outcome",
            "#Utility of the seat",
            "Of 50 simulated worlds",
        ],
    );
    for (_, found) in games {
        let [below, same, above] = picture::of_dots(found);
        let same = if same > 0 {
            format!(", {same} the same")
        } else {
            String::new()
        };
        grid.row([
            found.label.clone(),
            name(scenario, found.seat).to_owned(),
            scenario.outcomes[usize::from(found.record.outcome)]
                .name
                .clone(),
            points(found.utility()),
            format!("{below} gave the seat less{same}, {above} more"),
        ]);
    }
    part.push(Block::Grid(grid));
    part
}

fn deals(games: &[(&Game, &Debrief)]) -> Part {
    let scenario = &games[0].0.table().model.scenario;
    let mut part = Part::new("deals", "What was agreed");
    let mut grid = Grid::new("Terms in force by agreement", &["Game", "Terms"]);
    for (_, found) in games {
        let terms: Vec<String> = (found.terms().into_iter())
            .map(|(issue, level, form, _)| {
                let issue = &scenario.issues[issue];
                let form = scenario
                    .forms
                    .get(form)
                    .filter(|_| scenario.forms.len() > 1);
                let form = form.map_or(String::new(), |form| format!(" (as {})", form.name));
                format!("{}: {}{form}", issue.name, issue.levels[level])
            })
            .collect();
        let terms = if terms.is_empty() {
            "nothing".to_owned()
        } else {
            terms.join("; ")
        };
        grid.row([found.label.clone(), terms]);
    }
    part.push(Block::Grid(grid));
    part
}

fn predictions(games: &[(&Game, &Debrief)]) -> Option<Part> {
    let scenario = &games[0].0.table().model.scenario;
    let scored: Vec<_> = games
        .iter()
        .filter_map(|(_, found)| Some((found, found.prediction.as_ref()?)))
        .collect();
    if scored.is_empty() {
        return None;
    }
    let mut part = Part::new("predictions", "What was predicted");
    let mut grid = Grid::new(
        "Chance given beforehand to what then happened, and Brier scores (0 to 2, lower is closer)",
        &[
            "Game",
            "What happened",
            "#Chance given",
            "#Runs of agents",
            "#Brier",
            "#Brier of the runs",
        ],
    );
    for (found, scored) in &scored {
        let outcome = usize::from(found.record.outcome);
        grid.row([
            found.label.clone(),
            scenario.outcomes[outcome].name.clone(),
            format!("{:.0} %", 100.0 * scored.own[outcome]),
            chart::percent(scored.ensemble[outcome]),
            format!("{:.2}", scored.brier[0]),
            format!("{:.2}", scored.brier[1]),
        ]);
    }
    part.push(Block::Grid(grid));
    let n = scored.len() as f64;
    let mean = |index: usize| scored.iter().map(|(_, s)| s.brier[index]).sum::<f64>() / n;
    let few = if scored.len() < super::FEW {
        format!(" With {} games that is a hint and no more.", scored.len())
    } else {
        String::new()
    };
    part.say(format!(
        "Mean Brier score: {:.2} of the predictions, {:.2} of the runs' shares, {:.2} of equal chances.{few}",
        mean(0),
        mean(1),
        mean(2)
    ));
    Some(part)
}

fn limits() -> Part {
    let mut part = Part::new("limits", "What this does not show");
    part.push(Block::List(vec![
        "Who negotiated well: each game had one luck, and the agents follow fixed rules."
            .to_owned(),
        "Which seat did better than another: every scale is the seat's own.".to_owned(),
        "What would happen in the world: shares of runs are properties of the assumptions."
            .to_owned(),
    ]));
    part
}
