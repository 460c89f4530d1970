//! A scenario from text, read, checked, compiled and played; no file is touched.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example shows its result"
)]

use std::num::NonZeroUsize;
use std::sync::atomic::AtomicBool;

use jawjaw::ensemble::game::Game;
use jawjaw::ensemble::run::run;
use jawjaw::ensemble::{Plan, Summary};
use jawjaw::evidence::Evidence;
use jawjaw::model::Model;
use jawjaw::scenario::load::{LoadError, Loader, load};

/// Serves one text under every name, so this scenario can extend nothing.
struct Text(&'static str);

impl Loader for Text {
    fn load(&self, _path: &str) -> Result<String, LoadError> {
        Ok(self.0.to_owned())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = Text(include_str!("../tests/fixtures/minimal.toml"));
    let loaded = load("minimal.toml", &text, &Evidence::shipped());
    let Some(scenario) = loaded.scenario else {
        // Everything wrong with the text at once, each with its place.
        for problem in &loaded.diagnostics {
            eprintln!("{}", problem.message);
        }
        return Err("the scenario has errors".into());
    };
    let game = Game::new(Model::compile(scenario)?, |_| None);
    let plan = Plan::new(1, 200, 20)?;
    // One thread or many: the summary is the same to the last bit.
    let threads = NonZeroUsize::MIN;
    let never = AtomicBool::new(false);
    let summary: Summary = run(&game, plan, threads, &never, &(), |(), progress| {
        eprint!("\r{} of {} runs", progress.done, progress.total);
        Ok::<_, std::convert::Infallible>(())
    })?;
    eprintln!();
    for outcome in &summary.outcomes {
        println!("{:5.1} %  {}", 100.0 * outcome.share, outcome.name);
    }
    Ok(())
}
