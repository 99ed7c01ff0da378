//! What many instances cost: `instances_cost --instances 8 --mode studio --seconds 60 --block 128`.
//!
//! Run with `NETBEND_RESOURCES` set to a folder with ONNX Runtime and `models/drums.onnx`. All instances are stereo, linked, with two bends
//! each, and play in one process. One thread drives them as a host does: every block of every instance in turn, when it is due. Says how
//! many hops came late, what share of a core the process took (Linux), how long the driver spent in a round, and how memory grew with
//! each instance.

#![allow(missing_docs)] // A program.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::{Parser, ValueEnum};
use netbend::offline::{
    Controls, DEFAULT_MODEL, Engine, LatencyMode, Processor, Status, StreamShape,
};
use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::ModelFormat;
use netbend_models::bends::transform::TransformKind;
use netbend_usage::{process_time, resident_bytes};

const RATE: f32 = 48_000.0;
/// Every instance plays this long a loop, from another place of it.
const LOOP_SECONDS: f32 = 8.0;
/// What is played before anything is counted: buffers get their sizes.
const WARM_UP_SECONDS: f32 = 4.0;

#[derive(Clone, Copy, ValueEnum)]
enum Mode {
    Direct,
    Live,
    Tight,
    Studio,
}

/// Plays many instances at once and says what they cost.
#[derive(Parser)]
struct Arguments {
    /// How many.
    #[arg(long, default_value_t = 8)]
    instances: usize,
    /// Their latency mode.
    #[arg(long, value_enum, default_value = "studio")]
    mode: Mode,
    /// How long they play once all are there.
    #[arg(long, default_value_t = 60.0)]
    seconds: f32,
    /// Samples a block.
    #[arg(long, default_value_t = 128)]
    block: usize,
}

struct Instance {
    /// Kept: with it goes what bends.
    _engine: Engine,
    status: Arc<Status>,
    processor: Processor,
    controls: Controls,
    /// Where it is in the loop.
    place: usize,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mode = match arguments.mode {
        Mode::Direct => LatencyMode::Direct,
        Mode::Live => LatencyMode::Live,
        Mode::Tight => LatencyMode::Tight,
        Mode::Studio => LatencyMode::Studio,
    };
    let sound = drum_loop_stereo(RATE, LOOP_SECONDS, 3);
    let mut blocks = [vec![0.0; arguments.block], vec![0.0; arguments.block]];
    let mut all = Vec::new();
    let mut resident = Vec::new();
    for number in 0..arguments.instances {
        all.push(Instance::new(mode, number)?);
        play(&mut all, &sound, &mut blocks, WARM_UP_SECONDS);
        resident.push(resident_bytes().unwrap_or(0) as f32 / 1e6);
    }
    let misses = || -> Vec<u64> {
        let counts = all
            .iter()
            .map(|one| one.status.misses.load(Ordering::Relaxed));
        counts.collect()
    };
    let (missed_before, worked) = (misses(), process_time());
    let threads = std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    let begun = Instant::now();
    let longest = play(&mut all, &sound, &mut blocks, arguments.seconds);
    let passed = begun.elapsed().as_secs_f32();
    let missed: Vec<_> = all
        .iter()
        .zip(&missed_before)
        .map(|(one, before)| one.status.misses.load(Ordering::Relaxed) - before)
        .collect();
    println!(
        "{} × {mode:?}, blocks of {}, {:.0} s",
        all.len(),
        arguments.block,
        passed
    );
    println!("late hops: {} {missed:?}", missed.iter().sum::<u64>());
    let loads: Vec<_> = all
        .iter()
        .map(|one| format!("{:.3}", one.status.load()))
        .collect();
    println!("load of the last stride: {}", loads.join(" "));
    if let (Some(before), Some(after)) = (worked, process_time()) {
        let share = (after - before).as_secs_f32() / passed;
        let each = share / all.len() as f32;
        println!(
            "processor: {:.1} % of a core, {:.2} % an instance",
            100.0 * share,
            100.0 * each
        );
    }
    println!(
        "longest round of all instances: {:.2} ms",
        longest.as_secs_f32() * 1e3
    );
    if let [first, .., last] = resident[..] {
        let each = (last - first) / (resident.len() - 1) as f32;
        println!(
            "memory: {first:.1} MB with one, {last:.1} MB with all, {each:.2} MB each further one"
        );
    }
    println!("threads: {threads}");
    Ok(())
}

impl Instance {
    fn new(mode: LatencyMode, number: usize) -> Result<Self> {
        let (engine, status) = Engine::ready(DEFAULT_MODEL)?;
        let shape = StreamShape::new(ModelFormat::default(), RATE, mode)?;
        let exchange = engine.open(shape, 2);
        let (geometry, stride) = (shape.geometry, shape.stride_frames);
        let processor = Processor::new(geometry, 2, stride, exchange, Arc::clone(&status))?;
        let mut controls = Controls::default();
        for (place, slot) in controls.slots.iter_mut().take(2).enumerate() {
            slot.target.layer = 2 + place as u16;
            slot.target.transform = [TransformKind::ScalarMultiply, TransformKind::Invert][place];
            slot.parameters[0] = -2.0;
            slot.amount = 0.5 + 0.05 * (number % 8) as f32;
        }
        Ok(Self {
            _engine: engine,
            status,
            processor,
            controls,
            place: number * 7_919,
        })
    }
}

/// Plays all of them in real time. Returns the longest a round took.
fn play(
    all: &mut [Instance],
    sound: &[Vec<f32>; 2],
    blocks: &mut [Vec<f32>; 2],
    seconds: f32,
) -> Duration {
    let block = blocks[0].len();
    let rounds = (seconds * RATE) as usize / block;
    let begun = Instant::now();
    let mut longest = Duration::ZERO;
    for round in 0..rounds {
        let due = Duration::from_secs_f64((round * block) as f64 / f64::from(RATE));
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        let started = Instant::now();
        for one in all.iter_mut() {
            for (block, sound) in blocks.iter_mut().zip(sound) {
                for (n, sample) in block.iter_mut().enumerate() {
                    *sample = sound[(one.place + n) % sound.len()];
                }
            }
            one.place += block;
            let controls = one.controls;
            let [left, right] = &mut *blocks;
            one.processor
                .live()
                .process(&mut [left, right], |_| controls);
        }
        longest = longest.max(started.elapsed());
    }
    longest
}
