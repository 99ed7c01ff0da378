//! What settings make of a sound: how far it goes, how loud it gets, and a picture.
//!
//! It is what the worker does, without phases and from window to window: the difference's gain on the sound's own magnitudes, the model's
//! magnitudes, what auto gain adds, mixed. A verdict takes one decode of the windows.

use netbend_dsp::decibel::DecibelScale;
use netbend_dsp::loudness::{fast_exp2, k_weight};
use netbend_dsp::metrics::BandLevels;
use netbend_dsp::number::nearest_f32;
use netbend_dsp::voice::BandWeights;
use netbend_models::bends::BendFrame;
use netbend_models::bends::weights::WeightFrame;
use netbend_models::cluster::SoundClusters;
use netbend_models::node::program::ProgramBuilder;
use netbend_models::{Bender, Package, Runtime};

use super::reference::{Reference, Windows};
use crate::engine::search::resolve;
use crate::error::{Error, LearningError};
use crate::params::NetbendParams;
use crate::params::model::WantedModel;
use crate::params::preset::{fixed_of_state, frames, weight_frames};
use crate::resources::Resources;
use crate::worker::{AUTO_RANGE_DB, MATCH_RANGE_DB};

/// The quietest magnitude.
const SILENCE_DB: f32 = -140.0;

/// What settings make of a sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// How far the result is from the sound, in decibels: see [`BandLevels::distance_db`].
    pub distance_db: f64,
    /// How much louder it is, K-weighted, in decibels.
    pub loudness_db: f32,
    /// Its levels by frame and critical band.
    pub levels: BandLevels,
}

/// Tries settings with a model of its own.
pub struct Judge {
    bender: Bender,
    programs: ProgramBuilder,
    heard: Option<Heard>,
    decoded: Vec<f32>,
    /// Powers of the result, `[frame][bin]`.
    powers: Vec<f32>,
}

/// A sound and what is known of it before any bend.
struct Heard {
    reference: Reference,
    windows: Windows,
    latents: Vec<f32>,
    clean: Vec<f32>,
    /// Its levels.
    levels: BandLevels,
    /// K-weighted power.
    power: f64,
    k_weights: Vec<f32>,
}

impl Judge {
    /// With the model that is wanted.
    ///
    /// # Errors
    /// Where it is missing or does not run.
    pub fn open(resources: &Resources, wanted: &WantedModel) -> Result<Self, Error> {
        let runtime = Runtime::load(resources.runtime_folders())?;
        let path = resolve(resources, wanted)?;
        let origin = resources.origin(&path);
        let package = Package::load(&path).map_err(Error::of_model(&path, origin))?;
        let bender = Bender::new(&package, runtime).map_err(Error::of_model(&path, origin))?;
        Ok(Self {
            programs: bender.program_builder(),
            bender,
            heard: None,
            decoded: Vec::new(),
            powers: Vec::new(),
        })
    }

    /// Takes the sound to try on.
    ///
    /// # Errors
    /// Where no frame fits its rate, or inference fails.
    pub fn hear(&mut self, reference: &Reference) -> Result<(), Error> {
        let is_same = |heard: &Heard| heard.reference == *reference;
        if self.heard.as_ref().is_some_and(is_same) {
            return Ok(());
        }
        let manifest = self.bender.manifest().clone();
        let windows = reference.windows(&manifest)?;
        let (mut latents, mut clean) = (Vec::new(), Vec::new());
        self.bender.encode(&windows.units, &mut latents)?;
        self.programs.clear();
        self.bender
            .decode(&latents, self.programs.program(), &mut clean)?;
        let k_weight = |bin: usize| k_weight(nearest_f32(bin) * windows.bin_hz);
        let mut heard = Heard {
            reference: reference.clone(),
            k_weights: (0..manifest.bins).map(k_weight).collect(),
            levels: BandLevels::of_powers([].into_iter(), windows.bin_hz, windows.frame_seconds),
            windows,
            latents,
            clean,
            power: 0.0,
        };
        self.powers.clear();
        let scale = scale(&self.bender);
        for (n, unit) in rows(&self.bender, &heard) {
            let level_db = heard.windows.levels_db.get(n).copied().unwrap_or(0.0);
            self.powers
                .extend(unit.iter().map(|unit| power(db(&scale, *unit, level_db))));
        }
        heard.levels = self.levels(&heard);
        heard.power = self.loudness(&heard);
        self.heard = Some(heard);
        Ok(())
    }

