//! `cargo xtask soak`: the built plugins as a session has them for hours: several instances of both formats in real time, with automation, storms
//! of it, saves and loads, models that change and editors that open and close; then what was missed and what has grown.
//!
//! Everything is drawn from a seed. The plugins run in a process of their own, on a screen of its own.

mod actions;
mod audio;
mod report;
mod voice;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use netbend_tests::held::Held;

use crate::bundle::{self, Bundles};
use crate::files;
use crate::step::step;
use crate::workspace::{RESOURCES, Workspace};
use actions::Actions;
use audio::Audio;
use report::Report;
use voice::Instance;

/// Samples a second.
const RATE: u32 = 48_000;
/// Samples a block.
const BLOCK: usize = 128;
/// Samples of a hop at that rate: what is missed is missed as a whole.
const HOP: usize = 256;
/// How long the instances may take to load.
const LOADING: Duration = Duration::from_secs(120);
/// Part of the time that is played before anything is measured, at most [`WARM_UP`].
const WARM_UP_SHARE: f64 = 0.2;
const WARM_UP: Duration = Duration::from_secs(300);
/// How long nothing may have changed by more than [`STILL_KIB`] for it to be measured, and how long that is waited for.
const REST: Duration = Duration::from_secs(4);
const PATIENCE: Duration = Duration::from_secs(90);
const STILL_KIB: usize = 256;
/// The main thread looks for something to do this often.
const TICK: Duration = Duration::from_millis(20);
/// How often progress is printed.
const PROGRESS: Duration = Duration::from_secs(30);

/// How to soak.
#[derive(clap::Args)]
pub struct Options {
    /// How long to play, in minutes
    #[arg(long, default_value_t = 60.0)]
    minutes: f64,
    /// How many instances, CLAP and VST3 in turn
    #[arg(long, default_value_t = 4)]
    instances: usize,
    /// Live, Tight or Studio
    #[arg(long, default_value = "Studio")]
    latency: String,
    /// What everything random is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only play and automate: no storms, saves, loads, models or editors
    #[arg(long)]
    calm: bool,
    /// The folder with the plugins [default: bundle, and take what was built]
    #[arg(long, value_name = "FOLDER")]
    bundled: Option<PathBuf>,
    /// In the process that holds the plugins
    #[arg(long, hide = true)]
    hosted: bool,
}

/// Soaks.
///
/// # Errors
/// Where the plugins cannot be run, or something was missed or has grown.
pub fn run(workspace: &Workspace, started_in: &Path, options: &Options) -> Result<()> {
    if options.minutes.is_nan() || options.minutes <= 0.0 || options.instances == 0 {
        bail!("nothing to play: --minutes and --instances must be above 0");
    }
    let bundled = match &options.bundled {
        Some(folder) => started_in.join(folder),
        None if options.hosted => workspace.bundled(),
        None => {
            bundle::run(workspace, &bundle::Options::default())?;
            workspace.bundled()
        }
    };
    if options.hosted {
        return play(&bundled, options);
    }
    step("soak", || host(workspace, &bundled, options))
}

/// Starts the process that holds the plugins.
fn host(workspace: &Workspace, bundled: &Path, options: &Options) -> Result<()> {
    // A second model, for those who change theirs.
    let data = tempfile::tempdir_in(&workspace.target)?;
    let models = data.path().join("netbend/models");
    files::create_folder(&models)?;
    let shipped = bundled.join(RESOURCES).join("models/drums.onnx");
    files::copy_file(&shipped, &models.join(format!("{}.onnx", actions::OTHER)))?;

    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["soak", "--hosted", "--bundled"])
        .arg(bundled)
        .args(["--minutes", &options.minutes.to_string()])
        .args(["--instances", &options.instances.to_string()])
        .args(["--latency", &options.latency])
        .args(["--seed", &options.seed.to_string()])
        .args(options.calm.then_some("--calm"))
        .env("XDG_DATA_HOME", data.path())
        .env_remove("NETBEND_RESOURCES")
        .env_remove("DISPLAY");
    #[cfg(target_os = "linux")]
    let _screen = match netbend_tests::display::Screen::start() {
        Ok(screen) => {
            command.env("DISPLAY", screen.name());
            Some(screen)
        }
        Err(reason) => {
            println!("    no editors: {reason}");
            None
        }
    };
    // An interrupt is for that process, which then says what it has seen.
    ctrlc::set_handler(|| {})?;
    let status = command
        .status()
        .context("could not start the process that holds the plugins")?;
    if !status.success() {
        bail!("the soak failed ({status}): see above");
    }
    Ok(())
}

