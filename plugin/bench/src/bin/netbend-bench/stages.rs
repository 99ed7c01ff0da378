//! The stages of a stride, each timed by itself on the worker's own pieces: encode (what the stride before did not), decode (clean and
//! bent, the frames that are read), voicing. Beside them, in the same rounds, a whole window through the model without bend nodes.

use std::time::Instant;

use anyhow::Result;
use netbend_dsp::number::nearest_f64;
use netbend_dsp::voice::{GainLimits, difference_db};
use netbend_models::package::work::Work;
use netbend_models::{Bender, Manifest, Package, Runtime};
use serde::Serialize;

use super::strides::Strides;
use super::voicing::Voicing;
use netbend::offline::LatencyMode;
use netbend_bench::scenario::Scenario;
use netbend_bench::statistics::median;
use netbend_usage::thread_time;

/// Strides that are timed in a row, and whole windows after them: as many as find the caches as a player without neighbours would.
const IN_A_ROW: usize = 10;

/// The model twice: as it is bent, and without bend nodes as the measure.
pub(super) struct Networks {
    pub(super) package: Package,
    pub(super) bender: Bender,
    pub(super) plain: Bender,
}

impl Networks {
    /// Loads both.
    pub(super) fn load(package: Package, runtime: &Runtime) -> Result<Self> {
        Ok(Self {
            bender: Bender::new(&package, runtime)?,
            plain: Bender::without_bends(&package, runtime)?,
            package,
        })
    }
}

/// Times of one mode, of one thread at work; each is the median of so many strides.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Stages {
    pub(super) rounds: usize,
    pub(super) encode: Network,
    /// Both items.
    pub(super) decode: Network,
    pub(super) voicing: Stage,
    /// Levels, reading, joints and all else the worker does: what is left of the total. `None` where the system does not say
    /// processor times.
    pub(super) reading: Option<Stage>,
    /// The worker's processor time for a stride.
    pub(super) total: Option<Stage>,
    pub(super) window: Window,
    /// Encode and decode of a stride over encode and decode of one whole clean window.
    pub(super) stride_to_window: f64,
    /// The same where stride and window take turns, so that each finds the other's weights in the processor's caches.
    pub(super) cold_stride_to_window: f64,
}

/// A stage's time.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Stage {
    /// Milliseconds for a stride.
    pub(super) ms_per_stride: f64,
    /// Milliseconds for a second of sound.
    pub(super) ms_per_second: f64,
}

/// A stage of the network's.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Network {
    #[serde(flatten)]
    pub(super) time: Stage,
    /// Millions of multiply–accumulates that a stride cannot do without.
    pub(super) mega_macs: f64,
    /// Billions of those operations in a second, two to a multiply–accumulate.
    pub(super) gflops: f64,
    /// The same over the machine's sgemm peak.
    pub(super) of_sgemm_peak: f64,
}

/// One whole clean window in ONNX Runtime.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Window {
    pub(super) encode_ms: f64,
    pub(super) decode_ms: f64,
    /// Of both.
    pub(super) mega_macs: f64,
    pub(super) gflops: f64,
    pub(super) of_sgemm_peak: f64,
}

impl Stages {
    /// Sets the network's speeds against the fastest matrix product, once all of those are measured.
    pub(super) fn relate_to(&mut self, sgemm_gflops: f64) {
        self.encode.of_sgemm_peak = self.encode.gflops / sgemm_gflops;
        self.decode.of_sgemm_peak = self.decode.gflops / sgemm_gflops;
        self.window.of_sgemm_peak = self.window.gflops / sgemm_gflops;
    }
}

impl Stage {
    fn new(ms_per_stride: f64, strides_per_second: f64) -> Self {
        Self {
            ms_per_stride,
            ms_per_second: ms_per_stride * strides_per_second,
        }
    }
}

/// Times `rounds` strides. `worker_ms` is what a stride costs the worker in all, where it is known.
pub(super) fn measure(
    scenario: &Scenario,
    mode: LatencyMode,
    networks: &mut Networks,
    rounds: usize,
    worker_ms: Option<f64>,
) -> Result<Stages> {
    let shape = scenario.shape(mode)?;
    let bender = &mut networks.bender;
    let manifest = bender.manifest().clone();
    let mut played = Played {
        strides: Strides::new(scenario, shape, bender)?,
        voicing: Voicing::new(shape.geometry, shape.stride_frames, manifest.top_seen_bin())?,
        gains: vec![vec![0.0; manifest.bins]; shape.stride_frames],
    };
    let times = played.times(scenario, networks, rounds, IN_A_ROW)?;
    let [encode, decode, voice, whole_encode, whole_decode] = times;
    let [
        cold_encode,
        cold_decode,
        _,
        cold_whole_encode,
        cold_whole_decode,
    ] = played.times(scenario, networks, rounds.div_ceil(4), 1)?;
    let strides = played.strides;
    let per_second = strides.per_second();
    let work = Work::of(&networks.package, shape.stride_frames, strides.first_frame)?;
    let network = |ms: f64, macs: u64| {
        let gflops = gflops(macs, ms);
        Network {
            time: Stage::new(ms, per_second),
            mega_macs: nearest_f64(macs) / 1e6,
            gflops,
            of_sgemm_peak: 0.0,
        }
    };
    let whole = gflops(work.encode + work.decode, whole_encode + whole_decode);
    let rest = worker_ms.map(|total| (total - encode - decode - voice).max(0.0));
    Ok(Stages {
        rounds: rounds.max(1),
        encode: network(encode, work.encode_stride),
        decode: network(decode, 2 * work.decode_stride),
        voicing: Stage::new(voice, per_second),
        reading: rest.map(|ms| Stage::new(ms, per_second)),
        total: worker_ms.map(|ms| Stage::new(ms, per_second)),
        window: Window {
            encode_ms: whole_encode,
            decode_ms: whole_decode,
            mega_macs: nearest_f64(work.encode + work.decode) / 1e6,
            gflops: whole,
            of_sgemm_peak: 0.0,
        },
        stride_to_window: (encode + decode) / (whole_encode + whole_decode),
        cold_stride_to_window: (cold_encode + cold_decode)
            / (cold_whole_encode + cold_whole_decode),
    })
}