    /// What these settings make of the sound that was [heard](Self::hear), or of the drum loop that stands in for one.
    ///
    /// # Errors
    /// Where inference fails.
    pub fn judge(&mut self, params: &NetbendParams) -> Result<Verdict, Error> {
        let heard = match self.heard.take() {
            Some(heard) => heard,
            None => {
                self.hear(&Reference::stand_in())?;
                self.heard.take().ok_or(LearningError::NoSound)?
            }
        };
        let verdict = self.judged(params, &heard);
        self.heard = Some(heard);
        verdict
    }

    fn judged(&mut self, params: &NetbendParams, heard: &Heard) -> Result<Verdict, Error> {
        let controls = params.controls();
        // What a newer version wrote bends nothing.
        let fixed = fixed_of_state(params).unwrap_or_default();
        let clusters = params.sound_clusters.text();
        let clusters = SoundClusters::from_yaml(&clusters, "sound clusters").ok();
        let manifest = self.bender.manifest().clone();
        let groups = clusters
            .as_ref()
            .and_then(|clusters| clusters.for_model(&manifest).ok());
        self.programs.set_sound_clusters(groups.unwrap_or(&[]));
        self.programs.clear();
        for item in 0..heard.windows.levels_db.len() {
            for (number, slot) in (0..).zip(&controls.slots) {
                self.programs.add(item, number, slot);
            }
            for (number, bend) in &frames(&fixed) {
                self.programs.add(item, *number, bend);
            }
            self.programs.add_mix(item, &controls.parts);
        }
        let mut weights = controls.weights.to_vec();
        weights.extend(weight_frames(&fixed));
        self.bender.decode_weighted(
            &weights,
            &heard.latents,
            self.programs.program(),
            &mut self.decoded,
        )?;

        let is_bent = controls.slots.iter().any(BendFrame::is_active)
            || weights.iter().any(WeightFrame::is_active)
            || !fixed.bends.is_empty();
        let scale = scale(&self.bender);
        let bins = manifest.bins;
        let (floor, ceiling) = controls.shape.limits.in_range();
        let mut band = BandWeights::new(bins, heard.windows.bin_hz);
        band.set(controls.shape.band);
        let (voice, mix) = (controls.voice.clamp(0.0, 1.0), controls.mix.clamp(0.0, 1.0));

        self.powers.clear();
        let window_len = self.bender.window_len();
        for (window, level_db) in heard.windows.levels_db.iter().enumerate() {
            // Of the whole window: input, difference, model.
            let mut sums = [0.0_f64; 3];
            let rows = || {
                (0..=manifest.last_seen_frame).map(move |row| {
                    let start = window * window_len + row * bins;
                    start..start + bins
                })
            };
            let at = |row: std::ops::Range<usize>| {
                let input = heard.windows.units.get(row.clone()).unwrap_or(&[]);
                let clean = heard.clean.get(row.clone()).unwrap_or(&[]);
                let bent = self.decoded.get(row).unwrap_or(&[]);
                input.iter().zip(clean).zip(bent)
            };
            let gain = |clean: f32, bent: f32, weight: f32| {
                let difference = db(&scale, bent, 0.0) - db(&scale, clean, 0.0);
                match difference.is_finite() {
                    true => weight * difference.max(floor).min(ceiling),
                    false => 0.0,
                }
            };
            for row in rows() {
                let weights = heard.k_weights.iter().zip(band.weights());
                for (((input, clean), bent), (k, weight)) in at(row).zip(weights) {
                    let input_db = db(&scale, *input, *level_db);
                    let measured = [
                        input_db,
                        input_db + gain(*clean, *bent, *weight),
                        db(&scale, *bent, *level_db),
                    ];
                    for (sum, db) in sums.iter_mut().zip(measured) {
                        *sum += f64::from(k * power(db));
                    }
                }
            }
            let ratio_db = |over: f64, under: f64, (low, high): (f32, f32)| {
                let ratio = nearest_f32(10.0 * (over / under).log10());
                if ratio.is_finite() {
                    ratio.clamp(low, high)
                } else {
                    0.0
                }
            };
            let [input, difference, model] = sums;
            let auto_db = match controls.auto_gain && is_bent {
                true => ratio_db(input, difference, AUTO_RANGE_DB),
                false => 0.0,
            };
            let match_db = ratio_db(difference, model, MATCH_RANGE_DB);
            for row in rows() {
                for (((input, clean), bent), weight) in at(row).zip(band.weights()) {
                    let input_db = db(&scale, *input, *level_db);
                    let difference = input_db + gain(*clean, *bent, *weight) + auto_db;
                    let model = db(&scale, *bent, *level_db) + match_db + auto_db;
                    let wet = (1.0 - voice) * difference + voice * model;
                    let amplitude = |db: f32| power(db).sqrt();
                    let out = (1.0 - mix) * amplitude(input_db) + mix * amplitude(wet);
                    self.powers.push(out * out);
                }
            }
        }
        let levels = self.levels(heard);
        let louder = self.loudness(heard) / heard.power;
        Ok(Verdict {
            distance_db: levels.distance_db(&heard.levels),
            loudness_db: nearest_f32(10.0 * louder.max(1e-9).log10()),
            levels,
        })
    }

