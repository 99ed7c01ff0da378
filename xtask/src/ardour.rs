//! `cargo xtask ardour`: a bounce of the built VST3 by Ardour, held against `netbend render`.
//!
//! Ardour makes a session of its own accord (`tests/hosts/ardour/session.lua`), with a home folder inside the build folder: what the user has is left alone.
//!
//! # Where the streams begin
//! Ardour lets its plugins hear silence before an export begins, and Netbend asks its network every few hops, counted from the first sample that it
//! hears. So the command line is given silence, too: as many hops as make both the same, which are tried one after the other.
//! Ardour reads a track's automation where the track's *output* is. A plugin that reports a latency hears the sound before that by as much, so what is drawn
//! reaches it late by its latency; the command line's is drawn as much later.

mod exporter;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use netbend_dsp::signal::drum_loop_stereo;
use netbend_tests::audio::Audio;

use crate::bundle;
use crate::files;
use crate::step::{duration, step};
use crate::workspace::{RESOURCES, Workspace};
use exporter::Exporter;

const SAMPLE_RATE: u32 = 44_100;
const SEED: u64 = 7;
const SECONDS: f64 = 4.0;
/// The slot's amount, `(seconds, amount)`. It steps, since Ardour samples a ramp once a block. Ardour keeps automation in fractions of a beat: these are whole ones.
const AMOUNTS: [(f64, f64); 4] = [(0.0, 0.0), (1.0, 1.0), (2.0, 0.25), (3.0, 0.75)];
/// What the plugin reports in Tight, its default, at this rate.
const LATENCY_SAMPLES: usize = 9_216;
/// Hops between two questions to the network in Tight, and samples of a hop at this rate.
const STRIDE_HOPS: usize = 16;
const HOP_SAMPLES: usize = 256;
/// The most that may be left of the sound. Ardour's panner rounds at −141 dB.
const RESIDUAL_DB: f64 = -100.0;
/// A bent sound is further than this from the dry one.
const BENT_DB: f64 = -60.0;

/// Which plugin and which Ardour.
#[derive(clap::Args)]
pub struct Options {
    /// The folder with the plugin and the command line [default: bundle, and take what was built]
    #[arg(long, value_name = "FOLDER")]
    bundled: Option<PathBuf>,
    /// Ardour's major version: 7 stands for `ardour7-lua`, `ardour7-export` and `/usr/lib/ardour7`
    #[arg(long, value_name = "NUMBER", default_value_t = 7)]
    ardour: u32,
}

/// Bundles, bounces in Ardour and on the command line, and compares.
///
/// # Errors
/// Where Ardour is missing or fails, or the bounces differ.
pub fn run(workspace: &Workspace, started_in: &Path, options: &Options) -> Result<()> {
    let start = Instant::now();
    let bundled = match &options.bundled {
        Some(folder) => started_in.join(folder),
        None => {
            bundle::run(workspace, &bundle::Options::default())?;
            workspace.bundled()
        }
    };
    let folder = workspace.target.join("ardour");
    files::remove(&folder)?;
    files::create_folder(&folder)?;
    let dry = Audio {
        sample_rate: SAMPLE_RATE,
        channels: drum_loop_stereo(SAMPLE_RATE as f32, SECONDS as f32, SEED).into(),
    };
    let exporter = Exporter::new(
        &folder,
        &workspace.root.join("tests/hosts/ardour/session.lua"),
        options.ardour,
    );
    step("make a session", || {
        exporter.scan(&bundled.join("Netbend.vst3"))?;
        exporter.make_session(&dry, &AMOUNTS)
    })?;
    let exported = step("export it", || exporter.export())?;
    let bent_db = residual_db(&exported, &dry)?;
    let (pad_samples, found_db) = step("bounce on the command line", || {
        closest(&bundled, &folder, &dry, &exported)
    })?;

    println!("\nArdour's export, {}:", duration(start));
    println!("    {bent_db:7.1} dB from the dry sound");
    println!(
        "    {found_db:7.1} dB from `netbend render`, which hears {pad_samples} samples of silence first"
    );
    println!("    the session is {}", workspace.show(&folder));
    if bent_db < BENT_DB {
        bail!("Ardour's export is dry");
    }
    if found_db > RESIDUAL_DB {
        bail!("Ardour's export is not what `netbend render` gives ({RESIDUAL_DB} dB at most)");
    }
    Ok(())
}

