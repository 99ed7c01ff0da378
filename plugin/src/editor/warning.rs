//! Why a bend that is set up bends nothing.

use netbend_models::bends::transform::TransformKind;
use netbend_models::node::operator::sequence::{LEAST_STEPS, acts_on_sequences};
use netbend_models::waveform::past::is_shifted;

use nice_plug::prelude::FloatParam;

use crate::params::slot::{SelectionChoice, SlotParams};
use crate::params::weights::WeightParams;
use crate::report::labels::ClusterLabels;
use crate::report::layout::{ModelLayout, PartLayout};
use crate::resources::PARTS_MODEL;

/// The model as it is loaded.
#[derive(Clone, Copy)]
pub struct Model<'a> {
    /// What it is made of.
    pub layout: &'a ModelLayout,
    /// What its clusters are called.
    pub clusters: &'a ClusterLabels,
}

/// Why a bend bends nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Which choice is to blame.
    pub about: About,
    /// What to tell the user.
    pub text: String,
}

/// A choice of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The layer, or the tensor.
    Layer,
    /// The features.
    Features,
    /// The transform.
    Transform,
}

/// Why the slot bends nothing, whatever its amount; `None` where it bends, or where no model is loaded to tell by.
pub fn slot(slot: &SlotParams, model: Option<Model<'_>>) -> Option<Warning> {
    let model = model?;
    let warning = |about: About, text: String| Some(Warning { about, text });
    let layer = number(slot.layer.value());
    let layers = model.layout.layers.len();
    if layer > layers {
        let text = format!("This model has layers 1 to {layers}: nothing is bent");
        return warning(About::Layer, text);
    }
    if let Some(text) = without_meaning(slot.transform.value().kind(), layer, Some(model.layout)) {
        return warning(About::Transform, text.into());
    }
    if is_late_alone(slot) && !has_time(layer, model.layout) {
        return warning(About::Transform, ON_TIMELESS.into());
    }
    match slot.selection.value() {
        SelectionChoice::All if slot.invert.value() => warning(
            About::Features,
            "Everything but all: nothing is bent".into(),
        ),
        SelectionChoice::Cluster | SelectionChoice::SoundCluster if layer == 0 => warning(
            About::Features,
            "The latent has no clusters: nothing is bent".into(),
        ),
        SelectionChoice::Part => warning(About::Features, part(slot, layer, &model.layout.parts)?),
        SelectionChoice::Cluster => {
            let label = model.clusters.get(layer, number(slot.cluster.value()));
            warning(About::Features, capital(&label.err()?.name))
        }
        SelectionChoice::All | SelectionChoice::Random | SelectionChoice::SoundCluster => None,
    }
}

/// Why the slot's part selects nothing on layer number `layer`; `None` where it selects features.
fn part(slot: &SlotParams, layer: usize, parts: &[PartLayout]) -> Option<String> {
    if parts.is_empty() {
        return Some(format!(
            "This model has no parts, {PARTS_MODEL} has some: nothing is bent"
        ));
    }
    let Some(place) = layer.checked_sub(1) else {
        return Some("The latent has no parts: nothing is bent".into());
    };
    let number = number(slot.part.value());
    let Some(part) = number.checked_sub(1).and_then(|place| parts.get(place)) else {
        return Some(format!(
            "This model has parts 1 to {}: nothing is bent",
            parts.len()
        ));
    };
    let missing = part.features.get(place).is_none_or(|count| *count == 0);
    missing.then(|| {
        format!(
            "No {} here, only on layers {}: nothing is bent",
            part.name,
            part.layers()
        )
    })
}

/// What [`TransformKind::acts_on_latent`] means to the user.
const ON_LATENT: &str = "Needs a layer from 1 up: on the latent it bends nothing";

/// What [`acts_on_sequences`] means to the user.
const ON_SEQUENCE: &str =
    "Needs a picture of time and frequency: a waveform model has none, nothing is bent";
const ON_SHORT_BLOCK: &str = "Needs a layer with 32 steps in a block: here it bends nothing";
const ON_TIMELESS: &str =
    "y needs a listed layer with 32 steps in a block: here x alone bends, and is 0";

/// Whether the slot is set to shift in time and in nothing else.
fn is_late_alone(slot: &SlotParams) -> bool {
    let kind = slot.transform.value().kind();
    let at = |param: &FloatParam, place: usize| {
        let range = kind.parameters().get(place);
        range.map_or(0.0, |range| range.value(param.value()))
    };
    kind == TransformKind::Translate && at(&slot.parameter, 0) == 0.0 && at(&slot.second, 1) != 0.0
}

/// Whether layer number `layer` is shifted in time.
fn has_time(layer: usize, layout: &ModelLayout) -> bool {
    let own = layer
        .checked_sub(1)
        .and_then(|place| layout.layers.get(place));
    let steps = own.map_or(0, |layer| layer.rows);
    !layout.is_waveform || is_shifted(layer <= layout.shown_layers, steps)
}

