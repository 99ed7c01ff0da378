//! The parameters of one slot.
//!
//! | id | range | meaning |
//! |---|---|---|
//! | `slot_on` | off/on | whether the slot bends |
//! | `slot_layer` | 0–16 | the layer bent: 0 is the latent itself, then from the latent to the output |
//! | `slot_transform` | one of [`TransformChoice`] | what is done to a feature |
//! | `slot_selection` | all, random, cluster, sound-cluster, part | which features |
//! | `slot_cluster` | 0–15 | the cluster, for `cluster` and `sound-cluster` |
//! | `slot_percentage` | 0–1 | the share, for `random` |
//! | `slot_within` | 0–1 | the share of a group's features, for `cluster`, `sound-cluster` and `part` |
//! | `slot_invert` | off/on | bends every feature *but* those selected |
//! | `slot_amount` | 0–1 | mix of bent and untouched activation |
//! | `slot_parameter` | 0–1 | the transform's parameter on its knob, see [`ParameterRange`]; a threshold counts in the layer's deviation |
//! | `slot_second` | 0–1 | its second parameter, where it has one (`translate`'s y: time) |
//! | `slot_drift` | 0–8 Hz | how fast the draw of a share wanders with the song's time; 0: not |
//! | `slot_part` | 1–8 | the part by its number among the model's, for `part`; as text it is the name where that is known |
//!
//! [`ParameterRange`]: netbend_models::bends::transform::ParameterRange

mod init;

use std::sync::Arc;

use netbend_dsp::number::low_bits;
use netbend_models::bends::drift::{DRIFT_RANGE_HZ, Drift};
use netbend_models::bends::modulation::Knob;
use netbend_models::bends::part_name::MOST_PARTS;
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{BendFrame, BendTarget};
use nice_plug::prelude::*;

use super::moved::moved;
use super::part_names::PartNames;
use super::share::percentage;
use crate::modulation::Offsets;

/// Highest layer a slot can name.
pub const MAX_LAYER: i32 = 16;
/// Highest cluster a slot can name.
pub const MAX_CLUSTER: i32 = 15;
/// Highest part a slot can name.
pub const MAX_PART: i32 = 8;
const _: () = assert!(MAX_PART as usize == MOST_PARTS);

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
    /// The share of a group's features.
    #[id = "slot_within"]
    pub within: FloatParam,
    /// Whether every feature is bent but those selected.
    #[id = "slot_invert"]
    pub invert: BoolParam,
    /// Mix of bent and untouched activation.
    #[id = "slot_amount"]
    pub amount: FloatParam,
    /// The transform's parameter, as a knob position.
    #[id = "slot_parameter"]
    pub parameter: FloatParam,
    /// The transform's second parameter, as a knob position.
    #[id = "slot_second"]
    pub second: FloatParam,
    /// The part, counted from 1.
    #[id = "slot_part"]
    pub part: IntParam,
    /// How fast the draw of a share wanders, in hertz.
    #[id = "slot_drift"]
    pub drift: FloatParam,
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
    /// Frequency turned over.
    #[id = "flip-h"]
    #[name = "Flip frequency"]
    FlipHorizontal,
    /// Time turned over.
    #[id = "flip-v"]
    #[name = "Flip time"]
    FlipVertical,
    /// Shift in frequency and time.
    #[id = "translate"]
    #[name = "Translate"]
    Translate,
    /// About the centre.
    #[id = "scale"]
    #[name = "Scale"]
    Scale,
    /// About the centre.
    #[id = "rotate"]
    #[name = "Rotate"]
    Rotate,
    /// Minimum over a disc.
    #[id = "erode"]
    #[name = "Erode"]
    Erode,
    /// Maximum over a disc.
    #[id = "dilate"]
    #[name = "Dilate"]
    Dilate,
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
    /// One of the parts that the model was trained to carry apart.
    #[id = "part"]
    #[name = "Part"]
    Part,
}

impl TransformChoice {
    /// The transform it stands for.
    pub fn kind(self) -> TransformKind {
        match self {
            Self::Ablate => TransformKind::Ablate,
            Self::Invert => TransformKind::Invert,
            Self::ScalarMultiply => TransformKind::ScalarMultiply,
            Self::BinaryThresh => TransformKind::BinaryThresh,
            Self::FlipHorizontal => TransformKind::FlipHorizontal,
            Self::FlipVertical => TransformKind::FlipVertical,
            Self::Translate => TransformKind::Translate,
            Self::Scale => TransformKind::Scale,
            Self::Rotate => TransformKind::Rotate,
            Self::Erode => TransformKind::Erode,
            Self::Dilate => TransformKind::Dilate,
        }
    }