/// The silence before the command line's bounce that brings it closest to the export, and how close that is in decibels.
fn closest(bundled: &Path, folder: &Path, dry: &Audio, exported: &Audio) -> Result<(usize, f64)> {
    let mut best = (0, f64::INFINITY);
    for hops in 0..STRIDE_HOPS {
        let pad_samples = hops * HOP_SAMPLES;
        let rendered = bounce(bundled, folder, dry, pad_samples)?;
        let found_db = residual_db(exported, &rendered)?;
        if found_db < best.1 {
            best = (pad_samples, found_db);
        }
        if found_db <= RESIDUAL_DB {
            break;
        }
    }
    Ok(best)
}

/// `netbend render` of the sound after some silence, which is cut off again.
fn bounce(bundled: &Path, folder: &Path, dry: &Audio, pad_samples: usize) -> Result<Audio> {
    let [input, output, lanes] =
        ["in.wav", "out.wav", "automation.csv"].map(|name| folder.join(name));
    let mut padded = Audio::silence(SAMPLE_RATE, dry.channels.len(), pad_samples);
    for (channel, sound) in padded.channels.iter_mut().zip(&dry.channels) {
        channel.extend(sound);
    }
    padded.write_wav(&input)?;
    std::fs::write(&lanes, automation(pad_samples + LATENCY_SAMPLES)?)?;
    let program = format!("netbend{}", std::env::consts::EXE_SUFFIX);
    let mut command = Command::new(bundled.join(program));
    command
        .arg("render")
        .args([&input, &output])
        .args(["--set", "slot_on_1=on", "--automate"])
        .arg(&lanes)
        .env("NETBEND_RESOURCES", bundled.join(RESOURCES));
    let ran = command.stdin(Stdio::null()).output();
    let ran = ran.with_context(|| format!("could not start {}", bundled.display()))?;
    if !ran.status.success() {
        bail!(
            "netbend render failed: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
    }
    Ok(Audio::read_wav(&output)?.skip(pad_samples))
}

/// The amounts for `--automate`, each held until the next, later by some samples.
fn automation(later_samples: usize) -> Result<String> {
    let mut lines = String::new();
    let mut held = AMOUNTS[0].1;
    writeln!(lines, "0,slot_amount_1,{} %", 100.0 * held)?;
    for (seconds, amount) in AMOUNTS {
        let seconds = seconds + later_samples as f64 / f64::from(SAMPLE_RATE);
        for value in [held, amount] {
            writeln!(lines, "{seconds},slot_amount_1,{} %", 100.0 * value)?;
        }
        held = amount;
    }
    Ok(lines)
}

/// What is left when one sound is taken off another, in decibels relative to it.
fn residual_db(found: &Audio, expected: &Audio) -> Result<f64> {
    if found.samples() != expected.samples() || found.channels.len() != expected.channels.len() {
        bail!(
            "{} channels of {} samples found; expected {} of {}",
            found.channels.len(),
            found.samples(),
            expected.channels.len(),
            expected.samples()
        );
    }
    let pairs = found.channels.iter().zip(&expected.channels);
    let pairs = pairs.flat_map(|(found, expected)| found.iter().zip(expected));
    let (mut error, mut energy) = (0.0, 0.0);
    for (&found, &expected) in pairs {
        error += (f64::from(found) - f64::from(expected)).powi(2);
        energy += f64::from(expected).powi(2);
    }
    Ok(10.0 * (error / energy).log10())
}
