//! The kernel beside the least that a run of the baseline must do: `cargo bench --bench limit`.
//!
//! The limit does, for the very runs that the kernel has just played, and nothing else:
//!
//! - **random numbers**: the streams that the run asked for, by the kernel's own generator, one
//!   number for every round played (types and the order of moves once);
//! - **tables**: one pass over what a run reads of its draw: utilities of every level in every form
//!   to every type, prices of settling, traits, and for the rounds played what is conceded by each
//!   turn and the discount;
//! - **record**: every field written, all rounds up to the horizon.
//!
//! It decides nothing: no offer is looked up, no probability of a choice worked out, no belief
//! updated. It reads tables a run reads only in part, and asks for one number a round where a run
//! may ask for none or for several; a further number of a round costs the kernel a nanosecond.
//!
//! `warm` is a run of a draw whose offers are known, against that. `whole` adds a fiftieth of the
//! draw on both sides: the kernel's draw, preparation and first offers, against drawing the
//! parameters and writing the tables once. Each is timed some times in a row and the least counts,
//! when nothing else had the core; the ratio is the median over the draws.

use std::hint::black_box;
use std::time::Instant;

use jawjaw::engine::{Prepared, RunRecord, Status, Workspace, prepare, run, run_all};
use jawjaw::model::Model;
use jawjaw::model::draw::RowValues;
use jawjaw::model::streams::Streams;
use jawjaw::scenario::load::{LoadError, Loader, NoFacts, load};

const BASELINE: &str = "scenarios/geneva-week.toml";
const SEED: u64 = 1;
const REPLICATES: u32 = 50;
const DRAWS: u32 = 200;
/// How often each piece of work is timed; the least counts.
const TIMES: u32 = 5;

struct Disk;

impl Loader for Disk {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        std::fs::read_to_string(path).map_err(|error| LoadError::Other(error.to_string()))
    }
}

/// What a run asked for.
#[derive(Clone, Default)]
struct Asked {
    rounds: usize,
    /// Streams asked for in every round.
    by_round: Vec<usize>,
    /// Streams asked for once.
    once: Vec<usize>,
}

struct Kernel {
    model: Model,
    workspace: Workspace,
    record: RunRecord,
}

impl Kernel {
    fn replicates(&mut self, prepared: &Prepared) {
        let Self {
            model, workspace, ..
        } = self;
        run_all(model, prepared, workspace, 0..REPLICATES, |record| {
            black_box(record);
        });
    }

    fn one(&mut self, prepared: &Prepared, replicate: u32) {
        let Self {
            model,
            workspace,
            record,
        } = self;
        run(model, prepared, workspace, replicate, record, &mut ());
    }

    fn asked(&mut self, prepared: &Prepared, replicate: u32) -> Asked {
        self.one(prepared, replicate);
        let (index, parties) = (&self.model.stream, self.model.parties.len());
        let single = |stream: &usize| {
            let of = |first: usize| (first..first + parties).contains(stream);
            of(index.types) || of(index.order)
        };
        let streams = self.workspace.streams_asked().iter().enumerate();
        let asked = streams.filter_map(|(stream, &asked)| asked.then_some(stream));
        let (once, by_round) = asked.partition(single);
        Asked {
            rounds: usize::from(self.record.rounds),
            by_round,
            once,
        }
    }
}

/// Which parts of the limit are done.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Upto {
    Random,
    Tables,
    Record,
}

struct Limit {
    streams: Streams,
    record: RunRecord,
    rows: usize,
    turns: usize,
    /// What the draw makes: utilities, prices.
    utilities: Vec<f64>,
    prices: Vec<f64>,
    traits: Vec<RowValues>,
    /// `[(round * turns + turn) * rows + row]`, `[round * rows + row]`.
    conceded: Vec<f64>,
    discount: Vec<f64>,
}

impl Limit {
    fn new(model: &Model) -> Self {
        let (rounds, rows) = (model.rounds.len(), model.rows.len());
        let turns = model.ln_day.len() / rounds;
        Self {
            streams: Streams::new(&model.streams, rounds),
            record: RunRecord::new(model.record_shape()),
            rows,
            turns,
            utilities: Vec::new(),
            prices: Vec::new(),
            traits: Vec::new(),
            conceded: vec![0.5; rounds * turns * rows],
            discount: vec![0.9; rounds * rows],
        }
    }

