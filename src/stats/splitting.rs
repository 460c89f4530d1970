//! Rare events by multilevel splitting with fixed effort.
//!
//! Flows in: a [`Process`] that can be stopped, copied and continued on other luck, thresholds of
//! its level, the number of paths a stage starts. Flows out: estimates of the probability that the
//! event happens, one from each independent repetition, and their interval. Invariant: what a path
//! draws is a function of (seed, repetition, stage, path), so threads and shards change nothing.
//!
//! With thresholds `l_1 < ... < l_m` of the level `h` and the event `B`, let `A_k` be "the level
//! reaches `l_k` at some time, or `B` happens". Then `A_1`, ..., `A_m`, `A_(m+1) = B` are nested and
//!
//! ```text
//! P(B) = P(A_1) P(A_2 | A_1) ... P(B | A_m)
//! ```
//!
//! Stage `k` starts `N` paths from states in which paths of the stage before entered `A_(k-1)`, each
//! such state about equally often, and stops each at its entrance into `A_k`; the estimate is the
//! product of the shares that enter. It is unbiased whatever the level and the thresholds are, as
//! long as they do not depend on these paths; a level that says little about the event makes it
//! noisy, not wrong.
//!
//! Sources: Kahn and Harris (1951); Garvels (2000), "The splitting method in rare event simulation",
//! section 2.3 (fixed effort); L'Ecuyer, Demers and Tuffin (2006), "Splitting for rare-event
//! simulation", Proceedings of the Winter Simulation Conference, 137-148.

use rand::Rng;

use super::moments::Moments;
use super::student::t_quantile;
use crate::model::streams::{generator, key};

/// Names the luck of one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Luck {
    /// Independent repetition, from 0.
    pub repeat: u32,
    /// Stage, from 0; the paths of stage 0 begin at the beginning.
    pub stage: u32,
    /// Path within the stage, from 0.
    pub path: u32,
}

/// Something random that unfolds in steps.
pub trait Process {
    /// Where it stands.
    type State: Clone;

    /// The beginning of a path.
    fn start(&mut self, luck: Luck) -> Self::State;

    /// From here on the path of a copy has other luck.
    fn rekey(&mut self, state: &mut Self::State, luck: Luck);

    /// One step further; not called on a path that is over.
    fn step(&mut self, state: &mut Self::State);

    /// How near the event is. Infinite once it has happened, minus infinity once it cannot happen
    /// any more.
    fn level(&self, state: &Self::State) -> f64;

    /// Whether nothing more will happen.
    fn is_over(&self, state: &Self::State) -> bool;
}

/// How one stage went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// Paths started.
    pub paths: u32,
    /// Paths that entered the next set.
    pub entered: u32,
    /// Of these, paths that entered by the event itself: the level gave no warning.
    pub unannounced: u32,
    /// Steps taken.
    pub steps: u64,
}

/// One repetition of the whole procedure.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeat {
    /// Estimated probability.
    pub estimate: f64,
    /// By stage; the stages after one that nobody survives are missing.
    pub stages: Vec<Stage>,
}

/// Runs one repetition with so many paths a stage. `thresholds` rise; the event itself is the last
/// level and not among them.
pub fn fixed_effort<P: Process>(
    process: &mut P,
    thresholds: &[f64],
    paths: u32,
    seed: u64,
    repeat: u32,
) -> Repeat {
    let mut estimate = 1.0;
    let mut stages = Vec::new();
    let mut entrances: Vec<P::State> = Vec::new();
    for (stage, &threshold) in thresholds.iter().chain([&f64::INFINITY]).enumerate() {
        let stage = stage as u32;
        let from = assignment(entrances.len(), seed, repeat, stage);
        let mut next = Vec::new();
        let mut steps = 0;
        for path in 0..paths {
            let luck = Luck {
                repeat,
                stage,
                path,
            };
            let mut state = if stage == 0 {
                process.start(luck)
            } else {
                let mut state = entrances[from[path as usize % from.len()]].clone();
                process.rekey(&mut state, luck);
                state
            };
            let entered = loop {
                if process.level(&state) >= threshold {
                    break true;
                }
                if process.is_over(&state) {
                    break false;
                }
                process.step(&mut state);
                steps += 1;
            };
            if entered {
                next.push(state);
            }
        }
        stages.push(Stage {
            paths,
            entered: next.len() as u32,
            unannounced: if threshold < f64::INFINITY {
                let happened = |state: &&P::State| process.level(state).is_infinite();
                next.iter().filter(happened).count() as u32
            } else {
                0
            },
            steps,
        });
        estimate *= next.len() as f64 / f64::from(paths);
        if next.is_empty() {
            break;
        }
        entrances = next;
    }
    Repeat { estimate, stages }
}

