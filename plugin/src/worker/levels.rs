//! How loud bends are: what levels the model's voice with the difference, and what auto gain takes back. Worker thread.
//!
//! Both are figures of a decoded item: powers over its whole window, K-weighted after ITU-R BS.1770 and within the band. Nothing
//! follows anything from stride to stride, so that a bounce is what was heard:
//!
//! * *match*, `P(g·X) / P(D)`: added to the model's magnitude it is as loud as the difference.
//! * *auto*, `P(X) / P(g·X)`: added to both, bent sound is as loud as the sound that came in. Exactly 0 dB where nothing is bent.
//!
//! `X` is the window as it came in, `g` the difference's limited gain, `D` the item. A held loop's `X` is the window it was held from,
//! and so is what its gain is taken against: the sound that comes in meanwhile says nothing of it.

use netbend_dsp::decibel::DecibelScale;
use netbend_dsp::geometry::OVERLAP;
use netbend_dsp::loudness::{fast_exp2, k_weight};
use netbend_dsp::voice::{BandWeights, GainLimits, VoiceShape};
use netbend_models::Manifest;

use crate::controls::Controls;

/// Every so many frames of a window are measured: as long as the frames overlap, all of its sound.
const FRAME_STEP: usize = OVERLAP;
/// The mean power of a frame below which there is nothing to level, in dB.
const SILENCE_DB: f32 = -90.0;
/// How far the model is levelled with the difference.
const MATCH_LIMIT_DB: f32 = 24.0;
/// How far auto gain goes down, and up.
const AUTO_RANGE_DB: (f32, f32) = (-24.0, 6.0);
/// Bins measured at a time.
const LANES: usize = 8;

/// A window `[frames, bins]` in network units, and its level.
#[derive(Debug, Clone, Copy)]
pub(super) struct LevelledWindow<'a> {
    pub(super) units: &'a [f32],
    pub(super) level_db: f32,
}

/// What is added to a frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct LevelDb {
    /// To the difference's gain.
    pub(super) gain_db: f32,
    /// To the model's magnitude.
    pub(super) model_db: f32,
}

/// The figures of one item.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct ItemLevel {
    match_db: f32,
    auto_db: f32,
}

/// Summed powers of one item's window.
#[derive(Debug, Clone, Copy, Default)]
struct Powers {
    input: f32,
    difference: f32,
    model: f32,
}

/// Measures the items of stride after stride; keeps its memory.
#[derive(Debug)]
pub(super) struct Levels {
    scale: DecibelScale,
    bins: usize,
    /// Values of a window, and the first of those that are measured.
    window_len: usize,
    measured_frames: Vec<usize>,
    k_weights: Vec<f32>,
    band: BandWeights,
    /// Both together, per bin.
    weights: Vec<f32>,
    limits: GainLimits,
    items: Vec<ItemLevel>,
    /// Whether auto gain is on, at the last frame before the stride and at each of its frames.
    auto: Vec<bool>,
}

impl Levels {
    /// For windows of the model of `manifest`, whose frames take `frame_seconds` each.
    pub(super) fn new(manifest: &Manifest, stride_frames: usize, frame_seconds: f64) -> Self {
        let bins = manifest.bins;
        let bin_hz = (1.0 / (OVERLAP as f64 * frame_seconds)) as f32;
        let seen_bins = bins.min(manifest.top_seen_bin() + 1);
        // Bins that the encoder does not see say nothing.
        let weight = |bin: usize| match bin < seen_bins {
            true => k_weight(bin as f32 * bin_hz),
            false => 0.0,
        };
        let k_weights: Vec<f32> = (0..bins).map(weight).collect();
        Self {
            scale: DecibelScale {
                floor_db: manifest.decibels.floor_db,
                reference_db: manifest.decibels.reference_db,
                ceiling_db: manifest.decibels.ceiling_db,
            },
            bins,
            window_len: manifest.frames * bins,
            measured_frames: (0..=manifest.last_seen_frame)
                .rev()
                .step_by(FRAME_STEP)
                .collect(),
            weights: k_weights.clone(),
            k_weights,
            band: BandWeights::new(bins, bin_hz),
            limits: GainLimits::default(),
            items: Vec::new(),
            auto: Vec::with_capacity(stride_frames + 1),
        }
    }

