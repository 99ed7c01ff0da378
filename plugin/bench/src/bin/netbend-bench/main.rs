//! Measures what Netbend costs on this machine, in one run: what `cargo xtask bench` writes into docs/performance.md.
//!
//! The parts that the worker runs are timed one by one at the level of the crates ([`stages`]), the whole of it through engine and processor
//! ([`bounce`], [`live`], [`memory`]); [`pytorch`] is the same network elsewhere. `netbend bench` is the short form for users.

#![cfg_attr(
    not(test),
    deny(
        clippy::cast_lossless,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss
    )
)]

mod arguments;
mod memory;
mod peak;
mod pytorch;
mod report;
mod stages;
mod strides;
mod table;
mod voicing;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser as _, ValueEnum as _};
use indicatif::{ProgressBar, ProgressStyle};
use netbend::offline::{LatencyMode, Resources};
use netbend_bench::figures::{Figures, Settings};
use netbend_bench::mode::{mode_name, modes};
use netbend_bench::scenario::{RATE, Scenario};
use netbend_bench::{bounce, live};
use netbend_models::{ModelFormat, Package, Runtime};

use arguments::{Against, Arguments, Part};
use peak::Measured;
use report::{ModeReport, Report};
use stages::Networks;

/// Strides timed, rounds against PyTorch and matrix products for each of `--rounds`.
const STRIDES_PER_ROUND: usize = 40;
const COMPARISONS_PER_ROUND: usize = 10;
const PRODUCTS_PER_ROUND: usize = 4;
/// Instances that are opened to see what one more takes of memory.
const MEMORY_INSTANCES: usize = 5;
/// What each of them plays whenever another one has come, seconds.
const MEMORY_SECONDS: f32 = 1.0;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("netbend-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Prints to standard output, where a full disk is an error.
fn print(text: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    output
        .write_all(text.as_bytes())
        .and_then(|()| output.flush())
        .context("standard output cannot be written")
}

fn run(arguments: &Arguments) -> Result<()> {
    let resources = Resources::find();
    let path = resources.model(&arguments.model)?;
    let package = Package::load(&path).with_context(|| path.display().to_string())?;
    let manifest = package.manifest();
    let scenario = Scenario::new(
        &arguments.model,
        ModelFormat::from(manifest),
        manifest.layers.len().saturating_sub(1),
        usize::from(arguments.slots),
        arguments.features / 100.0,
    );
    if arguments.memory_of_this_process {
        // The plugin does not hold it twice.
        drop(package);
        let mode = arguments.mode.map_or(LatencyMode::Live, LatencyMode::from);
        let (instances, seconds) = match arguments.quick {
            true => (2, 0.1),
            false => (MEMORY_INSTANCES, MEMORY_SECONDS),
        };
        let memory = memory::measure(&scenario, mode, instances, seconds)?;
        print(&format!("{}\n", serde_json::to_string(&memory)?))?;
        return Ok(());
    }
    let report = Bench::new(arguments, scenario, resources).run(package)?;
    if arguments.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&report)?))
    } else {
        print(&table::text(&report))
    }
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
        let modes = modes(arguments.mode);
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
        let mut machine = Measured::new(&self.resources, products)?;
        let needs_networks = self.measures(Part::Stages) || against.is_some();
        let mut networks = needs_networks
            .then(|| Networks::load(package, runtime))
            .transpose()?;
        let mut modes: Vec<ModeReport> = Vec::new();
        for &mode in &self.modes {
            let shape = self.scenario.shape(mode)?;
            let mut report = ModeReport {
                figures: Figures::new(mode, &shape),
                stages: None,
                memory: None,
            };
            // What a stride costs in all is the renders' figure, and a stage's rest.
            report.figures.render = self.part(Part::Render, mode, || {
                bounce::measure(&self.scenario, mode, self.seconds, self.rounds)
            })?;
            let worker_ms = report
                .figures
                .render
                .as_ref()
                .and_then(|r| r.worker_ms_per_stride);
            report.stages = match &mut networks {
                Some(networks) => self.part(Part::Stages, mode, || {
                    stages::measure(&self.scenario, mode, networks, strides, worker_ms)
                })?,
                None => None,
            };
            report.figures.live = self.part(Part::Live, mode, || {
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
                voice_percent: 0.0,
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
