//! An experiment as a Slurm array job: the script, and which of its tasks are still needed.
//!
//! Flows in: a plan, what the job may take, which shards are missing. Flows out: the text of a batch
//! script. Invariant: the number of shards in it is the plan's. Slurm's own count of the tasks is
//! never read: it is that of the submitted array, so a task that is submitted again alone would take
//! itself for the whole.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use super::plan::{ExperimentPlan, MOST_SHARDS};
use super::store::short;
use super::{ExperimentError, Result};

/// What a job may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Array tasks; each takes every `tasks`-th shard.
    pub tasks: u32,
    /// Tasks at a time, or as many as the cluster gives.
    pub at_once: Option<u32>,
    /// Cores of a task.
    pub cpus: u32,
    /// Time limit of a task, as Slurm writes it.
    pub time: String,
    /// Memory of a task, as Slurm writes it.
    pub memory: Option<String>,
    /// Partition.
    pub partition: Option<String>,
    /// Account.
    pub account: Option<String>,
}

/// Tasks of an array of `tasks` that have any of the shards to do.
pub fn needed(shards: &[u32], tasks: u32) -> Vec<u32> {
    let tasks = tasks.max(1);
    let set: BTreeSet<u32> = shards.iter().map(|shard| shard % tasks).collect();
    set.into_iter().collect()
}

/// `0-3,7,9-11`
pub fn list(numbers: &[u32]) -> String {
    let mut out = String::new();
    let mut rest = numbers;
    while let Some((&first, _)) = rest.split_first() {
        let run = (rest.iter().zip(first..))
            .take_while(|(number, expected)| *number == expected)
            .count();
        let comma = if out.is_empty() { "" } else { "," };
        let last = rest[run - 1];
        let text = if run > 1 {
            format!("{comma}{first}-{last}")
        } else {
            format!("{comma}{first}")
        };
        out.push_str(&text);
        rest = &rest[run..];
    }
    out
}

/// The batch script. `tasks` are the numbers of the array's tasks.
///
/// # Errors
/// If there are too many tasks, or a value would break out of its line.
pub fn script(
    plan: &ExperimentPlan,
    job: &Job,
    tasks: &[u32],
    program: &Path,
    folder: &Path,
) -> Result<String> {
    let most = plan.shards.min(MOST_SHARDS);
    if job.tasks == 0 || job.tasks > most {
        return Err(ExperimentError::Design(format!(
            "--tasks: use a number from 1 to {most}; the plan has {} shards and most clusters take \
             arrays of at most {MOST_SHARDS} tasks",
            plan.shards
        )));
    }
    let texts = [&job.memory, &job.partition, &job.account];
    for text in texts.into_iter().flatten().chain([&job.time]) {
        if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(ExperimentError::Design(format!(
                "`{}` is no value for Slurm: no blanks, please",
                text.escape_debug()
            )));
        }
    }
    let root = folder.display().to_string();
    if root.contains(|c: char| c.is_whitespace() || c == '%') {
        return Err(ExperimentError::Design(format!(
            "{root}: Slurm cannot write its logs into a folder with a blank or a `%` in its name; \
             move the experiment"
        )));
    }
    let array = match job.at_once {
        Some(at_once) => format!("{}%{at_once}", list(tasks)),
        None => list(tasks),
    };
    let mut out = format!(
        "#!/bin/sh\n\
         #SBATCH --job-name={}\n\
         #SBATCH --array={array}\n\
         #SBATCH --ntasks=1\n\
         #SBATCH --cpus-per-task={}\n\
         #SBATCH --time={}\n\
         #SBATCH --signal=B:USR1@120\n\
         #SBATCH --requeue\n\
         #SBATCH --open-mode=append\n\
         #SBATCH --output={root}/slurm/task-%a.log\n",
        name(plan),
        job.cpus,
        job.time,
    );
    let options = [
        ("mem", &job.memory),
        ("partition", &job.partition),
        ("account", &job.account),
    ];
    for (option, value) in options {
        if let Some(value) = value {
            writeln!(out, "#SBATCH --{option}={value}").expect("a string takes any text");
        }
    }
    let (shards, tasks) = (plan.shards, job.tasks);
    write!(
        out,
        "# Each task takes every {tasks}th of the plan's {shards} shards. Both numbers are fixed here: a\n\
         # task that is submitted again alone must do the same work.\n\
         set --\n\
         shard=$SLURM_ARRAY_TASK_ID\n\
         while [ \"$shard\" -lt {shards} ]; do\n\
         \tset -- \"$@\" --shard \"$shard/{shards}\"\n\
         \tshard=$((shard + {tasks}))\n\
         done\n\
         # In place of the shell, so that Slurm's warning reaches it: it then finishes its batch.\n\
         exec {} experiment run {} \"$@\" --threads {}\n",
        quoted(&program.display().to_string()),
        quoted(&root),
        job.cpus,
    )
    .expect("a string takes any text");
    Ok(out)
}

/// Name of the job, by which it is found again.
pub fn name(plan: &ExperimentPlan) -> String {
    format!("jawjaw-{}", short(&plan.hash()))
}

// For a shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::super::plan::Size;
    use super::super::plan::tests::planned;
    use super::*;

    fn job(tasks: u32) -> Job {
        Job {
            tasks,
            at_once: Some(50),
            cpus: 4,
            time: "01:00:00".to_owned(),
            memory: None,
            partition: Some("short".to_owned()),
            account: None,
        }
    }

    fn plan(shards: u32) -> ExperimentPlan {
        let size = Size {
            draws: 2000,
            replicates: 10,
            shards: Some(shards),
            batch: None,
        };
        ExperimentPlan::new(1, vec![planned("a")], size).unwrap()
    }

    #[test]
    fn lists_join_neighbours() {
        assert_eq!(list(&[]), "");
        assert_eq!(list(&[4]), "4");
        assert_eq!(list(&[0, 1, 2, 5, 7, 8]), "0-2,5,7-8");
    }

    #[test]
    fn the_count_is_the_plans_and_the_shells_are_gone() {
        let folder = Path::new("/data/it's");
        let text = script(&plan(7), &job(4), &[0, 2], Path::new("/opt/jawjaw"), folder).unwrap();
        assert!(text.contains("#SBATCH --array=0,2%50\n"));
        assert!(text.contains("-lt 7 ]") && text.contains("shard + 4"));
        assert!(
            text.contains("exec '/opt/jawjaw' experiment run '/data/it'\\''s' \"$@\" --threads 4")
        );
        assert!(text.contains("--partition=short") && !text.contains("--mem"));
        assert!(!text.contains("TASK_COUNT"));
    }

    #[test]
    fn every_shard_has_one_task() {
        assert_eq!(needed(&[0, 1, 2, 3, 4, 5, 6], 4), [0, 1, 2, 3]);
        assert_eq!(needed(&[5], 4), [1]);
        assert_eq!(needed(&[], 4), [0; 0]);
    }

    #[test]
    fn what_slurm_would_refuse_is_refused_before() {
        let at = Path::new("/data/x");
        assert!(script(&plan(4), &job(5), &[0], at, at).is_err());
        assert!(script(&plan(4), &job(0), &[0], at, at).is_err());
        let odd = Job {
            time: "1:00:00\n#SBATCH --uid=0".to_owned(),
            ..job(4)
        };
        assert!(script(&plan(4), &odd, &[0], at, at).is_err());
        assert!(script(&plan(4), &job(4), &[0], at, Path::new("/a b")).is_err());
    }
}
