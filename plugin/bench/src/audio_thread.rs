//! How long the audio thread is held by each call of [`LiveProcessor::process`](netbend::offline::LiveProcessor::process): sound comes at its own pace, as from a host, and
//! an engine works behind it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use netbend_dsp::number::{cut, nearest_f64};
use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::ModelFormat;

use crate::statistics::Percentiles;
use netbend::offline::{Controls, Engine, Error, LatencyMode, Processor, StreamShape};
use netbend_usage::thread_time;

/// What is played.
#[derive(Debug, Clone, Copy)]
pub struct AudioThreadSetup {
    /// Samples per second.
    pub rate: f32,
    /// Samples per call.
    pub block: usize,
    /// How long to play before anything counts, in seconds: until bent sound comes and caches are warm.
    pub warm_up_seconds: f32,
    /// How long to measure, in seconds. The 99.9th percentile wants some thousand blocks: 64 samples at 48 kHz are 750 a second.
    pub seconds: f32,
    /// The latency mode.
    pub mode: LatencyMode,
    /// The parameters, which rest.
    pub controls: Controls,
    /// Whether another sound comes by the sidechain.
    pub sidechain: bool,
}

impl Default for AudioThreadSetup {
    /// 20 s in Live, 64 samples at 48 kHz, nothing bent, no sidechain.
    fn default() -> Self {
        Self {
            rate: 48_000.0,
            block: 64,
            warm_up_seconds: 1.0,
            seconds: 20.0,
            mode: LatencyMode::Live,
            controls: Controls::default(),
            sidechain: false,
        }
    }
}

/// What was measured; times are shares of what the block lasts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AudioThreadCost {
    /// How long a block of sound is, in µs.
    pub block_us: f64,
    /// Calls measured.
    pub blocks: usize,
    /// The time that passed, interruptions by others included.
    pub passed: Percentiles,
    /// The processor time of the thread alone, which is the same on a machine that others use; `None` where the system does not
    /// say it. In both there is the clock itself: some 0.1 µs, and up to 0.5 µs here.
    pub busy: Option<Percentiles>,
    /// Hops that came too late.
    pub misses: u64,
}

/// Plays drums through a stream of two channels on `engine`, whose model has this format, and measures every call. Takes as long as the
/// setup says.
///
/// # Errors
/// Where no stream opens at the rate, or the engine failed.
pub fn audio_thread_cost(
    engine: &Engine,
    format: ModelFormat,
    setup: &AudioThreadSetup,
) -> Result<AudioThreadCost, Error> {
    let shape = StreamShape::new(format, setup.rate, setup.mode)?;
    let exchange = engine.open(shape, 2);
    let status = Arc::clone(engine.status());
    let (geometry, stride) = (shape.geometry, shape.stride_frames);
    let mut processor = Processor::new(geometry, 2, stride, exchange, Arc::clone(&status))?;
    status.wait_until_ready()?;
    processor.reset();
    let block = setup.block.max(1);
    let block_seconds = nearest_f64(block) / f64::from(setup.rate);
    let warm_up = cut::<usize>(f64::from(setup.warm_up_seconds) / block_seconds);
    let count = cut::<usize>(f64::from(setup.seconds) / block_seconds).max(1);
    // A loop of 4 s, cut to whole blocks.
    let sounds = [3, 4].map(|seed| drum_loop_stereo(setup.rate, 4.0, seed));
    let blocks_of_loop = (sounds[0][0].len() / block).max(1);
    let mut heard = [vec![0.0; block], vec![0.0; block]];
    let mut passed = Vec::with_capacity(count);
    let mut busy = Vec::with_capacity(count);
    let mut misses_before = 0;
    let start = Instant::now();
    for index in 0..warm_up + count {
        wait_until(start + Duration::from_secs_f64(nearest_f64(index) * block_seconds));
        let from = index % blocks_of_loop * block;
        let part = |sound: usize, channel: usize| -> &[f32] {
            sounds[sound][channel]
                .get(from..from + block)
                .unwrap_or(&[])
        };
        for (channel, heard) in heard.iter_mut().enumerate() {
            let samples = part(0, channel);
            heard[..samples.len()].copy_from_slice(samples);
        }
        let beside = [part(1, 0), part(1, 1)];
        let beside = &beside[..if setup.sidechain { 2 } else { 0 }];
        let [left, right] = &mut heard;
        let mut channels = [&mut left[..], &mut right[..]];
        if index == warm_up {
            misses_before = status.misses.load(Ordering::Relaxed);
        }
        let (at, busy_at) = (Instant::now(), thread_time());
        processor
            .live()
            .process_with_sidechain(&mut channels, beside, |_| setup.controls);
        let (busy_to, took) = (thread_time(), at.elapsed());
        if index >= warm_up {
            passed.push(took.as_secs_f64());
            busy.extend(busy_at.zip(busy_to).map(|(a, b)| (b - a).as_secs_f64()));
        }
    }
    Ok(AudioThreadCost {
        block_us: block_seconds * 1e6,
        blocks: passed.len(),
        passed: Percentiles::of(&mut passed, block_seconds),
        busy: (!busy.is_empty()).then(|| Percentiles::of(&mut busy, block_seconds)),
        misses: status.misses.load(Ordering::Relaxed) - misses_before,
    })
}

fn wait_until(moment: Instant) {
    let left = moment.saturating_duration_since(Instant::now());
    if !left.is_zero() {
        std::thread::sleep(left);
    }
}
