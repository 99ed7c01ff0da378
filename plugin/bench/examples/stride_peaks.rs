//! What the dearest stride of a mode takes, in the worker's processor time: `stride_peaks [SECONDS]`.
//!
//! Run with `NETBEND_RESOURCES` set to a folder with ONNX Runtime and `models/drums.onnx`. A block is a stride, and the host waits for it. Two
//! bends rest, step every half second, or ramp. Strides that are decoded whole for their level, and windows that are encoded whole
//! because their level has changed, are what peaks are made of.

#![allow(missing_docs)] // A program.

use anyhow::Result;
use netbend::offline::{Controls, DEFAULT_MODEL, LatencyMode};
use netbend_bench::clock::Worked;
use netbend_bench::scenario::{Instance, RATE, Scenario};
use netbend_models::ModelFormat;

/// Layers of the shipped model.
const LAYERS: usize = 5;
/// The share of its layer's features that each bend acts on.
const SHARE: f32 = 0.25;
/// Seconds from one step of the amounts to the next, and of a ramp.
const STEP_SECONDS: f32 = 0.5;
/// Strides after which everything is warm.
const WARM_UP: usize = 200;

fn main() -> Result<()> {
    let seconds = match std::env::args().nth(1) {
        Some(number) => number.parse()?,
        None => 10.0,
    };
    for mode in LatencyMode::ALL {
        for (name, amount) in [
            ("rest", rest as fn(f32) -> f32),
            ("steps", steps),
            ("ramps", ramps),
        ] {
            let (mut taken, stride) = strides(mode, seconds, amount)?;
            taken.sort_by(f64::total_cmp);
            let at = |share: f64| {
                let place = (share * (taken.len() - 1) as f64).round() as usize;
                format!(
                    "{:5.2} ms {:4.0} %",
                    taken[place],
                    100.0 * taken[place] / stride
                )
            };
            let mean = taken.iter().sum::<f64>() / taken.len() as f64 / stride;
            println!(
                "{mode:?}, {name}: {:.1} % of a core; of {stride:.1} ms: p50 {}, p90 {}, p99 {}, most {}",
                100.0 * mean,
                at(0.5),
                at(0.9),
                at(0.99),
                at(1.0)
            );
        }
    }
    Ok(())
}

fn rest(_: f32) -> f32 {
    1.0
}

fn steps(seconds: f32) -> f32 {
    let odd = (seconds / STEP_SECONDS) as usize % 2;
    [1.0, 0.6][odd]
}

fn ramps(seconds: f32) -> f32 {
    (seconds / STEP_SECONDS).fract().max(0.01)
}

/// Milliseconds of processor time for each stride, and how long one lasts.
fn strides(mode: LatencyMode, seconds: f32, amount: fn(f32) -> f32) -> Result<(Vec<f64>, f64)> {
    let scenario = Scenario::new(DEFAULT_MODEL, ModelFormat::default(), LAYERS, 2, SHARE);
    let mut instance = Instance::open(&scenario, mode)?;
    let shape = scenario.shape(mode)?;
    let samples = shape.stride_frames * shape.geometry.hop_samples;
    let mut taken = Vec::new();
    let [left, right] = Scenario::drums(seconds);
    let blocks = left.chunks_exact(samples).zip(right.chunks_exact(samples));
    for (number, (left, right)) in blocks.enumerate() {
        let (mut left, mut right) = (left.to_vec(), right.to_vec());
        let controls = |before: usize| -> Controls {
            let mut controls = scenario.controls;
            let now = (number * samples + before) as f32 / RATE;
            controls.slots[..2]
                .iter_mut()
                .for_each(|slot| slot.amount = amount(now));
            controls
        };
        let clock = Worked::begin();
        let channels = &mut [left.as_mut_slice(), right.as_mut_slice()];
        instance.processor.offline().process(channels, controls);
        if number >= WARM_UP.min(4 * 48_000 / samples) {
            taken.extend(clock.elsewhere_seconds().map(|seconds| 1e3 * seconds));
        }
    }
    Ok((taken, 1e3 * samples as f64 / f64::from(RATE)))
}
