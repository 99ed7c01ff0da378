//! `cargo xtask validate`: the built plugins in other people's validators, and one table of what these say.
//!
//! The validators are not fetched: each is run where its program is named. What a validator printed stays in the build folder.

mod readers;
mod table;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

use crate::bundle::{self, Bundles};
use crate::files;
use crate::step::step;
use crate::workspace::Workspace;
use table::{Row, Verdict};

/// The hardest that pluginval has.
const STRICTNESS: &str = "10";
/// How long pluginval may wait for a sign of life. Loading a network on a busy machine takes a while.
const SILENCE_MS: &str = "120000";

/// Which validators to run.
#[derive(clap::Args)]
pub struct Options {
    /// The CLAP validator's program
    #[arg(long, value_name = "PATH")]
    clap_validator: Option<PathBuf>,
    /// Steinberg's validator's program; all its tests are run, the extensive ones too
    #[arg(long, value_name = "PATH")]
    vst3_validator: Option<PathBuf>,
    /// pluginval's program, run at its highest strictness; without a display it needs xvfb-run
    #[arg(long, value_name = "PATH")]
    pluginval: Option<PathBuf>,
    /// Fuzz with the CLAP validator, too, for so many minutes
    #[arg(long, value_name = "MINUTES", requires = "clap_validator")]
    fuzz: Option<u32>,
    /// The folder with the plugins [default: bundle, and take what was built]
    #[arg(long, value_name = "FOLDER")]
    bundled: Option<PathBuf>,
}

/// Runs the validators that are named and prints what they say.
///
/// # Errors
/// Where none is named, one cannot be run, or one finds a fault.
pub fn run(workspace: &Workspace, started_in: &Path, options: &Options) -> Result<()> {
    let program = |path: &Option<PathBuf>| path.as_ref().map(|path| started_in.join(path));
    let clap_validator = program(&options.clap_validator);
    let vst3_validator = program(&options.vst3_validator);
    let pluginval = program(&options.pluginval);
    if [&clap_validator, &vst3_validator, &pluginval]
        .iter()
        .all(|path| path.is_none())
    {
        bail!(
            "no validator found; name at least one with --clap-validator, --vst3-validator or --pluginval"
        );
    }
    let (clap, vst3) = plugins(workspace, started_in, options)?;
    let logs = workspace.target.join("validate");
    files::create_folder(&logs)?;
    let mut rows = Vec::new();
    if let Some(program) = &clap_validator {
        rows.push(step("CLAP validator", || {
            validate_clap(program, &clap, &logs)
        })?);
        if let Some(minutes) = options.fuzz {
            rows.push(step("CLAP validator's fuzz", || {
                fuzz_clap(program, &clap, minutes, &logs)
            })?);
        }
    }
    if let Some(program) = &vst3_validator {
        rows.push(step("Steinberg's validator", || {
            validate_vst3(program, &vst3, &logs)
        })?);
    }
    if let Some(program) = &pluginval {
        rows.push(step("pluginval", || run_pluginval(program, &vst3, &logs))?);
    }
    println!("\n{}", table::draw(&rows));
    for row in &rows {
        for fault in &row.verdict.faults {
            println!("{}: {fault}", row.tool);
        }
    }
    println!("All that they said: {}", workspace.show(&logs));
    let faulty: Vec<_> = rows
        .iter()
        .filter(|row| row.verdict.is_faulty())
        .map(|row| row.tool)
        .collect();
    if !faulty.is_empty() {
        bail!("faults found by {}", faulty.join(", "));
    }
    Ok(())
}

/// The CLAP plugin and the VST3 plugin to validate.
fn plugins(
    workspace: &Workspace,
    started_in: &Path,
    options: &Options,
) -> Result<(PathBuf, PathBuf)> {
    if let Some(folder) = &options.bundled {
        let folder = started_in.join(folder);
        return Ok((folder.join("Netbend.clap"), folder.join("Netbend.vst3")));
    }
    bundle::run(workspace, &bundle::Options::default())?;
    let bundles = Bundles::of(workspace);
    Ok((bundles.clap, bundles.vst3))
}

