//! The shipped yardsticks, run by the ordinary engine, against the closed forms that their comments
//! state.
//!
//! Every test works the closed form out from the same numbers as the file's, once as shipped and
//! then with some numbers changed. What is drawn must come within four standard errors of it, what
//! is not drawn within a slice of the pie.

#[expect(dead_code, reason = "shared with the tests of limits")]
mod kit;

use jawjaw::diagnostic::Severity;
use jawjaw::engine::{Note, RunRecord};
use jawjaw::math;
use jawjaw::model::{Draw, Model};
use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};
use kit::{Listen, compile, each, over, play, variant};

/// Standard errors within which a share or a mean must lie: one honest test in 16,000 misses.
const ERRORS: f64 = 4.0;

/// Half a slice of a pie of a hundred, and a little for rounding.
const HALF: f64 = 0.005 + 1e-6;

/// Lists of the format whose members a path names by id.
const LISTS: [&str; 8] = [
    "parties", "issues", "venues", "force", "moves", "threats", "promises", "events",
];

/// A shipped yardstick with some numbers changed: `("force.war.cost", "{ range = [0, 0.3] }")`.
/// A path goes through tables by key and through lists by id.
fn yardstick(name: &str, changes: &[(&str, &str)]) -> Model {
    let (mut keys, mut members) = (Vec::new(), Vec::new());
    for (path, value) in changes {
        let steps: Vec<&str> = path.splitn(3, '.').collect();
        match steps[..] {
            [list, id, key] if LISTS.contains(&list) => {
                members.push(format!("[[{list}]]\nid = {id:?}\n{key} = {value}\n"));
            }
            _ => keys.push(format!("{path} = {value}\n")),
        }
    }
    let tables = keys.concat() + &members.concat();
    let text = over(&format!("scenarios/yardsticks/{name}.toml"), &tables);
    compile(&text)
}

/// Value of a number of the file in a draw.
fn number(model: &Model, draw: &Draw, path: &str) -> f64 {
    let at = model.params.iter().position(|param| param.name == path);
    draw.values[at.unwrap_or_else(|| panic!("no number {path}"))]
}

fn outcome<'m>(model: &'m Model, record: &RunRecord) -> &'m str {
    &model.scenario.outcomes[usize::from(record.outcome)].id
}

/// Mean and standard error of what is seen.
#[derive(Default, Clone, Copy)]
struct Mean {
    n: f64,
    sum: f64,
    squares: f64,
}

impl Mean {
    fn add(&mut self, x: f64) {
        self.n += 1.0;
        self.sum += x;
        self.squares += x * x;
    }

    fn value(&self) -> f64 {
        self.sum / self.n
    }

    /// Holds the mean to a value, give or take `slack` besides chance.
    fn is(&self, expected: f64, slack: f64, what: &str) {
        assert!(self.n > 30.0, "{what}: only {} seen", self.n);
        let variance = (self.squares / self.n - self.value() * self.value()).max(0.0);
        let error = ERRORS * (variance / self.n).sqrt() + slack + 1e-9;
        let value = self.value();
        assert!(
            (value - expected).abs() <= error,
            "{what}: {value}, not {expected}, error {error}"
        );
    }

    /// Holds a share to a probability, with the standard error of that probability.
    fn is_share(&self, expected: f64, what: &str) {
        let error = ERRORS * (expected * (1.0 - expected) / self.n).sqrt() + 1e-9;
        let value = self.value();
        assert!(
            (value - expected).abs() <= error,
            "{what}: {value}, not {expected}, error {error}"
        );
    }
}

/// Every file of the folder is sound to the strictest reader and stands in its table.
#[test]
fn every_yardstick_is_sound_and_listed() {
    let table = std::fs::read_to_string("scenarios/yardsticks/README.md").expect("a table");
    let folder = std::fs::read_dir("scenarios/yardsticks").expect("a folder");
    let mut seen = 0;
    for entry in folder {
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy();
        let Some(id) = name.strip_suffix(".toml") else {
            continue;
        };
        let path = format!("scenarios/yardsticks/{name}");
        let loaded = load(&path, &Disk, &NoFacts);
        for diagnostic in &loaded.diagnostics {
            assert_eq!(
                diagnostic.severity,
                Severity::Notice,
                "{path}: {diagnostic:?}"
            );
        }
        let scenario = loaded.scenario.expect("no error, so a scenario");
        assert_eq!(scenario.id, id, "{path}: the id is the file's name");
        assert!(
            table.contains(&format!("| `{name}` |")),
            "{name} is not in the table"
        );
        seen += 1;
    }
    assert_eq!(
        table.matches("\n| `").count(),
        seen,
        "the table lists no other"
    );
}

struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        std::fs::read_to_string(path).map_err(|error| LoadError::Other(error.to_string()))
    }
}

// ---- ultimatum.toml

