//! A bend in a few words, for the strip.

use crate::params::slot::{SelectionChoice, SlotParams, TransformChoice};
use crate::params::sound_labels::SoundLabels;
use crate::params::weights::WeightParams;
use crate::report::labels::ClusterLabels;
use netbend_models::bends::drift::Drift;

/// `L3`, or `Latent`.
pub fn layer(slot: &SlotParams) -> String {
    match slot.layer.value() {
        0 => "Latent".to_owned(),
        layer => format!("L{layer}"),
    }
}

/// `layer 3`, or `the latent`.
pub fn layer_in_full(slot: &SlotParams) -> String {
    match slot.layer.value() {
        0 => "the latent".to_owned(),
        layer => format!("layer {layer}"),
    }
}

/// The transform, short enough for a cell.
pub fn transform(slot: &SlotParams) -> &'static str {
    match slot.transform.value() {
        TransformChoice::Ablate => "Ablate",
        TransformChoice::Invert => "Invert",
        TransformChoice::ScalarMultiply => "Multiply",
        TransformChoice::BinaryThresh => "Threshold",
        TransformChoice::FlipHorizontal => "Flip freq",
        TransformChoice::FlipVertical => "Flip time",
        TransformChoice::Translate => "Translate",
        TransformChoice::Scale => "Scale",
        TransformChoice::Rotate => "Rotate",
        TransformChoice::Erode => "Erode",
        TransformChoice::Dilate => "Dilate",
    }
}

/// Which features: `all`, `25 % random`, `all but attacks`. A cluster and a part go by their names where those are known.
pub fn features(
    slot: &SlotParams,
    clusters: Option<&ClusterLabels>,
    sound: &SoundLabels,
) -> String {
    let number = |value: i32| usize::try_from(value).unwrap_or(0);
    let inverted = slot.invert.value();
    let cluster = number(slot.cluster.value());
    let (words, share) = match slot.selection.value() {
        SelectionChoice::All => {
            return if inverted { "none" } else { "all" }.to_owned();
        }
        SelectionChoice::Random => {
            let share = percent(slot.percentage.value());
            let still = Drift::new(slot.drift.value()).is_still();
            return match (inverted, still) {
                (true, _) => format!("all but {share}"),
                (false, true) => format!("{share} random"),
                (false, false) => format!("{share} drifting"),
            };
        }
        SelectionChoice::Cluster => {
            let layer = number(slot.layer.value());
            let label = clusters.and_then(|clusters| clusters.get(layer, cluster).ok());
            let words =
                label.map_or_else(|| format!("cluster {cluster}"), |label| label.name.clone());
            (words, slot.within.value())
        }
        SelectionChoice::SoundCluster => {
            let name = sound.name(number(slot.layer.value()), cluster);
            let words = name.map_or_else(|| format!("sound {cluster}"), str::to_owned);
            (words, slot.within.value())
        }
        SelectionChoice::Part => {
            let shown = slot.part.to_string();
            let nameless = shown == slot.part.value().to_string();
            let words = if nameless {
                format!("part {shown}")
            } else {
                shown
            };
            (words, slot.within.value())
        }
    };
    let part = if share < 0.995 {
        format!("{} ", percent(share))
    } else {
        String::new()
    };
    if inverted {
        format!("but {part}{words}")
    } else {
        format!("{part}{words}")
    }
}

/// How many of a tensor's points a weight slot changes.
pub fn points(slot: &WeightParams) -> String {
    format!("{} points", percent(slot.percentage.value()))
}

fn percent(share: f32) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::preset::set;

    #[test]
    fn selections_are_said_as_they_act() {
        let slot = SlotParams::new(1);
        assert_eq!(
            features(&slot, None, &SoundLabels::default()),
            "25 % random"
        );
        set(&slot.invert, true);
        assert_eq!(
            features(&slot, None, &SoundLabels::default()),
            "all but 25 %"
        );
        set(&slot.selection, SelectionChoice::Cluster);
        set(&slot.cluster, 3);
        assert_eq!(
            features(&slot, None, &SoundLabels::default()),
            "but cluster 3"
        );
        set(&slot.within, 0.5);
        set(&slot.invert, false);
        assert_eq!(
            features(&slot, None, &SoundLabels::default()),
            "50 % cluster 3"
        );
        set(&slot.selection, SelectionChoice::Part);
        assert_eq!(
            features(&slot, None, &SoundLabels::default()),
            "50 % part 1"
        );
        set(&slot.selection, SelectionChoice::All);
        assert_eq!(features(&slot, None, &SoundLabels::default()), "all");
    }
}