    fn write_tables(&mut self, prepared: &Prepared) {
        self.utilities.clone_from(&prepared.draw().worth);
        self.prices.clear();
        self.prices.extend_from_slice(prepared.price());
        self.traits.clone_from(&prepared.draw().rows);
        self.conceded.fill(0.5);
        self.discount.fill(0.9);
    }

    fn one(&mut self, draw: u32, replicate: u32, asked: &Asked, upto: Upto) -> f64 {
        self.streams.start(SEED, draw, replicate);
        let mut sum = 0.0;
        for &stream in &asked.once {
            sum += self.streams.uniform(stream, 0, 0);
        }
        for &stream in &asked.by_round {
            for round in 0..asked.rounds {
                sum += self.streams.uniform(stream, round, 0);
            }
        }
        if upto >= Upto::Tables {
            sum += add(&self.utilities) + add(&self.prices);
            for row in &self.traits {
                sum += row.prior + row.ln_patience + row.rationality + row.insight + row.power;
                sum += row.audience_cost + row.upkeep + row.tension_cost + row.walkout;
                sum += row.slack + row.spread + row.talks_value + row.resolve + row.reluctance;
                sum += row.inverse_e + row.k + row.ln_deadline + row.base;
            }
            sum += add(&self.conceded[..asked.rounds * self.turns * self.rows]);
            sum += add(&self.discount[..asked.rounds * self.rows]);
        }
        if upto >= Upto::Record {
            self.write(draw, replicate, asked.rounds, sum);
            black_box(&self.record);
        }
        sum
    }

    fn write(&mut self, draw: u32, replicate: u32, rounds: usize, value: f64) {
        let record = &mut self.record;
        record.draw = draw;
        record.replicate = replicate;
        record.outcome = rounds as u8;
        record.flags = value.to_bits();
        record.rounds = rounds as u16;
        record.end_day = rounds as u16;
        record.terminal = rounds as u8;
        record.failures = rounds as u16;
        record.walkouts = rounds as u16;
        for bytes in [
            &mut record.types,
            &mut record.level,
            &mut record.settled_venue,
            &mut record.settled_form,
            &mut record.settled_round,
        ] {
            bytes.fill(rounds as u8);
        }
        record.moves.fill(rounds as u16);
        record.events.fill(rounds as u16);
        let (played, rest) = record.status.split_at_mut(rounds);
        played.fill(Status::Talking);
        rest.fill(Status::Settled);
        for numbers in [
            &mut record.utility,
            &mut record.tension,
            &mut record.posture,
            &mut record.asked,
            &mut record.offered,
            &mut record.disagreement,
            &mut record.belief,
        ] {
            numbers.fill(value);
        }
    }

    fn replicates(&mut self, draw: u32, asked: &[Asked], upto: Upto) {
        for (replicate, asked) in (0..).zip(asked) {
            black_box(self.one(draw, replicate, asked, upto));
        }
    }
}

/// A sum in four lanes, as fast as the numbers come from memory.
fn add(numbers: &[f64]) -> f64 {
    let (fours, rest) = numbers.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for four in fours {
        for (sum, number) in sums.iter_mut().zip(four) {
            *sum += number;
        }
    }
    sums.iter().chain(rest).sum()
}

/// Nanoseconds a run: the least of several times, when nothing else had the core. What comes before
/// the work is not timed.
#[expect(clippy::disallowed_methods, reason = "a bench has a clock")]
fn time<T>(state: &mut T, mut before: impl FnMut(&mut T), mut work: impl FnMut(&mut T)) -> f64 {
    let mut one = || {
        before(state);
        let start = Instant::now();
        work(state);
        start.elapsed().as_secs_f64() * 1e9 / f64::from(REPLICATES)
    };
    (0..TIMES).map(|_| one()).fold(f64::INFINITY, f64::min)
}

fn quartiles(numbers: &mut [f64]) -> [f64; 3] {
    numbers.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| numbers[(numbers.len() - 1) * quarter / 4])
}

