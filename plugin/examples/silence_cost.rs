//! What a second of sound and a second of silence cost: `silence_cost [SECONDS]`.
//!
//! Run with `NETBEND_RESOURCES` set to a folder with ONNX Runtime and `models/drums.onnx`. Every setting is bounced offline, where the
//! audio thread waits for the worker, and the processor time of both is counted (in steps of 10 ms, where Linux says it; elsewhere the
//! time that passes, with the waits); and run live as fast as it goes, where the worker drops what is late and the time that passes
//! is the audio thread's own.

#![allow(missing_docs)] // A program.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use netbend::controls::{Controls, StereoMode};
use netbend::latency::LatencyMode;
use netbend::processor::Processor;
use netbend::resources::{DEFAULT_MODEL, Resources};
use netbend::scope::Scope;
use netbend::status::{EngineState, Status};
use netbend::stream_shape::StreamShape;
use netbend::worker::Engine;
use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::ModelFacts;
use netbend_models::transform::TransformKind;

const RATE: f32 = 48_000.0;
const BLOCK: usize = 256;

fn main() -> Result<()> {
    let seconds: f32 = match std::env::args().nth(1) {
        Some(number) => number.parse()?,
        None => 20.0,
    };
    let status = Arc::new(Status::default());
    let engine = Engine::spawn(
        Resources::find(),
        DEFAULT_MODEL.into(),
        Arc::clone(&status),
        Arc::new(Scope::default()),
    );
    while status.state() == EngineState::Loading {
        std::thread::sleep(Duration::from_millis(5));
    }
    if status.state() == EngineState::Failed {
        bail!("{}", status.text().problem);
    }
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
    println!(
        "mode, setting, input, sidechain: µs a second of sound, audio thread alone | with the worker"
    );
    for mode in LatencyMode::ALL {
        let shape = StreamShape::new(ModelFacts::default(), RATE, mode)?;
        let exchange = engine.open(shape, 2);
        let (geometry, frames) = (shape.geometry, shape.stride_frames);
        let mut processor = Processor::new(geometry, 2, frames, exchange, Arc::clone(&status))?;
        for (name, controls) in [
            ("unbent", Controls::default()),
            ("linked", bent),
            ("dual", dual),
            ("sidechain", beside),
        ] {
            for (input, side, what) in [
                (&drums, None, "drums, none"),
                (&drums, Some(&drums), "drums, drums"),
                (&silence, None, "silence, none"),
            ] {
                let [live, offline] = [false, true].map(|offline| {
                    let before = processor_time();
                    let passed = run(&mut processor, input, side, controls, offline);
                    let spent = match (before, processor_time()) {
                        (Some(before), Some(after)) if offline => after - before,
                        _ => passed,
                    };
                    spent.as_micros() as f32 / seconds
                });
                println!("{mode:?}, {name}, {what}: {live:.0} | {offline:.0}");
            }
        }
    }
    Ok(())
}

/// The time all threads of this program have worked, where the system says it.
fn processor_time() -> Option<Duration> {
    const TICKS_PER_SECOND: f64 = 100.0;
    let said = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = said.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some(Duration::from_secs_f64(
        (ticks()? + ticks()?) / TICKS_PER_SECOND,
    ))
}

/// The time that all blocks take.
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
    let started = Instant::now();
    for (place, (left, right)) in blocks.enumerate() {
        let start = place * BLOCK;
        let end = start + left.len();
        let mut heard: [&[f32]; 2] = [&[], &[]];
        if let Some(sidechain) = sidechain {
            heard = sidechain.each_ref().map(|channel| &channel[start..end]);
        }
        processor.process_with_sidechain(&mut [left, right], &heard, |_| controls, offline);
    }
    started.elapsed()
}