/// A stream of which strides are timed.
struct Played {
    strides: Strides,
    voicing: Voicing,
    /// `[frame][bin]`.
    gains: Vec<Vec<f32>>,
}

impl Played {
    /// Medians of `rounds` strides, and of as many whole windows, `in_a_row` of these and of those in turn: milliseconds of a stride's encoding,
    /// decoding and voicing, and of a window's encoding and decoding.
    fn times(
        &mut self,
        scenario: &Scenario,
        networks: &mut Networks,
        rounds: usize,
        in_a_row: usize,
    ) -> Result<[f64; 5]> {
        let (mut latents, mut decoded) = (Vec::new(), Vec::new());
        let mut times: [Vec<f64>; 5] = Default::default();
        for turn in 0..1 + rounds.max(1).div_ceil(in_a_row) {
            let mut spent: [Vec<f64>; 5] = Default::default();
            for _ in 0..in_a_row {
                let stride = self.stride(scenario, networks, &mut latents, &mut decoded)?;
                spent
                    .iter_mut()
                    .zip(stride)
                    .for_each(|(all, ms)| all.push(ms));
            }
            let window = self.strides.window();
            let nothing = netbend_models::node::program::Program::new();
            for _ in 0..in_a_row {
                let plain = &mut networks.plain;
                spent[3].push(timed(|| Ok(plain.encode(&window, &mut latents)?))?);
                spent[4].push(timed(|| {
                    Ok(plain.decode(&latents, &nothing, &mut decoded)?)
                })?);
            }
            // The first turn warms up.
            if turn > 0 {
                times
                    .iter_mut()
                    .zip(spent)
                    .for_each(|(all, ms)| all.extend(ms));
            }
        }
        Ok(times.map(|mut all| median(&mut all)))
    }

    /// The stages of the next stride, in milliseconds.
    fn stride(
        &mut self,
        scenario: &Scenario,
        networks: &mut Networks,
        latents: &mut Vec<f32>,
        decoded: &mut Vec<f32>,
    ) -> Result<[f64; 3]> {
        let (strides, bender) = (&mut self.strides, &mut networks.bender);
        strides.advance()?;
        let window = strides.window();
        let encode = timed(|| strides.encode(bender, &window, latents))?;
        latents.extend_from_within(..);
        let (first, program) = (strides.first_frame, &strides.pair);
        let decode = timed(|| Ok(bender.decode_from(first, None, latents, program, decoded)?))?;
        read_gains(decoded, bender.manifest(), &mut self.gains);
        let mut spectra = strides.spectra();
        let voice = timed(|| {
            self.voicing
                .stride(&mut spectra, &self.gains, &scenario.controls);
            Ok(())
        })?;
        Ok([encode, decode, voice])
    }
}

/// Milliseconds that this thread works on `work`; where the system does not say it, those that pass. ONNX Runtime has one thread: this one.
pub(super) fn timed(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let (started, before) = (Instant::now(), thread_time());
    work()?;
    let worked = thread_time().zip(before).map(|(now, then)| now - then);
    Ok(1e3 * worked.unwrap_or_else(|| started.elapsed()).as_secs_f64())
}

fn gflops(macs: u64, ms: f64) -> f64 {
    2.0 * nearest_f64(macs) / ms / 1e6
}

/// The gains of a stride's frames from a decoded pair; the first frame of each item is the one emitted before.
fn read_gains(pair: &[f32], manifest: &Manifest, gains: &mut [Vec<f32>]) {
    let decibels = manifest.decibels;
    let db = |unit: &f32| decibels.floor_db + unit * (decibels.reference_db - decibels.floor_db);
    let (clean, bent) = pair.split_at(pair.len() / 2);
    let frames = clean
        .chunks_exact(manifest.bins)
        .zip(bent.chunks_exact(manifest.bins));
    for ((clean, bent), gain) in frames.skip(1).zip(gains) {
        let [clean, bent] = [clean, bent].map(|frame| frame.iter().map(db).collect::<Vec<_>>());
        difference_db(&clean, &bent, GainLimits::default(), gain);
    }
}
