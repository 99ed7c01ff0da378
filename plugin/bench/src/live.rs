//! Instances that play in real time: what they take of a core, what they miss, and how long the audio thread is busy.
//!
//! One thread plays the host: it asks every instance for a block of 64 samples, one after the other, when it is due, and sleeps in
//! between. It is a thread like any other, not a real-time one, so the time that passes inside of `process` also holds whatever
//! the system let run in its place; beside it stands the time the processor worked on it.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::Result;
use netbend_dsp::number::{cut, low_bits, nearest_f32, nearest_f64};
use serde::Serialize;

use crate::clock::Worked;
use crate::scenario::{Instance, RATE, Scenario};
use crate::statistics::Percentiles;
use netbend::offline::LatencyMode;
use netbend_usage::thread_time;

/// Samples per block.
const BLOCK: usize = 64;
/// What is played in real time before anything counts.
const WARM_UP_SECONDS: f32 = 0.5;
/// What is played offline before that, beyond the latency: until bent sound has come, a late hop does not count as one, and of instances
/// that a machine cannot run at all none ever would.
const OFFLINE_SECONDS: f32 = 0.1;

/// A mode in real time.
#[derive(Debug, Clone, Serialize)]
pub struct Live {
    /// Seconds played.
    pub seconds: f32,
    /// Instances at once.
    pub instances: usize,
    /// Processor time of all instances, workers and audio thread, for a second of sound: 1 is one core all the time. `None` where the
    /// system does not say it.
    pub cores: Option<f64>,
    /// The same for one instance.
    pub core_share_per_instance: Option<f64>,
    /// Hops that came late and were replaced by the dry sound.
    pub misses: u64,
    /// All that were played.
    pub hops: u64,
    /// Time inside of `process` for a block of one instance.
    pub block: Blocks,
}

/// Times of the blocks of one instance on the audio thread, as shares of the time a block lasts.
#[derive(Debug, Clone, Serialize)]
pub struct Blocks {
    /// Samples of a block.
    pub samples: usize,
    /// How many were timed.
    pub count: usize,
    /// Time the processor worked; where the system does not say it, the time that passed.
    pub worked: Percentiles,
    /// Time that passed.
    pub passed: Percentiles,
}

/// Plays `instances` for `seconds`.
pub fn measure(
    scenario: &Scenario,
    mode: LatencyMode,
    instances: usize,
    seconds: f32,
) -> Result<Live> {
    let mut opened = Vec::with_capacity(instances);
    for _ in 0..instances {
        opened.push(Instance::open(scenario, mode)?);
    }
    let shape = scenario.shape(mode)?;
    let latency_seconds = nearest_f32(shape.latency_samples()) / RATE;
    let drums = Scenario::drums(seconds.max(1.0));
    let mut host = Host::new(scenario, &drums);
    for instance in &mut opened {
        host.play_offline(instance, latency_seconds + OFFLINE_SECONDS);
    }
    host.play(&mut opened, WARM_UP_SECONDS);
    host.forget();
    let missed = |instances: &[Instance]| -> u64 {
        let counts = instances
            .iter()
            .map(|i| i.status.misses.load(Ordering::Relaxed));
        counts.sum()
    };
    let before = missed(&opened);
    let clock = Worked::begin();
    host.play(&mut opened, seconds);
    let elsewhere = clock.elsewhere_seconds();
    let on_audio_thread: f64 = host.worked.iter().sum();
    let cores = elsewhere.map(|elsewhere| (elsewhere + on_audio_thread) / f64::from(seconds));
    let block_seconds = nearest_f64(BLOCK) / f64::from(RATE);
    Ok(Live {
        seconds,
        instances,
        cores,
        core_share_per_instance: cores.map(|cores| cores / nearest_f64(instances.max(1))),
        misses: missed(&opened) - before,
        hops: cut::<u64>(
            f64::from(seconds) * f64::from(RATE) / nearest_f64(shape.geometry.hop_samples),
        ) * instances as u64,
        block: Blocks {
            samples: BLOCK,
            count: host.passed.len(),
            worked: Percentiles::of(&mut host.worked, block_seconds),
            passed: Percentiles::of(&mut host.passed, block_seconds),
        },
    })
}

/// Asks for blocks when they are due.
struct Host<'a> {
    scenario: &'a Scenario,
    sound: &'a [Vec<f32>; 2],
    /// Sample of the sound that comes next.
    position: usize,
    /// Seconds of each block of each instance.
    worked: Vec<f64>,
    passed: Vec<f64>,
}

impl<'a> Host<'a> {
    fn new(scenario: &'a Scenario, sound: &'a [Vec<f32>; 2]) -> Self {
        Self {
            scenario,
            sound,
            position: 0,
            worked: Vec::new(),
            passed: Vec::new(),
        }
    }

    fn forget(&mut self) {
        self.worked.clear();
        self.passed.clear();
    }

    /// Plays one instance as fast as it can.
    fn play_offline(&self, instance: &mut Instance, seconds: f32) {
        let samples = cut::<usize>(seconds * RATE).min(self.sound[0].len());
        let [mut left, mut right] = self.sound.each_ref().map(|sound| sound[..samples].to_vec());
        let controls = self.scenario.controls;
        instance
            .processor
            .offline()
            .process(&mut [&mut left, &mut right], |_| controls);
    }

    fn play(&mut self, instances: &mut [Instance], seconds: f32) {
        let blocks = cut::<u64>((f64::from(seconds) * f64::from(RATE) / nearest_f64(BLOCK)).ceil());
        self.worked
            .reserve(low_bits::<usize>(blocks) * instances.len());
        self.passed
            .reserve(low_bits::<usize>(blocks) * instances.len());
        let started = Instant::now();
        for block in 0..blocks {
            let due = Duration::from_secs_f64(nearest_f64(block * BLOCK as u64) / f64::from(RATE));
            if let Some(early) = due.checked_sub(started.elapsed()) {
                std::thread::sleep(early);
            }
            if self.position + BLOCK > self.sound[0].len() {
                self.position = 0;
            }
            let end = self.position + BLOCK;
            for instance in instances.iter_mut() {
                self.block(instance, end - BLOCK, end);
            }
            self.position = end;
        }
    }

    fn block(&mut self, instance: &mut Instance, start: usize, end: usize) {
        let mut block = [[0.0; BLOCK]; 2];
        for (block, sound) in block.iter_mut().zip(self.sound) {
            block.copy_from_slice(&sound[start..end]);
        }
        let [left, right] = &mut block;
        let controls = self.scenario.controls;
        let (passed, worked) = (Instant::now(), thread_time());
        instance
            .processor
            .live()
            .process(&mut [left, right], |_| controls);
        let worked = thread_time().zip(worked).map(|(now, then)| now - then);
        let passed = passed.elapsed();
        self.worked.push(worked.unwrap_or(passed).as_secs_f64());
        self.passed.push(passed.as_secs_f64());
    }
}
