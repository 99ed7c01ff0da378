//! The stages of a stride, each timed by itself on the worker's own pieces: encode (what the stride before did not), decode (clean and
//! bent, the frames that are read), voicing. Beside them, in the same rounds, a whole window through the model without bend nodes.

use std::time::Instant;

use anyhow::Result;
use netbend_dsp::voice::{GainLimits, difference_db};
use netbend_models::onnx::work::Work;
use netbend_models::{Bender, Manifest, Package, Runtime};
use serde::Serialize;

use super::scenario::Scenario;
use super::strides::Strides;
use super::voicing::Voicing;
use crate::latency::LatencyMode;
use crate::measure::clock::thread_time;
use crate::measure::statistics::median;

/// Strides before anything counts: buffers grow, caches fill.
const WARM_UP: usize = 4;

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
    let mut strides = Strides::new(scenario, shape, bender)?;
    let mut voicing = Voicing::new(shape.geometry, shape.stride_frames, manifest.top_seen_bin())?;
    let mut gains = vec![vec![0.0; manifest.bins]; shape.stride_frames];
    let (mut latents, mut decoded, mut scratch) = (Vec::new(), Vec::new(), Vec::new());
    let mut times: [Vec<f64>; 5] = Default::default();
    for round in 0..WARM_UP + rounds.max(1) {
        strides.advance()?;
        let window = strides.window();
        let spent = [
            timed(|| strides.encode(bender, &window, &mut latents))?,
            {
                latents.extend_from_within(..);
                let (first, program) = (strides.first_frame, &strides.pair);
                timed(|| Ok(bender.decode_from(first, None, &latents, program, &mut decoded)?))?
            },
            {
                read_gains(&decoded, &manifest, &mut gains);
                let mut spectra = strides.spectra();
                timed(|| {
                    voicing.stride(&mut spectra, &gains, &scenario.controls);
                    Ok(())
                })?
            },
            timed(|| Ok(networks.plain.encode(&window, &mut latents)?))?,
            timed(|| {
                let nothing = netbend_models::program::Program::new();
                Ok(networks.plain.decode(&latents, &nothing, &mut scratch)?)
            })?,
        ];
        if round >= WARM_UP {
            times
                .iter_mut()
                .zip(spent)
                .for_each(|(all, ms)| all.push(ms));
        }
    }
    let [encode, decode, voice, whole_encode, whole_decode] = times.map(|mut all| median(&mut all));
    let per_second = strides.per_second();
    let work = Work::of(&networks.package, shape.stride_frames, strides.first_frame)?;
    let network = |ms: f64, macs: u64| {
        let gflops = gflops(macs, ms);
        Network {
            time: Stage::new(ms, per_second),
            mega_macs: macs as f64 / 1e6,
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
            mega_macs: (work.encode + work.decode) as f64 / 1e6,
            gflops: whole,
            of_sgemm_peak: 0.0,
        },
        stride_to_window: (encode + decode) / (whole_encode + whole_decode),
    })
}

/// Milliseconds that this thread works on `work`; where the system does not say it, those that pass. ONNX Runtime has one thread: this one.
pub(super) fn timed(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let (started, before) = (Instant::now(), thread_time());
    work()?;
    let worked = thread_time().zip(before).map(|(now, then)| now - then);
    Ok(1e3 * worked.unwrap_or_else(|| started.elapsed()).as_secs_f64())
}

fn gflops(macs: u64, ms: f64) -> f64 {
    2.0 * macs as f64 / ms / 1e6
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
