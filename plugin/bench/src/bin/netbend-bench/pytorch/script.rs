//! The Python script, and talking to it.
//!
//! It gets its job through its standard input and answers on its standard output, so nothing is written to disk.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

const SCRIPT: &str = include_str!("../pytorch.py");

/// The interpreter that has PyTorch, where none is named: that of `cargo xtask train` where this program lies in its build folder, else the
/// system's.
pub(crate) fn default_python() -> PathBuf {
    let (inside, system) = if cfg!(windows) {
        ("Scripts/python.exe", "python")
    } else {
        ("bin/python", "python3")
    };
    std::env::current_exe()
        .ok()
        .and_then(|program| {
            Some(
                program
                    .ancestors()
                    .nth(2)?
                    .join("training/venv")
                    .join(inside),
            )
        })
        .filter(|python| python.is_file())
        .unwrap_or_else(|| system.into())
}

/// Whether the interpreter has what the comparison needs: better said before everything else is measured than after.
///
/// # Errors
/// What it lacks and how to get it.
pub(crate) fn check(python: &Path) -> Result<()> {
    Torch::start(python, &json!({})).map(drop)
}

/// What the script says first.
#[derive(Deserialize)]
pub(super) struct Facts {
    pub(super) torch: String,
    pub(super) python: String,
    pub(super) clean_error: f64,
    pub(super) bent_error: f64,
}

/// What it says of a round, milliseconds.
#[derive(Deserialize)]
pub(super) struct Round {
    pub(super) eager_pair: Vec<f64>,
    pub(super) eager_bent: Vec<f64>,
    #[serde(default)]
    pub(super) script_pair: Vec<f64>,
    #[serde(default)]
    pub(super) script_bent: Vec<f64>,
}

/// The script, running.
pub(super) struct Torch {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Torch {
    /// The script at work on a job, and its answer.
    pub(super) fn start(python: &Path, job: &Value) -> Result<(Self, Value)> {
        let mut process = Command::new(python)
            .args(["-c", SCRIPT])
            .env("OMP_NUM_THREADS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| {
                format!(
                    "--against pytorch: {} does not start; name a Python that has PyTorch with --python PATH",
                    python.display()
                )
            })?;
        let (input, output) = (process.stdin.take(), process.stdout.take());
        let mut torch = Self {
            process,
            input: input.context("no way to Python")?,
            output: BufReader::new(output.context("no way from Python")?),
        };
        // It may have ended already, saying what it lacks.
        let _ = writeln!(torch.input, "{job}");
        let said = torch.line()?;
        if let Some(missing) = said.get("missing").and_then(Value::as_array) {
            let missing: Vec<_> = missing.iter().filter_map(Value::as_str).collect();
            bail!(
                "--against pytorch: {python} lacks {}; install it with `{python} -m pip install {}`, or name another Python with --python PATH",
                missing.join(" and "),
                missing.join(" "),
                python = python.display(),
            );
        }
        if let Some(problem) = said.get("problem").and_then(Value::as_str) {
            bail!("--against pytorch: {problem}");
        }
        Ok((torch, said))
    }

    /// Has every variant run once.
    pub(super) fn round(&mut self) -> Result<Round> {
        writeln!(self.input)?;
        Ok(serde_json::from_value(self.line()?)?)
    }

    fn line(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        if line.is_empty() {
            let status = self.process.wait()?;
            bail!("--against pytorch: Python ended ({status}) before it answered");
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Torch {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
