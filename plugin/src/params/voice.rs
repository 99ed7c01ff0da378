//! The parameters of the voice.
//!
//! | id | range | meaning |
//! |---|---|---|
//! | `voice` | 0–1 | difference … model, the model as loud as the difference |
//! | `voice_floor` | −60…0 dB | the difference's quietest gain |
//! | `voice_ceiling` | 0…24 dB | its loudest |
//! | `voice_smoothing` | 0–1 | smooths its gain over time (up to 60 ms) and frequency (up to a third of an octave) |
//! | `transient_lock` | 0–1 | keeps the attacks of the input, and what lies a frame's length before them |
//! | `band_low`, `band_high` | 20–20 000 Hz | where bends are heard; at the ends of its range an edge is open, and edges the wrong way round are swapped |
//! | `auto_gain` | off/on | bends keep the loudness of the last 0.7 s, within −24…+12 dB |

use netbend_dsp::voice::{
    Band, GainLimits, HIGHEST_BAND_HZ, HIGHEST_CEILING_DB, LOWEST_BAND_HZ, MAX_GAIN_DB,
    MIN_GAIN_DB, VoiceShape,
};
use netbend_models::bends::modulation::Knob;
use nice_plug::prelude::*;

use super::moved::moved;
use super::share::percentage;
use crate::modulation::Offsets;

/// The voice: how what is decoded becomes sound.
#[derive(Params)]
pub struct VoiceParams {
    /// 0 = difference, 1 = model.
    #[id = "voice"]
    pub voice: FloatParam,
    /// The difference's quietest gain, in dB.
    #[id = "voice_floor"]
    pub floor: FloatParam,
    /// The difference's loudest gain, in dB.
    #[id = "voice_ceiling"]
    pub ceiling: FloatParam,
    /// How much the difference's gain is smoothed.
    #[id = "voice_smoothing"]
    pub smoothing: FloatParam,
    /// How much of the input's attacks is kept.
    #[id = "transient_lock"]
    pub transient_lock: FloatParam,
    /// Lower edge of what is bent, in hertz.
    #[id = "band_low"]
    pub band_low: FloatParam,
    /// Upper edge of what is bent, in hertz.
    #[id = "band_high"]
    pub band_high: FloatParam,
    /// Whether bends keep the loudness.
    #[id = "auto_gain"]
    pub auto_gain: BoolParam,
}

impl Default for VoiceParams {
    fn default() -> Self {
        let decibels = |name, default, min, max| {
            FloatParam::new(name, default, FloatRange::Linear { min, max })
                .with_unit(" dB")
                .with_value_to_string(formatters::v2s_f32_rounded(1))
        };
        Self {
            voice: percentage("Voice", 0.0),
            floor: decibels("Gain Floor", MIN_GAIN_DB, MIN_GAIN_DB, 0.0),
            ceiling: decibels("Gain Ceiling", MAX_GAIN_DB, 0.0, HIGHEST_CEILING_DB),
            smoothing: percentage("Smoothing", 0.0),
            transient_lock: percentage("Transient Lock", 0.0),
            band_low: frequency("Band Low", LOWEST_BAND_HZ),
            band_high: frequency("Band High", HIGHEST_BAND_HZ),
            auto_gain: BoolParam::new("Auto Gain", true),
        }
    }
}

/// A frequency, on a logarithmic knob.
fn frequency(name: &str, default: f32) -> FloatParam {
    let range = FloatRange::Skewed {
        min: LOWEST_BAND_HZ,
        max: HIGHEST_BAND_HZ,
        factor: FloatRange::skew_factor(-2.3),
    };
    FloatParam::new(name, default, range)
        .with_value_to_string(formatters::v2s_f32_hz_then_khz(1))
        .with_string_to_value(formatters::s2v_f32_hz_then_khz())
}

impl VoiceParams {
    /// The shape of this moment.
    ///
    /// # Real-time safety
    /// Reads atomics; never allocates, locks or panics.
    pub fn shape(&self) -> VoiceShape {
        self.moved(&Offsets::default())
    }

    /// As [`shape`](Self::shape), where knobs are moved.
    pub(super) fn moved(&self, offsets: &Offsets) -> VoiceShape {
        let at = |param: &FloatParam, knob: Knob| moved(param, offsets.at(knob, 0));
        VoiceShape {
            limits: GainLimits {
                floor_db: at(&self.floor, Knob::VoiceFloor),
                ceiling_db: at(&self.ceiling, Knob::VoiceCeiling),
            },
            smoothing: at(&self.smoothing, Knob::VoiceSmoothing),
            band: Band {
                low_hz: at(&self.band_low, Knob::BandLow),
                high_hz: at(&self.band_high, Knob::BandHigh),
            },
        }
    }
}