/// Own cost of war and its bounds, chance to win: demand, probability of war, proposer's payoff.
fn demand(p: f64, cost: f64, low: f64, high: f64) -> (f64, f64, f64) {
    let x = p + (f64::midpoint(high, -cost)).max(low).min(high).min(1.0 - p);
    let war = ((x - p - low) / (high - low)).clamp(0.0, 1.0);
    (x, war, x * (1.0 - war) + (p - cost) * war)
}

fn ultimatum(p: f64, cost: f64, low: f64, high: f64) -> Model {
    yardstick(
        "ultimatum",
        &[
            ("force.war.advantage", &format!("{:?}", 1.0 - p)),
            (
                "force.war.damage.proposer",
                &format!("{:?}", 1.0 - p + cost),
            ),
            (
                "force.war.cost",
                &format!("{{ range = [{low:?}, {high:?}] }}"),
            ),
        ],
    )
}

/// Plays draws; returns what is demanded and how often it comes to war.
fn demands(model: &Model, p: f64, draws: u32) -> (f64, Mean, Mean) {
    let (mut asked, mut war, mut value) = (f64::NAN, Mean::default(), Mean::default());
    each(model, 11, 0..draws, 1, |draw, record| {
        let now = record.asked[0];
        assert!(asked.is_nan() || (asked - now).abs() < 1e-12, "one demand");
        asked = now;
        let accepts = number(model, draw, "force.war.cost") >= asked - p - 1e-12;
        let peace = outcome(model, record) == "peace";
        assert_eq!(peace, accepts, "it fights if and only if war is better");
        war.add(f64::from(u8::from(!peace)));
        value.add(record.utility[0]);
    });
    (asked, war, value)
}

#[test]
fn a_demand_against_a_private_cost_of_war_is_the_optimal_one() {
    let shipped = demand(0.5, 0.1, 0.0, 0.5);
    assert!((shipped.0 - 0.7).abs() < 1e-12 && (shipped.1 - 0.4).abs() < 1e-12);
    assert!((shipped.2 - 0.58).abs() < 1e-12, "as the file says");
    let (asked, war, value) = demands(&yardstick("ultimatum", &[]), 0.5, 1_500);
    assert!((asked - shipped.0).abs() < 1e-9, "asks {asked}");
    war.is_share(shipped.1, "war");
    value.is(shipped.2, 0.0, "the proposer's payoff");
    for (p, cost, low, high) in [
        (0.5, 0.1, 0.0, 0.05), // no spread worth a risk
        (0.5, 0.1, 0.3, 0.5),  // the lowest cost is high: no war
        (0.5, 0.5, 0.0, 0.4),  // too dear for the proposer to risk: no war
        (0.5, 0.1, 0.02, 0.22),
        (0.3, 0.05, 0.0, 0.7),
        (0.8, 0.0, 0.0, 0.2),
        (0.6, 0.2, 0.1, 0.4),
    ] {
        let (x, probability, payoff) = demand(p, cost, low, high);
        let (asked, war, value) = demands(&ultimatum(p, cost, low, high), p, 1_500);
        let name = format!("p {p}, c {cost}, cost on [{low}, {high}]");
        assert!((asked - x).abs() <= HALF, "{name}: asks {asked}, not {x}");
        // The demand is a slice of the pie: hold the share to the slice that was asked for.
        let sliced = ((asked - p - low) / (high - low)).clamp(0.0, 1.0);
        war.is_share(sliced, &name);
        assert!(
            (sliced - probability).abs() <= HALF / (high - low),
            "{name}"
        );
        value.is(payoff, HALF, &name);
    }
}

#[test]
fn the_risk_of_war_falls_in_the_proposers_own_cost_and_does_not_depend_on_the_balance() {
    // All luck equal, so the shares are compared run by run.
    let share = |p: f64, cost: f64| demands(&ultimatum(p, cost, 0.0, 0.4), p, 600).1.value();
    let costs = [0.0, 0.1, 0.2, 0.3, 0.4].map(|cost| share(0.5, cost));
    assert!(costs.is_sorted_by(|a, b| a > b), "{costs:?}");
    assert!(costs[4] < 1e-12, "no risk is worth it at c = h: {costs:?}");
    // (h - c) / 2 = 0.2 is what is asked beyond p, wherever p + 0.2 < 1.
    let balances = [0.2, 0.3, 0.4, 0.5, 0.6].map(|p| share(p, 0.0));
    for balance in balances {
        assert!((balance - balances[0]).abs() < 1e-12, "{balances:?}");
    }
    // At p = 0.7 and a cost of up to 0.3 the whole pie, 1 - p, is just what (h - c) / 2 allows.
    assert!(
        (balances[0] - 0.5).abs() < 4.0 * 0.5 / 600.0_f64.sqrt(),
        "{balances:?}"
    );
}

// ---- rubinstein.toml, outside-option.toml, breakdown.toml