/// An order of the entrances at random: path `i` starts from number `i` modulo their count, so that
/// each is used equally often up to one, and who is used once more is left to luck.
fn assignment(entrances: usize, seed: u64, repeat: u32, stage: u32) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entrances).collect();
    if entrances > 1 {
        let stream = u64::from(repeat) << 32 | u64::from(stage);
        let mut random = generator(seed, &key("splitting:assignment"), stream);
        for place in 0..entrances - 1 {
            // The remainder's bias is below 2^-32.
            let other = place + (random.next_u64() % (entrances - place) as u64) as usize;
            order.swap(place, other);
        }
    }
    order
}

/// Seed of the paths of a stage: with a path's number as stream every path has luck of its own.
pub fn stage_seed(seed: u64, repeat: u32, stage: u32) -> u64 {
    let stream = u64::from(repeat) << 32 | u64::from(stage);
    generator(seed, &key("splitting:stage"), stream).next_u64()
}

/// Thresholds from a pilot: each is the level that about `share` of the paths that entered the one
/// before reach, ties included. Ends when at least that share reaches the event, when the level
/// rises no further or after `most` thresholds. The pilot's luck is that of repetition `u32::MAX`,
/// which no estimate uses.
pub fn pilot<P: Process>(
    process: &mut P,
    share: f64,
    paths: u32,
    seed: u64,
    most: usize,
) -> Vec<f64> {
    let mut thresholds: Vec<f64> = Vec::new();
    let mut entrances: Vec<P::State> = Vec::new();
    let wanted = ((share * f64::from(paths)).ceil() as usize).max(1);
    for stage in 0..most as u32 {
        // The highest level of each path, with the whole way to it.
        let mut ways: Vec<Vec<P::State>> = Vec::new();
        let mut peaks: Vec<f64> = Vec::new();
        let from = assignment(entrances.len(), seed, u32::MAX, stage);
        for path in 0..paths {
            let luck = Luck {
                repeat: u32::MAX,
                stage,
                path,
            };
            let mut state = if stage == 0 {
                process.start(luck)
            } else {
                let mut state = entrances[from[path as usize % from.len()]].clone();
                process.rekey(&mut state, luck);
                state
            };
            let mut peak = process.level(&state);
            let mut way = vec![state.clone()];
            while !process.is_over(&state) && peak < f64::INFINITY {
                process.step(&mut state);
                let level = process.level(&state);
                if level > peak {
                    peak = level;
                    way.push(state.clone());
                }
            }
            ways.push(way);
            peaks.push(peak);
        }
        let mut sorted = peaks.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        // A level that every path begins above is no threshold.
        let lowest = ways.iter().map(|way| process.level(&way[0]));
        let lowest = lowest.fold(f64::INFINITY, f64::min);
        let last = thresholds.last().copied().unwrap_or(lowest);
        let mut threshold = sorted[wanted - 1];
        if threshold <= last {
            // More than enough stay where they are: the next level that anybody reaches.
            threshold = sorted
                .iter()
                .copied()
                .filter(|&peak| peak > last)
                .fold(f64::INFINITY, f64::min);
        }
        if threshold.is_infinite() {
            break;
        }
        thresholds.push(threshold);
        entrances = ways
            .into_iter()
            .filter_map(|way| {
                way.into_iter()
                    .find(|state| process.level(state) >= threshold)
            })
            .collect();
    }
    thresholds
}

