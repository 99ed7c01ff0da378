//! `cargo xtask check`: layers, formatting, lints and documentation, all without a warning.

use anyhow::Result;

use crate::layers;
use crate::step::step;
use crate::workspace::{Workspace, run_command};

/// Holds the code against the order of its layers, and runs rustfmt, clippy and rustdoc over the workspace.
pub fn run(workspace: &Workspace) -> Result<()> {
    step("layers", || layers::run(workspace))?;
    step("formatting", || {
        run_command(workspace.cargo().args(["fmt", "--all", "--check"]))
    })?;
    step("lints", || {
        run_command(
            workspace
                .cargo()
                .args(["clippy", "--release", "--workspace", "--all-targets"])
                .args(["--", "--deny", "warnings"]),
        )
    })?;
    step("documentation", || {
        run_command(
            workspace
                .cargo()
                .env("RUSTDOCFLAGS", "--deny warnings")
                .args(["doc", "--release", "--workspace", "--no-deps"]),
        )
    })
}
