//! Everything a run found, as `--json` prints it. Shares are fractions: 0.3 is 30 %.

use netbend_bench::figures::{Figures, Settings};
use serde::Serialize;

use super::memory::Memory;
use super::peak::Measured;
use super::pytorch::Comparison;
use super::stages::Stages;

/// The whole run.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Report {
    /// Version of Netbend.
    pub(super) netbend: &'static str,
    pub(super) settings: Settings,
    pub(super) machine: Measured,
    pub(super) modes: Vec<ModeReport>,
    /// With `--against pytorch`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pytorch: Option<Comparison>,
}

/// One latency mode. What was not asked for with `--only` is left out.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ModeReport {
    #[serde(flatten)]
    pub(super) figures: Figures,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stages: Option<Stages>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) memory: Option<Memory>,
}