fn validate_clap(program: &Path, plugin: &Path, logs: &Path) -> Result<Row> {
    let mut command = Command::new(program);
    command.args(["validate", "--json"]).arg(plugin);
    let output = said(&mut command, logs, "clap-validator")?;
    Ok(Row {
        tool: "clap-validator",
        version: version(Command::new(program).arg("--version"))?,
        format: "CLAP",
        verdict: readers::clap_results(&text(&output.stdout))?
            .with_errors(&text(&output.stderr))
            .ended(output.status),
    })
}

fn fuzz_clap(program: &Path, plugin: &Path, minutes: u32, logs: &Path) -> Result<Row> {
    let mut command = Command::new(program);
    command
        .args(["fuzz", "--json", "--duration", &format!("{minutes}m")])
        .arg(plugin);
    let output = said(&mut command, logs, "clap-validator-fuzz")?;
    Ok(Row {
        tool: "clap-validator fuzz",
        version: version(Command::new(program).arg("--version"))?,
        format: "CLAP",
        verdict: readers::clap_fuzz(&text(&output.stdout), minutes)?.ended(output.status),
    })
}

fn validate_vst3(program: &Path, plugin: &Path, logs: &Path) -> Result<Row> {
    let mut command = Command::new(program);
    command.arg("-e").arg(plugin);
    let output = said(&mut command, logs, "vst3-validator")?;
    Ok(Row {
        tool: "vst3-validator -e",
        version: version(Command::new(program).arg("-version"))?,
        format: "VST3",
        verdict: readers::vst3_log(&text(&output.stdout)).ended(output.status),
    })
}

fn run_pluginval(program: &Path, plugin: &Path, logs: &Path) -> Result<Row> {
    let mut command = on_a_display(program);
    command
        .args(["--strictness-level", STRICTNESS])
        .args(["--timeout-ms", SILENCE_MS])
        .arg("--validate")
        .arg(plugin);
    let output = said(&mut command, logs, "pluginval")?;
    Ok(Row {
        tool: "pluginval, strictness 10",
        version: version(on_a_display(program).arg("--version"))?,
        format: "VST3",
        verdict: readers::pluginval_log(&text(&output.stdout)).ended(output.status),
    })
}

/// The program on the user's display, or on one of its own where there is none.
fn on_a_display(program: &Path) -> Command {
    let has_display = !cfg!(target_os = "linux") || std::env::var_os("DISPLAY").is_some();
    if has_display {
        return Command::new(program);
    }
    let mut command = Command::new("xvfb-run");
    command.arg("--auto-servernum").arg(program);
    command
}

/// Runs a validator and keeps all that it says.
fn said(command: &mut Command, logs: &Path, name: &str) -> Result<Output> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("could not start {}", command.get_program().display()))?;
    let log = [&output.stdout[..], &output.stderr[..]].concat();
    std::fs::write(logs.join(format!("{name}.log")), log)?;
    Ok(output)
}

/// The first number with a dot that a program says when asked for its version.
fn version(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("could not start {}", command.get_program().display()))?;
    Ok(readers::version(&text(&output.stdout)).unwrap_or_else(|| String::from("unknown")))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Verdict {
    /// Adds the lines of `log` that a tool marks as errors.
    fn with_errors(mut self, log: &str) -> Self {
        let errors = readers::error_lines(log);
        self.errors += errors.len();
        self.faults.extend(errors);
        self
    }

    /// Adds what the process's end says: a tool that fails without naming a fault has found one.
    fn ended(mut self, status: std::process::ExitStatus) -> Self {
        if !status.success() && !self.is_faulty() {
            self.failed += 1;
            self.faults.push(format!("ended with {status}"));
        }
        self
    }
}
