//! demo
use crate::workspace::Workspace;
use anyhow::Result;
/// Demo
pub fn run(_workspace: &Workspace) -> Result<()> {
    Ok(())
}
