//! `cargo xtask presets`: plays every preset of the bank on every loop with the built command line, measures what it does, holds it against the
//! bank's limits, and writes `docs/presets-bank.md`.

mod bank;
mod child;
mod crew;
mod figures;
mod limits;
mod page;
mod player;
mod sounds;
mod store;
mod strip;
mod tune;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::bundle::{self, Bundles};
use crate::step::{duration, step};
use crate::workspace::Workspace;
use bank::Bank;
use figures::Measured;
use player::Player;
use sounds::Sounds;
use store::Store;

/// What to play, and on what.
#[derive(clap::Args)]
pub struct Options {
    /// Measure these alone, by name or by file, and leave the page as it is
    names: Vec<String>,
    /// A folder of loops to judge with, beside the one that Netbend synthesises
    #[arg(long, value_name = "FOLDER")]
    loops: Option<PathBuf>,
    /// A folder of presets to measure in place of the bank, which leaves the page as it is
    #[arg(long, value_name = "FOLDER")]
    presets: Option<PathBuf>,
    /// A model file to play in place of the one that the presets name
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Say which `mix` would bring what is beyond its limits within them; changes no file
    #[arg(long)]
    tune: bool,
    /// The folder with the command line and its resources [default: bundle, and take what was built]
    #[arg(long, value_name = "FOLDER")]
    bundled: Option<PathBuf>,
    /// Presets played at once [default: as many as there are cores]
    #[arg(long, value_name = "COUNT")]
    jobs: Option<usize>,
}

/// Plays, measures, says what is beyond its limits, and writes the page.
///
/// # Errors
/// Where something cannot be played, is beyond its limits, or is too close to another.
pub fn run(workspace: &Workspace, started_in: &Path, options: &Options) -> Result<()> {
    let start = Instant::now();
    let bundled = match &options.bundled {
        Some(folder) => started_in.join(folder),
        None => {
            bundle::run(workspace, &bundle::Options::default())?;
            workspace.bundled()
        }
    };
    let folder = match &options.presets {
        Some(folder) => started_in.join(folder),
        None => workspace.presets(),
    };
    let bank = Bank::read(&folder)?.only(&options.names)?;
    let model = options.model.as_ref().map(|file| started_in.join(file));
    let player = Player::new(&Bundles::in_folder(&bundled), model)?;
    let loops = options.loops.as_ref().map(|folder| started_in.join(folder));
    let sounds = step("loops", || Sounds::gather(loops.as_deref(), &player))?;
    let store = Store::new(workspace.target.join("presets"), &player, &sounds)?;
    let found = step(&format!("{} presets", bank.presets.len()), || {
        crew::measure(&bank, &sounds, &player, &store, options)
    })?;
    let measured: Vec<&Measured> = found.iter().flatten().collect();
    if measured.len() == bank.presets.len() {
        figures::print(&bank, &measured);
        if options.presets.is_none() && options.names.is_empty() {
            step("page", || page::write(workspace, &bank, &sounds, &measured))?;
        }
    }
    let faults = limits::faults(&bank, &sounds, &found);
    println!(
        "\n{} presets on {} loops in {}.",
        bank.presets.len(),
        sounds.all.len(),
        duration(start)
    );
    if !faults.is_empty() {
        for fault in &faults {
            println!("    {fault}");
        }
        bail!("{} faults: see above", faults.len());
    }
    Ok(())
}
