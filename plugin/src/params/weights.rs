//! The parameters of one weight slot.
//!
//! | id | range | meaning |
//! |---|---|---|
//! | `weight_on` | off/on | whether the slot bends |
//! | `weight_layer` | 1–64 | the decoder's tensor, in the order `netbend inspect` lists them |
//! | `weight_transform` | one of [`WeightChoice`] | what is done to its points |
//! | `weight_percentage` | 0–1 | the share of its points, evenly spaced |
//! | `weight_amount` | −1…1 | how far, of the transform's limit; 0 changes nothing |
//! | `weight_seed` | 0–65535 | draws the noise of `randomise` |

use std::sync::Arc;

use netbend_dsp::number::low_bits;
use netbend_models::bends::modulation::Knob;
use netbend_models::bends::weights::{WeightFrame, WeightTransform};
use nice_plug::prelude::*;

use super::moved::moved;
use super::seed::MAX_SEED;
use super::share::{percentage, share_of_text};
use crate::modulation::Offsets;

/// Highest tensor a slot can name.
pub const MAX_WEIGHT_LAYER: i32 = 64;

/// One automatable bend of weights.
#[derive(Params)]
pub struct WeightParams {
    /// Whether the slot bends.
    #[id = "weight_on"]
    pub on: BoolParam,
    /// The decoder's tensor.
    #[id = "weight_layer"]
    pub layer: IntParam,
    /// The transform.
    #[id = "weight_transform"]
    pub transform: EnumParam<WeightChoice>,
    /// The share of points.
    #[id = "weight_percentage"]
    pub percentage: FloatParam,
    /// How far, of the transform's limit.
    #[id = "weight_amount"]
    pub amount: FloatParam,
    /// Seed of the noise.
    #[id = "weight_seed"]
    pub seed: IntParam,
}

/// [`WeightTransform`] as a parameter. The ids are the YAML names.
#[derive(Debug, Enum, PartialEq, Eq, Clone, Copy)]
pub enum WeightChoice {
    /// `w + a·σ`.
    #[id = "offset"]
    #[name = "Offset"]
    Offset,
    /// Mixed with noise.
    #[id = "randomise"]
    #[name = "Randomise"]
    Randomise,
    /// Mixed with `−w`.
    #[id = "invert"]
    #[name = "Invert"]
    Invert,
    /// `(1 + a)·w`.
    #[id = "multiply"]
    #[name = "Multiply"]
    Multiply,
    /// Rotated.
    #[id = "roll"]
    #[name = "Roll"]
    Roll,
    /// Mixed with the tensor read backwards.
    #[id = "flip"]
    #[name = "Flip"]
    Flip,
}

impl WeightChoice {
    /// The transform it stands for.
    pub fn kind(self) -> WeightTransform {
        match self {
            Self::Offset => WeightTransform::Offset,
            Self::Randomise => WeightTransform::Randomise,
            Self::Invert => WeightTransform::Invert,
            Self::Multiply => WeightTransform::Multiply,
            Self::Roll => WeightTransform::Roll,
            Self::Flip => WeightTransform::Flip,
        }
    }

    /// The choice that stands for `kind`.
    pub fn of(kind: WeightTransform) -> Self {
        match kind {
            WeightTransform::Offset => Self::Offset,
            WeightTransform::Randomise => Self::Randomise,
            WeightTransform::Invert => Self::Invert,
            WeightTransform::Multiply => Self::Multiply,
            WeightTransform::Roll => Self::Roll,
            WeightTransform::Flip => Self::Flip,
        }
    }
}

impl WeightParams {
    /// The parameters of weight slot `number` (1-based): off.
    pub fn new(number: usize) -> Self {
        let name = |what: &str| format!("Weights {number} {what}");
        Self {
            on: BoolParam::new(name("On"), false),
            layer: IntParam::new(
                name("Layer"),
                1,
                IntRange::Linear {
                    min: 1,
                    max: MAX_WEIGHT_LAYER,
                },
            ),
            transform: EnumParam::new(name("Transform"), WeightChoice::Multiply),
            percentage: percentage(name("Percentage"), 0.1),
            amount: FloatParam::new(
                name("Amount"),
                0.5,
                FloatRange::Linear {
                    min: -1.0,
                    max: 1.0,
                },
            )
            .with_unit(" %")
            .with_value_to_string(formatters::v2s_f32_percentage(1))
            .with_string_to_value(Arc::new(share_of_text)),
            seed: IntParam::new(
                name("Seed"),
                1,
                IntRange::Linear {
                    min: 0,
                    max: MAX_SEED,
                },
            ),
        }
    }

    /// The slot's state at this moment, where it is the slot at `place`, counted from 0, and its knobs are moved.
    ///
    /// # Real-time safety
    /// Reads atomics; never allocates, locks or panics.
    pub(super) fn moved(&self, place: usize, offsets: &Offsets) -> WeightFrame {
        let transform = self.transform.value().kind();
        WeightFrame {
            layer: low_bits::<u16>(self.layer.value().max(0)),
            transform,
            seed: low_bits::<u32>(self.seed.value().max(0)),
            share: moved(&self.percentage, offsets.at(Knob::WeightPercentage, place)),
            amount: if moved(&self.on, offsets.at(Knob::WeightOn, place)) {
                moved(&self.amount, offsets.at(Knob::WeightAmount, place))
                    * transform.amount_limit()
            } else {
                0.0
            },
        }
    }
}
