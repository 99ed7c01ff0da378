//! The machine as the reader of a figure wants to know it.

use std::time::Instant;

use anyhow::Result;
use netbend_models::Runtime;
use netbend_models::run::measure::{peak_gflops, runtime_version};
use serde::Serialize;

use crate::measure::clock::thread_time;
use crate::resources::Resources;

/// What the figures were measured on.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Machine {
    /// The processor's name, as the system says it.
    pub(super) processor: String,
    /// Processors that threads of this process may run on.
    pub(super) cores: usize,
    /// `linux x86_64` and the like.
    pub(super) system: String,
    /// Version of ONNX Runtime.
    pub(super) onnxruntime: String,
    /// The fastest matrix product in ONNX Runtime, one thread, of those before and after everything else.
    pub(super) sgemm_gflops: f64,
}

impl Machine {
    /// Asks the system, and multiplies matrices `rounds` times.
    pub(super) fn measure(resources: &Resources, rounds: usize) -> Result<Self> {
        let runtime = Runtime::load(resources.runtime_folders())?;
        Ok(Self {
            processor: processor().unwrap_or_else(|| "unknown".to_owned()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            onnxruntime: runtime_version(runtime.library()).unwrap_or_else(|| "unknown".to_owned()),
            sgemm_gflops: peak(runtime, rounds)?,
        })
    }

    /// Multiplies matrices again: a machine that others use too has its better moments.
    pub(super) fn measure_again(&mut self, resources: &Resources, rounds: usize) -> Result<()> {
        let runtime = Runtime::load(resources.runtime_folders())?;
        self.sgemm_gflops = self.sgemm_gflops.max(peak(runtime, rounds)?);
        Ok(())
    }
}

/// Of this thread's work; where the system does not say it, of the time that passes.
fn peak(runtime: &Runtime, rounds: usize) -> Result<f64> {
    let started = Instant::now();
    let clock = || thread_time().unwrap_or_else(|| started.elapsed());
    Ok(peak_gflops(runtime, rounds, clock)?)
}

#[cfg(target_os = "linux")]
fn processor() -> Option<String> {
    let said = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = said.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(target_os = "macos")]
fn processor() -> Option<String> {
    let said = std::process::Command::new("sysctl")
        .args(["-n", "machdep.cpu.brand_string"])
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&said.stdout).trim().to_owned())
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn processor() -> Option<String> {
    std::env::var("PROCESSOR_IDENTIFIER").ok()
}
