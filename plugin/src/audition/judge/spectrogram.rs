//! What settings make of a sound by a spectrogram model.
//!
//! It is what the worker does, without phases and from window to window: the difference's gain on the sound's own magnitudes, the model's
//! magnitudes, what auto gain adds, mixed. Smoothing, transient lock and latent play are left out. A verdict takes one decode of the windows.

use std::sync::Arc;

use netbend_dsp::decibel::DecibelScale;
use netbend_dsp::loudness::{fast_exp2, k_weight};
use netbend_dsp::metrics::BandLevels;
use netbend_dsp::number::nearest_f32;
use netbend_dsp::voice::BandWeights;
use netbend_models::bends::BendFrame;
use netbend_models::bends::weights::WeightFrame;
use netbend_models::cluster::SoundClusters;
use netbend_models::node::program::ProgramBuilder;
use netbend_models::{Bender, ModelError, Package, Runtime};

use crate::audition::reference::{Reference, Windows};
use crate::audition::verdict::{Before, Part, Verdict, loudness};
use crate::error::{Error, TrialError};
use crate::params::NetbendParams;
use crate::params::preset::{fixed_of_state, frames, weight_frames};
use crate::stream::controls::Controls;
use crate::worker::{DecodedItem, ItemLevel, LevelledWindow, Meter, of_window};

/// Tries settings with a model of its own.
pub(super) struct SpectrogramJudge {
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
    whole: Before,
    /// Of its first window.
    first: Before,
    k_weights: Vec<f32>,
}

/// One window, before and after the bend.
struct Tried<'a> {
    /// `[frame, bin]`, network units.
    input: LevelledWindow<'a>,
    /// As far as it is heard.
    clean: &'a [f32],
    bent: &'a [f32],
}