    /// The band levels of the powers.
    fn levels(&self, heard: &Heard) -> BandLevels {
        let bins = self.bender.manifest().bins;
        let Windows {
            bin_hz,
            frame_seconds,
            ..
        } = heard.windows;
        BandLevels::of_powers(self.powers.chunks_exact(bins), bin_hz, frame_seconds)
    }

    /// The K-weighted power of the powers.
    fn loudness(&self, heard: &Heard) -> f64 {
        let frames = self.powers.chunks_exact(heard.k_weights.len().max(1));
        let weighted = frames.flat_map(|frame| frame.iter().zip(&heard.k_weights));
        weighted.map(|(power, k)| f64::from(power * k)).sum()
    }
}

/// The network's units.
fn scale(bender: &Bender) -> DecibelScale {
    let decibels = &bender.manifest().decibels;
    DecibelScale {
        floor_db: decibels.floor_db,
        reference_db: decibels.reference_db,
        ceiling_db: decibels.ceiling_db,
    }
}

/// The frames of the windows that are heard, each with its window's number.
fn rows<'a>(bender: &Bender, heard: &'a Heard) -> impl Iterator<Item = (usize, &'a [f32])> {
    let manifest = bender.manifest();
    let (frames, bins) = (manifest.frames, manifest.bins);
    let seen = manifest.last_seen_frame + 1;
    let windows = heard.windows.units.chunks_exact(frames * bins).enumerate();
    windows.flat_map(move |(n, window)| {
        window
            .chunks_exact(bins)
            .take(seen)
            .map(move |row| (n, row))
    })
}

/// A unit as decibels, under a level.
fn db(scale: &DecibelScale, unit: f32, level_db: f32) -> f32 {
    let db = scale.db_from_unit(unit) + level_db;
    if db.is_finite() { db } else { SILENCE_DB }
}

/// Decibels of a magnitude as power.
fn power(db: f32) -> f32 {
    fast_exp2(db * (std::f32::consts::LOG2_10 / 10.0))
}
