//! `cargo xtask train --kind waveform`: a streaming model of sound itself, by `models/training/netbend_waveform_training`.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::stage::stage;
use super::{Options, earlier_training, how_to_use, save_on_interrupt, unfinished};
use crate::files;
use crate::python::{environment, module_of};
use crate::step::step;
use crate::workspace::{Workspace, run_command};

const PACKAGE: &str = "netbend_waveform_training";

/// Trains, then exports and imports to `out`. `data` are folders that are there.
pub(super) fn run(
    workspace: &Workspace,
    data: &[PathBuf],
    out: &Path,
    name: &str,
    options: &Options,
) -> Result<()> {
    if options.bfloat16 {
        bail!("--bfloat16 is for spectrograms; leave it out with --kind waveform");
    }
    if let Some(folder) = out.parent() {
        files::create_folder(folder)?;
    }
    let run = workspace.target.join("training/waveform-runs").join(name);
    let checkpoint = run.join("checkpoint.pt");
    let begun = checkpoint.exists();
    if begun && !options.resume {
        bail!(earlier_training(&run));
    }
    save_on_interrupt()?;
    let python = step("Python environment", || environment(workspace))?;
    make(&python, data, &run, &checkpoint, begun, out, options)
        .map_err(|error| unfinished(error, &checkpoint))?;
    println!(
        "\n{} is ready.\n\
         {}\n\
         What it plays of loops it never heard: `{} -m {PACKAGE} evaluate {} --loops FOLDER --write heard`.",
        out.display(),
        how_to_use(name),
        workspace.show(&python),
        workspace.show(&run),
    );
    Ok(())
}

fn make(
    python: &Path,
    data: &[PathBuf],
    run: &Path,
    checkpoint: &Path,
    begun: bool,
    out: &Path,
    options: &Options,
) -> Result<()> {
    step("training", || {
        let mut train = module_of(python, PACKAGE);
        train.arg("train").arg("--run").arg(run);
        train.arg("--data").args(data);
        if begun {
            train.arg("--resume");
        } else {
            train
                .args(["--seed", &options.seed.to_string()])
                .args(["--device", &options.device]);
        }
        if let Some(steps) = options.steps {
            train.args(["--steps", &steps.to_string()]);
        }
        if let Some(threads) = options.threads {
            train.args(["--threads", &threads.to_string()]);
        }
        run_command(&mut train)
    })?;
    stage("export", out, &[checkpoint], || {
        run_command(
            module_of(python, PACKAGE)
                .arg("export")
                .arg(run)
                .arg("--out")
                .arg(out)
                .arg("--data")
                .args(data),
        )
    })
}