impl SpectrogramJudge {
    /// With this model.
    ///
    /// # Errors
    /// Where it does not run.
    pub(super) fn new(package: &Package, runtime: &'static Runtime) -> Result<Self, ModelError> {
        let bender = Bender::new(package, runtime)?;
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
    pub(super) fn hear(&mut self, reference: &Reference) -> Result<(), Error> {
        let is_same = |heard: &Heard| heard.reference == *reference;
        if self.heard.as_ref().is_some_and(is_same) {
            return Ok(());
        }
        let manifest = Arc::clone(self.bender.manifest());
        let windows = reference.windows(&manifest)?;
        let (mut latents, mut clean) = (Vec::new(), Vec::new());
        self.bender.encode(&windows.units, &mut latents)?;
        self.programs.clear();
        self.bender
            .decode(&latents, self.programs.program(), &mut clean)?;
        let scale = self.scale();
        let heard = (manifest.last_seen_frame + 1) * manifest.bins;
        let units = windows.units.chunks_exact(self.bender.window_len());
        self.powers.clear();
        for (units, level_db) in units.zip(&windows.levels_db) {
            let units = units.iter().take(heard);
            self.powers
                .extend(units.map(|unit| power(scale.db_from_unit(*unit) + level_db)));
        }
        let k_weight = |bin: usize| k_weight(nearest_f32(bin) * windows.bin_hz);
        let k_weights: Vec<f32> = (0..manifest.bins).map(k_weight).collect();
        let before = |windows_heard: usize| {
            let powers = self.powers.get(..windows_heard * heard);
            let powers = powers.unwrap_or(&self.powers);
            Before {
                length: windows_heard,
                levels: levels(powers, manifest.bins, &windows),
                power: loudness(powers, &k_weights),
            }
        };
        self.heard = Some(Heard {
            reference: reference.clone(),
            whole: before(windows.levels_db.len()),
            first: before(1),
            windows,
            latents,
            clean,
            k_weights,
        });
        Ok(())
    }

    /// What these settings make of that part of the sound that was [heard](Self::hear), or of the drum loop that stands in for one.
    ///
    /// # Errors
    /// Where inference fails.
    pub(super) fn verdict(&mut self, params: &NetbendParams, part: Part) -> Result<Verdict, Error> {
        let heard = match self.heard.take() {
            Some(heard) => heard,
            None => {
                self.hear(&Reference::stand_in())?;
                self.heard.take().ok_or(TrialError::Unfinished)?
            }
        };
        let verdict = self.judged(params, &heard, part.of(&heard.whole, &heard.first));
        self.heard = Some(heard);
        verdict
    }

    fn judged(
        &mut self,
        params: &NetbendParams,
        heard: &Heard,
        before: &Before,
    ) -> Result<Verdict, Error> {
        let controls = params.controls();
        let is_bent = self.decode(params, &controls, heard, before.length)?;
        let manifest = Arc::clone(self.bender.manifest());
        let seen = (manifest.last_seen_frame + 1) * manifest.bins;
        let mut meter = Meter::new(&manifest, heard.windows.frame_seconds);
        meter.set_shape(&controls.shape);
        let mut band = BandWeights::new(manifest.bins, heard.windows.bin_hz);
        band.set(controls.shape.band);

        let len = self.bender.window_len();
        let units = heard.windows.units.chunks_exact(len);
        let decoded = heard
            .clean
            .chunks_exact(len)
            .zip(self.decoded.chunks_exact(len));
        let scale = self.scale();
        self.powers.clear();
        for ((units, level_db), (clean, bent)) in units.zip(&heard.windows.levels_db).zip(decoded) {
            let tried = Tried {
                input: LevelledWindow {
                    units,
                    level_db: *level_db,
                },
                clean: clean.get(..seen).unwrap_or(clean),
                bent,
            };
            let item = |rows| DecodedItem {
                rows,
                first_frame: 0,
            };
            let items = (item(clean), item(bent));
            let mut level = of_window(&meter, manifest.last_seen_frame, tried.input, items);
            // What faders alone do to the loudness is meant.
            if !(controls.auto_gain && is_bent) {
                level.auto_db = 0.0;
            }
            tried.sound(&scale, &controls, band.weights(), level, &mut self.powers);
        }
        let levels = levels(&self.powers, manifest.bins, &heard.windows);
        let power = loudness(&self.powers, &heard.k_weights);
        Ok(before.verdict(levels, power))
    }

    /// Decodes the first windows under these settings. Whether anything but faders of parts bends them.
    fn decode(
        &mut self,
        params: &NetbendParams,
        controls: &Controls,
        heard: &Heard,
        windows: usize,
    ) -> Result<bool, Error> {
        // What a newer version wrote bends nothing.
        let fixed = fixed_of_state(params).unwrap_or_default();
        let clusters = params.sound_clusters.text();
        let clusters = SoundClusters::from_yaml(&clusters, "sound clusters").ok();
        let manifest = Arc::clone(self.bender.manifest());
        let groups = clusters
            .as_ref()
            .and_then(|clusters| clusters.for_model(&manifest).ok());
        self.programs.set_sound_clusters(groups.unwrap_or(&[]));
        self.programs.clear();
        for item in 0..windows {
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
        let latents = heard.latents.len() / heard.whole.length.max(1) * windows;
        self.bender.decode_weighted(
            &weights,
            heard.latents.get(..latents).unwrap_or(&heard.latents),
            self.programs.program(),
            &mut self.decoded,
        )?;
        Ok(controls.slots.iter().any(BendFrame::is_active)
            || weights.iter().any(WeightFrame::is_active)
            || !fixed.bends.is_empty())
    }

    /// The network's units.
    fn scale(&self) -> DecibelScale {
        let decibels = &self.bender.manifest().decibels;
        DecibelScale {
            floor_db: decibels.floor_db,
            reference_db: decibels.reference_db,
            ceiling_db: decibels.ceiling_db,
        }
    }
}

impl Tried<'_> {
    /// Adds the powers of what is heard of it, where each bin takes a band's weight.
    fn sound(
        &self,
        scale: &DecibelScale,
        controls: &Controls,
        band: &[f32],
        level: ItemLevel,
        powers: &mut Vec<f32>,
    ) {
        let (floor, ceiling) = controls.shape.limits.in_range();
        let (voice, mix) = (controls.voice.clamp(0.0, 1.0), controls.mix.clamp(0.0, 1.0));
        let bins = self.input.units.iter().zip(self.clean).zip(self.bent);
        for (((input, clean), bent), weight) in bins.zip(band.iter().cycle()) {
            let [input, clean, bent] = [input, clean, bent].map(|unit| scale.db_from_unit(*unit));
            let gain = weight * (bent - clean).max(floor).min(ceiling);
            let input = input + self.input.level_db;
            let difference = input + gain + level.auto_db;
            let model = bent + self.input.level_db + level.match_db + level.auto_db;
            let wet = (1.0 - voice) * difference + voice * model;
            let [dry, wet] = [input, wet].map(|db| power(db).sqrt());
            powers.push(((1.0 - mix) * dry + mix * wet).powi(2));
        }
    }
}

/// The band levels of `[frame][bin]` powers.
fn levels(powers: &[f32], bins: usize, windows: &Windows) -> BandLevels {
    let frames = powers.chunks_exact(bins.max(1));
    BandLevels::of_powers(frames, windows.bin_hz, windows.frame_seconds)
}

/// The power of a magnitude in decibels.
fn power(db: f32) -> f32 {
    fast_exp2(db * (std::f32::consts::LOG2_10 / 10.0))
}
