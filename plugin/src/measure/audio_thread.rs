//! How long the audio thread is held by each call of [`Processor::process`], live: sound comes at its own pace, as from a host, and
//! an engine works behind it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::ModelFacts;

use crate::controls::Controls;
use crate::latency::LatencyMode;
use crate::processor::Processor;
use crate::stream_shape::StreamShape;
use crate::worker::Engine;

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

/// Percentiles of how long a call took, in µs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Percentiles {
    /// Half of the calls took no longer.
    pub p50: f64,
    /// 99 of 100 took no longer.
    pub p99: f64,
    /// 999 of 1000 took no longer.
    pub p999: f64,
    /// The longest.
    pub max: f64,
}

impl Percentiles {
    /// Of times in µs, at least one; sorts them.
    pub fn of(times_us: &mut [f64]) -> Self {
        times_us.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| {
            let place = (share * times_us.len() as f64).ceil() as usize;
            let last = times_us.len().saturating_sub(1);
            times_us
                .get(place.saturating_sub(1).min(last))
                .copied()
                .unwrap_or(0.0)
        };
        Self {
            p50: at(0.5),
            p99: at(0.99),
            p999: at(0.999),
            max: at(1.0),
        }
    }

    /// The same as shares of a block of `block_us`, 0–1.
    pub fn of_block(self, block_us: f64) -> Self {
        Self {
            p50: self.p50 / block_us,
            p99: self.p99 / block_us,
            p999: self.p999 / block_us,
            max: self.max / block_us,
        }
    }
}

/// What was measured.
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

/// Plays drums through a stream of two channels on `engine`, whose model has these facts, and measures every call. Takes as long as the
/// setup says.
///
/// # Errors
/// Where no stream opens at the rate, or the engine failed.
pub fn audio_thread_cost(
    engine: &Engine,
    facts: ModelFacts,
    setup: &AudioThreadSetup,
) -> Result<AudioThreadCost, String> {
    let shape = StreamShape::new(facts, setup.rate, setup.mode).map_err(|e| e.to_string())?;
    let exchange = engine.open(shape, 2);
    let status = Arc::clone(engine.status());
    let (geometry, stride) = (shape.geometry, shape.stride_frames);
    let mut processor = Processor::new(geometry, 2, stride, exchange, Arc::clone(&status))
        .map_err(|e| e.to_string())?;
    status.wait_until_ready()?;
    processor.reset();
    let block = setup.block.max(1);
    let block_seconds = block as f64 / f64::from(setup.rate);
    let warm_up = (f64::from(setup.warm_up_seconds) / block_seconds) as usize;
    let count = ((f64::from(setup.seconds) / block_seconds) as usize).max(1);
    // A loop of 4 s, cut to whole blocks.
    let sounds = [3, 4].map(|seed| drum_loop_stereo(setup.rate, 4.0, seed));
    let blocks_of_loop = (sounds[0][0].len() / block).max(1);
    let mut heard = [vec![0.0; block], vec![0.0; block]];
    let mut passed = Vec::with_capacity(count);
    let mut busy = Vec::with_capacity(count);
    let mut misses_before = 0;
    let start = Instant::now();
    for index in 0..warm_up + count {
        wait_until(start + Duration::from_secs_f64(index as f64 * block_seconds));
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
        processor.process_with_sidechain(&mut channels, beside, |_| setup.controls, false);
        let (busy_to, took) = (thread_time(), at.elapsed());
        if index >= warm_up {
            passed.push(took.as_secs_f64() * 1e6);
            busy.extend(busy_at.zip(busy_to).map(|(a, b)| (b - a) * 1e6));
        }
    }
    Ok(AudioThreadCost {
        block_us: block_seconds * 1e6,
        blocks: passed.len(),
        passed: Percentiles::of(&mut passed),
        busy: (!busy.is_empty()).then(|| Percentiles::of(&mut busy)),
        misses: status.misses.load(Ordering::Relaxed) - misses_before,
    })
}

fn wait_until(moment: Instant) {
    let left = moment.saturating_duration_since(Instant::now());
    if !left.is_zero() {
        std::thread::sleep(left);
    }
}

/// Processor time of this thread, in seconds.
#[cfg(unix)]
fn thread_time() -> Option<f64> {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is that of a timespec of our own.
    let done = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    (done == 0).then_some(time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9)
}

/// Not known here.
#[cfg(not(unix))]
fn thread_time() -> Option<f64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_times() {
        let mut times: Vec<f64> = (1..=2_000).rev().map(f64::from).collect();
        let found = Percentiles::of(&mut times);
        assert_eq!((found.p50, found.p99), (1_000.0, 1_980.0));
        assert_eq!((found.p999, found.max), (1_998.0, 2_000.0));
        let shares = found.of_block(4_000.0);
        assert_eq!((shares.p50, shares.max), (0.25, 0.5));
        let one = Percentiles::of(&mut [7.0]);
        assert_eq!((one.p50, one.p999, one.max), (7.0, 7.0, 7.0));
    }
}