/// Shares of the first speaker when it proposes and of the second when it does: fixed point of
/// `x = 1 - max(b2, (1 - d2) i2 + d2 y)`, `y = 1 - max(b1, (1 - d1) i1 + d1 x)`.
fn alternating(d: [f64; 2], b: [f64; 2], i: [f64; 2]) -> (f64, f64) {
    let (mut x, mut y) = (1.0_f64, 1.0_f64);
    for _ in 0..50_000 {
        x = 1.0 - b[1].max((1.0 - d[1]) * i[1] + d[1] * y);
        y = 1.0 - b[0].max((1.0 - d[0]) * i[0] + d[0] * x);
    }
    (x, y)
}

const NOWHERE: [f64; 2] = [f64::NEG_INFINITY; 2];

/// What no agreement is worth, on the two issues of the pie.
fn inside(party: &str, value: f64, changes: &mut Vec<(String, String)>) {
    let (mut tens, mut ones): (Vec<f64>, Vec<f64>) = (
        (0..10).map(|k| f64::from(k) / 9.0).collect(),
        (0..11).map(|k| f64::from(k) / 10.0).collect(),
    );
    if party == "second" {
        tens.reverse();
        ones.reverse();
    }
    for (issue, mut values) in [("tens", tens), ("ones", ones)] {
        values.insert(0, value);
        changes.push((
            format!("preferences.{party}.{issue}.values"),
            format!("{values:?}"),
        ));
    }
}

fn with(name: &str, changes: &[(String, String)]) -> Model {
    let changes: Vec<_> = changes
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    yardstick(name, &changes)
}

fn patiences(d: [f64; 2]) -> Vec<(String, String)> {
    let path = |party: &str| format!("parties.{party}.patience");
    vec![
        (path("first"), format!("{:?}", d[0])),
        (path("second"), format!("{:?}", d[1])),
    ]
}

/// Holds a game to agreement in its first week and to a share of the first speaker.
fn splits(model: &Model, share: f64, name: &str) -> RunRecord {
    let record = play(model, 5, 0, 0, &mut ());
    assert_eq!(outcome(model, &record), "agreed", "{name}");
    let rounds = record.settled_round.iter().filter(|&&round| round < 255);
    assert!(
        rounds.clone().count() > 0 && rounds.max() == Some(&0),
        "{name}: at once"
    );
    let [first, second] = record.utility[..] else {
        panic!("two parties");
    };
    assert!(
        (first + second - 1.0).abs() < 1e-9,
        "{name}: nothing is left over"
    );
    // The proposer cannot keep more than its share, so it takes the slice below.
    assert!(
        first <= share + 1e-6 && first > share - 0.01 - 1e-6,
        "{name}: {first} for {share}"
    );
    record
}

#[test]
fn patience_divides_the_pie() {
    let (x, y) = alternating([0.9, 0.8], NOWHERE, [0.0; 2]);
    assert!((x - 0.2 / 0.28).abs() < 1e-12 && (y - 0.1 / 0.28).abs() < 1e-12);
    splits(&yardstick("rubinstein", &[]), x, "as shipped");
    for d in [
        [0.9, 0.9],
        [0.5, 0.99],
        [0.99, 0.99],
        [0.95, 0.8],
        [0.7, 0.3],
    ] {
        let closed = (1.0 - d[1]) / (1.0 - d[0] * d[1]);
        splits(
            &with("rubinstein", &patiences(d)),
            closed,
            &format!("{d:?}"),
        );
    }
}

#[test]
fn nobody_gains_by_waiting_a_week() {
    for d in [[0.9, 0.8], [0.8, 0.95]] {
        let now = play(&with("rubinstein", &patiences(d)), 5, 0, 0, &mut ());
        // The second speaker refuses: a week later it is the one who proposes.
        let mut changes = patiences(d);
        changes.push(("cycle.venues".into(), "[\"even\", \"odd\"]".into()));
        let later = play(&with("rubinstein", &changes), 5, 0, 0, &mut ());
        let waiting = d[1] * later.utility[1];
        // It is offered the slice above what waiting is worth, and would keep the slice below.
        let more = now.utility[1] - waiting;
        assert!(
            (-1e-6..0.02).contains(&more),
            "taking {} is as good as waiting for {waiting}",
            now.utility[1]
        );
        // The first speaker gains nothing by asking for more and answering a week later.
        let refused = d[0] * later.utility[0];
        assert!(
            now.utility[0] > refused,
            "{} against {refused}",
            now.utility[0]
        );
    }
}

