//! All that is set on an instance at one moment, to be compared with another moment and put back. Any thread but the audio thread.
//!
//! Positions of parameters go by their order, which is that of the program: a snapshot is never kept in a file.

use std::collections::BTreeMap;
use std::hash::Hasher as _;
use std::sync::{Arc, Mutex, PoisonError};

use netbend_dsp::number::cut;
use netbend_models::Preset;
use netbend_models::bends::part_name::PartName;
use nice_plug::params::Params as _;
use nice_plug::params::internals::ParamPtr;
use nice_plug::params::persist::PersistentField as _;
use serde::{Deserialize, Serialize};

use super::NetbendParams;
use super::part_names::PartNames;
use super::preset::apply;
use crate::error::Error;

/// What no preset speaks of: it stays where another preset is loaded.
const KEPT: [&str; 5] = ["gain", "ceiling", "bypass", "latency", "morph"];
/// Positions nearer to each other than this are the same.
const STEP: f32 = 1e-5;

/// All that is set at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Of every parameter, 0–1.
    positions: Vec<f32>,
    model: String,
    model_sha256: String,
    fixed_bends: String,
    sound_clusters: String,
    /// What the preset says of itself, as a state keeps it.
    preset: String,
    preset_mark: String,
    modulation: String,
    pads: String,
}

/// A snapshot by the ids of parameters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Positions {
    /// 0–1.
    params: BTreeMap<String, f32>,
    /// Model, hash, fixed bends, sound clusters, the preset's two, modulators, and pads.
    texts: Vec<String>,
}

impl Snapshot {
    /// What is set now.
    pub fn of(params: &NetbendParams) -> Self {
        let pointers = params.param_map().into_iter();
        Self {
            // SAFETY: the pointers come from `params`.
            positions: pointers
                .map(|(_, param, _)| unsafe { param.unmodulated_normalized_value() })
                .collect(),
            model: params.model_name(),
            model_sha256: params.model_sha256.text(),
            fixed_bends: text_of(&params.fixed_bends),
            sound_clusters: params.sound_clusters.text(),
            preset: params.preset.map(String::clone),
            preset_mark: text_of(&params.preset_mark),
            modulation: params.modulation.text(),
            pads: params.pads.text(),
        }
    }

    /// What a preset makes of what is set now: all it speaks of, and the rest of the slots as in a new instance. Output gain, ceiling, bypass, morph and
    /// latency mode stay, and so do the model's file where the preset names no other, and sound clusters and the notes of pads where it brings none.
    ///
    /// Parts go by the names of the model that plays; those of a model that does not play yet are not known.
    ///
    /// # Errors
    /// Where the preset asks for what the parameters cannot hold.
    pub fn with_preset(preset: &Preset, params: &NetbendParams) -> Result<Self, Error> {
        let is_same_model = is_of_model(preset, &params.model_name());
        let names = (1..).map_while(|number| params.part_names.name(number));
        Self::with_parts(preset, params, names.take_while(|_| is_same_model))
    }

    /// As [`with_preset`](Self::with_preset), where the parts of the preset's model are called `parts`.
    ///
    /// # Errors
    /// Where the preset asks for what the parameters cannot hold.
    pub fn with_parts(
        preset: &Preset,
        params: &NetbendParams,
        parts: impl IntoIterator<Item = PartName>,
    ) -> Result<Self, Error> {
        let fresh = NetbendParams::default();
        let own = params.param_map();
        for ((id, param, _), (_, from, _)) in fresh.param_map().into_iter().zip(own) {
            if KEPT.contains(&id.as_str()) {
                // SAFETY: the pointers come from `fresh` and `params`.
                unsafe {
                    param._internal_set_normalized_value(from.unmodulated_normalized_value());
                }
            }
        }
        let (name, sha256) = (params.model_name(), params.model_sha256.text());
        fresh.set_model(&name);
        fresh.model_sha256.replace(sha256.clone());
        fresh.sound_clusters.replace(params.sound_clusters.text());
        fresh.pads.put_text(params.pads.text());
        fresh.part_names.replace(parts);
        apply(preset, &fresh)?;
        if is_of_model(preset, &name) && preset.model_sha256.is_none() {
            fresh.model_sha256.replace(sha256);
        }
        set_text(&fresh.preset_mark, mark(&fresh));
        Ok(Self::of(&fresh))
    }

    /// The same with another model: its name, and SHA-256 of its file.
    pub(crate) fn with_model(mut self, name: &str, sha256: &str) -> Self {
        name.clone_into(&mut self.model);
        sha256.clone_into(&mut self.model_sha256);
        self
    }

    /// The same with other sound clusters.
    pub(crate) fn with_sound_clusters(mut self, text: String) -> Self {
        self.sound_clusters = text;
        self
    }

    /// Parameters of their own, which no host holds, that are set like this; `names` are those of the model's parts.
    pub(crate) fn params(&self, names: &PartNames) -> NetbendParams {
        let fresh = NetbendParams::default();
        self.set_on(&fresh, names);
        fresh
    }

