//! A distribution of outcomes, read back from a result folder's `summary.json`:
//!
//! cargo run --example distribution output/geneva-week/seed-1-1000x20/summary.json
#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::error::Error;

use jawjaw::ensemble::summary::Summary;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("name a summary.json")?;
    let summary: Summary = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
    println!("{}, {} runs", summary.scenario.title, summary.design.runs);

    let mut outcomes: Vec<_> = summary.outcomes.iter().collect();
    outcomes.sort_by_key(|outcome| outcome.severity);
    let mut so_far = 0.0;
    for outcome in outcomes {
        so_far += outcome.share;
        let (chance, band) = (outcome.chance, outcome.band);
        println!("{}", outcome.name);
        println!("  share of runs               {:.3}", outcome.share);
        println!("  this or milder              {so_far:.3}");
        // With more runs this interval shrinks ...
        println!(
            "  chance, 95 %                {:.3} to {:.3}",
            chance.low, chance.high
        );
        // ... and this one stays: it is about numbers that nobody knows.
        println!(
            "  unknown numbers, 90 %       {:.3} to {:.3}",
            band.q05, band.q95
        );
    }
    Ok(())
}
