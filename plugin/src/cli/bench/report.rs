//! Everything a run of `netbend bench` found, as `--json` prints it. Shares are fractions: 0.3 is 30 %.

use serde::Serialize;

use super::bounce::Bounces;
use super::live::Live;
use super::machine::Machine;
use super::memory::Memory;
use super::pytorch::Comparison;
use super::scenario::RATE;
use super::stages::Stages;
use crate::latency::LatencyMode;
use crate::stream_shape::StreamShape;

/// The whole run.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Report {
    /// Version of Netbend.
    pub(super) netbend: &'static str,
    pub(super) settings: Settings,
    pub(super) machine: Machine,
    pub(super) modes: Vec<ModeReport>,
    /// With `--against pytorch`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pytorch: Option<Comparison>,
}

/// What was measured.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Settings {
    pub(super) model: String,
    pub(super) sample_rate: f32,
    /// Instances playing in real time.
    pub(super) instances: usize,
    /// Active slots of each, and the percentage of its layer's features that each bends.
    pub(super) slots: usize,
    pub(super) features_percent: f32,
}

/// One latency mode. What was not asked for with `--only` is left out.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ModeReport {
    pub(super) mode: String,
    pub(super) stride_frames: usize,
    pub(super) overlap_frames: usize,
    pub(super) latency_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stages: Option<Stages>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) render: Option<Bounces>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) live: Option<Live>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) memory: Option<Memory>,
}

impl ModeReport {
    /// Nothing yet but what the mode is.
    pub(super) fn new(mode: LatencyMode, shape: &StreamShape) -> Self {
        Self {
            mode: mode_name(mode),
            stride_frames: shape.stride_frames,
            overlap_frames: shape.overlap_frames,
            latency_ms: 1e3 * shape.latency_samples() as f64 / f64::from(RATE),
            stages: None,
            render: None,
            live: None,
            memory: None,
        }
    }
}

/// A mode as figures and options name it.
pub(super) fn mode_name(mode: LatencyMode) -> String {
    format!("{mode:?}").to_lowercase()
}
