//! Bends of a waveform model's layers whose transform has no meaning there: what is said of them. They bend nothing, and the rest is played.

use std::collections::BTreeSet;

use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{Bend, LATENT_LAYER};
use netbend_models::node::operator::sequence::{LEAST_STEPS, acts_on_sequences};
use netbend_models::package::waveform::{LayerKind, WaveformManifest};
use netbend_models::waveform::past::is_shifted;
use netbend_models::{AnyPackage, Preset};

/// The layers of a waveform model; of a spectrogram model there are none, and every transform has a meaning.
#[derive(Debug, Clone, Default)]
pub(super) struct Meaning {
    /// Layer 1 is first.
    layers: Vec<Layer>,
}

#[derive(Debug, Clone)]
struct Layer {
    name: String,
    /// Of a block.
    steps: usize,
    /// Whether it is listed, or fine detail.
    shown: bool,
}

impl Meaning {
    /// Of a model of either kind.
    pub(super) fn of(package: &AnyPackage) -> Self {
        match package {
            AnyPackage::Spectrogram(_) => Self::default(),
            AnyPackage::Waveform(package) => Self::of_waveform(package.manifest()),
        }
    }

    /// Of a waveform model.
    pub(super) fn of_waveform(manifest: &WaveformManifest) -> Self {
        let layers = manifest.numbered_layers().map(|layer| Layer {
            name: match layer.kind {
                LayerKind::Output => "the sound that comes out".to_owned(),
                _ => layer.name.clone(),
            },
            steps: layer.steps,
            shown: layer.shown,
        });
        Self {
            layers: layers.collect(),
        }
    }

    /// Why a bend bends nothing, and what would work there; `None` where it has a meaning, or no layer.
    pub(super) fn missing(&self, bend: &Bend) -> Option<String> {
        if bend.layer == LATENT_LAYER {
            // Presets are refused that bend the latent by what does not act on it.
            return None;
        }
        let layer = self.layers.get(bend.layer - 1)?;
        let (kind, number, name) = (bend.transform, bend.layer, &layer.name);
        if kind == TransformKind::Translate && bend.parameters.first().is_none_or(|x| *x == 0.0) {
            let y = bend.parameters.get(1).filter(|y| **y != 0.0)?;
            return (!is_shifted(layer.shown, layer.steps)).then(|| {
                format!(
                    "translate by x 0, y {y} found on layer {number} ({name}); y shifts in time, which needs a listed layer of {LEAST_STEPS} steps in a block ({}); expected one of them, or an x, which rolls the features",
                    self.long_enough()
                )
            });
        }
        if acts_on_sequences(kind, layer.steps) {
            return None;
        }
        let works = works(layer.steps).join(", ");
        let why = match acts_on_sequences(kind, LEAST_STEPS) {
            true => format!(
                "it needs {LEAST_STEPS} steps in a block, and there are {} ({})",
                layer.steps,
                self.long_enough()
            ),
            false => {
                "it needs a picture of time and frequency, which a waveform model has not".into()
            }
        };
        Some(format!(
            "{} found on layer {number} ({name}); {why}; expected {works}",
            kind.name()
        ))
    }

    /// A line for every bend of a preset that bends nothing.
    pub(super) fn warnings(&self, preset: &Preset) -> Vec<String> {
        let numbered = (1..).zip(&preset.bends);
        let said = numbered.filter_map(|(number, bend): (usize, _)| {
            let why = self.missing(bend)?;
            Some(format!("bend {number} bends nothing: {why}"))
        });
        said.collect()
    }

    /// The listed layers that have a time to be turned over.
    fn long_enough(&self) -> String {
        let numbered = (1..).zip(&self.layers);
        let long = numbered.filter(|(_, layer)| layer.shown && layer.steps >= LEAST_STEPS);
        let numbers: BTreeSet<usize> = long.map(|(number, _)| number).collect();
        match numbers.is_empty() {
            true => "no layer that is listed has as many".to_owned(),
            false => format!(
                "layers {} have as many",
                numbers
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        }
    }
}

/// The transforms that have a meaning on a layer of so many steps.
fn works(steps: usize) -> Vec<&'static str> {
    let all = TransformKind::ALL.into_iter();
    all.filter(|kind| acts_on_sequences(*kind, steps))
        .map(TransformKind::name)
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    fn meaning() -> Meaning {
        let layer = |name: &str, steps: usize| Layer {
            name: name.to_owned(),
            steps,
            shown: true,
        };
        Meaning {
            layers: vec![layer("slow", 4), layer("fast", 32), layer("sound", 512)],
        }
    }

    fn said(layer: usize, transform: &str, parameters: &str) -> Option<String> {
        let text = format!(
            "transforms:\n- layer: {layer}\n  transform: {transform}\n  params: [{parameters}]\n"
        );
        let preset = Preset::from_yaml(&text, "meaning.yaml").unwrap();
        let said = meaning().warnings(&preset);
        assert!(said.len() <= 1);
        said.into_iter().next()
    }

    #[test]
    fn what_needs_a_picture_is_named_with_its_layer_and_with_what_works() {
        for (transform, parameters) in [
            ("scale", "2"),
            ("rotate", "90"),
            ("erode", "1"),
            ("dilate", "1"),
        ] {
            let said = said(1, transform, parameters).unwrap();
            let begin = format!("bend 1 bends nothing: {transform} found on layer 1 (slow); ");
            assert!(said.starts_with(&begin), "{said}");
            let end =
                "; expected ablate, invert, scalar-multiply, binary-thresh, flip-h, translate";
            assert!(said.ends_with(end), "{said}");
        }
        let said = said(2, "rotate", "90").unwrap();
        assert!(said.contains("flip-v"), "{said}");
    }

    #[test]
    fn a_block_too_short_to_be_turned_over_is_told_where_it_would_work() {
        let short = said(1, "flip-v", "").unwrap();
        assert!(
            short.contains("there are 4 (layers 2, 3 have as many)"),
            "{short}"
        );
        assert_eq!(said(2, "flip-v", ""), None);
    }

    #[test]
    fn what_has_a_meaning_is_not_warned_of() {
        for (transform, parameters) in [
            ("ablate", ""),
            ("invert", ""),
            ("scalar-multiply", "2"),
            ("binary-thresh", "1"),
            ("flip-h", ""),
            ("translate", "0.5, 0"),
            ("translate", "0.5, 0.5"),
            ("translate", "0, 0"),
        ] {
            assert_eq!(said(1, transform, parameters), None, "{transform}");
        }
        assert_eq!(said(0, "ablate", ""), None);
        // A layer that is not there is refused elsewhere.
        assert_eq!(said(9, "rotate", "90"), None);
        let late = said(1, "translate", "0, 0.5").unwrap();
        assert!(late.contains("(layers 2, 3 have as many)"), "{late}");
        assert_eq!(said(2, "translate", "0, 0.5"), None);
    }

    #[test]
    fn of_a_spectrogram_model_every_transform_has_a_meaning() {
        let text = "transforms:\n- layer: 1\n  transform: rotate\n  params: [90]\n";
        let preset = Preset::from_yaml(text, "meaning.yaml").unwrap();
        assert!(Meaning::default().warnings(&preset).is_empty());
    }
}
