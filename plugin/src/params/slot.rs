//! The parameters of one slot.
//!
//! | id | range | meaning |
//! |---|---|---|
//! | `slot_on` | off/on | whether the slot bends |
//! | `slot_layer` | 1–5 | the layer bent, from the latent to the output |
//! | `slot_transform` | one of [`TransformChoice`] | what is done to a feature |
//! | `slot_selection` | all, random, cluster, sound-cluster | which features |
//! | `slot_cluster` | 0–15 | the cluster, for `cluster` and `sound-cluster` |
//! | `slot_percentage` | 0–1 | the share, for `random` |
//! | `slot_amount` | 0–1 | mix of bent and untouched activation |
//! | `slot_parameter` | 0–1 | the transform's parameter on its knob, see [`ParameterRange`] |
//!
//! [`ParameterRange`]: netbend_models::transform::ParameterRange

use netbend_models::bend::{BendFrame, BendTarget};
use netbend_models::selection::SelectionKind;
use netbend_models::transform::TransformKind;
use nice_plug::prelude::*;

use super::percentage;

/// Highest layer a slot can name.
pub const MAX_LAYER: i32 = 5;
/// Highest cluster a slot can name.
pub const MAX_CLUSTER: i32 = 15;

/// One automatable bend.
#[derive(Params)]
pub struct SlotParams {
    /// Whether the slot bends.
    #[id = "slot_on"]
    pub on: BoolParam,
    /// The layer.
    #[id = "slot_layer"]
    pub layer: IntParam,
    /// The transform.
    #[id = "slot_transform"]
    pub transform: EnumParam<TransformChoice>,
    /// How features are chosen.
    #[id = "slot_selection"]
    pub selection: EnumParam<SelectionChoice>,
    /// The cluster.
    #[id = "slot_cluster"]
    pub cluster: IntParam,
    /// The share of features.
    #[id = "slot_percentage"]
    pub percentage: FloatParam,
    /// Mix of bent and untouched activation.
    #[id = "slot_amount"]
    pub amount: FloatParam,
    /// The transform's parameter, as a knob position.
    #[id = "slot_parameter"]
    pub parameter: FloatParam,
}

/// [`TransformKind`] as a parameter. The ids are the YAML names.
#[derive(Debug, Enum, PartialEq, Eq, Clone, Copy)]
pub enum TransformChoice {
    /// `X·0`.
    #[id = "ablate"]
    #[name = "Ablate"]
    Ablate,
    /// `1 − X`.
    #[id = "invert"]
    #[name = "Invert"]
    Invert,
    /// `k·X`.
    #[id = "scalar-multiply"]
    #[name = "Multiply"]
    ScalarMultiply,
    /// `1 if X ≥ t else 0`.
    #[id = "binary-thresh"]
    #[name = "Threshold"]
    BinaryThresh,
}

/// [`SelectionKind`] as a parameter.
#[derive(Debug, Enum, PartialEq, Eq, Clone, Copy)]
pub enum SelectionChoice {
    /// Every feature.
    #[id = "all"]
    #[name = "All"]
    All,
    /// A seeded random share.
    #[id = "random"]
    #[name = "Random"]
    Random,
    /// One of the model's clusters.
    #[id = "cluster"]
    #[name = "Cluster"]
    Cluster,
    /// One of the clusters learned from a sound.
    #[id = "sound-cluster"]
    #[name = "Sound cluster"]
    SoundCluster,
}

impl TransformChoice {
    /// The transform it stands for.
    pub fn kind(self) -> TransformKind {
        match self {
            Self::Ablate => TransformKind::Ablate,
            Self::Invert => TransformKind::Invert,
            Self::ScalarMultiply => TransformKind::ScalarMultiply,
            Self::BinaryThresh => TransformKind::BinaryThresh,
        }
    }

    /// The choice that stands for `kind`.
    pub fn of(kind: TransformKind) -> Self {
        match kind {
            TransformKind::Ablate => Self::Ablate,
            TransformKind::Invert => Self::Invert,
            TransformKind::ScalarMultiply => Self::ScalarMultiply,
            TransformKind::BinaryThresh => Self::BinaryThresh,
        }
    }
}

impl SlotParams {
    /// The parameters of slot `number` (1-based). Slots start on layers 1, 2, 3, 4, off.
    pub fn new(number: usize) -> Self {
        let name = |what: &str| format!("Slot {number} {what}");
        Self {
            on: BoolParam::new(name("On"), false),
            layer: IntParam::new(
                name("Layer"),
                (number as i32).min(MAX_LAYER),
                IntRange::Linear {
                    min: 1,
                    max: MAX_LAYER,
                },
            ),
            transform: EnumParam::new(name("Transform"), TransformChoice::ScalarMultiply),
            selection: EnumParam::new(name("Selection"), SelectionChoice::Random),
            cluster: IntParam::new(
                name("Cluster"),
                0,
                IntRange::Linear {
                    min: 0,
                    max: MAX_CLUSTER,
                },
            ),
            percentage: percentage(name("Percentage"), 0.25),
            amount: percentage(name("Amount"), 1.0),
            parameter: percentage(name("Parameter"), 0.7),
        }
    }

    /// The slot's state at this moment.
    ///
    /// # Real-time safety
    /// Reads atomics; never allocates, locks or panics.
    pub fn frame(&self, seed: u32) -> BendFrame {
        let transform = self.transform.value().kind();
        let knob = self.parameter.value();
        let mut parameters = [0.0; netbend_models::bend::MAX_PARAMETERS];
        for (value, range) in parameters.iter_mut().zip(transform.parameters()) {
            *value = range.value(knob);
        }
        BendFrame {
            target: BendTarget {
                layer: self.layer.value() as u16,
                transform,
                selection: match self.selection.value() {
                    SelectionChoice::All => SelectionKind::All,
                    SelectionChoice::Random => SelectionKind::Random,
                    SelectionChoice::Cluster => SelectionKind::Cluster,
                    SelectionChoice::SoundCluster => SelectionKind::SoundCluster,
                },
                cluster: self.cluster.value() as u16,
                seed,
            },
            share: self.percentage.value(),
            amount: if self.on.value() {
                self.amount.value()
            } else {
                0.0
            },
            parameters,
        }
    }
}