#[test]
fn an_outside_option_is_paid_exactly_or_not_at_all() {
    let plain = play(&yardstick("rubinstein", &[]), 5, 0, 0, &mut ());
    let option = |b: f64| {
        yardstick(
            "outside-option",
            &[("force.outside.prize", &format!("{b:?}"))],
        )
    };
    let record = splits(&yardstick("outside-option", &[]), 0.551, "as shipped");
    assert!(
        (record.utility[1] - 0.45).abs() < 1e-9,
        "the slice of its option"
    );
    for b in [0.05, 0.2, 0.28] {
        let record = play(&option(b), 5, 0, 0, &mut ());
        assert_eq!(
            record.utility, plain.utility,
            "{b} is less than waiting brings"
        );
    }
    for b in [0.299, 0.449, 0.599, 0.899] {
        let (x, _) = alternating([0.9, 0.8], [f64::NEG_INFINITY, b], [0.0; 2]);
        assert!((x - (1.0 - b)).abs() < 1e-12);
        splits(&option(b), x, &format!("option {b}"));
    }
    // Published cases: discount factors, outside options, inside values.
    for (d, b, i) in [
        ([0.9, 0.9], 0.3, [0.0, 0.0]),
        ([0.9, 0.9], 0.6, [0.0, 0.0]),
        ([0.9, 0.8], 0.2, [0.0, 0.0]),
        ([0.95, 0.95], 0.0, [0.2, 0.1]),
        ([0.95, 0.95], 0.7, [0.2, 0.1]),
    ] {
        let (x, _) = alternating(d, [f64::NEG_INFINITY, b], i);
        let mut changes = patiences(d);
        inside("first", i[0], &mut changes);
        inside("second", i[1], &mut changes);
        changes.push(("force.outside.prize".into(), format!("{b:?}")));
        splits(
            &with("outside-option", &changes),
            x,
            &format!("{d:?} {b} {i:?}"),
        );
    }
}

#[test]
fn the_risk_of_breakdown_leads_to_the_nash_solution() {
    let shipped = 0.2 + 0.5 / 1.9;
    splits(&yardstick("breakdown", &[]), shipped, "as shipped");
    for (q, w) in [
        (0.5, [0.2, 0.3]),
        (0.1, [0.2, 0.3]),
        (0.001, [0.2, 0.3]),
        (0.05, [0.5, 0.1]),
    ] {
        let closed = w[0] + (1.0 - w[0] - w[1]) / (2.0 - q);
        let mut changes = patiences([1.0 - q; 2]);
        changes.push(("events.breakdown.hazard".into(), format!("{q:?}")));
        inside("first", w[0], &mut changes);
        inside("second", w[1], &mut changes);
        splits(&with("breakdown", &changes), closed, &format!("{q} {w:?}"));
    }
    // q -> 0: the product of the gains over war is largest. 0.4505 lies in the slice at 0.45.
    let nash = (0..=100_u32)
        .map(|slice| f64::from(slice) / 100.0)
        .max_by(|a, b| {
            let product = |x: f64| (x - 0.2) * (1.0 - x - 0.3);
            product(*a).total_cmp(&product(*b))
        });
    let mut changes = patiences([0.999; 2]);
    changes.push(("events.breakdown.hazard".into(), "0.001".into()));
    let record = play(&with("breakdown", &changes), 5, 0, 0, &mut ());
    let nash = nash.expect("there are slices");
    assert!(
        (record.utility[0] - nash).abs() < 1e-9,
        "{} {nash}",
        record.utility[0]
    );
}

/// The dice of the event `breakdown` make waiting worth what the strategy says it is: if the second
/// speaker waits for its own week, the talks may be over before it comes.
#[test]
fn waiting_under_the_risk_of_breakdown_is_worth_what_is_offered() {
    let now = play(&yardstick("breakdown", &[]), 5, 0, 0, &mut ());
    // Its first meeting is a week after the start of the calendar.
    let tables = "cycle.venues = [\"even\"]\n[[meetings]]\nvenue = \"even\"\ndate = 2000-01-08\n";
    let late = variant("scenarios/yardsticks/breakdown.toml", tables);
    let (mut worth, mut broken) = (Mean::default(), Mean::default());
    each(&late, 3, 0..1, 4_000, |_, record| {
        worth.add(record.utility[1]);
        broken.add(f64::from(u8::from(outcome(&late, record) == "none")));
    });
    broken.is_share(0.1, "talks that break down in a week");
    // It is offered the slice above what waiting is worth, and would keep the slice below.
    let slice = 0.01 * (1.0 - 0.1);
    worth.is(now.utility[1] - slice, slice, "waiting a week");
}

// ---- concession.toml

/// Turn by turn, by exponents `e` and shares `k` conceded at the start: round and slices of the
/// first party.
fn meeting_of_curves(first: (f64, f64), second: (f64, f64)) -> (usize, i32) {
    let ask = |(e, k): (f64, f64), round: usize, turn: usize| {
        let t = ((round as f64 + turn as f64 / 4.0) / 10.0).min(1.0);
        let conceded = k + (1.0 - k) * math::pow(t, 1.0 / e);
        (13.0 * (1.0 - conceded) - 1e-9).ceil() as i32
    };
    for round in 0..11 {
        let mut on_table = None;
        for turn in 0..4 {
            let mine = ask(if turn % 2 == 0 { first } else { second }, round, turn);
            if let Some(given) = on_table
                && given >= mine
            {
                return (round, if turn % 2 == 0 { given } else { 13 - given });
            }
            on_table = Some(13 - mine);
        }
    }
    panic!("everything is conceded at the deadline");
}

