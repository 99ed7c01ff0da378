//! `cargo xtask test`: every test, against the plugin as it is shipped, then the checks.

use std::time::Instant;

use anyhow::Result;

use crate::step::{duration, step};
use crate::workspace::{RESOURCES, Workspace, run_command};
use crate::{bundle, check};

/// Bundles, tests and checks.
pub fn run(workspace: &Workspace) -> Result<()> {
    let start = Instant::now();
    bundle::run(workspace, &bundle::Options::default())?;
    step("tests", || {
        // xtask apart: its dependencies need other features, and would be built yet another time.
        cargo_test(workspace, &["--workspace", "--exclude", "xtask"])?;
        cargo_test(workspace, &["--package", "xtask"])
    })?;
    check::run(workspace)?;
    println!(
        "\nBundled, tested and checked without a failure in {}.",
        duration(start)
    );
    Ok(())
}

fn cargo_test(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    run_command(
        workspace
            .cargo()
            .args(["test", "--release", "--no-fail-fast"])
            .args(packages)
            .env("NETBEND_BUNDLED", workspace.bundled())
            .env("NETBEND_RESOURCES", workspace.bundled().join(RESOURCES)),
    )
}