    /// Sets parameters that no host holds like this; `names` are those of the model's parts.
    pub(crate) fn set_on(&self, params: &NetbendParams, names: &PartNames) {
        let parts = &params.part_names;
        parts.replace((1..).map_while(|number| names.name(number)));
        self.put(params);
    }

    /// It by the ids of parameters, to be kept in a file.
    pub(super) fn positions(&self) -> Positions {
        let ids = NetbendParams::default().param_map().into_iter();
        Positions {
            params: ids
                .map(|(id, _, _)| id)
                .zip(self.positions.iter().copied())
                .collect(),
            texts: [
                &self.model,
                &self.model_sha256,
                &self.fixed_bends,
                &self.sound_clusters,
                &self.preset,
                &self.preset_mark,
                &self.modulation,
                &self.pads,
            ]
            .map(String::clone)
            .to_vec(),
        }
    }

    /// What was kept: parameters that it does not know are as in a new instance, positions out of range at its end.
    pub(super) fn of_positions(kept: &Positions) -> Self {
        let fresh = NetbendParams::default();
        for (id, param, _) in fresh.param_map() {
            let position = kept.params.get(&id).filter(|at| at.is_finite());
            if let Some(position) = position {
                // SAFETY: the pointer comes from `fresh`.
                unsafe { param._internal_set_normalized_value(position.clamp(0.0, 1.0)) };
            }
        }
        let mut snapshot = Self::of(&fresh);
        let own = [
            &mut snapshot.model,
            &mut snapshot.model_sha256,
            &mut snapshot.fixed_bends,
            &mut snapshot.sound_clusters,
            &mut snapshot.preset,
            &mut snapshot.preset_mark,
            &mut snapshot.modulation,
            &mut snapshot.pads,
        ];
        for (own, text) in own.into_iter().zip(&kept.texts) {
            own.clone_from(text);
        }
        snapshot
    }

    /// The parameters that stand elsewhere, and where they are to go.
    pub fn moves(&self, params: &NetbendParams) -> Vec<(ParamPtr, f32)> {
        let pointers = params.param_map().into_iter().zip(&self.positions);
        pointers
            // SAFETY: the pointers come from `params`.
            .filter(|((_, param, _), position)| unsafe {
                param.unmodulated_normalized_value() != **position
            })
            .map(|((_, param, _), position)| (param, *position))
            .collect()
    }

    /// Puts everything back. Whoever calls tells the host, which does not hear of it otherwise. Main thread.
    pub fn put(&self, params: &NetbendParams) {
        for (param, position) in self.moves(params) {
            // SAFETY: the pointers come from `params`.
            unsafe { param._internal_set_normalized_value(position) };
        }
        self.put_texts(params);
    }

    /// Puts everything back but the positions of parameters, of which a host is to hear: see [`moves`](Self::moves).
    pub fn put_texts(&self, params: &NetbendParams) {
        if (params.model_name(), params.model_sha256.text())
            != (self.model.clone(), self.model_sha256.clone())
        {
            params.set_model(&self.model);
            params.model_sha256.replace(self.model_sha256.clone());
        }
        set_text(&params.fixed_bends, self.fixed_bends.clone());
        params.sound_clusters.replace(self.sound_clusters.clone());
        params.preset.set(self.preset.clone());
        set_text(&params.preset_mark, self.preset_mark.clone());
        if params.modulation.text() != self.modulation {
            params.modulation.put_text(self.modulation.clone());
        }
        if params.pads.text() != self.pads {
            params.pads.put_text(self.pads.clone());
        }
    }

    /// Whether it sounds as `other` does: all but what is said of the preset is the same.
    pub fn sounds_like(&self, other: &Self) -> bool {
        let positions = self.positions.iter().zip(&other.positions);
        let texts = |own: &Self| {
            [
                own.model.clone(),
                own.fixed_bends.clone(),
                own.sound_clusters.clone(),
                own.modulation.clone(),
                own.pads.clone(),
            ]
        };
        self.positions.len() == other.positions.len()
            && positions
                .into_iter()
                .all(|(one, other)| (one - other).abs() < STEP)
            && texts(self) == texts(other)
    }
}

/// Whether a preset is for the model called `name`.
pub fn is_of_model(preset: &Preset, name: &str) -> bool {
    preset.model.as_ref().is_none_or(|model| model == name)
}

/// Whether something that presets speak of has changed since one was loaded or saved; `false` where none was.
pub fn is_changed(params: &NetbendParams) -> bool {
    let kept = text_of(&params.preset_mark);
    !kept.is_empty() && kept != mark(params)
}

/// Says that the preset is as the parameters are now: it was just saved.
pub fn mark_as_saved(params: &NetbendParams) {
    set_text(&params.preset_mark, mark(params));
}