#[test]
fn boulware_and_conceder_meet_where_their_curves_do() {
    // By hand: two linear parties at t = 0.55, the third turn of round 5, ask 6 slices each
    // (13 * 0.45 = 5.85); the second has asked 7 (13 * 0.475 = 6.2) the turn before, the first then
    // takes the 6 that are left.
    assert_eq!(meeting_of_curves((1.0, 0.0), (1.0, 0.0)), (5, 6));
    assert_eq!(
        meeting_of_curves((0.2, 0.0), (2.0, 0.0)),
        (7, 11),
        "as the file says"
    );
    for (first, second) in [
        ((0.2, 0.0), (2.0, 0.0)),
        ((2.0, 0.0), (0.2, 0.0)),
        ((1.0, 0.0), (1.0, 0.0)),
        ((0.2, 0.0), (0.2, 0.0)),
        ((3.0, 0.1), (0.5, 0.25)),
    ] {
        let curve = |(e, k)| format!("{{ kind = \"time-dependent\", e = {e:?}, k = {k:?} }}");
        let model = yardstick(
            "concession",
            &[
                ("parties.boulware.strategy", &curve(first)),
                ("parties.conceder.strategy", &curve(second)),
            ],
        );
        let (round, slices) = meeting_of_curves(first, second);
        for replicate in 0..3 {
            let record = play(&model, 3, replicate, replicate, &mut ());
            let name = format!("{first:?} against {second:?}");
            assert_eq!(usize::from(record.settled_round[0]), round, "{name}");
            assert_eq!(i32::from(record.level[0]) - 1, slices, "{name}");
            assert!((record.utility[0] - f64::from(slices) / 13.0).abs() < 1e-9);
        }
    }
    let shipped = play(&yardstick("concession", &[]), 3, 0, 0, &mut ());
    assert_eq!((shipped.settled_round[0], shipped.level[0]), (7, 12));
}

// ---- audience-costs.toml

/// Fearon's war of attrition with prizes and highest costs of war of 1.
struct Attrition {
    /// Audience cost per unit of time, of A and of B.
    audience: [f64; 2],
    /// The brink.
    brink: f64,
}

impl Attrition {
    fn new(audience: [f64; 2]) -> Self {
        // 1 / (1 + a_j t) = a_i t
        let root = |own: f64, other: f64| {
            let b = own;
            (-b + (b * b + 4.0 * own * other).sqrt()) / (2.0 * own * other)
        };
        let brink = root(audience[0], audience[1]).min(root(audience[1], audience[0]));
        Self { audience, brink }
    }

    /// Share of a side that would rather fight than back down at the brink.
    fn resolute(&self, side: usize) -> f64 {
        self.audience[side] * self.brink
    }

    /// Share of a side that has not backed down by a time, 0 to the brink.
    fn left(&self, side: usize, time: f64) -> f64 {
        let other = self.audience[1 - side];
        self.resolute(side) * (1.0 + other * self.brink) / (1.0 + other * time)
    }

    /// War, A first, B first on a calendar of so many days, a lot deciding where both choose the
    /// same day.
    fn on_days(&self, days: u32) -> [f64; 3] {
        let mut first = [0.0; 2];
        let mut before = [1.0, 1.0];
        for day in 0..=days {
            let time = self.brink * f64::from(day) / f64::from(days);
            let now = [self.left(0, time), self.left(1, time)];
            let gone = [before[0] - now[0], before[1] - now[1]];
            let both = gone[0] * gone[1];
            for side in 0..2 {
                first[side] += gone[side] * before[1 - side] - 0.5 * both;
            }
            before = now;
        }
        [before[0] * before[1], first[0], first[1]]
    }

    /// The same in continuous time: `P(i first) = Q_i + (1 - Q_i)(1 - Q_j) I_i`.
    fn in_time(&self) -> [f64; 3] {
        let gone = [1.0 - self.left(0, 0.0), 1.0 - self.left(1, 0.0)];
        let first = |side: usize| {
            let (a, b) = (self.audience[1 - side], self.audience[side]);
            let (t, d) = (self.brink, a - b);
            let share = if d.abs() < 1e-9 {
                0.5 * (1.0 - 1.0 / ((1.0 + a * t) * (1.0 + a * t)))
            } else {
                let log = math::ln((1.0 + a * t) / (1.0 + b * t));
                a * ((a / d) * t / (1.0 + a * t) - b / (d * d) * log)
            };
            gone[side] + (1.0 - gone[side]) * (1.0 - gone[1 - side]) * share
        };
        [self.resolute(0) * self.resolute(1), first(0), first(1)]
    }

