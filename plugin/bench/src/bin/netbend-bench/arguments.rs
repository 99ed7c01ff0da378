//! What can be asked of the program.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::ValueEnum;

use netbend::offline::DEFAULT_MODEL;
use netbend_bench::mode::Mode;

/// Measures how fast Netbend is on this machine: every stage of a stride, renders, instances that play in real time, the audio
/// thread and memory. Close what else runs before.
#[derive(clap::Parser)]
#[command(name = "netbend-bench", version, max_term_width = 100)]
pub(super) struct Arguments {
    /// Print everything as JSON instead of a table.
    #[arg(long)]
    pub(super) json: bool,
    /// Compare with the same network in PyTorch, on whole windows, as *Network Bending* was made with.
    #[arg(long, value_enum)]
    pub(super) against: Option<Against>,
    /// The Python that has `torch` and `onnx` [default: that of `cargo xtask train` where it is there, else the system's]
    #[arg(long, value_name = "PATH")]
    pub(super) python: Option<PathBuf>,
    /// The installed model to run.
    #[arg(long, default_value = DEFAULT_MODEL)]
    pub(super) model: String,
    /// The only latency mode to measure [default: all]
    #[arg(long, value_enum)]
    pub(super) mode: Option<Mode>,
    /// The only parts to measure [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(super) only: Vec<Part>,
    /// Instances that play at once in real time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(super) instances: u16,
    /// Active bends of each instance.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(0..=8))]
    pub(super) slots: u16,
    /// Share of its layer's features that each bend acts on, percent.
    #[arg(long, default_value_t = 25.0, value_name = "PERCENT", value_parser = percentage)]
    pub(super) features: f32,
    /// Seconds of sound played in real time and of each render.
    #[arg(long, default_value_t = 10.0, value_parser = seconds)]
    pub(super) seconds: f32,
    /// Renders of which medians are taken; everything else is repeated in proportion.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(super) rounds: u16,
    /// A few seconds in all: to see that everything runs, not how fast.
    #[arg(long)]
    pub(super) quick: bool,
    /// Measures memory here and prints nothing else.
    #[arg(long, hide = true)]
    pub(super) memory_of_this_process: bool,
}

/// What to compare with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Against {
    /// PyTorch, eager and TorchScript.
    Pytorch,
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Part {
    /// The stages of a stride.
    Stages,
    /// Offline renders.
    Render,
    /// Instances in real time, and the audio thread.
    Live,
    /// Memory of further instances.
    Memory,
}

fn percentage(text: &str) -> Result<f32> {
    in_range(text, 0.0..=100.0, "percent")
}

fn seconds(text: &str) -> Result<f32> {
    in_range(text, 0.1..=3_600.0, "seconds")
}

fn in_range(text: &str, range: std::ops::RangeInclusive<f32>, unit: &str) -> Result<f32> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| anyhow!("expected {unit} from {} to {}", range.start(), range.end()))
}