/// A short text that is another one as soon as something that presets speak of changes. What stands at its default counts for nothing, so that
/// parameters of later versions change no mark.
fn mark(params: &NetbendParams) -> String {
    let mut hasher = Fnv::default();
    for (id, param, _) in params.param_map() {
        // SAFETY: the pointers come from `params`.
        let (position, default) = unsafe {
            (
                param.unmodulated_normalized_value(),
                param.default_normalized_value(),
            )
        };
        let [position, default] = [position, default].map(|at| cut::<i64>((at / STEP).round()));
        if position != default && !KEPT.contains(&id.as_str()) {
            hasher.write(id.as_bytes());
            hasher.write(&position.to_le_bytes());
        }
    }
    let clusters = params.sound_clusters.text();
    for text in [params.model_name(), text_of(&params.fixed_bends), clusters] {
        hasher.write(text.as_bytes());
        hasher.write(&[0]);
    }
    for text in [params.modulation.text(), params.pads.text()] {
        if !text.is_empty() {
            hasher.write(text.as_bytes());
        }
    }
    format!("{:016x}", hasher.finish())
}

/// The hash of Fowler, Noll and Vo (FNV-1a, 64 bits), which stays the same from version to version.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl std::hash::Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn text_of(text: &Arc<Mutex<String>>) -> String {
    text.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn set_text(text: &Arc<Mutex<String>>, other: String) {
    *text.lock().unwrap_or_else(PoisonError::into_inner) = other;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;
    use crate::params::preset::{capture, set};

    const TEXT: &str = "name: Drift\nmix: 0.5\ntransforms:\n- layer: 2\n  transform: rotate\n  params: [90]\n  features: part\n  feature-param: hats\nparts:\n  kick: {gain: -6}\n";

    fn playing() -> NetbendParams {
        let params = NetbendParams::default();
        let names = ["kick", "hats"].into_iter().filter_map(PartName::new);
        params.part_names.replace(names);
        params.model_sha256.replace("ab".repeat(32));
        params
    }

    #[test]
    fn a_preset_sets_all_it_speaks_of_and_nothing_else() {
        let params = playing();
        set(&params.gain, 2.0);
        set(&params.bypass, true);
        let kept = (params.gain.value(), params.bypass.value());
        set(&params.slots[5].on, true);
        params.sound_clusters.replace("clusters".into());
        let preset = Preset::from_yaml(TEXT, "drift.yaml").unwrap();
        let before = Snapshot::of(&params);
        Snapshot::with_preset(&preset, &params)
            .unwrap()
            .put(&params);
        assert_eq!((params.gain.value(), params.bypass.value()), kept);
        assert!(params.slots[0].on.value() && !params.slots[5].on.value());
        assert_eq!(params.slots[0].part.value(), 2);
        assert!((params.parts[0].gain.value() + 6.0).abs() < 1e-3);
        assert_eq!(params.sound_clusters.text(), "clusters");
        // The file that plays goes on playing.
        assert_eq!(params.model_sha256.text(), "ab".repeat(32));
        params.preset.with_name(|name| assert_eq!(name, "Drift"));
        before.put(&params);
        assert_eq!(Snapshot::of(&params), before);
        assert!(before.moves(&params).is_empty());
    }

    /// What is played of a preset that was saved and loaded again is the same, to the bit.
    #[test]
    fn a_preset_that_was_captured_and_loaded_plays_the_same() {
        let params = playing();
        let preset = Preset::from_yaml(TEXT, "drift.yaml").unwrap();
        Snapshot::with_preset(&preset, &params)
            .unwrap()
            .put(&params);
        set(&params.slots[0].parameter, 0.123_456_7);
        set(&params.voice.voice, 0.3);
        let saved = capture(&params).unwrap().to_yaml();
        let other = playing();
        let again = Preset::from_yaml(&saved, "again.yaml").unwrap();
        Snapshot::with_preset(&again, &other).unwrap().put(&other);
        assert_eq!(other.controls(), params.controls());
    }

    #[test]
    fn a_change_shows_and_goes_when_it_is_taken_back_or_saved() {
        let params = playing();
        assert!(!is_changed(&params), "no preset was loaded");
        let preset = Preset::from_yaml(TEXT, "drift.yaml").unwrap();
        Snapshot::with_preset(&preset, &params)
            .unwrap()
            .put(&params);
        assert!(!is_changed(&params));
        set(&params.gain, 2.0);
        assert!(!is_changed(&params), "no preset speaks of the gain");
        let mix = params.mix.value();
        set(&params.mix, 0.25);
        assert!(is_changed(&params));
        set(&params.mix, mix);
        assert!(!is_changed(&params));
        set(&params.mix, 0.25);
        mark_as_saved(&params);
        assert!(!is_changed(&params));
        // A project that is opened again knows it, too.
        let reopened = playing();
        reopened.deserialize_fields(&params.serialize_fields());
        set(&reopened.mix, 0.75);
        assert!(is_changed(&reopened));
    }

    #[test]
    fn a_preset_of_another_model_takes_no_hash_along() {
        let params = playing();
        let preset = Preset::from_yaml("model: other\n", "other.yaml").unwrap();
        Snapshot::with_preset(&preset, &params)
            .unwrap()
            .put(&params);
        assert_eq!(params.model_name(), "other");
        assert_eq!(params.model_sha256.text(), "");
    }
}
