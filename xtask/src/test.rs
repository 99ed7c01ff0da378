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
        run_command(
            workspace
                .cargo()
                .args(["test", "--release", "--workspace", "--no-fail-fast"])
                .env("NETBEND_BUNDLED", workspace.bundled())
                .env("NETBEND_RESOURCES", workspace.bundled().join(RESOURCES)),
        )
    })?;
    check::run(workspace)?;
    println!(
        "\nBundled, tested and checked without a failure in {}.",
        duration(start)
    );
    Ok(())
}
