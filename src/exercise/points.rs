//! What a seat's own sheet says in numbers.
//!
//! Flows in: the scenario as it is played and a seat. Flows out: a table of points from 0 to 100 for
//! the issues on some agenda. Invariant: every number is the seat's own, and none of another party's
//! enters it.
//!
//! Points are hundredths of utility at the most likely values (modes) of the scenario's numbers:
//! a level `l` of issue `i` is worth `100 w_i v_i(l)`, with the weights `w` of the party's issues
//! adding up to 1 (additive value functions: Keeney and Raiffa 1976; Raiffa 1982, ch. 11). A promise
//! counts in a run only for the share that the form of the agreement makes credible: the sheet gives
//! those shares beside the table, and leaves the discount to the reader.

use crate::scenario::types::{ForceOption, Preference, RedLine, Scenario};

use super::types::Seat;

/// A seat's own numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Name of the type the seat plays, if the party has several.
    pub kind: Option<String>,
    /// The issues that can be talked about, those that matter most to the seat first.
    pub issues: Vec<IssuePoints>,
    /// Points of the situation as it stands, issue by issue added up.
    pub today: u32,
    /// Combinations of levels that add or cost.
    pub links: Vec<Link>,
    /// How far the seat trusts a promise in each form: form, per cent.
    pub trust: Vec<(String, u32)>,
    /// Uses of force open to the seat.
    pub force: Vec<ForcePoints>,
    /// Uses of force by others: name, points the seat would lose.
    pub damage: Vec<(String, u32)>,
}

/// An issue and what its levels are worth to the seat.
#[derive(Debug, Clone, PartialEq)]
pub struct IssuePoints {
    /// Issue id.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Most points it can bring.
    pub weight: u32,
    /// Whether a change is a promise.
    pub promise: bool,
    /// Whether the seat must accept a change.
    pub consent: bool,
    /// Levels, lowest first.
    pub levels: Vec<LevelPoints>,
}

/// A level and what it is worth to the seat.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelPoints {
    /// In words.
    pub words: String,
    /// Points.
    pub points: u32,
    /// Whether it is in force at the start.
    pub today: bool,
    /// Whether it lies beyond the seat's red line.
    pub beyond: bool,
}

/// A use of force as its holder sees it at the start: `a prize - (1 - a) loss - cost`, and what
/// others threaten for it, each threat weighed by how far the holder believes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForcePoints {
    /// In words.
    pub name: String,
    /// Points before the threatened costs.
    pub points: i32,
    /// Points to be taken off for them.
    pub threatened: u32,
}

/// A combination of levels.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// Issue and levels, in words.
    pub when: Vec<(String, Vec<String>)>,
    /// Points added (negative: lost); none if the seat refuses the combination.
    pub points: Option<i32>,
}

/// The issues that some venue may talk about or decide, in the scenario's order.
pub fn on_agenda(scenario: &Scenario) -> Vec<usize> {
    let listed = |id: &String| {
        let mut venues = scenario.venues.iter();
        venues.any(|venue| venue.discusses.contains(id) || venue.decides.contains(id))
    };
    let issues = scenario.issues.iter().enumerate();
    issues
        .filter(|(_, issue)| listed(&issue.id) || scenario.form_issue.as_ref() == Some(&issue.id))
        .map(|(index, _)| index)
        .collect()
}

