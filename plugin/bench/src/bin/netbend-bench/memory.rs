//! What one instance more takes of memory: measured in a process of its own, in which nothing was freed before that could be used again.

use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use netbend::offline::LatencyMode;
use netbend_bench::bounce::bounce;
use netbend_bench::scenario::{Instance, Scenario};
use netbend_dsp::number::nearest_f64;
use netbend_usage::resident_bytes;

/// Resident memory of one process with several instances of one model, after each has played.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Memory {
    /// Instances in all.
    pub(super) instances: usize,
    /// Of the process with one instance, megabytes (10⁶ bytes): ONNX Runtime and the model are in it.
    pub(super) first_mb: f64,
    /// What each instance from the second on added, the mean.
    pub(super) further_mb: f64,
}

/// Opens `instances` one after the other, each playing `seconds` offline. For the process that does nothing else. `None` where the
/// system does not say how much memory is resident.
pub(super) fn measure(
    scenario: &Scenario,
    mode: LatencyMode,
    instances: usize,
    seconds: f32,
) -> Result<Option<Memory>> {
    let drums = Scenario::drums(seconds);
    let mut opened = Vec::new();
    let mut resident = Vec::new();
    for _ in 0..instances.max(2) {
        opened.push(Instance::open(scenario, mode)?);
        // Those that were there play on, so that all of them have what they need while all run.
        for instance in &mut opened {
            bounce(instance, scenario, &drums);
        }
        resident.extend(resident_bytes().map(|bytes| nearest_f64(bytes) / 1e6));
    }
    let (Some(first), Some(last)) = (resident.first(), resident.last()) else {
        return Ok(None);
    };
    Ok(Some(Memory {
        instances: opened.len(),
        first_mb: *first,
        further_mb: (last - first) / nearest_f64(opened.len() - 1),
    }))
}

/// Runs this program again with `arguments`, and reads what [`measure`] found there.
pub(super) fn measure_apart(arguments: &[String]) -> Result<Option<Memory>> {
    let program = std::env::current_exe().context("this program's own file is not to be found")?;
    let ran = Command::new(program)
        .arg("--memory-of-this-process")
        .args(arguments)
        .output()
        .context("this program does not start a second time")?;
    if !ran.status.success() {
        bail!(
            "measuring memory failed: {}",
            String::from_utf8_lossy(&ran.stderr).trim()
        );
    }
    Ok(serde_json::from_slice(&ran.stdout)?)
}