    /// The shipped file for these audience costs, the brink so many days off.
    fn model(&self, days: u32) -> Model {
        let start = |side: usize| 1.0 / (1.0 + self.audience[1 - side] * self.brink);
        let both = |a: f64, b: f64| format!("{{ a = {a:?}, b = {b:?} }}");
        let last = jiff::civil::date(2000, 1, 1) + jiff::Span::new().days(days);
        let steps = [0, 1].map(|side| (1.0 - start(side)) / f64::from(days));
        yardstick(
            "audience-costs",
            &[
                ("calendar.horizon", &last.to_string()),
                (
                    "parties.a.audience_cost",
                    &format!("{:?}", self.audience[0]),
                ),
                (
                    "parties.b.audience_cost",
                    &format!("{:?}", self.audience[1]),
                ),
                ("state.exposure", &both(self.brink, self.brink)),
                ("state.posture", &both(start(0), start(1))),
                (
                    "events.another-day.effects.posture",
                    &both(steps[0], steps[1]),
                ),
            ],
        )
    }
}

/// Shares of war, of A and of B backing down.
fn attrition(model: &Model, draws: u32) -> [Mean; 3] {
    let mut shares = [Mean::default(); 3];
    each(model, 7, 0..draws, 1, |_, record| {
        let names = ["war", "a-backs-down", "b-backs-down"];
        for (share, name) in shares.iter_mut().zip(names) {
            share.add(f64::from(u8::from(outcome(model, record) == name)));
        }
    });
    shares
}