    /// The choice that stands for `kind`.
    pub fn of(kind: TransformKind) -> Self {
        match kind {
            TransformKind::Ablate => Self::Ablate,
            TransformKind::Invert => Self::Invert,
            TransformKind::ScalarMultiply => Self::ScalarMultiply,
            TransformKind::BinaryThresh => Self::BinaryThresh,
            TransformKind::FlipHorizontal => Self::FlipHorizontal,
            TransformKind::FlipVertical => Self::FlipVertical,
            TransformKind::Translate => Self::Translate,
            TransformKind::Scale => Self::Scale,
            TransformKind::Rotate => Self::Rotate,
            TransformKind::Erode => Self::Erode,
            TransformKind::Dilate => Self::Dilate,
        }
    }
}

impl SlotParams {
    /// The parameters of slot `number` (1-based), with parts that have no names.
    #[cfg(test)]
    pub fn new(number: usize) -> Self {
        Self::with_parts(number, &PartNames::default())
    }

    /// The parameters of slot `number` (1-based), whose part is called as `parts` has it. Slots start off, and each does something else once
    /// it is switched on.
    pub fn with_parts(number: usize, parts: &PartNames) -> Self {
        let first = init::slot(number);
        let name = |what: &str| format!("Slot {number} {what}");
        Self {
            on: BoolParam::new(name("On"), false),
            layer: IntParam::new(
                name("Layer"),
                first.layer,
                IntRange::Linear {
                    min: 0,
                    max: MAX_LAYER,
                },
            )
            .with_value_to_string(Arc::new(|layer| match layer {
                0 => "Latent".to_owned(),
                layer => layer.to_string(),
            }))
            .with_string_to_value(Arc::new(|text: &str| match text.trim() {
                text if text.eq_ignore_ascii_case("latent") => Some(0),
                text => text.parse().ok(),
            })),
            transform: EnumParam::new(name("Transform"), TransformChoice::of(first.transform)),
            selection: EnumParam::new(name("Selection"), SelectionChoice::Random),
            cluster: IntParam::new(
                name("Cluster"),
                0,
                IntRange::Linear {
                    min: 0,
                    max: MAX_CLUSTER,
                },
            ),
            percentage: percentage(name("Percentage"), first.percentage),
            within: percentage(name("Cluster Percentage"), 1.0),
            invert: BoolParam::new(name("Invert Selection"), false),
            amount: percentage(name("Amount"), 1.0),
            parameter: percentage(name("Parameter"), first.parameter()),
            second: percentage(name("Second Parameter"), 0.5),
            part: part(name("Part"), parts),
            drift: drift(name("Drift")),
        }
    }

    /// How fast its draw wanders; not at all where nothing is drawn.
    pub(super) fn drift(&self) -> Drift {
        match self.selection.value() {
            SelectionChoice::All => Drift::default(),
            _ => Drift::new(self.drift.value()),
        }
    }

    /// The slot's state at this moment.
    ///
    /// # Real-time safety
    /// Reads atomics; never allocates, locks or panics.
    pub fn frame(&self, seed: u32) -> BendFrame {
        self.moved(seed, 0, &Offsets::default())
    }

