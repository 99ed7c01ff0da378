//! `cargo xtask demo`: a drum loop, bent by the built plugin, to hear and to see.

mod listen;
mod picture;
mod score;

use std::time::Instant;

use anyhow::{Context, Result};
use netbend_dsp::signal::{DrumLoop, drum_loop_stereo};
use netbend_tests::audio::Audio;
use netbend_tests::built::CLAP_ID;
use netbend_tests::host::{Blocks, Bundle};

use crate::bundle::{self, Bundles};
use crate::files;
use crate::step::{duration, step};
use crate::workspace::Workspace;
use score::Score;

const SAMPLE_RATE: u32 = 48_000;
const SEED: u64 = 1;
/// Four bars of four.
const BEATS: f64 = 16.0;
const BLOCK_SAMPLES: usize = 512;

/// Bundles, bends and draws.
pub fn run(workspace: &Workspace) -> Result<()> {
    let start = Instant::now();
    bundle::run(workspace, &bundle::Options::default())?;
    let folder = workspace.target.join("demo");
    files::create_folder(&folder)?;

    let dry = step("synthesise a drum loop", || Ok(drum_loop()))?;
    let score = Score::new(dry.samples());
    let bundles = Bundles::of(workspace);
    let bent = step("bend it in the built plugin", || {
        bend(&bundles, &dry, &score)
    })?;
    step("write and draw", || {
        dry.write_wav(&folder.join("dry.wav"))?;
        bent.write_wav(&folder.join("bent.wav"))?;
        picture::draw(&folder.join("spectrograms.png"), &dry, &bent, &score)
    })?;

    println!("\nDone in {}. Listen, and look:", duration(start));
    for name in ["dry.wav", "bent.wav", "spectrograms.png"] {
        println!("    {}", folder.join(name).display());
    }
    // Not every player takes floats, and not every machine has one.
    let heard = ["dry.wav", "bent.wav"].map(|name| listen::listen(&folder.join(name)));
    if heard.contains(&false) {
        println!("(nothing here could play them)");
    }
    println!("The plugins are in");
    for plugin in [&bundles.clap, &bundles.vst3] {
        println!("    {}", plugin.display());
    }
    println!("and `cargo xtask install` puts them where your host looks for them.");
    Ok(())
}

fn drum_loop() -> Audio {
    let seconds = BEATS * 60.0 / DrumLoop::new(SEED).bpm;
    let channels = drum_loop_stereo(SAMPLE_RATE as f32, seconds as f32, SEED);
    Audio {
        sample_rate: SAMPLE_RATE,
        channels: channels.into(),
    }
}

fn bend(bundles: &Bundles, dry: &Audio, score: &Score) -> Result<Audio> {
    let start = Instant::now();
    let bundle = Bundle::open(&bundles.clap)?;
    let mut plugin = bundle.create(CLAP_ID)?;
    plugin.set_offline(true)?;
    score.prepare(&mut plugin)?;
    let bent = plugin
        .render(dry, Blocks::Fixed(BLOCK_SAMPLES), &score.automation())
        .context("the plugin could not play the loop")?;
    println!(
        "    {:.1} s of sound, {:.1} times as fast as it plays",
        dry.seconds(),
        dry.seconds() / start.elapsed().as_secs_f64()
    );
    Ok(bent)
}