#[derive(Default)]
struct Times {
    random: Vec<f64>,
    tables: Vec<f64>,
    limit: Vec<f64>,
    warm: Vec<f64>,
    least: Vec<f64>,
    whole: Vec<f64>,
}

fn main() {
    let loaded = load(BASELINE, &Disk, &NoFacts);
    let scenario = loaded.scenario.expect("a shipped scenario loads");
    let model = Model::compile(scenario).expect("a shipped scenario compiles");
    let mut limit = Limit::new(&model);
    let mut kernel = Kernel {
        workspace: Workspace::new(&model),
        record: RunRecord::new(model.record_shape()),
        model,
    };
    let mut times = Times::default();
    let (mut streams, mut numbers, mut rounds) = (0, 0, 0);
    let other = prepare(&kernel.model, kernel.model.draw(SEED, DRAWS));
    for draw in 0..DRAWS {
        // The offers of a draw are forgotten with the first run of another.
        times.whole.push(time(
            &mut kernel,
            |kernel| kernel.one(&other, 0),
            |kernel| {
                let fresh = prepare(&kernel.model, kernel.model.draw(SEED, draw));
                kernel.replicates(&fresh);
            },
        ));
        let prepared = prepare(&kernel.model, kernel.model.draw(SEED, draw));
        let asked: Vec<Asked> = (0..REPLICATES)
            .map(|replicate| kernel.asked(&prepared, replicate))
            .collect();
        for one in &asked {
            streams += one.by_round.len() + one.once.len();
            numbers += one.by_round.len() * one.rounds + one.once.len();
            rounds += one.rounds;
        }
        let nothing = |_: &mut Limit| {};
        times.least.push(time(&mut limit, nothing, |limit| {
            black_box(kernel.model.values(SEED, draw));
            limit.write_tables(&prepared);
            limit.replicates(draw, &asked, Upto::Record);
        }));
        let work = |kernel: &mut Kernel| kernel.replicates(&prepared);
        times.warm.push(time(&mut kernel, |_| {}, work));
        let mut of = |upto| {
            let work = |limit: &mut Limit| limit.replicates(draw, &asked, upto);
            time(&mut limit, nothing, work)
        };
        times.limit.push(of(Upto::Record));
        times.tables.push(of(Upto::Tables));
        times.random.push(of(Upto::Random));
    }
    let bytes = |of: usize| of * size_of::<f64>();
    let tables = bytes(limit.utilities.len() + limit.prices.len())
        + size_of_val(&limit.traits[..])
        + bytes(limit.conceded.len() + limit.discount.len());
    report(&mut times, tables, [streams, numbers, rounds]);
}

#[expect(clippy::print_stdout, reason = "what a bench is for")]
fn report(times: &mut Times, tables: usize, counts: [usize; 3]) {
    let runs = f64::from(DRAWS * REPLICATES);
    let [streams, numbers, rounds] = counts.map(|count| count as f64 / runs);
    println!("{BASELINE}, {runs} runs of {DRAWS} draws, {rounds:.1} rounds a run");
    println!("asked for by a run: {streams:.1} streams, {numbers:.0} numbers");
    println!("tables of a draw: {tables} bytes");
    let ratios = |kernel: &[f64], limit: &[f64]| {
        let mut ratios: Vec<f64> = kernel.iter().zip(limit).map(|(a, b)| a / b).collect();
        quartiles(&mut ratios)
    };
    let warm = ratios(&times.warm, &times.limit);
    let whole = ratios(&times.whole, &times.least);
    let line = |name: &str, times: &mut [f64]| {
        let [low, middle, high] = quartiles(times);
        println!("{name:42} {middle:8.0} ns a run, quartiles {low:.0} to {high:.0}");
    };
    line("limit: random numbers", &mut times.random);
    line("limit: and one pass over the tables", &mut times.tables);
    line("limit: and the record", &mut times.limit);
    line("kernel, warm", &mut times.warm);
    line("limit with a fiftieth of a draw", &mut times.least);
    line("kernel, whole", &mut times.whole);
    for (name, [low, middle, high]) in [("warm", warm), ("whole", whole)] {
        println!("kernel / limit, {name}: {middle:.2}, quartiles {low:.2} to {high:.2}");
    }
}
