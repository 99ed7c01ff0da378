//! `cargo xtask test`: every test, against the plugin as it is shipped, real hosts', the oracles' and the training package's, then the checks.

use std::time::Instant;

use anyhow::Result;

use crate::platform::Platform;
use crate::python::{environment, package};
use crate::step::{duration, step};
use crate::workspace::{RESOURCES, Workspace, run_command};
use crate::{bundle, check, dist, hosts, oracles, setup};

/// What to leave out.
#[derive(clap::Args)]
pub struct Options {
    /// Leave out the training package, which needs PyTorch (fetched once, several gigabytes on Linux)
    #[arg(long)]
    skip_training: bool,
}

/// Bundles, tests and checks.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let start = Instant::now();
    bundle::run(workspace, &bundle::Options::default())?;
    dist::make(workspace, &Platform::here(false)?)?;
    let no_screen = step("virtual screen", || {
        let missing = setup::install_screen();
        println!("    {}", missing.as_deref().unwrap_or("there"));
        Ok(missing)
    })?;
    let no_decoders = step("ffmpeg and flac", || {
        let missing = setup::install_decoders();
        println!("    {}", missing.as_deref().unwrap_or("there"));
        Ok(missing)
    })?;
    step("tests", || {
        // xtask apart: its dependencies need other features, and would be built yet another time.
        cargo_test(workspace, &["--workspace", "--exclude", "xtask"])?;
        cargo_test(workspace, &["--package", "xtask"])
    })?;
    let no_hosts = step("hosts", || hosts::test(workspace))?;
    let no_oracles = step("oracles", || oracles::test(workspace))?;
    let no_training = step("training", || {
        if options.skip_training {
            return Ok(Some(String::from("left out by --skip-training")));
        }
        test_training(workspace)
    })?;
    check::run(workspace)?;
    println!(
        "\nBundled, tested and checked without a failure in {}.",
        duration(start)
    );
    for (what, reason) in [
        ("NO EDITOR WAS OPENED", no_screen),
        ("AUDIO FILES WERE NOT HELD TO OTHER DECODERS", no_decoders),
        ("THE HOSTS WERE NOT ASKED", no_hosts),
        ("THE ORACLES WERE NOT ASKED", no_oracles),
        ("THE TRAINING PACKAGE WAS NOT TESTED", no_training),
    ] {
        if let Some(reason) = reason {
            println!("{what}: {reason}.");
        }
    }
    Ok(())
}

/// Runs the training package's tests, or returns why that cannot be done here.
fn test_training(workspace: &Workspace) -> Result<Option<String>> {
    let python = match environment(workspace) {
        Ok(python) => python,
        Err(error) => {
            println!("    SKIPPED: {error:#}");
            return Ok(Some(format!("{error:#}")));
        }
    };
    run_command(
        std::process::Command::new(python)
            .args(["-m", "pytest", "-q"])
            .current_dir(package(workspace)),
    )?;
    Ok(None)
}

fn cargo_test(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    run_command(
        workspace
            .cargo()
            .args(["test", "--release", "--no-fail-fast"])
            .args(packages)
            .env("NETBEND_ARCHIVES", dist::folder(workspace))
            .env("NETBEND_BUNDLED", workspace.bundled())
            .env("NETBEND_RESOURCES", workspace.bundled().join(RESOURCES)),
    )
}
