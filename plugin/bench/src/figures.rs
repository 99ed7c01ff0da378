//! What a latency mode costs while it plays.

use netbend::offline::{LatencyMode, StreamShape};
use netbend_dsp::number::nearest_f64;
use serde::Serialize;

use crate::bounce::Bounces;
use crate::live::{Blocks, Live};
use crate::machine::Machine;
use crate::mode::mode_name;
use crate::scenario::RATE;
use crate::table::{Table, percent};

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Settings {
    /// The model's name.
    pub model: String,
    /// Samples per second.
    pub sample_rate: f32,
    /// Instances playing in real time.
    pub instances: usize,
    /// Active slots of each.
    pub slots: usize,
    /// The percentage of its layer's features that each slot bends.
    pub features_percent: f32,
    /// The voice, in percent: 0 is *Difference*, 100 the model alone.
    pub voice_percent: f32,
}

/// One latency mode. What was not asked for is left out.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Its name.
    pub mode: String,
    /// Frames of a stride.
    pub stride_frames: usize,
    /// Frames that two strides share.
    pub overlap_frames: usize,
    /// From input to output, milliseconds.
    pub latency_ms: f64,
    /// Offline renders.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub render: Option<Bounces>,
    /// Instances in real time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
}

impl Figures {
    /// Nothing yet but what the mode is.
    pub fn new(mode: LatencyMode, shape: &StreamShape) -> Self {
        Self {
            mode: mode_name(mode),
            stride_frames: shape.stride_frames,
            overlap_frames: shape.overlap_frames,
            latency_ms: 1e3 * nearest_f64(shape.latency_samples()) / f64::from(RATE),
            render: None,
            live: None,
        }
    }
}

/// The machine and what it ran, each a line; `runtime` ends the line of ONNX Runtime's version.
pub fn heading(version: &str, machine: &Machine, runtime: &str, settings: &Settings) -> String {
    format!(
        "Netbend {version} on {}, {} cores, {}\n\
         ONNX Runtime {}{runtime}\n\
         Model `{}`, stereo linked at {} Hz, {} active bends of {} % of a layer's features each, voice at {} %\n\n",
        machine.processor,
        machine.cores,
        machine.system,
        machine.onnxruntime,
        settings.model,
        settings.sample_rate,
        settings.slots,
        settings.features_percent,
        settings.voice_percent
    )
}

/// Adds what each mode is.
pub fn add_modes(table: &mut Table, modes: &[&Figures]) {
    let mut row = |name, figure: fn(&Figures) -> String| {
        table.row(name, modes, |mode| Some(figure(mode)));
    };
    row("", |m| m.mode.clone());
    row("stride, frames", |m| m.stride_frames.to_string());
    row("latency, ms", |m| format!("{:.1}", m.latency_ms));
}

/// Adds what each mode costs while it renders and plays.
pub fn add_playing(table: &mut Table, modes: &[&Figures]) {
    let mut row = |name, figure: &dyn Fn(&Figures) -> Option<String>| {
        table.row(name, modes, |mode| figure(mode));
    };
    row("render, × real time", &|m| {
        m.render
            .as_ref()
            .map(|r| format!("{:.1}", r.times_real_time))
    });
    row("worker, share of a core", &|m| {
        m.render.as_ref()?.worker_share.map(percent)
    });
    row("live, instances", &|m| {
        m.live.as_ref().map(|l| l.instances.to_string())
    });
    row("live, share of a core each", &|m| {
        m.live.as_ref()?.core_share_per_instance.map(percent)
    });
    row("live, late hops", &|m| {
        m.live
            .as_ref()
            .map(|l| format!("{} of {}", l.misses, l.hops))
    });
    let block = |m: &Figures, figure: fn(&Blocks) -> f64| {
        m.live.as_ref().map(|l| percent(figure(&l.block)))
    };
    row("audio thread per block, p50", &|m| {
        block(m, |b| b.worked.p50)
    });
    row("  p99", &|m| block(m, |b| b.worked.p99));
    row("  p99.9", &|m| block(m, |b| b.worked.p99_9));
    row("  p99.9, time that passed", &|m| {
        block(m, |b| b.passed.p99_9)
    });
}

/// How the figures of renders and instances came about, a line each.
pub fn notes(mode: &Figures) -> String {
    let render = mode.render.as_ref().map(|render| {
        format!(
            "\nRenders are medians of {} of {:.0} s.",
            render.rounds, render.seconds
        )
    });
    let live = mode.live.as_ref().map(|live| {
        format!(
            "\nLive: {:.0} s in real time, {} blocks of {} samples timed.",
            live.seconds, live.block.count, live.block.samples
        )
    });
    [render, live].into_iter().flatten().collect()
}