#[test]
fn audience_costs_decide_who_backs_down() {
    let shipped = Attrition::new([2.0, 1.0]);
    for (found, said) in shipped.in_time().iter().zip([0.268, 0.131, 0.601]) {
        assert!((found - said).abs() < 5e-4, "as the file says: {found}");
    }
    for (days, continuous) in shipped.on_days(50).iter().zip(shipped.in_time()) {
        assert!(
            (days - continuous).abs() < 0.005,
            "{days} on days, {continuous} in time"
        );
    }
    for (model, audience) in [
        (yardstick("audience-costs", &[]), [2.0, 1.0]),
        (Attrition::new([1.0, 1.0]).model(50), [1.0, 1.0]),
        (Attrition::new([1.0, 3.0]).model(50), [1.0, 3.0]),
    ] {
        let game = Attrition::new(audience);
        let closed = game.on_days(50);
        assert!((closed.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let names = ["war", "A backs down", "B backs down"];
        for ((share, expected), name) in attrition(&model, 4_000).iter().zip(closed).zip(names) {
            share.is_share(expected, &format!("{name} with {audience:?}"));
        }
    }
}

#[test]
fn only_relative_audience_costs_matter() {
    let golden = Attrition::new([1.0, 1.0]);
    assert!((golden.in_time()[0] - 0.381_966).abs() < 1e-6);
    for (audience, twice) in [([1.0, 1.0], [2.0, 2.0]), ([2.0, 1.0], [4.0, 2.0])] {
        let slow = Attrition::new(audience);
        let fast = Attrition::new(twice);
        assert!(
            (slow.brink - 2.0 * fast.brink).abs() < 1e-12,
            "in half the time"
        );
        for (a, b) in slow.in_time().iter().zip(fast.in_time()) {
            assert!((a - b).abs() < 1e-12, "{a} {b}");
        }
        // A day is as long as before, so the brink is half as many days off.
        let closed = fast.on_days(25);
        for (share, expected) in attrition(&fast.model(25), 3_000).iter().zip(closed) {
            share.is_share(expected, &format!("{twice:?} in 25 days"));
        }
    }
    // A harder audience of one's own: backs down less, the other more; all luck equal.
    let shares = [0.5, 1.0, 2.0, 4.0].map(|own| {
        let shares = attrition(&Attrition::new([own, 1.0]).model(50), 1_000);
        shares.map(|share| share.value())
    });
    assert!(
        shares.is_sorted_by(|x, y| x[1] > y[1] && x[2] < y[2]),
        "{shares:?}"
    );
}

/// What makes it an equilibrium: whoever backs down is indifferent when. Its payoff is the prize if
/// the other was first, less the audience cost of its own day if not, and on average, whatever the
/// day, the share of the other side that backs down at once (here, all of it is B's: 0.366).
#[test]
fn every_day_of_backing_down_pays_the_same() {
    let game = Attrition::new([2.0, 1.0]);
    let model = yardstick("audience-costs", &[]);
    let day_of = |cost: f64, side: usize| {
        // The first day on which cost times danger exceeds the audience cost at the brink.
        let other = game.audience[1 - side];
        (0..=50_u32).find(|&day| {
            let time = game.brink * f64::from(day) / 50.0;
            let danger = (1.0 + other * time) / (1.0 + other * game.brink);
            cost * danger > game.resolute(side) + 1e-6
        })
    };
    let mut paid = [[Mean::default(); 3], [Mean::default(); 3]];
    each(&model, 19, 0..6_000, 1, |draw, record| {
        for (side, party) in ["a", "b"].into_iter().enumerate() {
            let cost = number(&model, draw, &format!("parties.{party}.upkeep"));
            let Some(day) = day_of(cost, side) else {
                continue;
            };
            let payoff = match outcome(&model, record) {
                "war" => panic!("{party} would have backed down on day {day}"),
                name if name.starts_with(party) => {
                    let time = game.brink * f64::from(day) / 50.0;
                    -game.audience[side] * time
                }
                _ => 1.0,
            };
            if payoff > 0.5 {
                assert!(
                    (record.utility[side] - 1.0).abs() < 1e-9,
                    "it has the prize"
                );
            }
            let third = (usize::try_from(day).expect("few days") * 3 / 51).min(2);
            paid[side][third].add(payoff);
        }
    });
    for (side, party) in ["A", "B"].into_iter().enumerate() {
        let expected = 1.0 - game.left(1 - side, 0.0);
        for (third, mean) in paid[side].iter().enumerate() {
            if mean.n > 100.0 {
                // On days a tie is a lot: up to half a day's share of the other side.
                mean.is(
                    expected,
                    0.02,
                    &format!("{party} in third {third} of the crisis"),
                );
            }
        }
    }
    assert!(paid.iter().flatten().filter(|mean| mean.n > 100.0).count() >= 4);
}

// ---- alliance-dilemma.toml, alliance-sanctions.toml, alliance-unlimited.toml

/// Support as heard, belief in sanctions, of protege and adversary; whether aims are limited.
fn regime(support: [f64; 2], sanctions: [f64; 2], limited: bool) -> &'static str {
    let emboldened = 1.0 / 3.0 - sanctions[0] / 3.0;
    let deterred = 2.0 / 3.0 - sanctions[1];
    if support[1] > deterred {
        "back-down"
    } else if limited && support[0] < emboldened {
        "concession"
    } else {
        "war"
    }
}

#[test]
fn common_support_passes_from_concession_through_war_to_backing_down() {
    for (name, belief, limited, shares) in [
        (
            "alliance-dilemma",
            0.0,
            true,
            [1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0],
        ),
        (
            "alliance-sanctions",
            0.6,
            true,
            [1.0 / 15.0, 0.0, 14.0 / 15.0],
        ),
        (
            "alliance-unlimited",
            0.0,
            false,
            [0.0, 2.0 / 3.0, 1.0 / 3.0],
        ),
    ] {
        let model = yardstick(name, &[]);
        let regimes = ["concession", "war", "back-down"];
        let mut found = [Mean::default(); 3];
        let mut welfare = [[Mean::default(); 3], [Mean::default(); 3]];
        each(&model, 13, 0..1_500, 1, |draw, record| {
            let support = number(&model, draw, "promises.support.said");
            let expected = regime([support; 2], [belief; 2], limited);
            assert_eq!(
                outcome(&model, record),
                expected,
                "{name} at support {support}"
            );
            for (index, regime) in regimes.iter().enumerate() {
                found[index].add(f64::from(u8::from(*regime == expected)));
                if *regime == expected {
                    welfare[0][index].add(record.utility[1]);
                    welfare[1][index].add(record.utility[1] + record.utility[2]);
                }
            }
        });
        for ((share, expected), regime) in found.iter().zip(shares).zip(regimes) {
            share.is_share(expected, &format!("{name}: {regime}"));
        }
        if name == "alliance-dilemma" {
            // Half a commitment is the worst for the protege, and for it and its patron together.
            for worth in welfare {
                let [concession, war, back_down] = worth.map(|mean| mean.value());
                assert!(
                    war < concession && concession < back_down,
                    "{concession} {war} {back_down}"
                );
            }
        }
    }
}

/// What either hears, on a grid that steps over no boundary: emboldened without being deterred is
/// war, deterred is peace whatever the protege hears.
#[test]
fn support_counts_as_each_of_them_hears_it() {
    let grid = [0.05, 0.2, 0.3, 0.4, 0.6, 0.7, 0.95];
    for protege in grid {
        for adversary in grid {
            let model = yardstick(
                "alliance-dilemma",
                &[
                    ("promises.support.heard.protege", &format!("{protege:?}")),
                    (
                        "promises.support.heard.adversary",
                        &format!("{adversary:?}"),
                    ),
                ],
            );
            let record = play(&model, 1, 0, 0, &mut ());
            let expected = regime([protege, adversary], [0.0; 2], true);
            let heard = format!("heard {protege} and {adversary}");
            assert_eq!(outcome(&model, &record), expected, "{heard}");
        }
    }
}

/// The width of the war regime by what each believes of sanctions: `1/3 - b_A + b_P / 3`, closed at
/// common belief 1/2, widened where the protege alone believes.
#[test]
fn sanctions_close_the_war_regime_if_both_believe_them() {
    for (protege, adversary) in [
        (0.0, 0.0),
        (0.25, 0.25),
        (0.45, 0.45),
        (0.5, 0.5),
        (0.8, 0.8),
        (0.6, 0.0),
        (0.0, 0.2),
        (0.9, 0.3),
    ] {
        let model = yardstick(
            "alliance-dilemma",
            &[
                ("promises.hope.said", &format!("{protege:?}")),
                ("threats.sanctions.credibility", &format!("{adversary:?}")),
            ],
        );
        let mut war = Mean::default();
        each(&model, 17, 0..1_000, 1, |draw, record| {
            let support = number(&model, draw, "promises.support.said");
            let found = outcome(&model, record);
            let expected = regime([support; 2], [protege, adversary], true);
            assert_eq!(
                found, expected,
                "support {support}, sanctions {protege}, {adversary}"
            );
            war.add(f64::from(u8::from(found == "war")));
        });
        let width = (1.0 / 3.0 - adversary + protege / 3.0).max(0.0);
        war.is_share(width, &format!("war with sanctions {protege}, {adversary}"));
    }
}

// ---- learning.toml

#[test]
fn what_is_learnt_of_a_type_is_bayes_rule() {
    for (noise, weeks) in [(0.1, 4), (0.05, 1), (0.2, 4)] {
        let last = jiff::civil::date(2000, 1, 7) + jiff::Span::new().days(7 * (weeks - 1));
        let changed = [
            ("beliefs.offer_noise", &*format!("{noise:?}")),
            ("calendar.horizon", &*last.to_string()),
        ];
        let shipped = (noise, weeks) == (0.1, 4);
        let model = yardstick("learning", if shipped { &[] } else { &changed });
        let weeks = f64::from(weeks);
        assert!(
            (model.rounds.len() as f64 - weeks).abs() < 1e-9,
            "a meeting a week"
        );
        let distance = 0.1 / noise;
        let (mut drift, mut wrong) = (Mean::default(), Mean::default());
        let mut odds = Mean::default();
        each(&model, 23, 0..1, 5_000, |_, record| {
            let belief = record.belief[record.belief.len() - model.rows.len()..].to_vec();
            drift.add(belief[0] - 0.5);
            let truth = belief[usize::from(record.types[0])];
            wrong.add(f64::from(u8::from(truth < 0.5)));
            odds.add(math::ln(truth / (1.0 - truth)));
        });
        let name = format!("noise {noise}, {weeks} weeks");
        drift.is(0.0, 0.0, &format!("{name}: the belief less the prior"));
        let miss = math::normal_cdf(-0.5 * distance * weeks.sqrt());
        wrong.is_share(miss, &format!("{name}: the wrong type"));
        let spread = weeks * distance * distance;
        odds.is(0.5 * spread, 0.0, &format!("{name}: log odds of the truth"));
        let variance = odds.squares / odds.n - odds.value() * odds.value();
        // Standard error of a normal's variance: sqrt(2 / n) of it.
        let error = ERRORS * (2.0 / odds.n).sqrt() * spread;
        assert!(
            (variance - spread).abs() < error,
            "{name}: {variance}, not {spread}"
        );
    }
    let file = math::normal_cdf(-1.0);
    assert!((file - 0.159).abs() < 5e-4, "as the file says");
}

// ---- precision.toml

#[test]
fn choices_are_as_precise_as_the_logit_rule_says() {
    for (precision, gain) in [
        ("10", 0.1),
        ("1", 1.0),
        ("0", 0.1),
        ("30", 0.02),
        ("10", -0.1),
        ("inf", 0.001),
        ("inf", -0.001),
    ] {
        let changed = [
            ("parties.chooser.rationality", precision),
            ("moves.act.payoff.chooser", &*format!("{gain:?}")),
        ];
        let shipped = (precision, gain) == ("10", 0.1);
        let model = yardstick("precision", if shipped { &[] } else { &changed });
        let lambda: f64 = precision.parse().expect("a number");
        let closed = if lambda.is_infinite() {
            f64::from(u8::from(gain > 0.0))
        } else {
            math::logistic(lambda * gain)
        };
        let mut stated = f64::NAN;
        let mut listen = Listen(|note: Note<'_>| {
            if let Note::Choice { options, .. } = note {
                let act = options.iter().find(|(option, ..)| option.is_some());
                stated = act.map_or(0.0, |&(_, probability, _)| probability);
            }
        });
        play(&model, 2, 0, 0, &mut listen);
        assert!(
            (stated - closed).abs() < 1e-12,
            "{precision}, {gain}: {stated}, not {closed}"
        );
        let mut acts = Mean::default();
        each(&model, 2, 0..1, 2_000, |_, record| {
            acts.add(f64::from(u8::from(outcome(&model, record) == "acts")));
        });
        acts.is_share(closed, &format!("precision {precision}, gain {gain}"));
    }
    assert!(
        (math::logistic(1.0) - 0.731).abs() < 1e-3,
        "as the file says"
    );
}
