//! Powers of one frame: what came in, the difference and the model. Pool threads.

use netbend_dsp::decibel::DecibelScale;
use netbend_dsp::geometry::OVERLAP;
use netbend_dsp::loudness::{fast_exp2, k_weight};
use netbend_dsp::number::{nearest_f32, nearest_f64};
use netbend_dsp::voice::{BandWeights, GainLimits, VoiceShape};
use netbend_models::Manifest;

/// Bins measured at a time.
const LANES: usize = 8;

/// Powers of an item's frame or of several, K-weighted and within the band.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Powers {
    pub(super) input: f32,
    pub(super) difference: f32,
    pub(super) model: f32,
}

impl Powers {
    /// Those of sound that is `level_db` louder.
    pub(super) fn raised(self, level_db: f32) -> Self {
        self.times(10.0_f32.powf(0.1 * level_db))
    }

    pub(super) fn times(self, factor: f32) -> Self {
        Self {
            input: self.input * factor,
            difference: self.difference * factor,
            model: self.model * factor,
        }
    }

    /// Those of a bend that changes nothing, of a model that is as loud as what came in.
    pub(super) fn untouched(self) -> Self {
        Self {
            difference: self.input,
            model: self.input,
            ..self
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.input += other.input;
        self.difference += other.difference;
        self.model += other.model;
    }
}

/// Measures frames in network units.
#[derive(Debug)]
pub(crate) struct Meter {
    scale: DecibelScale,
    k_weights: Vec<f32>,
    band: BandWeights,
    /// Both together, per bin.
    weights: Vec<f32>,
    limits: GainLimits,
}

impl Meter {
    /// For frames of the model of `manifest` that take `frame_seconds` each.
    pub(crate) fn new(manifest: &Manifest, frame_seconds: f64) -> Self {
        let bins = manifest.bins;
        let bin_hz = nearest_f32(1.0 / (nearest_f64(OVERLAP) * frame_seconds));
        let seen_bins = bins.min(manifest.top_seen_bin() + 1);
        // Bins that the encoder does not see say nothing.
        let weight = |bin: usize| match bin < seen_bins {
            true => k_weight(nearest_f32(bin) * bin_hz),
            false => 0.0,
        };
        let k_weights: Vec<f32> = (0..bins).map(weight).collect();
        Self {
            scale: DecibelScale {
                floor_db: manifest.decibels.floor_db,
                reference_db: manifest.decibels.reference_db,
                ceiling_db: manifest.decibels.ceiling_db,
            },
            weights: k_weights.clone(),
            k_weights,
            band: BandWeights::new(bins, bin_hz),
            limits: GainLimits::default(),
        }
    }

    /// Bins of a frame.
    pub(super) fn bins(&self) -> usize {
        self.weights.len()
    }

    /// Takes limits and band.
    pub(crate) fn set_shape(&mut self, shape: &VoiceShape) {
        self.limits = shape.limits;
        if self.band.set(shape.band) {
            let parts = self.k_weights.iter().zip(self.band.weights());
            for (weight, (k, band)) in self.weights.iter_mut().zip(parts) {
                *weight = k * band * band;
            }
        }
    }

    /// Powers of a frame relative to the window's level: of what came in, `input`, and of the gain that makes `bent` of `clean`. Zero where
    /// a row is not whole.
    pub(super) fn frame(&self, input: &[f32], clean: &[f32], bent: &[f32]) -> Powers {
        let bins = self.weights.len();
        let rows = [input, clean, bent].map(|row| row.get(..bins));
        let [Some(input), Some(clean), Some(bent)] = rows else {
            return Powers::default();
        };
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
        let mut add = |lane: usize, weight: f32, input: f32, clean: f32, bent: f32| {
            let (clean, bent) = (bounded(clean), bounded(bent));
            let power = weight * fast_exp2(offset + slope * input);
            let gain = (slope * (bent - clean)).max(floor).min(ceiling);
            sums[0][lane] += power;
            sums[1][lane] += power * fast_exp2(gain);
            sums[2][lane] += weight * fast_exp2(offset + slope * bent);
        };
        let blocks = bins / LANES * LANES;
        for start in (0..blocks).step_by(LANES) {
            let part =
                |row: &[f32]| -> [f32; LANES] { std::array::from_fn(|lane| row[start + lane]) };
            let (w, x, c, b) = (part(&self.weights), part(input), part(clean), part(bent));
            for lane in 0..LANES {
                add(lane, w[lane], x[lane], c[lane], b[lane]);
            }
        }
        for bin in blocks..bins {
            add(0, self.weights[bin], input[bin], clean[bin], bent[bin]);
        }
        let [input, difference, model] = sums.map(|lanes| lanes.iter().sum());
        Powers {
            input,
            difference,
            model,
        }
    }
}
