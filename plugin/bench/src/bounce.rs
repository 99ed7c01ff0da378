//! Offline renders: how much faster than real time, and what a stride costs the worker.

use std::time::Instant;

use anyhow::Result;
use netbend_dsp::number::nearest_f64;
use serde::Serialize;

use crate::clock::Worked;
use crate::scenario::{Instance, RATE, Scenario};
use crate::statistics::median;
use netbend::offline::LatencyMode;

/// Samples per block, as a host bounces.
const BLOCK: usize = 1_024;
/// What is bounced first, so that everything is warm.
const WARM_UP_SECONDS: f32 = 1.0;

/// Offline renders of one mode.
#[derive(Debug, Clone, Serialize)]
pub struct Bounces {
    /// Length of each in seconds of sound.
    pub seconds: f32,
    /// How many there were; figures are medians.
    pub rounds: usize,
    /// Seconds of sound in a second.
    pub times_real_time: f64,
    /// Processor time of the worker for a second of sound, as a share of one core; `None` where the system does not say it.
    pub worker_share: Option<f64>,
    /// The same for one stride, milliseconds.
    pub worker_ms_per_stride: Option<f64>,
}

/// Bounces `seconds` of drums `rounds` times.
pub fn measure(
    scenario: &Scenario,
    mode: LatencyMode,
    seconds: f32,
    rounds: usize,
) -> Result<Bounces> {
    let mut instance = Instance::open(scenario, mode)?;
    bounce(&mut instance, scenario, &Scenario::drums(WARM_UP_SECONDS));
    let drums = Scenario::drums(seconds);
    let (mut passed, mut worked) = (Vec::new(), Vec::new());
    for _ in 0..rounds.max(1) {
        let started = Instant::now();
        let clock = Worked::begin();
        bounce(&mut instance, scenario, &drums);
        worked.extend(clock.elsewhere_seconds());
        passed.push(started.elapsed().as_secs_f64());
    }
    let shape = scenario.shape(mode)?;
    let strides_per_second =
        f64::from(RATE) / nearest_f64(shape.geometry.hop_samples * shape.stride_frames);
    // The latency is bounced with the sound, and worked for too.
    let bounced = f64::from(seconds) + nearest_f64(shape.latency_samples()) / f64::from(RATE);
    let share = (!worked.is_empty()).then(|| median(&mut worked) / bounced);
    Ok(Bounces {
        seconds,
        rounds: rounds.max(1),
        times_real_time: f64::from(seconds) / median(&mut passed),
        worker_share: share,
        worker_ms_per_stride: share.map(|share| 1e3 * share / strides_per_second),
    })
}

/// Plays the sound and what the latency holds back through the instance, offline.
pub fn bounce(instance: &mut Instance, scenario: &Scenario, sound: &[Vec<f32>; 2]) {
    let processor = &mut instance.processor;
    let latency = processor.latency_samples();
    let [mut left, mut right] = sound.clone();
    left.resize(left.len() + latency, 0.0);
    right.resize(right.len() + latency, 0.0);
    for (left, right) in left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK)) {
        processor
            .offline()
            .process(&mut [left, right], |_| scenario.controls);
    }
    processor.reset();
}
