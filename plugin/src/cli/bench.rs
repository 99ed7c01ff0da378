//! `netbend bench`: how fast Netbend is on this machine, measured in one run.
//!
//! Everything is synthesised from a seed, so that two machines measure the same work. The parts that the worker runs are timed one by one
//! at the level of the crates ([`stages`]), the whole of it through engine and processor ([`bounce`], [`live`], [`memory`]).

mod bounce;
mod clock;
mod live;
mod machine;
mod memory;
mod pytorch;
mod report;
mod scenario;
mod stages;
mod statistics;
mod strides;
mod table;
mod voicing;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};
use netbend_models::{ModelFacts, Package, Runtime};

use crate::latency::LatencyMode;
use crate::resources::{DEFAULT_MODEL, Resources};
use machine::Machine;
use report::{ModeReport, Report, Settings, mode_name};
use scenario::{RATE, Scenario};
use stages::Networks;

/// Strides timed, rounds against PyTorch and matrix products for each of `--rounds`.
const STRIDES_PER_ROUND: usize = 40;
const COMPARISONS_PER_ROUND: usize = 10;
const PRODUCTS_PER_ROUND: usize = 4;
/// Instances that are opened to see what one more takes of memory.
const MEMORY_INSTANCES: usize = 5;
/// What each of them plays whenever another one has come, seconds.
const MEMORY_SECONDS: f32 = 1.0;

/// Measures how fast Netbend is on this machine: every stage of a stride, renders, instances that play in real time, the audio
/// thread and memory. Close what else runs before.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Print everything as JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Compare with the same network in PyTorch, on whole windows, as *Network Bending* was made with.
    #[arg(long, value_enum)]
    against: Option<Against>,
    /// The Python that has `torch` and `onnx` [default: that of `cargo xtask train` where it is there, else the system's]
    #[arg(long, value_name = "PATH")]
    python: Option<PathBuf>,
    /// The installed model to run.
    #[arg(long, default_value = DEFAULT_MODEL)]
    model: String,
    /// The only latency mode to measure [default: all]
    #[arg(long, value_enum)]
    mode: Option<Mode>,
    /// The only parts to measure [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
    /// Instances that play at once in real time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    instances: u16,
    /// Active bends of each instance.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(0..=8))]
    slots: u16,
    /// Share of its layer's features that each bend acts on, percent.
    #[arg(long, default_value_t = 25.0, value_name = "PERCENT", value_parser = percentage)]
    features: f32,
    /// Seconds of sound played in real time and of each render.
    #[arg(long, default_value_t = 10.0, value_parser = seconds)]
    seconds: f32,
    /// Renders of which medians are taken; everything else is repeated in proportion.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    rounds: u16,
    /// A few seconds in all: to see that everything runs, not how fast.
    #[arg(long)]
    quick: bool,
    /// Measures memory here and prints nothing else.
    #[arg(long, hide = true)]
    memory_of_this_process: bool,
}

/// What to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Against {
    /// PyTorch, eager and TorchScript.
    Pytorch,
}

/// A latency mode as an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Live,
    Tight,
    Studio,
}

impl From<Mode> for LatencyMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Live => Self::Live,
            Mode::Tight => Self::Tight,
            Mode::Studio => Self::Studio,
        }
    }
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The stages of a stride.
    Stages,
    /// Offline renders.
    Render,
    /// Instances in real time, and the audio thread.
    Live,
    /// Memory of further instances.
    Memory,
}

fn percentage(text: &str) -> Result<f32, String> {
    in_range(text, 0.0..=100.0)
}

fn seconds(text: &str) -> Result<f32, String> {
    in_range(text, 0.1..=3_600.0)
}

fn in_range(text: &str, range: std::ops::RangeInclusive<f32>) -> Result<f32, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| {
        format!(
            "expected a number from {} to {}",
            range.start(),
            range.end()
        )
    })
}

pub(super) fn run(arguments: &Arguments) -> Result<()> {
    let resources = Resources::find();
    let path = resources
        .model(&arguments.model)
        .map_err(anyhow::Error::msg)?;
    let package = Package::load(&path).with_context(|| path.display().to_string())?;
    let manifest = package.manifest();
    let scenario = Scenario::new(
        &arguments.model,
        ModelFacts::from(manifest),
        manifest.layers.len().saturating_sub(1),
        usize::from(arguments.slots),
        arguments.features / 100.0,
    );
    if arguments.memory_of_this_process {
        let mode = arguments.mode.map_or(LatencyMode::Live, LatencyMode::from);
        let (instances, seconds) = match arguments.quick {
            true => (2, 0.1),
            false => (MEMORY_INSTANCES, MEMORY_SECONDS),
        };
        let memory = memory::measure(&scenario, mode, instances, seconds)?;
        println!("{}", serde_json::to_string(&memory)?);
        return Ok(());
    }
    let report = Bench::new(arguments, scenario, resources).run(package)?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{}", table::text(&report));
    }
    Ok(())
}

