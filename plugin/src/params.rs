//! The plugin's parameters. Their ids are promises: hosts and presets rely on them.
//!
//! | id | range | meaning |
//! |---|---|---|
//! | `slot_on_N` … `slot_part_N` | see [`slot`] | one bend, N = 1…8 |
//! | `weight_on_N` … `weight_seed_N` | see [`weights`] | one bend of weights, N = 1, 2 |
//! | `latent_freeze` … `latent_rate` | see [`latent`] | what is decoded in place of the encoded sound |
//! | `voice` … `auto_gain` | see [`voice`] | how what is decoded becomes sound |
//! | `phase` … `phase_look_ahead` | see [`phase`] | phase reconstruction |
//! | `stereo` | linked, dual | one inference for both channels, or one each |
//! | `sidechain` | off/on | the encoder hears the sidechain |
//! | `mix` | 0–1 | dry … wet |
//! | `gain` | −24…+24 dB | output gain |
//! | `bypass` | off/on | the latency-aligned input |
//! | `latency` | live, tight, studio, direct | stride of the inference |
//! | `seed` | 0–65535 | draws the features of `random` selections |
//! | `morph` | 0–1 | between A and B, the two settings |
//! | `ceiling` | off/on | the output stays within full scale, or within the input's peak where that is higher |
//! | `part_gain_N`, `part_mute_N`, `part_solo_N` | see [`part_mix`] | the fader of one of the model's parts, N = 1…8 |
//! | `macro_N` | 0–1 | moves what modulation says, N = 1…8 |
//! | `latent_offset_N` … `latent_padding_noise` | see [`latent_shape`] | a waveform model's latent, dimension by dimension, and its noise |

mod heard;
pub mod latent;
pub mod latent_shape;
pub mod macros;
pub mod model;
pub mod modulation;
pub mod modulators;
mod moved;
pub mod other_side;
pub mod pads;
pub mod part_mix;
pub mod part_names;
pub mod phase;
pub mod preset;
pub mod preset_metadata;
mod seed;
mod share;
mod side;
pub mod sides;
pub mod slot;
pub mod snapshot;
pub mod sound_clusters;
pub mod sound_labels;
pub mod voice;
pub mod weights;
pub mod window;

use std::sync::{Arc, Mutex, PoisonError};

use nice_plug::prelude::*;

use crate::params::sound_clusters::SoundClusterStore;
use crate::stream::controls::{SLOTS, WEIGHT_SLOTS};
use crate::stream::latency::LatencyMode;
use latent::LatentParams;
use latent_shape::{LatentDimensionParams, LatentNoiseParams};
use macros::MacroParams;
use model::{ModelHash, WantedModel};
use modulation::ModulationStore;
use netbend_models::bends::latent_play::DIMENSIONS;
use netbend_models::bends::modulation::MACROS;
use netbend_models::bends::part_name::MOST_PARTS;
use other_side::OtherSide;
use pads::PadStore;
use part_mix::PartParams;
use part_names::PartNames;
use phase::PhaseParams;
use preset_metadata::PresetMetadata;
pub(crate) use seed::MAX_SEED;
use share::percentage;
use slot::SlotParams;
use voice::VoiceParams;
use weights::WeightParams;
pub use window::{SMALLEST_EDITOR_SIZE, WindowState};

/// Everything a host can see, automate and save.
#[derive(Params)]
pub struct NetbendParams {
    /// The editor's size and scale.
    pub window: Arc<WindowState>,

    /// Name of the model; kept even while the model is missing.
    #[persist = "model"]
    pub model: Arc<Mutex<String>>,

    /// SHA-256 of that model's file, kept while the model is missing and while another file has its name; empty where any file will do.
    #[persist = "model-sha256"]
    pub model_sha256: ModelHash,

    /// Bends of a preset beyond the slots, those of weights too, as preset YAML; empty where there are none.
    #[persist = "fixed-bends"]
    pub fixed_bends: Arc<Mutex<String>>,

    /// The clusters of a sound that slots may select, and the model they belong to; kept even while that is another one.
    #[persist = "sound-clusters"]
    pub sound_clusters: SoundClusterStore,

    /// What the preset that was loaded last says of itself, for the one that is saved; empty where none was.
    #[persist = "preset"]
    pub preset: PresetMetadata,

    /// What tells whether that preset has changed since; empty where none was loaded.
    #[persist = "preset-mark"]
    pub preset_mark: Arc<Mutex<String>>,

    /// The other one of the settings A and B.
    #[persist = "other-side"]
    pub other: OtherSide,

    /// What moves by itself, and which parameters it moves.
    #[persist = "modulation"]
    pub modulation: ModulationStore,

    /// What notes do.
    #[persist = "pads"]
    pub pads: PadStore,

    /// What the parts of the model that plays are called.
    pub part_names: PartNames,

    /// The automatable bends.
    #[nested(array, group = "Slot")]
    pub slots: [SlotParams; SLOTS],

    /// The automatable bends of weights.
    #[nested(array, group = "Weights")]
    pub weights: [WeightParams; WEIGHT_SLOTS],

    /// Latent play.
    #[nested(group = "Latent")]
    pub latent: LatentParams,

    /// The voice.
    #[nested(group = "Voice")]
    pub voice: VoiceParams,