/// Why `kind` has no meaning for layer number `layer`; `None` where it has one, or where no model says.
pub fn without_meaning(
    kind: TransformKind,
    layer: usize,
    layout: Option<&ModelLayout>,
) -> Option<&'static str> {
    if layer == 0 {
        return (!kind.acts_on_latent()).then_some(ON_LATENT);
    }
    let layout = layout.filter(|layout| layout.is_waveform)?;
    let steps = layout
        .layers
        .get(layer - 1)
        .map_or(LEAST_STEPS, |layer| layer.rows);
    match (
        acts_on_sequences(kind, steps),
        acts_on_sequences(kind, LEAST_STEPS),
    ) {
        (true, _) => None,
        (false, true) => Some(ON_SHORT_BLOCK),
        (false, false) => Some(ON_SEQUENCE),
    }
}

/// As [`slot`], for a weight slot.
pub fn weights(slot: &WeightParams, layout: Option<&ModelLayout>) -> Option<Warning> {
    let tensors = layout?.weights.len();
    let beyond = tensors > 0 && number(slot.layer.value()) > tensors;
    beyond.then(|| Warning {
        about: About::Layer,
        text: format!("This model has tensors 1 to {tensors}: nothing is bent"),
    })
}

fn number(value: i32) -> usize {
    usize::try_from(value).unwrap_or(0)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::preset::set;
    use crate::params::slot::TransformChoice;
    use crate::report::layout::{LayerLayout, WeightLayout};
    use netbend_models::bends::weights::Role;

    fn layout() -> ModelLayout {
        let layer = LayerLayout {
            features: 8,
            rows: 4,
            columns: 4,
        };
        let tensor = WeightLayout {
            role: Role::default(),
            name: String::new(),
            points: 9,
        };
        ModelLayout {
            latent_size: 16,
            layers: vec![layer; 2],
            weights: vec![tensor; 3],
            ..ModelLayout::default()
        }
    }

    fn said(params: &SlotParams) -> Option<About> {
        let (layout, clusters) = (layout(), ClusterLabels::default());
        let model = Model {
            layout: &layout,
            clusters: &clusters,
        };
        assert_eq!(slot(params, None), None);
        let warning = slot(params, Some(model));
        assert!(warning.iter().all(|warning| !warning.text.is_empty()));
        warning.map(|warning| warning.about)
    }

    #[test]
    fn a_slot_that_bends_is_not_warned_of() {
        let params = SlotParams::new(1);
        assert_eq!(said(&params), None);
        set(&params.layer, 0);
        assert_eq!(said(&params), None);
        set(&params.invert, true);
        assert_eq!(said(&params), None);
    }

    #[test]
    fn layers_beyond_the_model_are_warned_of() {
        let params = SlotParams::new(1);
        set(&params.layer, 2);
        assert_eq!(said(&params), None);
        set(&params.layer, 3);
        assert_eq!(said(&params), Some(About::Layer));
    }

    #[test]
    fn what_needs_a_map_is_warned_of_on_the_latent() {
        let params = SlotParams::new(1);
        set(&params.layer, 0);
        set(&params.transform, TransformChoice::Rotate);
        assert_eq!(said(&params), Some(About::Transform));
        set(&params.layer, 1);
        assert_eq!(said(&params), None);
    }

    #[test]
    fn selections_of_nothing_are_warned_of() {
        let params = SlotParams::new(1);
        set(&params.selection, SelectionChoice::Cluster);
        assert_eq!(said(&params), Some(About::Features));
        set(&params.selection, SelectionChoice::SoundCluster);
        assert_eq!(said(&params), None);
        set(&params.layer, 0);
        assert_eq!(said(&params), Some(About::Features));
        set(&params.selection, SelectionChoice::All);
        assert_eq!(said(&params), None);
        set(&params.invert, true);
        assert_eq!(said(&params), Some(About::Features));
    }

    #[test]
    fn parts_that_are_not_there_are_warned_of() {
        let params = SlotParams::new(1);
        set(&params.layer, 1);
        set(&params.selection, SelectionChoice::Part);
        let said = |layout: &ModelLayout| {
            let clusters = ClusterLabels::default();
            let model = Model {
                layout,
                clusters: &clusters,
            };
            slot(&params, Some(model)).map(|warning| warning.text)
        };
        let mut layout = layout();
        assert!(said(&layout).unwrap().contains("no parts"));
        layout.parts = vec![PartLayout {
            name: "hats".into(),
            features: vec![2, 0],
            members: vec![vec![0, 1], Vec::new()],
        }];
        assert_eq!(said(&layout), None);
        set(&params.layer, 2);
        assert!(
            said(&layout)
                .unwrap()
                .contains("No hats here, only on layers 1")
        );
        set(&params.layer, 0);
        assert!(said(&layout).unwrap().contains("latent has no parts"));
        set(&params.layer, 1);
        set(&params.part, 2);
        assert!(said(&layout).unwrap().contains("parts 1 to 1"));
    }

    #[test]
    fn tensors_beyond_the_model_are_warned_of_where_it_says_how_many_it_has() {
        let params = WeightParams::new(1);
        set(&params.layer, 4);
        let warning = weights(&params, Some(&layout())).unwrap();
        assert!(warning.text.contains("1 to 3"), "{}", warning.text);
        set(&params.layer, 3);
        assert_eq!(weights(&params, Some(&layout())), None);
        set(&params.layer, 64);
        assert_eq!(weights(&params, Some(&ModelLayout::default())), None);
        assert_eq!(weights(&params, None), None);
    }
}