/// One run: what is to be measured, and how often.
struct Bench<'a> {
    arguments: &'a Arguments,
    scenario: Scenario,
    resources: Resources,
    modes: Vec<LatencyMode>,
    /// Seconds of sound, and renders.
    seconds: f32,
    rounds: usize,
    /// Strides, comparisons and products for a round.
    repeats: [usize; 3],
    progress: ProgressBar,
}

impl<'a> Bench<'a> {
    fn new(arguments: &'a Arguments, scenario: Scenario, resources: Resources) -> Self {
        let modes = match arguments.mode {
            Some(mode) => vec![mode.into()],
            None => LatencyMode::ALL.to_vec(),
        };
        let (seconds, rounds, repeats) = if arguments.quick {
            (0.5, 1, [4, 2, 1])
        } else {
            (
                arguments.seconds,
                usize::from(arguments.rounds),
                [STRIDES_PER_ROUND, COMPARISONS_PER_ROUND, PRODUCTS_PER_ROUND],
            )
        };
        let parts = Part::value_variants().len();
        let progress = ProgressBar::new((modes.len() * parts + 2) as u64).with_style(
            ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed} elapsed  {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        Self {
            arguments,
            scenario,
            resources,
            modes,
            seconds,
            rounds,
            repeats,
            progress,
        }
    }

    fn run(&self, package: Package) -> Result<Report> {
        let arguments = self.arguments;
        let [strides, comparisons, products] = self.repeats.map(|each| each * self.rounds);
        let against = arguments.against.map(|Against::Pytorch| {
            let named = arguments.python.clone();
            named.unwrap_or_else(pytorch::default_python)
        });
        if let Some(python) = &against {
            pytorch::check(python)?;
        }
        self.progress.set_message("the machine");
        let runtime = Runtime::load(self.resources.runtime_folders())?;
        let mut machine = Machine::measure(&self.resources, products)?;
        let needs_networks = self.measures(Part::Stages) || against.is_some();
        let mut networks = needs_networks
            .then(|| Networks::load(package, runtime))
            .transpose()?;
        let mut modes: Vec<ModeReport> = Vec::new();
        for &mode in &self.modes {
            let shape = self.scenario.shape(mode)?;
            let mut report = ModeReport::new(mode, &shape);
            // What a stride costs in all is the renders' figure, and a stage's rest.
            report.render = self.part(Part::Render, mode, || {
                bounce::measure(&self.scenario, mode, self.seconds, self.rounds)
            })?;
            let worker_ms = report.render.as_ref().and_then(|r| r.worker_ms_per_stride);
            report.stages = match &mut networks {
                Some(networks) => self.part(Part::Stages, mode, || {
                    stages::measure(&self.scenario, mode, networks, strides, worker_ms)
                })?,
                None => None,
            };
            report.live = self.part(Part::Live, mode, || {
                let instances = usize::from(arguments.instances);
                live::measure(&self.scenario, mode, instances, self.seconds)
            })?;
            report.memory = self
                .part(Part::Memory, mode, || {
                    memory::measure_apart(&self.again(mode))
                })?
                .flatten();
            modes.push(report);
        }
        let pytorch = match (&against, &mut networks) {
            (Some(python), Some(networks)) => {
                self.progress.set_message("PyTorch");
                let modes = &self.modes;
                Some(pytorch::compare(
                    &self.scenario,
                    modes,
                    networks,
                    python,
                    comparisons,
                )?)
            }
            _ => None,
        };
        machine.measure_again(&self.resources, products)?;
        let stages = modes.iter_mut().filter_map(|mode| mode.stages.as_mut());
        stages.for_each(|stages| stages.relate_to(machine.sgemm_gflops));
        self.progress.finish_and_clear();
        Ok(Report {
            netbend: env!("CARGO_PKG_VERSION"),
            settings: Settings {
                model: arguments.model.clone(),
                sample_rate: RATE,
                instances: usize::from(arguments.instances),
                slots: usize::from(arguments.slots),
                features_percent: arguments.features,
            },
            machine,
            modes,
            pytorch,
        })
    }

    fn measures(&self, part: Part) -> bool {
        let only = &self.arguments.only;
        only.is_empty() || only.contains(&part)
    }

    /// Measures a part, where it is asked for.
    fn part<T>(
        &self,
        part: Part,
        mode: LatencyMode,
        measure: impl FnOnce() -> Result<T>,
    ) -> Result<Option<T>> {
        self.progress.inc(1);
        if !self.measures(part) {
            return Ok(None);
        }
        let what = format!("{}: {part:?}", mode_name(mode)).to_lowercase();
        self.progress.set_message(what);
        measure().map(Some)
    }

    /// The options that another process needs to measure the same instance.
    fn again(&self, mode: LatencyMode) -> Vec<String> {
        let Arguments {
            model,
            slots,
            features,
            ..
        } = self.arguments;
        let mut options: Vec<String> = [
            ("--mode", mode_name(mode)),
            ("--model", model.clone()),
            ("--slots", slots.to_string()),
            ("--features", features.to_string()),
        ]
        .into_iter()
        .flat_map(|(option, value)| [option.to_owned(), value])
        .collect();
        if self.arguments.quick {
            options.push("--quick".to_owned());
        }
        options
    }
}
