//! `cargo xtask dist`: an archive for people who do not build, with plugins, programs, licences and the scripts that install and uninstall them.

mod archive;
mod date;
mod entries;
mod licences;
mod package;
#[cfg(test)]
#[cfg(unix)]
mod tests;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

pub use package::gather;

use crate::platform::Platform;
use crate::step::step;
use crate::workspace::{VERSION, Workspace, run_command};
use crate::{bundle, files};

/// What to make.
#[derive(clap::Args, Default)]
pub struct Options {
    /// Then install the archive into an empty home folder, play from there and uninstall it
    #[arg(long)]
    check: bool,
    /// For macOS on both processors
    #[arg(long)]
    universal: bool,
}

/// Bundles and makes the archive.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let platform = Platform::here(options.universal)?;
    bundle::run(workspace, &bundle::Options::release(options.universal))?;
    let archive = make(workspace, &platform)?;
    if options.check {
        step("install, play, uninstall", || {
            let mut test = workspace.cargo();
            test.args(["test", "--release", "--package", "netbend-tests"])
                .args(["--test", "installed"])
                .env("NETBEND_ARCHIVES", folder(workspace));
            run_command(&mut test)
        })?;
    }
    println!("\n{} is made.", workspace.show(&archive));
    Ok(())
}

/// The folder of archives.
pub fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("dist")
}

/// Makes the archive of what was bundled, and a list of checksums beside it. Nothing else stays in the folder.
pub fn make(workspace: &Workspace, platform: &Platform) -> Result<PathBuf> {
    step("archive", || {
        let entries = gather(workspace, platform)?;
        let seconds = date::of_source(workspace)?;
        let folder = folder(workspace);
        files::remove(&folder)?;
        files::create_folder(&folder)?;
        let inside = platform.archive_name(VERSION);
        let (end, write): (_, fn(&_, &_, &_, _) -> _) = if platform.is_windows() {
            ("zip", archive::write_zip)
        } else {
            ("tar.gz", archive::write_tar_gz)
        };
        let name = format!("{inside}.{end}");
        let path = folder.join(&name);
        write(&path, &inside, &entries, seconds)?;
        let bytes = fs::read(&path)?;
        let sums = folder.join(entries::CHECKSUMS);
        fs::write(&sums, entries::checksum_line(&bytes, &name))
            .with_context(|| format!("could not write {}", sums.display()))?;
        println!("    {name}, {:.1} MB", bytes.len() as f64 / 1e6);
        Ok(path)
    })
}
