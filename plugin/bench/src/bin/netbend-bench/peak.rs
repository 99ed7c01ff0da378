//! The machine with the fastest matrix product on it, which the network's speed is held against.

use std::time::Instant;

use anyhow::Result;
use netbend::offline::Resources;
use netbend_bench::machine::Machine;
use netbend_models::Runtime;
use netbend_models::run::measure::peak_gflops;
use netbend_usage::thread_time;
use serde::Serialize;

/// What the figures were measured on.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Measured {
    #[serde(flatten)]
    pub(super) machine: Machine,
    /// The fastest matrix product in ONNX Runtime, one thread, of those before and after everything else.
    pub(super) sgemm_gflops: f64,
}

impl Measured {
    /// Asks the system, and multiplies matrices `rounds` times.
    pub(super) fn new(resources: &Resources, rounds: usize) -> Result<Self> {
        let runtime = Runtime::load(resources.runtime_folders())?;
        Ok(Self {
            machine: Machine::ask(resources)?,
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
