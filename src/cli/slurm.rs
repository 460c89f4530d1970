//! `jawjaw slurm`: an experiment as an array job of a cluster.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;

use super::CliError;
use super::experiment::{Failure, Opened, conclude};
use super::output::file_error;
use super::source::{print, say};
use crate::experiment::slurm::{Job, list, name, needed, script};
use crate::experiment::store::{Look, write_whole};
use crate::experiment::work::{missing, shards};

/// Write, and if asked to submit, an experiment as an array job of a Slurm cluster
#[derive(Debug, Args)]
pub(super) struct SlurmArgs {
    /// Folder of the experiment, where all machines of the cluster see it
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Tasks of the array, each taking its part of the plan's shards [default: one for each shard]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    tasks: Option<u32>,
    /// Tasks at a time, at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    at_once: Option<u32>,
    /// Cores of a task
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    cpus: u32,
    /// Time limit of a task, as Slurm writes it
    #[arg(long, value_name = "TIME", default_value = "01:00:00")]
    time: String,
    /// Memory of a task, such as 2G
    #[arg(long, value_name = "SIZE")]
    mem: Option<String>,
    /// Partition
    #[arg(long, value_name = "NAME")]
    partition: Option<String>,
    /// Account
    #[arg(long, value_name = "NAME")]
    account: Option<String>,
    /// Only the tasks that have missing runs to play
    #[arg(long)]
    missing: bool,
    /// Hand the job to `sbatch`
    #[arg(long)]
    submit: bool,
}

impl SlurmArgs {
    /// Writes `slurm/array.sh`; prints the number of the job if it was submitted.
    pub(super) fn run(self) -> Result<ExitCode, CliError> {
        conclude(self.prepare())
    }

    fn prepare(self) -> Result<ExitCode, Failure> {
        let opened = Opened::open(&self.folder)?;
        let plan = &opened.store.plan;
        let tasks = self.tasks.unwrap_or(plan.shards);
        let mut array: Vec<u32> = (0..tasks).collect();
        if self.missing {
            let stored = opened.store.stored(&opened.table.columns, Look::Footer)?;
            array = needed(&shards(plan, &missing(plan, &stored.parts)), tasks);
        }
        let job = Job {
            tasks,
            at_once: self.at_once,
            cpus: self.cpus,
            time: self.time,
            memory: self.mem,
            partition: self.partition,
            account: self.account,
        };
        let absolute = |path: &Path| {
            std::fs::canonicalize(path).map_err(|source| file_error("read", path, source))
        };
        let folder = absolute(&self.folder)?;
        let program = std::env::current_exe()
            .map_err(|source| file_error("read", Path::new("the program's own path"), source))?;
        let text = script(plan, &job, &array, &program, &folder)?;
        if array.is_empty() {
            say("every run is stored; there is nothing to submit");
            return Ok(ExitCode::SUCCESS);
        }
        let logs = folder.join("slurm");
        std::fs::create_dir_all(&logs).map_err(|source| file_error("create", &logs, source))?;
        let path = logs.join("array.sh");
        write_whole(&path, text.as_bytes())?;
        let shown = path.display();
        say(&format!(
            "{} of {tasks} tasks ({}), written to {shown}",
            array.len(),
            list(&array)
        ));
        if !self.submit {
            say(&format!(
                "submit it with: sbatch {shown}\nthen: jawjaw slurm {0} --missing --submit plays what \
                 is missing, jawjaw experiment merge {0} merges",
                self.folder.display()
            ));
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(waiting) = queued(&name(plan)) {
            return Err(CliError::Message(format!(
                "{waiting} tasks of this experiment are in the queue already; wait for them, or \
                 `scancel --name={}`",
                name(plan)
            ))
            .into());
        }
        let number = sbatch(&path)?;
        print(&format!("{number}\n"))?;
        say(&format!(
            "after it: sbatch --dependency=afterany:{number} --wrap \"{} experiment merge {}\"",
            program.display(),
            folder.display()
        ));
        Ok(ExitCode::SUCCESS)
    }
}

// How many tasks of a name wait or run; none if there are none, or nobody can tell.
fn queued(name: &str) -> Option<usize> {
    let output = Command::new("squeue")
        .args(["--noheader", "--array", "--format=%i", "--name", name])
        .output()
        .ok()?;
    let lines = String::from_utf8_lossy(&output.stdout).lines().count();
    (output.status.success() && lines > 0).then_some(lines)
}

fn sbatch(script: &Path) -> Result<String, CliError> {
    let output = Command::new("sbatch")
        .arg("--parsable")
        .arg(script)
        .output()
        .map_err(|source| {
            let path = "sbatch (is this a machine of the cluster?)".to_owned();
            CliError::File {
                action: "run",
                path,
                source,
            }
        })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        // `number` or `number;cluster`
        let number = text(&output.stdout);
        return Ok(number.split(';').next().unwrap_or(&number).to_owned());
    }
    Err(CliError::Message(format!(
        "sbatch refused the job: {}",
        text(&output.stderr)
    )))
}