    /// Phase reconstruction.
    #[nested(group = "Phase")]
    pub phase: PhaseParams,

    /// What the encoder hears of two channels.
    #[id = "stereo"]
    pub stereo: EnumParam<StereoChoice>,
    /// Whether the encoder hears the sidechain in place of the input.
    #[id = "sidechain"]
    pub sidechain: BoolParam,
    /// 0 = dry, 1 = wet.
    #[id = "mix"]
    pub mix: FloatParam,
    /// Output gain; held as linear gain.
    #[id = "gain"]
    pub gain: FloatParam,
    /// The latency-aligned input alone.
    #[id = "bypass"]
    pub bypass: BoolParam,
    /// Latency mode. Not automatable: it changes the reported latency.
    #[id = "latency"]
    pub latency: EnumParam<LatencyMode>,
    /// Seed of random selections.
    #[id = "seed"]
    pub seed: IntParam,

    /// The parts mixer.
    #[nested(array, group = "Part")]
    pub parts: [PartParams; MOST_PARTS],

    /// Whether the output stays within full scale, or within the input's peak where that is higher. No preset speaks of it: it
    /// protects what comes after Netbend.
    #[id = "ceiling"]
    pub ceiling: BoolParam,

    /// From A to B, where there are two settings.
    #[id = "morph"]
    pub morph: FloatParam,

    /// Knobs that move others.
    #[nested(array, group = "Macro")]
    pub macros: [MacroParams; MACROS],

    /// A waveform model's latent, dimension by dimension.
    #[nested(array, group = "Latent")]
    pub latent_dimensions: [LatentDimensionParams; DIMENSIONS],

    /// A waveform model's noise.
    #[nested(group = "Latent")]
    pub latent_noise: LatentNoiseParams,
}

/// [`StereoMode`](crate::stream::controls::StereoMode) as a parameter.
#[derive(Debug, Enum, PartialEq, Eq, Clone, Copy)]
pub enum StereoChoice {
    /// One inference for both channels.
    #[id = "linked"]
    #[name = "Linked"]
    Linked,
    /// One for each.
    #[id = "dual"]
    #[name = "Dual"]
    Dual,
}

impl Default for NetbendParams {
    fn default() -> Self {
        let model = Arc::new(Mutex::new(crate::resources::DEFAULT_MODEL.to_owned()));
        let part_names = PartNames::default();
        Self {
            window: Arc::default(),
            model_sha256: ModelHash::of(Arc::clone(&model)),
            model,
            fixed_bends: Arc::default(),
            sound_clusters: SoundClusterStore::default(),
            preset: PresetMetadata::default(),
            preset_mark: Arc::default(),
            other: OtherSide::default(),
            modulation: ModulationStore::default(),
            pads: PadStore::default(),
            slots: std::array::from_fn(|index| SlotParams::with_parts(index + 1, &part_names)),
            part_names,
            weights: std::array::from_fn(|index| WeightParams::new(index + 1)),
            latent: LatentParams::default(),
            voice: VoiceParams::default(),
            phase: PhaseParams::default(),
            stereo: EnumParam::new("Stereo", StereoChoice::Linked),
            sidechain: BoolParam::new("Sidechain", false),
            mix: percentage("Mix", 1.0),
            gain: FloatParam::new(
                "Output Gain",
                util::db_to_gain(0.0),
                FloatRange::Skewed {
                    min: util::db_to_gain(-24.0),
                    max: util::db_to_gain(24.0),
                    factor: FloatRange::gain_skew_factor(-24.0, 24.0),
                },
            )
            .with_unit(" dB")
            .with_value_to_string(formatters::v2s_f32_gain_to_db(1))
            .with_string_to_value(formatters::s2v_f32_gain_to_db()),
            bypass: BoolParam::new("Bypass", false).make_bypass(),
            latency: EnumParam::new("Latency Mode", LatencyMode::Tight).non_automatable(),
            seed: IntParam::new(
                "Seed",
                1,
                IntRange::Linear {
                    min: 0,
                    max: MAX_SEED,
                },
            ),
            parts: std::array::from_fn(|index| PartParams::new(index + 1)),
            ceiling: BoolParam::new("Ceiling", true),
            morph: percentage("Morph", 0.0),
            macros: std::array::from_fn(|index| MacroParams::new(index + 1)),
            latent_dimensions: std::array::from_fn(|index| LatentDimensionParams::new(index + 1)),
            latent_noise: LatentNoiseParams::default(),
        }
    }
}

impl NetbendParams {
    /// The model that an engine is to play with these parameters.
    pub fn wanted_model(&self) -> WantedModel {
        WantedModel {
            name: self.model_name(),
            sha256: self.model_sha256.text().to_ascii_lowercase(),
            hash: Some(self.model_sha256.clone()),
            parts: Some(self.part_names.clone()),
        }
    }

    /// Names another model, whichever file that is. Not while a host holds the parameters.
    pub fn set_model(&self, name: &str) {
        name.clone_into(&mut self.model.lock().unwrap_or_else(PoisonError::into_inner));
        self.model_sha256.replace(String::new());
    }

    /// The model's name.
    pub fn model_name(&self) -> String {
        self.model
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