/// What the repetitions say together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Mean of the repetitions.
    pub mean: f64,
    /// Standard deviation over them.
    pub sd: f64,
    /// 95 % interval of the mean, `mean +- t(R - 1) sd / sqrt(R)`, not below 0; nothing with fewer
    /// than two repetitions.
    pub interval: Option<(f64, f64)>,
    /// Repetitions.
    pub repeats: u32,
    /// Repetitions in which no path reached the event.
    pub empty: u32,
    /// Steps taken in all.
    pub steps: u64,
}

impl Estimate {
    /// Of independent repetitions.
    pub fn of(repeats: &[Repeat]) -> Self {
        let mut moments = Moments::default();
        for repeat in repeats {
            moments.add(repeat.estimate);
        }
        let sd = moments.variance().sqrt();
        let n = repeats.len() as u32;
        let reach =
            t_quantile(0.975, moments.n.saturating_sub(1)).map(|t| t * sd / f64::from(n).sqrt());
        Self {
            mean: moments.mean,
            sd,
            interval: reach.map(|reach| ((moments.mean - reach).max(0.0), moments.mean + reach)),
            repeats: n,
            empty: repeats
                .iter()
                .filter(|repeat| repeat.estimate <= 0.0)
                .count() as u32,
            steps: repeats
                .iter()
                .flat_map(|repeat| &repeat.stages)
                .map(|stage| stage.steps)
                .sum(),
        }
    }

