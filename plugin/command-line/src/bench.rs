//! `netbend bench`: how fast Netbend is on this machine. What developers measure is `plugin/bench`, whose method this is.

use anyhow::{Context as _, Result, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use netbend::offline::{DEFAULT_MODEL, Resources};
use netbend_bench::figures::{Figures, Settings, add_modes, add_playing, heading, notes};
use netbend_bench::machine::Machine;
use netbend_bench::mode::{Mode, mode_name, modes};
use netbend_bench::scenario::{RATE, Scenario};
use netbend_bench::table::Table;
use netbend_bench::{bounce, live};
use netbend_models::AnyPackage;
use serde::Serialize;

use crate::print::{lines, say};
use crate::whole::whole;

/// Bends of each instance, and the share of its layer's features that each acts on, percent.
const SLOTS: usize = 2;
const FEATURES_PERCENT: f32 = 25.0;
/// Renders of which medians are taken.
const ROUNDS: usize = 3;
/// Seconds of a render, which says no more when it is longer.
const LONGEST_RENDER: f32 = 20.0;

/// Measures how fast Netbend is on this machine: renders, and instances that play in real time. Close what else runs before.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Print everything as JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// The installed model to run.
    #[arg(long, default_value = DEFAULT_MODEL)]
    model: String,
    /// The only latency mode to measure [default: all]
    #[arg(long, value_enum)]
    mode: Option<Mode>,
    /// Instances that play at once in real time.
    #[arg(long, default_value_t = 1, value_parser = whole(1..=64_u16, "instances"))]
    instances: u16,
    /// The voice, in percent: 0 is Difference, 100 the model alone.
    #[arg(long, default_value_t = 0, value_parser = whole(0..=100_u8, "percent"))]
    voice: u8,
    /// Seconds of sound played in real time, and of each render up to 20.
    #[arg(long, default_value_t = 5.0, value_parser = seconds)]
    seconds: f32,
}

fn seconds(text: &str) -> Result<f32> {
    let range = 0.1..=3_600.0;
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| anyhow!("expected seconds from {} to {}", range.start(), range.end()))
}

/// What was found, as `--json` prints it. Shares are fractions: 0.3 is 30 %.
#[derive(Serialize)]
struct Report {
    /// Version of Netbend.
    netbend: &'static str,
    settings: Settings,
    machine: Machine,
    modes: Vec<Figures>,
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let report = measure(arguments)?;
    if arguments.json {
        return say!("{}", serde_json::to_string_pretty(&report)?);
    }
    let mut table = Table::default();
    let modes: Vec<_> = report.modes.iter().collect();
    add_modes(&mut table, &modes);
    add_playing(&mut table, &modes);
    let mut text = heading(report.netbend, &report.machine, "", &report.settings);
    text += &table.text();
    text += &modes.first().map_or_else(String::new, |mode| notes(mode));
    text.push('\n');
    lines(&text)
}

fn measure(arguments: &Arguments) -> Result<Report> {
    let resources = Resources::find();
    let path = resources.model(&arguments.model)?;
    let package = AnyPackage::load(&path).with_context(|| path.display().to_string())?;
    let manifest = package.face();
    let mut scenario = Scenario::new(
        &arguments.model,
        package.format(),
        manifest.layers.len().saturating_sub(1),
        SLOTS,
        FEATURES_PERCENT / 100.0,
    );
    scenario.controls.voice = f32::from(arguments.voice) / 100.0;
    let machine = Machine::ask(&resources)?;
    let instances = usize::from(arguments.instances);
    let wanted = modes(arguments.mode);
    let progress = ProgressBar::new(2 * wanted.len() as u64).with_style(
        ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed} elapsed  {msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    );
    let render_seconds = arguments.seconds.min(LONGEST_RENDER);
    let mut found = Vec::with_capacity(wanted.len());
    for mode in wanted {
        let mut figures = Figures::new(mode, &scenario.shape(mode)?);
        progress.set_message(format!("{}: render", mode_name(mode)));
        figures.render = Some(bounce::measure(&scenario, mode, render_seconds, ROUNDS)?);
        progress.inc(1);
        progress.set_message(format!("{}: live", mode_name(mode)));
        figures.live = Some(live::measure(
            &scenario,
            mode,
            instances,
            arguments.seconds,
        )?);
        progress.inc(1);
        found.push(figures);
    }
    progress.finish_and_clear();
    Ok(Report {
        netbend: env!("CARGO_PKG_VERSION"),
        settings: Settings {
            model: arguments.model.clone(),
            sample_rate: RATE,
            instances,
            slots: SLOTS,
            features_percent: FEATURES_PERCENT,
            voice_percent: arguments.voice.into(),
        },
        machine,
        modes: found,
    })
}
