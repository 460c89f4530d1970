//! Our side of the comparison: reads orders from standard input, one a line, answers on standard
//! output, one line each. Whoever gives the orders holds the clock.
//!
//! - `load NAME FOLDER`: reads a domain in `NegMAS`' format; answers `loaded`.
//! - `play NAME ROUNDS STRATEGY,...`: answers the agreement (`-` if none), the rounds begun, and
//!   every offer, as numbers of outcomes.
//! - `time TIMES ROUNDS STRATEGY,... NAME NAME ...`: negotiates each domain in turn, the whole list
//!   so many times, from the domain as read to the result; answers a sum of what came out.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::{BufRead, Write};
use std::path::Path;

use jawjaw::interchange::alternating::{Run, Strategy, negotiate};
use jawjaw::interchange::solutions::Convention;
use jawjaw::interchange::{Domain, InputFile, Report, negmas};

type Problem = Box<dyn std::error::Error>;

fn main() -> Result<(), Problem> {
    let mut domains = BTreeMap::new();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let answer = obey(&mut domains, &line?)?;
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn obey(domains: &mut BTreeMap<String, Domain>, line: &str) -> Result<String, Problem> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let domain = |name: &str| domains.get(name).ok_or_else(|| format!("no domain {name}"));
    match words[..] {
        ["load", name, folder] => {
            domains.insert(name.to_owned(), load(Path::new(folder))?);
            Ok("loaded".to_owned())
        }
        ["play", name, rounds, strategies] => {
            let run = play(domain(name)?, &kinds(strategies)?, rounds.parse()?)?;
            let agreement = run.agreement.map_or("-".to_owned(), |o| o.to_string());
            let offers: Vec<String> = run.trace.iter().map(|o| o.outcome.to_string()).collect();
            Ok(format!("{agreement} {} {}", run.rounds, offers.join(",")))
        }
        ["time", times, rounds, strategies, ref names @ ..] => {
            let rounds = rounds.parse()?;
            let kinds = kinds(strategies)?;
            let domains: Vec<&Domain> = names
                .iter()
                .map(|name| domain(name))
                .collect::<Result<_, _>>()?;
            let mut sum = 0;
            for _ in 0..times.parse()? {
                for domain in &domains {
                    let run = play(black_box(domain), &kinds, rounds)?;
                    sum += run.agreement.unwrap_or(0) + run.rounds + run.trace.len();
                }
            }
            Ok(sum.to_string())
        }
        _ => Err(format!("not an order: {line}").into()),
    }
}

fn play(domain: &Domain, kinds: &[Strategy], rounds: usize) -> Result<Run, Problem> {
    Ok(negotiate(domain, kinds, rounds, Convention::Negmas)?)
}

fn kinds(words: &str) -> Result<Vec<Strategy>, Problem> {
    let kind = |word| match word {
        "boulware" => Ok(Strategy::Boulware),
        "linear" => Ok(Strategy::Linear),
        "conceder" => Ok(Strategy::Conceder),
        _ => Err(format!("no strategy {word}").into()),
    };
    words.split(',').map(kind).collect()
}

fn load(folder: &Path) -> Result<Domain, Problem> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let bytes = std::fs::read(&path)?;
        let name = path.display().to_string();
        files.push(InputFile { name, bytes });
    }
    let mut report = Report::default();
    let domain = negmas::read(&mut report, &folder.display().to_string(), &files);
    domain.ok_or_else(|| format!("{}: {report:?}", folder.display()).into())
}