    /// Standard error of the mean as a share of it; nothing if the mean is 0.
    pub fn relative_error(&self) -> Option<f64> {
        (self.mean > 0.0).then(|| self.sd / f64::from(self.repeats).sqrt() / self.mean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::pow;
    use crate::model::streams::uniform;

    /// A gambler with 1 coin against a bank: wins each game with probability `win`, stops at 0 or
    /// `goal`.
    struct Gambler {
        win: f64,
        goal: u32,
        seed: u64,
    }

    #[derive(Clone)]
    struct Purse {
        coins: u32,
        luck: Luck,
        games: u64,
    }

    impl Gambler {
        /// Feller (1968), "An introduction to probability theory and its applications" I, XIV.2:
        /// `(r^z - 1) / (r^goal - 1)`, `r = (1 - win) / win`, from `z = 1` coin.
        fn exact(&self) -> f64 {
            let r = (1.0 - self.win) / self.win;
            (r - 1.0) / (pow(r, f64::from(self.goal)) - 1.0)
        }

        fn thresholds(&self) -> Vec<f64> {
            (2..self.goal).map(f64::from).collect()
        }

        fn repeats(&mut self, thresholds: &[f64], paths: u32, count: u32) -> Vec<Repeat> {
            let seed = self.seed;
            let one = |repeat| fixed_effort(self, thresholds, paths, seed, repeat);
            (0..count).map(one).collect()
        }
    }

    impl Process for Gambler {
        type State = Purse;

        fn start(&mut self, luck: Luck) -> Purse {
            Purse {
                coins: 1,
                luck,
                games: 0,
            }
        }

        fn rekey(&mut self, state: &mut Purse, luck: Luck) {
            *state = Purse {
                luck,
                games: 0,
                ..*state
            };
        }

        fn step(&mut self, state: &mut Purse) {
            let Luck {
                repeat,
                stage,
                path,
            } = state.luck;
            let mut random = generator(
                stage_seed(self.seed, repeat, stage),
                &key("coin"),
                u64::from(path),
            );
            random.set_word_pos(u128::from(2 * state.games));
            state.games += 1;
            if uniform(random.next_u64()) < self.win {
                state.coins += 1;
            } else {
                state.coins -= 1;
            }
        }

        fn level(&self, state: &Purse) -> f64 {
            match state.coins {
                0 => f64::NEG_INFINITY,
                coins if coins == self.goal => f64::INFINITY,
                coins => f64::from(coins),
            }
        }

        fn is_over(&self, state: &Purse) -> bool {
            state.coins == 0 || state.coins == self.goal
        }
    }

    #[test]
    fn the_gamblers_ruin_has_its_closed_form() {
        // Probabilities of 0.0026, 2.8e-4 and 3.8e-6.
        for (win, goal) in [(0.4, 13), (0.3, 10), (0.25, 12)] {
            let mut gambler = Gambler { win, goal, seed: 1 };
            let exact = gambler.exact();
            let thresholds = gambler.thresholds();
            let found = Estimate::of(&gambler.repeats(&thresholds, 200, 40));
            let error = found.relative_error().unwrap() * found.mean;
            assert!(error < 0.1 * exact, "{win} {goal}: {found:?}");
            assert!(
                (found.mean - exact).abs() < 3.5 * error,
                "{exact:e}: {found:?}"
            );
        }
    }

    /// Whatever the thresholds, and with a stage that most paths skip.
    #[test]
    fn any_thresholds_are_unbiased() {
        let mut gambler = Gambler {
            win: 0.4,
            goal: 8,
            seed: 3,
        };
        let exact = gambler.exact();
        for thresholds in [vec![], vec![5.0], vec![2.0, 2.5, 7.0], vec![0.5, 1.0, 4.0]] {
            let found = Estimate::of(&gambler.repeats(&thresholds, 100, 150));
            let error = found.sd / 150_f64.sqrt();
            assert!(
                (found.mean - exact).abs() < 3.5 * error,
                "{thresholds:?}: {found:?} {exact}"
            );
        }
    }

    #[test]
    fn the_interval_covers_about_as_often_as_it_says() {
        let mut gambler = Gambler {
            win: 0.3,
            goal: 9,
            seed: 5,
        };
        let exact = gambler.exact();
        let thresholds = gambler.thresholds();
        let all = gambler.repeats(&thresholds, 60, 4000);
        let covered = |repeats: &[Repeat]| {
            let (low, high) = Estimate::of(repeats).interval.unwrap();
            low <= exact && exact <= high
        };
        let covering = all.chunks(20).filter(|repeats| covered(repeats)).count();
        // 200 intervals; 95 % would be 190 +- 3. Estimates are skewed, so a little less is usual.
        assert!((174..=199).contains(&covering), "{covering} of 200");
    }

    #[test]
    fn a_pilot_spreads_its_thresholds() {
        let mut gambler = Gambler {
            win: 0.3,
            goal: 12,
            seed: 7,
        };
        let thresholds = pilot(&mut gambler, 0.2, 300, 7, 50);
        assert!(
            thresholds.windows(2).all(|pair| pair[0] < pair[1]),
            "{thresholds:?}"
        );
        assert!((4..=11).contains(&thresholds.len()), "{thresholds:?}");
        let exact = gambler.exact();
        let found = Estimate::of(&gambler.repeats(&thresholds, 200, 40));
        let error = found.sd / 40_f64.sqrt();
        assert!(
            (found.mean - exact).abs() < 3.5 * error,
            "{found:?} {exact}"
        );
    }

    #[test]
    fn repetitions_are_reproducible_and_independent() {
        let mut gambler = Gambler {
            win: 0.4,
            goal: 6,
            seed: 9,
        };
        let first = gambler.repeats(&[2.0, 4.0], 100, 3);
        let alone = fixed_effort(&mut gambler, &[2.0, 4.0], 100, 9, 2);
        assert_eq!(first[2], alone);
        assert_ne!(first[0].stages, first[1].stages);
    }

    #[test]
    fn an_event_out_of_reach_is_said_to_be_so() {
        let mut gambler = Gambler {
            win: 0.01,
            goal: 40,
            seed: 9,
        };
        let found = Estimate::of(&gambler.repeats(&[20.0], 50, 4));
        assert_eq!((found.empty, found.relative_error()), (4, None));
        assert_eq!(found.interval, Some((0.0, 0.0)));
    }
}