fn play(bundled: &Path, options: &Options) -> Result<()> {
    let stop = Arc::new(AtomicBool::new(false));
    let interrupted = Arc::clone(&stop);
    ctrlc::set_handler(move || interrupted.store(true, Ordering::Relaxed))?;

    let mut instances = Vec::new();
    for number in 0..options.instances {
        instances.push(Instance::open(bundled, number, options)?);
    }
    let voices = instances.iter_mut().map(Instance::lend);
    let mut audio = Audio::begin(voices.collect::<Result<_>>()?, options.seed)?;
    wait_until_all_bend(&mut audio, &stop)?;

    let mut actions = Actions::new(options.seed, options.calm);
    let whole = Duration::from_secs_f64(60.0 * options.minutes);
    let warm_up = whole.mul_f64(WARM_UP_SHARE).min(WARM_UP);
    println!(
        "    {} instances, {}; {:.1} minutes, of which the first {:.1} are for caches to fill",
        options.instances,
        options.latency,
        options.minutes,
        warm_up.as_secs_f64() / 60.0
    );
    audio.forget();
    let begun = Instant::now();
    act(&mut actions, &mut instances, &audio, begun + warm_up, &stop)?;
    let before = rest(&mut actions, &mut instances, &audio, &stop)?;
    act(&mut actions, &mut instances, &audio, begun + whole, &stop)?;
    let after = rest(&mut actions, &mut instances, &audio, &stop)?;

    let offsets = audio.offsets()?;
    let heard = audio.end()?;
    let report = Report {
        seconds: begun.elapsed().as_secs_f64(),
        heard,
        offsets,
        before,
        after,
        actions: actions.done(),
    };
    println!("\n{report}");
    let faults = report.faults();
    if !faults.is_empty() {
        bail!("{}", faults.join("; "));
    }
    Ok(())
}

fn wait_until_all_bend(audio: &mut Audio, stop: &AtomicBool) -> Result<()> {
    let begun = Instant::now();
    while !audio.all_bend() {
        if begun.elapsed() > LOADING {
            bail!("not every instance bends after {} s", LOADING.as_secs());
        }
        if stop.load(Ordering::Relaxed) {
            bail!("interrupted");
        }
        audio.check()?;
        std::thread::sleep(TICK);
    }
    println!(
        "    all bend after {:.1} s, latency included",
        begun.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Does what a user does, until then.
fn act(
    actions: &mut Actions,
    instances: &mut [Instance],
    audio: &Audio,
    until: Instant,
    stop: &AtomicBool,
) -> Result<()> {
    let mut told = Instant::now();
    while Instant::now() < until && !stop.load(Ordering::Relaxed) {
        actions.act(instances, audio)?;
        audio.check()?;
        if told.elapsed() > PROGRESS {
            told = Instant::now();
            let held = Held::now();
            println!(
                "    {:6.1} minutes left: {} hops missed, {} MB, {} threads, {} descriptors",
                (until - Instant::now()).as_secs_f64() / 60.0,
                audio.missed(),
                held.resident_kib >> 10,
                held.threads,
                held.descriptors
            );
        }
    }
    Ok(())
}

/// Brings everything to where it began, and looks at what is held then.
fn rest(
    actions: &mut Actions,
    instances: &mut [Instance],
    audio: &Audio,
    stop: &AtomicBool,
) -> Result<Held> {
    actions.rest(instances)?;
    let begun = Instant::now();
    let (mut held, mut since) = (Held::now(), begun);
    // Models that were changed back are loaded again, thread by thread.
    while since.elapsed() < REST
        && begun.elapsed() < PATIENCE
        && !(stop.load(Ordering::Relaxed) && begun.elapsed() > REST)
    {
        actions.pump(instances)?;
        let now = Held::now();
        if now.allocated_kib.abs_diff(held.allocated_kib) > STILL_KIB {
            (held, since) = (now, Instant::now());
        }
    }
    audio.check()?;
    Ok(Held::trimmed())
}

/// Where the plugins are in that folder.
fn plugins(bundled: &Path) -> (PathBuf, PathBuf) {
    let bundles = Bundles::in_folder(bundled);
    (bundles.clap, bundles.vst3)
}
