//! Progress of long work on standard error: a bar on a terminal, a line now and then in a pipe.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::ensemble::run::Progress;
use crate::report::layout::thousands;

// In a pipe nobody watches: one line in so many seconds.
const PAUSE: Duration = Duration::from_secs(10);

/// Shows how far an ensemble is.
#[derive(Debug)]
pub struct Meter {
    title: String,
    started: Instant,
    show: Show,
}

#[derive(Debug)]
enum Show {
    Bar(ProgressBar),
    Lines { last: Instant },
    Nothing,
}

impl Meter {
    /// For work of `total` runs; `quiet` shows nothing.
    pub fn new(title: &str, total: u64, quiet: bool) -> Self {
        let started = now();
        let show = if quiet {
            Show::Nothing
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new(total);
            let style = ProgressStyle::with_template(
                "{msg} [{bar:24}] {human_pos}/{human_len} runs, {per_sec}, {eta} left",
            )
            .expect("the template is a constant")
            .progress_chars("=> ");
            bar.set_style(style);
            bar.set_message(title.to_owned());
            bar.enable_steady_tick(Duration::from_millis(200));
            Show::Bar(bar)
        } else {
            Show::Lines { last: started }
        };
        Self {
            title: title.to_owned(),
            started,
            show,
        }
    }

    /// Takes note of progress.
    #[expect(clippy::print_stderr, reason = "progress belongs on standard error")]
    pub fn update(&mut self, progress: Progress) {
        match &mut self.show {
            Show::Bar(bar) => bar.set_position(progress.done),
            Show::Lines { last } => {
                let now = now();
                if now.duration_since(*last) >= PAUSE {
                    *last = now;
                    let seconds = now.duration_since(self.started).as_secs_f64();
                    eprintln!("{}", line(&self.title, progress, seconds));
                }
            }
            Show::Nothing => {}
        }
    }

    /// Seconds since the start; takes the bar away.
    pub fn finish(self) -> f64 {
        if let Show::Bar(bar) = &self.show {
            bar.finish_and_clear();
        }
        now().duration_since(self.started).as_secs_f64()
    }
}

/// Shows how many steps of a work are done.
#[derive(Debug)]
pub struct Steps {
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Steps {
    /// For work of `total` steps; shown on a terminal only, and not if `quiet`.
    pub fn new(title: &str, total: usize, quiet: bool) -> Self {
        let started = now();
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(total as u64);
            let style =
                ProgressStyle::with_template("{msg} [{bar:24}] {pos}/{len} steps, {eta} left")
                    .expect("the template is a constant")
                    .progress_chars("=> ");
            bar.set_style(style);
            bar.set_message(title.to_owned());
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        Self { started, bar }
    }

    /// One step is done.
    pub fn step(&mut self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// Seconds since the start; takes the bar away.
    pub fn finish(self) -> f64 {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        now().duration_since(self.started).as_secs_f64()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "shown to the user, never given to the model"
)]
fn now() -> Instant {
    Instant::now()
}

fn line(title: &str, progress: Progress, seconds: f64) -> String {
    let rate = progress.done as f64 / seconds.max(1e-9);
    let left = (progress.total - progress.done) as f64 / rate.max(1e-9);
    format!(
        "{title}: {} of {} runs, {} a second, about {} s left",
        thousands(progress.done),
        thousands(progress.total),
        thousands(rate as u64),
        thousands(left.ceil() as u64),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_rate_and_time_left() {
        let text = line(
            "geneva-week",
            Progress {
                done: 5000,
                total: 20_000,
            },
            2.0,
        );
        assert_eq!(
            text,
            "geneva-week: 5,000 of 20,000 runs, 2,500 a second, about 6 s left"
        );
    }
}
