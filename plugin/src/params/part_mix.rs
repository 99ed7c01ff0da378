//! The parameters of one fader of the parts mixer.
//!
//! | id | range | meaning |
//! |---|---|---|
//! | `part_gain` | −60…+12 dB | the part's gain; at −60 dB it is silent, at 0 dB as it is |
//! | `part_mute` | off/on | silences the part |
//! | `part_solo` | off/on | silences the parts that are not soloed |
//!
//! Parts count as the model has them. Faders beyond its parts do nothing, whatever they say.

use std::sync::Arc;

use netbend_models::bends::part_mix::{FADER_RANGE_DB, PartFader};
use nice_plug::prelude::*;

use super::moved::moved;

/// One fader.
#[derive(Params)]
pub struct PartParams {
    /// In dB.
    #[id = "part_gain"]
    pub gain: FloatParam,
    /// Whether the part is silent.
    #[id = "part_mute"]
    pub mute: BoolParam,
    /// Whether the parts that are not soloed are silent.
    #[id = "part_solo"]
    pub solo: BoolParam,
}

impl PartParams {
    /// The fader of part `number`, counted from 1.
    pub fn new(number: usize) -> Self {
        let name = |what: &str| format!("Part {number} {what}");
        let (min, max) = FADER_RANGE_DB;
        Self {
            gain: FloatParam::new(name("Gain"), 0.0, FloatRange::Linear { min, max })
                .with_unit(" dB")
                .with_value_to_string(Arc::new(said))
                .with_string_to_value(Arc::new(read)),
            mute: BoolParam::new(name("Mute"), false),
            solo: BoolParam::new(name("Solo"), false),
        }
    }

    /// Where it stands.
    ///
    /// # Real-time safety
    /// Reads atomics; never allocates, locks or panics.
    pub fn fader(&self) -> PartFader {
        self.moved(0.0)
    }

    /// As [`fader`](Self::fader), where it is moved by `offset` of its way.
    pub(super) fn moved(&self, offset: f32) -> PartFader {
        PartFader {
            gain_db: moved(&self.gain, offset),
            is_muted: self.mute.value(),
            is_soloed: self.solo.value(),
        }
    }
}

fn said(gain_db: f32) -> String {
    if gain_db <= FADER_RANGE_DB.0 {
        return "-inf".to_owned();
    }
    let text = format!("{gain_db:.1}");
    if text == "-0.0" {
        "0.0".to_owned()
    } else {
        text
    }
}

fn read(text: &str) -> Option<f32> {
    let text = text.trim().to_lowercase().replace('−', "-");
    let number = text.strip_suffix("db").unwrap_or(&text).trim();
    match number {
        "-inf" | "-∞" => Some(FADER_RANGE_DB.0),
        number => number.parse().ok().filter(|db: &f32| db.is_finite()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::NetbendParams;
    use crate::params::preset::set;
    use netbend_models::bends::part_name::PartName;

    #[test]
    fn a_fader_is_written_and_read_in_decibels_down_to_silence() {
        let fader = PartParams::new(1);
        let said = |unit: f32| fader.gain.normalized_value_to_string(unit, true);
        let read = |text: &str| fader.gain.string_to_normalized_value(text);
        assert_eq!(
            (said(0.0).as_str(), said(1.0).as_str()),
            ("-inf dB", "12.0 dB")
        );
        assert_eq!(said(fader.gain.default_normalized_value()), "0.0 dB");
        assert_eq!(
            (read("-inf dB"), read("-inf"), read("12 dB")),
            (Some(0.0), Some(0.0), Some(1.0))
        );
        assert_eq!((read("inf"), read("loud")), (None, None));
    }

    #[test]
    fn only_faders_of_parts_that_the_model_has_do_anything() {
        let params = NetbendParams::default();
        set(&params.parts[1].gain, -60.0);
        set(&params.parts[2].solo, true);
        assert!(params.controls().parts.is_level(), "no model has parts yet");
        let names = |names: &[&str]| {
            let names: Vec<_> = names
                .iter()
                .filter_map(|name| PartName::new(name))
                .collect();
            params.part_names.replace(names);
        };
        names(&["kick", "hats"]);
        assert_eq!(params.controls().parts.gains[..3], [1.0, 0.0, 1.0]);
        names(&["kick", "snare", "hats"]);
        assert_eq!(params.controls().parts.gains[..4], [0.0, 0.0, 1.0, 1.0]);
        set(&params.parts[2].solo, false);
        set(&params.parts[1].gain, 0.0);
        assert!(params.controls().parts.is_level());
    }
}