    /// Takes the controls of a stride's frames. Limits and band are measured as they are at its end.
    pub(super) fn begin_stride<'a>(&mut self, controls: impl Iterator<Item = &'a Controls>) {
        let mut controls = controls.peekable();
        let before = self.auto.last().copied();
        let first = controls.peek().map(|controls| controls.auto_gain);
        self.auto.clear();
        self.auto.extend(before.or(first));
        for controls in controls {
            self.auto.push(controls.auto_gain);
            self.set_shape(&controls.shape);
        }
    }

    fn set_shape(&mut self, shape: &VoiceShape) {
        self.limits = shape.limits;
        if self.band.set(shape.band) {
            let parts = self.k_weights.iter().zip(self.band.weights());
            for (weight, (k, band)) in self.weights.iter_mut().zip(parts) {
                *weight = k * band * band;
            }
        }
    }

    /// Measures the items of `decoded`, `[item, frames, bins]` in network units, the first of which is the clean one of the window
    /// `live`. `held` says which window an item's loop was held from, if it is one.
    pub(super) fn measure<'a>(
        &mut self,
        live: LevelledWindow<'_>,
        decoded: &[f32],
        held: impl Fn(usize) -> Option<LevelledWindow<'a>>,
    ) {
        self.items.clear();
        let Some(clean) = decoded.get(..self.window_len) else {
            return;
        };
        for (item, bent) in decoded.chunks_exact(self.window_len).enumerate() {
            let level = match held(item) {
                Some(window) => self.level(window, window.units, bent),
                None => self.level(live, clean, bent),
            };
            self.items.push(level);
        }
    }

    /// What is added at the stride's frame `moment`, between the items and the share of the second that
    /// [`Knots::at`](super::knots::Knots::at) says.
    pub(super) fn at(&self, (item, next, share): (usize, usize, f32), moment: usize) -> LevelDb {
        let of = |item: usize| self.items.get(item).copied().unwrap_or_default();
        let (from, to) = (of(item), of(next));
        let between = |from: f32, to: f32| from + share * (to - from);
        let auto_db = match self.auto.get(moment) {
            Some(true) => between(from.auto_db, to.auto_db),
            _ => 0.0,
        };
        LevelDb {
            gain_db: auto_db,
            model_db: auto_db + between(from.match_db, to.match_db),
        }
    }

    fn level(&self, input: LevelledWindow<'_>, clean: &[f32], bent: &[f32]) -> ItemLevel {
        let powers = self.powers(input.units, clean, bent);
        let frames = self.measured_frames.len().max(1) as f32;
        let input_db = 10.0 * (powers.input / frames).log10() + input.level_db;
        if input_db.is_nan() || input_db < SILENCE_DB {
            return ItemLevel::default();
        }
        let ratio_db = |over: f32, under: f32| {
            let db = 10.0 * (over / under).log10();
            if db.is_nan() { 0.0 } else { db }
        };
        let (down, up) = AUTO_RANGE_DB;
        let match_db = ratio_db(powers.difference, powers.model);
        let auto_db = ratio_db(powers.input, powers.difference);
        ItemLevel {
            match_db: match_db.clamp(-MATCH_LIMIT_DB, MATCH_LIMIT_DB),
            auto_db: auto_db.clamp(down, up),
        }
    }

    /// Powers relative to the window's level, summed over the measured frames.
    fn powers(&self, input: &[f32], clean: &[f32], bent: &[f32]) -> Powers {
        // Network units to powers of two: power = 2^(offset + slope·unit).
        let octaves_per_db = std::f32::consts::LOG2_10 / 10.0;
        let offset = octaves_per_db * self.scale.floor_db;
        let slope = octaves_per_db * (self.scale.reference_db - self.scale.floor_db);
        let (floor_db, ceiling_db) = self.limits.in_range();
        let (floor, ceiling) = (octaves_per_db * floor_db, octaves_per_db * ceiling_db);
        let top = self.scale.max_unit();
        // As `History::decibels`: what is not a number is the floor.
        #[allow(clippy::manual_clamp)]
        let bounded = |unit: f32| unit.max(0.0).min(top);
        let mut sums = [[0.0_f32; LANES]; 3];
        for &frame in &self.measured_frames {
            let row = frame * self.bins..(frame + 1) * self.bins;
            let rows = [input, clean, bent].map(|window| window.get(row.clone()));
            let [Some(input), Some(clean), Some(bent)] = rows else {
                continue;
            };
            let mut add = |lane: usize, weight: f32, input: f32, clean: f32, bent: f32| {
                let (clean, bent) = (bounded(clean), bounded(bent));
                let power = weight * fast_exp2(offset + slope * input);
                let gain = (slope * (bent - clean)).max(floor).min(ceiling);
                sums[0][lane] += power;
                sums[1][lane] += power * fast_exp2(gain);
                sums[2][lane] += weight * fast_exp2(offset + slope * bent);
            };
            let blocks = self.bins / LANES * LANES;
            for start in (0..blocks).step_by(LANES) {
                let part =
                    |row: &[f32]| -> [f32; LANES] { std::array::from_fn(|lane| row[start + lane]) };
                let (w, x, c, b) = (part(&self.weights), part(input), part(clean), part(bent));
                for lane in 0..LANES {
                    add(lane, w[lane], x[lane], c[lane], b[lane]);
                }
            }
            for bin in blocks..self.bins {
                add(0, self.weights[bin], input[bin], clean[bin], bent[bin]);
            }
        }
        let [input, difference, model] = sums.map(|lanes| lanes.iter().sum());
        Powers {
            input,
            difference,
            model,
        }
    }
}

#[cfg(test)]
mod tests;
