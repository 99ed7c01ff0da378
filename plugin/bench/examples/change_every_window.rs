//! Bends every window of the shipped model otherwise than the one before and times each: `change_every_window [WINDOWS [FIRST]]`.
//!
//! Run with `NETBEND_RESOURCES` set to a folder with ONNX Runtime and `models/drums.onnx`. A window is late where the worker took longer
//! to render the stride than the stride lasts.

#![allow(missing_docs)] // A program.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use kit::changes;
use netbend::offline::{
    Controls, DEFAULT_MODEL, Engine, EngineState, LatencyMode, Processor, StreamShape,
};
use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::{ModelFormat, Runtime};

const RATE: f32 = 44_100.0;
/// Layers of the shipped model.
const LAYERS: usize = 5;
/// A wait after which the worker is done, whatever the time it took.
const PATIENCE: Duration = Duration::from_secs(2);

fn main() -> Result<()> {
    let argument = |place: usize, usual: u64| match std::env::args().nth(place) {
        Some(number) => number.parse(),
        None => Ok(usual),
    };
    let (windows, first) = (argument(1, 1_000)?, argument(2, 0)?);
    let (engine, status) = Engine::ready(DEFAULT_MODEL)?;
    let shape = StreamShape::new(ModelFormat::default(), RATE, LatencyMode::Studio)?;
    let (geometry, frames) = (shape.geometry, shape.stride_frames);
    let exchange = engine.open(shape, 2);
    let mut processor = Processor::new(geometry, 2, frames, exchange, Arc::clone(&status))?;
    processor.reset();
    let samples = frames * geometry.hop_samples;
    let stride_seconds = samples as f32 / RATE;
    let [input, other] = drum_loop_stereo(RATE, (samples * 8) as f32 / RATE, 3);
    let parts = (input.len() / samples).max(1);
    // By then the engine has made a session set for each of its threads.
    std::thread::sleep(Duration::from_secs(2));
    let sessions = Runtime::sessions_created();
    let mut seconds = Vec::new();
    for window in first..first + windows {
        let start = (window as usize % parts) * samples;
        let end = (start + samples).min(input.len());
        let (mut left, mut right) = (input[start..end].to_vec(), other[start..end].to_vec());
        left.resize(samples, 0.0);
        right.resize(samples, 0.0);
        let change = changes::of_window(window, LAYERS);
        let mut controls = Controls {
            voice: change.voice,
            ..Controls::default()
        };
        controls.slots[..change.bends.len()].copy_from_slice(&change.bends);
        let before = status.load();
        processor
            .offline()
            .process(&mut [&mut left, &mut right], |_| controls);
        // The worker says how long the stride took when it is done with it.
        let waiting = std::time::Instant::now();
        // Two strides may take the same time to the last bit; then the wait is over in any case.
        while status.load() == before && waiting.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_micros(200));
        }
        if status.state() != EngineState::Ready {
            bail!("window {window}: {}", status.text().problem);
        }
        if waiting.elapsed() >= PATIENCE {
            println!("window {window}: as long as the one before, or longer than {PATIENCE:?}");
        }
        seconds.push(status.load() * stride_seconds);
    }
    seconds.sort_by(f32::total_cmp);
    let late = seconds
        .iter()
        .filter(|&&taken| taken > stride_seconds)
        .count();
    let at = |share: f64| {
        let place = (share * (seconds.len() - 1) as f64).round() as usize;
        1_000.0 * seconds[place]
    };
    println!(
        "{windows} windows of {:.0} ms: p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms; {late} late; {} sessions made meanwhile",
        1_000.0 * stride_seconds,
        at(0.5),
        at(0.99),
        at(1.0),
        Runtime::sessions_created() - sessions
    );
    Ok(())
}
