//! What a second of sound and a second of silence cost: `silence_cost [SECONDS]`.
//!
//! Run with `NETBEND_RESOURCES` set to a folder with ONNX Runtime and `models/drums.onnx`. First the audio thread alone, unbent, with time
//! enough for the worker between two blocks; what is counted passes inside of `process`. Then every mode and setting bounced offline, where
//! the audio thread waits for the worker: the processor time of both (in steps of 10 ms, where Linux says it; elsewhere the time that
//! passes, with the waits).

#![allow(missing_docs)] // A program.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use netbend::offline::{
    Controls, DEFAULT_MODEL, Engine, LatencyMode, Processor, StereoMode, StreamShape,
};
use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::ModelFormat;
use netbend_models::bends::transform::TransformKind;
use netbend_usage::process_time;

const RATE: f32 = 48_000.0;
const BLOCK: usize = 256;
/// Time for the worker, which has little to do where nothing is bent.
const BETWEEN_BLOCKS: Duration = Duration::from_micros(200);

fn main() -> Result<()> {
    let seconds: f32 = match std::env::args().nth(1) {
        Some(number) => number.parse()?,
        None => 20.0,
    };
    let (engine, status) = Engine::ready(DEFAULT_MODEL)?;
    let drums = drum_loop_stereo(RATE, seconds, 3);
    let silence = drums.each_ref().map(|channel| vec![0.0; channel.len()]);
    let mut bent = Controls::default();
    let slot = &mut bent.slots[0];
    slot.target.layer = 2;
    slot.target.transform = TransformKind::ScalarMultiply;
    slot.parameters[0] = -2.0;
    slot.amount = 1.0;
    let (mut dual, mut beside) = (bent, bent);
    dual.stereo = StereoMode::Dual;
    beside.sidechain = true;
    println!("µs a second of sound");
    for mode in LatencyMode::ALL {
        let shape = StreamShape::new(ModelFormat::default(), RATE, mode)?;
        let exchange = engine.open(shape, 2);
        let (geometry, frames) = (shape.geometry, shape.stride_frames);
        let mut processor = Processor::new(geometry, 2, frames, exchange, Arc::clone(&status))?;
        let per_second = |spent: Duration| spent.as_micros() as f32 / seconds;
        for (sidechain, what) in [(None, "none"), (Some(&drums), "drums")] {
            let idle = Controls::default();
            let [awake, asleep] = [&drums, &silence]
                .map(|input| per_second(run(&mut processor, input, sidechain, idle, false)));
            println!(
                "{mode:?}, audio thread, sidechain {what}: drums {awake:.0}, silence {asleep:.0}"
            );
        }
        for (name, controls) in [
            ("unbent", Controls::default()),
            ("linked", bent),
            ("dual", dual),
            ("sidechain", beside),
        ] {
            let [awake, asleep] = [&drums, &silence].map(|input| {
                let sidechain = controls.sidechain.then_some(input);
                let before = process_time();
                let passed = run(&mut processor, input, sidechain, controls, true);
                per_second(match (before, process_time()) {
                    (Some(before), Some(after)) => after - before,
                    _ => passed,
                })
            });
            println!("{mode:?}, both threads, {name}: drums {awake:.0}, silence {asleep:.0}");
        }
    }
    Ok(())
}

/// The time that passes inside of `process`.
fn run(
    processor: &mut Processor,
    input: &[Vec<f32>; 2],
    sidechain: Option<&[Vec<f32>; 2]>,
    controls: Controls,
    offline: bool,
) -> Duration {
    processor.reset();
    let [mut left, mut right] = input.clone();
    let blocks = left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK));
    let mut passed = Duration::ZERO;
    for (place, (left, right)) in blocks.enumerate() {
        let start = place * BLOCK;
        let end = start + left.len();
        let mut heard: [&[f32]; 2] = [&[], &[]];
        if let Some(sidechain) = sidechain {
            heard = sidechain.each_ref().map(|channel| &channel[start..end]);
        }
        let started = Instant::now();
        match offline {
            true => processor
                .offline()
                .process_with_sidechain(&mut [left, right], &heard, |_| controls),
            false => processor
                .live()
                .process_with_sidechain(&mut [left, right], &heard, |_| controls),
        };
        passed += started.elapsed();
        if !offline {
            std::thread::sleep(BETWEEN_BLOCKS);
        }
    }
    passed
}