/// The numbers of a seat; none if its party or type is not in the scenario.
pub fn sheet(scenario: &Scenario, seat: &Seat) -> Option<Sheet> {
    let party = scenario.parties.iter().find(|one| one.id == seat.party)?;
    let kind = match &seat.kind {
        Some(kind) => party.types.iter().find(|one| one.id == *kind)?,
        None => party.types.first()?,
    };
    let total: f64 = kind
        .preferences
        .iter()
        .map(|one| one.weight.dist.mode())
        .sum();
    let share = |preference: &Preference| {
        if total > 0.0 {
            preference.weight.dist.mode() / total
        } else {
            0.0
        }
    };
    let mut issues = Vec::new();
    let mut today = 0.0;
    let agenda = on_agenda(scenario);
    for (index, issue) in scenario.issues.iter().enumerate() {
        let preference = kind.preferences.iter().find(|one| one.issue == issue.id);
        let weight = preference.map_or(0.0, &share);
        let value = |level: usize| {
            let value = preference.and_then(|one| one.values.get(level));
            value.map_or(0.0, |value| value.dist.mode())
        };
        today += weight * value(issue.status_quo);
        if !agenda.contains(&index) {
            continue;
        }
        let red = preference.and_then(|one| one.red_line.as_ref());
        let level = |(level, words): (usize, &String)| LevelPoints {
            words: words.clone(),
            points: hundredths(weight * value(level)) as u32,
            today: level == issue.status_quo,
            beyond: red.is_some_and(|line| crosses(line, level)),
        };
        issues.push(IssuePoints {
            id: issue.id.clone(),
            name: issue.name.clone(),
            weight: hundredths(weight) as u32,
            promise: issue.promise,
            consent: issue.consent.contains(&party.id),
            levels: issue.levels.iter().enumerate().map(level).collect(),
        });
    }
    // A stable sort: issues of the same weight keep the scenario's order.
    issues.sort_by_key(|issue| std::cmp::Reverse(issue.weight));
    let payoff = |option: &ForceOption| {
        let own = kind.force.iter().find(|one| one.force == option.id);
        let payoff = own.unwrap_or(&option.payoff);
        let odds = option.advantage.dist.mode();
        let [prize, loss, cost] =
            [&payoff.prize, &payoff.loss, &payoff.cost].map(|one| one.dist.mode());
        hundredths(odds * prize - (1.0 - odds) * loss - cost)
    };
    let held = scenario.force.iter().filter(|one| one.holder == party.id);
    let others = scenario.force.iter().filter(|one| one.holder != party.id);
    let trust = |form: &crate::scenario::types::Form| {
        let share = form.durability.get(&party.id);
        let share = share.map_or(1.0, |share| share.dist.mode());
        (form.name.clone(), hundredths(share) as u32)
    };
    Some(Sheet {
        kind: (party.types.len() > 1).then(|| kind.name.clone()),
        issues,
        today: hundredths(today) as u32,
        links: links(scenario, &party.id),
        trust: scenario.forms.iter().map(trust).collect(),
        force: held
            .map(|option| ForcePoints {
                name: option.name.clone(),
                points: payoff(option),
                threatened: threatened(scenario, &party.id, &option.id),
            })
            .collect(),
        damage: others
            .filter_map(|option| {
                let damage = option.damage.get(&party.id)?.dist.mode();
                Some((option.name.clone(), hundredths(damage) as u32))
            })
            .collect(),
    })
}

/// Points that a party expects to lose by threats against a use of force.
fn threatened(scenario: &Scenario, party: &str, force: &str) -> u32 {
    let uses = |id: &String| {
        let mut moves = scenario.moves.iter();
        moves.any(|one| one.id == *id && one.force.as_deref() == Some(force))
    };
    let against = scenario
        .threats
        .iter()
        .filter(|threat| threat.target == party && threat.trigger.iter().any(uses));
    let expected =
        against.map(|threat| threat.credibility.dist.mode() * threat.cost_to_target.dist.mode());
    hundredths(expected.sum()) as u32
}

fn hundredths(utility: f64) -> i32 {
    (utility * 100.0).round() as i32
}

fn crosses(line: &RedLine, level: usize) -> bool {
    line.above.is_some_and(|above| level > above) || line.below.is_some_and(|below| level < below)
}

fn links(scenario: &Scenario, party: &str) -> Vec<Link> {
    let own = scenario.linkages.iter().filter(|one| one.party == party);
    own.map(|linkage| Link {
        when: linkage
            .when
            .iter()
            .filter_map(|(id, test)| {
                let issue = scenario.issues.iter().find(|issue| issue.id == *id)?;
                let levels = issue.levels.iter().enumerate();
                let words = levels
                    .filter(|(level, _)| test.holds(*level as f64))
                    .map(|(_, words)| words.clone());
                Some((issue.name.clone(), words.collect()))
            })
            .collect(),
        points: linkage
            .bonus
            .as_ref()
            .filter(|_| !linkage.absolute)
            .map(|bonus| hundredths(bonus.dist.mode())),
    })
    .collect()
}