    /// As [`frame`](Self::frame), where it is the slot at `place`, counted from 0, its knobs are moved, and pads may hold it on.
    pub(super) fn moved(&self, seed: u32, place: usize, offsets: &Offsets) -> BendFrame {
        let share = |param: &FloatParam, knob: Knob| moved(param, offsets.at(knob, place));
        let transform = self.transform.value().kind();
        let knobs = [
            share(&self.parameter, Knob::SlotParameter),
            share(&self.second, Knob::SlotSecond),
        ];
        let mut parameters = [0.0; netbend_models::bends::transform::MAX_PARAMETERS];
        let ranges = transform.parameters().iter().zip(knobs);
        for (value, (range, knob)) in parameters.iter_mut().zip(ranges) {
            *value = range.value(knob);
        }
        let selection = match self.selection.value() {
            SelectionChoice::All => SelectionKind::All,
            SelectionChoice::Random => SelectionKind::Random,
            SelectionChoice::Cluster => SelectionKind::Cluster,
            SelectionChoice::SoundCluster => SelectionKind::SoundCluster,
            SelectionChoice::Part => SelectionKind::Part,
        };
        let group = match selection {
            SelectionKind::Part => self.part.value() - 1,
            _ => moved(&self.cluster, offsets.at(Knob::SlotCluster, place)),
        };
        BendFrame {
            target: BendTarget {
                layer: low_bits::<u16>(self.layer.value()),
                transform,
                relative: transform == TransformKind::BinaryThresh,
                selection,
                cluster: low_bits::<u16>(group),
                part: None,
                inverted: self.invert.value(),
                seed,
                drift: self.drift().after(offsets.seconds()),
            },
            share: match selection {
                SelectionKind::All | SelectionKind::Random => {
                    share(&self.percentage, Knob::SlotPercentage)
                }
                SelectionKind::Cluster | SelectionKind::SoundCluster | SelectionKind::Part => {
                    share(&self.within, Knob::SlotWithin)
                }
            },
            amount: if moved(&self.on, offsets.at(Knob::SlotOn, place)) {
                share(&self.amount, Knob::SlotAmount)
            } else {
                match offsets.held(place) {
                    held if held > 0.0 => held * share(&self.amount, Knob::SlotAmount),
                    _ => 0.0,
                }
            },
            parameters,
        }
    }
}

/// A rate that begins with none at all.
fn drift(name: String) -> FloatParam {
    let (_, fastest) = DRIFT_RANGE_HZ;
    let range = FloatRange::Skewed {
        min: 0.0,
        max: fastest,
        // Squares and roots: a position comes back to the bit.
        factor: FloatRange::skew_factor(-1.0),
    };
    let said = |hertz: f32| match Drift::new(hertz) {
        drift if drift.is_still() => "still".to_owned(),
        drift => format!("{:.2} Hz", drift.hertz()),
    };
    let read = |text: &str| {
        let text = text.trim().to_lowercase();
        let number = text.strip_suffix("hz").unwrap_or(&text).trim();
        match number {
            "still" => Some(0.0),
            number => number.parse().ok().filter(|hertz: &f32| hertz.is_finite()),
        }
    };
    FloatParam::new(name, 0.0, range)
        .with_value_to_string(Arc::new(said))
        .with_string_to_value(Arc::new(read))
}

/// Which part: a number from 1 on, shown and read as the part's name where that is known.
fn part(name: String, parts: &PartNames) -> IntParam {
    let (shown, read) = (parts.clone(), parts.clone());
    let range = IntRange::Linear {
        min: 1,
        max: MAX_PART,
    };
    IntParam::new(name, 1, range)
        .with_value_to_string(Arc::new(move |number| match shown.name(number) {
            Some(name) => name.to_string(),
            None => number.to_string(),
        }))
        .with_string_to_value(Arc::new(move |text: &str| {
            read.number(text).or_else(|| text.trim().parse().ok())
        }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::preset::set;
    use netbend_models::bends::part_name::PartName;

    #[test]
    fn a_part_is_shown_and_read_by_its_name_where_that_is_known() {
        let names = PartNames::default();
        let slot = SlotParams::with_parts(1, &names);
        set(&slot.part, 2);
        let shown = || {
            slot.part
                .normalized_value_to_string(slot.part.modulated_normalized_value(), true)
        };
        let read = |text: &str| {
            let unit = slot.part.string_to_normalized_value(text)?;
            Some(slot.part.preview_plain(unit))
        };
        assert_eq!(
            (shown().as_str(), read("3"), read("hats")),
            ("2", Some(3), None)
        );
        names.replace(["kick", "hats"].into_iter().filter_map(PartName::new));
        assert_eq!(
            (shown().as_str(), read("3"), read("Hats")),
            ("hats", Some(3), Some(2))
        );
        set(&slot.part, 8);
        assert_eq!(shown(), "8");
    }

    #[test]
    fn a_slot_counts_parts_from_0_and_its_cluster_is_another_knob() {
        let slot = SlotParams::new(1);
        set(&slot.part, 3);
        set(&slot.cluster, 7);
        set(&slot.within, 0.5);
        set(&slot.selection, SelectionChoice::Part);
        let frame = slot.frame(1);
        assert_eq!(
            (frame.target.selection, frame.target.cluster),
            (SelectionKind::Part, 2)
        );
        assert_eq!((frame.target.part, frame.share), (None, 0.5));
        set(&slot.selection, SelectionChoice::Cluster);
        assert_eq!(slot.frame(1).target.cluster, 7);
    }
}
