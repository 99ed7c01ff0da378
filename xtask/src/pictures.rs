//! `cargo xtask pictures`: the spectrograms of `docs/transforms.md`, each made by the built command line, and the editor in the README.
//!
//! Loop, draws and model are fixed, so that the same build gives the same bytes; but for the editor, which shows whatever was played by then.

#[cfg(target_os = "linux")]
mod editor;
mod palette;
mod player;
mod scenes;
mod sheet;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Result, bail};
use netbend_dsp::signal::{DrumLoop, drum_loop_stereo};
use netbend_tests::audio::Audio;

use crate::bundle::{self, Bundles};
use crate::files;
use crate::step::{duration, step};
use crate::workspace::Workspace;
pub use palette::Pixels;
use player::Player;
use scenes::Scene;

const SAMPLE_RATE: u32 = 44_100;
/// A loop with kicks, snares, closed hats and an open one.
const SEED: u64 = 7;
/// Beats that play before the picture begins, so that the network's window is full, and beats shown.
const LEAD_BEATS: f64 = 4.0;
const SHOWN_BEATS: f64 = 4.0;
/// What the pictures may take, so that a checkout stays light.
const MOST_BYTES: usize = 1 << 20;

/// What to draw.
#[derive(clap::Args)]
pub struct Options {
    /// The pictures to draw, such as `ablate` or `editor`; all where none is named
    names: Vec<String>,
    /// In the process that has a screen: where the editor's picture goes
    #[arg(long, hide = true, value_name = "FILE")]
    #[cfg_attr(not(target_os = "linux"), expect(dead_code))] // no virtual screen
    shown: Option<PathBuf>,
}

/// Bundles, renders and draws.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    #[cfg(target_os = "linux")]
    if let Some(picture) = &options.shown {
        return editor::show(workspace, picture);
    }
    let start = Instant::now();
    bundle::run(workspace, &bundle::Options::default())?;
    #[cfg(target_os = "linux")]
    if options.names.is_empty() || options.names.iter().any(|name| name == editor::NAME) {
        step(editor::NAME, || {
            editor::draw(&workspace.root.join("docs/editor.png"))
        })?;
    }
    let folder = workspace.root.join("docs/transforms");
    files::create_folder(&folder)?;
    let beat = 60.0 / DrumLoop::new(SEED).bpm;
    let player = Player::new(
        &Bundles::of(workspace),
        &drum_loop((LEAD_BEATS + SHOWN_BEATS) * beat),
        LEAD_BEATS * beat,
    )?;
    let names = &options.names;
    let wanted = |scene: &Scene| names.is_empty() || names.iter().any(|name| name == scene.file);
    let mut total = 0;
    for scene in scenes::all().into_iter().filter(wanted) {
        step(scene.file, || {
            let sounds = player.play(&scene)?;
            let png = sheet::draw(&scene, &sounds)?;
            total += png.len();
            println!("    {} kB", png.len().div_ceil(1_000));
            let path = folder.join(format!("{}.png", scene.file));
            Ok(std::fs::write(path, png)?)
        })?;
    }
    println!(
        "\n{} kB in docs/transforms, drawn in {}.",
        total / 1_000,
        duration(start)
    );
    if total > MOST_BYTES {
        bail!("the pictures take more than {MOST_BYTES} bytes");
    }
    Ok(())
}

fn drum_loop(seconds: f64) -> Audio {
    let channels = drum_loop_stereo(SAMPLE_RATE as f32, seconds as f32, SEED);
    Audio {
        sample_rate: SAMPLE_RATE,
        channels: channels.into(),
    }
}
