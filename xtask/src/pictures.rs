//! `cargo xtask pictures`: the spectrograms of `docs/transforms.md` and `docs/parts.md`, each made by the built command line, and the editor in the
//! README. `NETBEND_RESOURCES` names other resources than the bundle's, with another model.
//!
//! Loop, draws and model are fixed, so that the same build gives the same bytes; but for the editor, which shows whatever was played by then.

#[cfg(target_os = "linux")]
mod editor;
#[cfg(target_os = "linux")]
mod film;
mod palette;
mod player;
mod scenes;
mod sheet;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, bail};
use netbend_dsp::signal::{DrumLoop, drum_loop_stereo, tonal};
use netbend_tests::audio::Audio;

use crate::bundle::{self, Bundles};
use crate::files;
use crate::step::{duration, step};
use crate::workspace::Workspace;
pub use palette::Pixels;
use player::Player;
use scenes::{PAGES, Scene, Sound};

const SAMPLE_RATE: u32 = 44_100;
/// A loop with kicks, snares, closed hats and an open one.
const SEED: u64 = 7;
/// Beats that play before the picture begins, so that the network's window is full, and beats shown.
const LEAD_BEATS: f64 = 4.0;
const SHOWN_BEATS: f64 = 4.0;
/// The model of the picture of parts.
const PARTS_MODEL: &str = "drums-parts";
/// Of drums and chords that play at once: nothing clips.
const DRUMS_GAIN: f32 = 0.8;
const CHORDS_GAIN: f32 = 0.08;
/// What the pictures may take, so that a checkout stays light.
const MOST_BYTES: usize = 1 << 20;

/// What to draw.
#[derive(clap::Args)]
pub struct Options {
    /// The pictures to draw, such as `ablate`, `loop` (of the parts), `editor`, `network` or `moving`; all where none is named
    names: Vec<String>,
    /// Take the plugins and programs of this folder instead of building them
    #[arg(long, value_name = "FOLDER")]
    bundled: Option<PathBuf>,
    /// In the process that has a screen: where the editor's picture goes
    #[arg(long, hide = true, value_name = "FILE")]
    #[cfg_attr(not(target_os = "linux"), expect(dead_code))] // no virtual screen
    shown: Option<PathBuf>,
    /// In that process: which of the editor's pages
    #[arg(long, hide = true, value_name = "PAGE", default_value = "editor")]
    #[cfg_attr(not(target_os = "linux"), expect(dead_code))]
    page: String,
}

/// Bundles, renders and draws.
pub fn run(workspace: &Workspace, started_in: &Path, options: &Options) -> Result<()> {
    let folder = options
        .bundled
        .as_ref()
        .map_or_else(|| workspace.bundled(), |folder| started_in.join(folder));
    let bundles = Bundles::in_folder(&folder);
    #[cfg(target_os = "linux")]
    if let Some(picture) = &options.shown {
        return editor::show(&bundles, &options.page, picture);
    }
    let start = Instant::now();
    if options.bundled.is_none() {
        bundle::run(workspace, &bundle::Options::default())?;
    }
    #[cfg(target_os = "linux")]
    for page in editor::Page::ALL {
        let name = page.name();
        if options.names.is_empty() || options.names.iter().any(|wanted| wanted == name) {
            let picture = workspace.root.join("docs").join(page.file());
            step(name, || editor::draw(&folder, page, &picture))?;
        }
    }
    for page in PAGES {
        files::create_folder(&workspace.root.join("docs").join(page))?;
    }
    let beat = 60.0 / DrumLoop::new(SEED).bpm;
    let seconds = (LEAD_BEATS + SHOWN_BEATS) * beat;
    let player = |sound: &Audio| Player::new(&bundles, sound, LEAD_BEATS * beat);
    let drums = player(&drum_loop(seconds))?;
    let drums_and_chords = player(&with_chords(drum_loop(seconds)))?;
    let mut scenes = scenes::transforms();
    let parts = drums.part_names(PARTS_MODEL)?;
    if parts.is_empty() {
        println!("the model has no parts: their picture stays as it is");
    } else {
        scenes.push(scenes::parts(PARTS_MODEL, &parts));
    }
    let names = &options.names;
    let wanted = |scene: &Scene| names.is_empty() || names.iter().any(|name| name == scene.file);
    let mut total = 0;
    for scene in scenes.into_iter().filter(wanted) {
        step(scene.file, || {
            let player = match scene.sound {
                Sound::Drums => &drums,
                Sound::DrumsAndChords => &drums_and_chords,
            };
            let sounds = player.play(&scene)?;
            let png = sheet::draw(&scene, &sounds)?;
            total += png.len();
            println!("    {} kB", png.len().div_ceil(1_000));
            let folder = workspace.root.join("docs").join(scene.page);
            Ok(std::fs::write(
                folder.join(format!("{}.png", scene.file)),
                png,
            )?)
        })?;
    }
    println!("\n{} kB, drawn in {}.", total / 1_000, duration(start));
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

/// The sound over held chords, in the middle.
fn with_chords(mut sound: Audio) -> Audio {
    let chords = tonal(SAMPLE_RATE as f32, sound.seconds() as f32, SEED);
    for channel in &mut sound.channels {
        for (x, chord) in channel.iter_mut().zip(&chords) {
            *x = DRUMS_GAIN * *x + CHORDS_GAIN * chord;
        }
    }
    sound
}
