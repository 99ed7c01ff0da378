//! Parts: which features of which layer a model was trained to carry each part of the mix by.

use serde::{Deserialize, Serialize};

use super::flaw::Flaw;
use crate::bends::part_name::{MOST_PARTS, PartName};

/// One part of the mix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// `kick`, `hats`; unlike those of the model's other parts, whatever the case.
    pub name: PartName,
    /// Its features, layer by layer: one entry or more.
    pub layers: Vec<PartLayer>,
}

/// The features of one layer that carry a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartLayer {
    /// 1-based layer number.
    pub layer: usize,
    /// Feature indices (0-based), one or more. No other part of the layer has any of them.
    pub features: Vec<usize>,
}

impl Part {
    /// Its features of 1-based layer `layer`; none where it has none there.
    pub fn features(&self, layer: usize) -> &[usize] {
        let entry = self.layers.iter().find(|entry| entry.layer == layer);
        entry.map_or(&[], |entry| entry.features.as_slice())
    }
}

/// Whether the parts fit a model whose layers have `layers` features.
///
/// # Errors
/// What was found and what was expected.
pub(super) fn check(parts: &[Part], layers: &[usize]) -> Result<(), Flaw> {
    let flaw = |text: String| Err(Flaw(text));
    if parts.len() > MOST_PARTS {
        return flaw(format!(
            "{} parts found; expected at most {MOST_PARTS}. Leave some out",
            parts.len()
        ));
    }
    // Whose each feature is, `[layer][feature]`.
    let mut owners: Vec<Vec<Option<PartName>>> = layers
        .iter()
        .map(|features| vec![None; *features])
        .collect();
    for (place, part) in parts.iter().enumerate() {
        let name = part.name;
        let mut before = parts.iter().take(place);
        if let Some(other) = before.find(|other| other.name.is_said_by(name.as_str())) {
            return flaw(format!(
                "parts `{}` and `{name}` found; expected names that differ, whatever the case",
                other.name
            ));
        }
        if part.layers.is_empty() {
            return flaw(format!(
                "part `{name}` without layers found; expected one or more, or no such part"
            ));
        }
        for (entry_place, entry) in part.layers.iter().enumerate() {
            let number = entry.layer;
            let mut before = part.layers.iter().take(entry_place);
            if before.any(|other| other.layer == number) {
                return flaw(format!(
                    "part `{name}`: layer {number} found twice; expected all its features of a layer in one entry"
                ));
            }
            let Some(owners) = number
                .checked_sub(1)
                .and_then(|place| owners.get_mut(place))
            else {
                return flaw(format!(
                    "part `{name}`: layer {number} found; expected 1 to {}",
                    layers.len()
                ));
            };
            if entry.features.is_empty() {
                return flaw(format!(
                    "part `{name}`: layer {number} without features found; expected one or more, or no such layer"
                ));
            }
            let count = owners.len();
            for &feature in &entry.features {
                let Some(owner) = owners.get_mut(feature) else {
                    return flaw(format!(
                        "part `{name}`: feature {feature} of layer {number} found; expected 0 to {}",
                        count - 1
                    ));
                };
                match owner.replace(name) {
                    None => {}
                    Some(other) if other == name => {
                        return flaw(format!(
                            "part `{name}`: feature {feature} of layer {number} found twice; expected once"
                        ));
                    }
                    Some(other) => {
                        return flaw(format!(
                            "feature {feature} of layer {number} found in the parts `{other}` and `{name}`; expected it in one of them"
                        ));
                    }
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Manifest;
    use super::*;
    use crate::test_support::{manifest, parts};

    fn refused(change: impl FnOnce(&mut Vec<Part>)) -> String {
        let mut manifest = manifest();
        manifest.parts = parts();
        manifest.check().unwrap();
        change(&mut manifest.parts);
        manifest.check().unwrap_err().to_string()
    }

    #[test]
    fn parts_that_do_not_fit_are_refused_by_name() {
        let name = |text: &str| PartName::new(text).unwrap();
        for (message, expected) in [
            (
                refused(|parts| parts[1].name = name("Kick")),
                "`kick` and `Kick`",
            ),
            (
                refused(|parts| parts[0].layers.clear()),
                "`kick` without layers",
            ),
            (
                refused(|parts| parts[0].layers[1].layer = 1),
                "layer 1 found twice",
            ),
            (
                refused(|parts| parts[0].layers[1].layer = 4),
                "layer 4 found; expected 1 to 3",
            ),
            (
                refused(|parts| parts[0].layers[1].layer = 0),
                "layer 0 found; expected 1 to 3",
            ),
            (
                refused(|parts| parts[0].layers[0].features.clear()),
                "without features",
            ),
            (
                refused(|parts| parts[0].layers[0].features[0] = 8),
                "feature 8 of layer 1 found; expected 0 to 7",
            ),
            (
                refused(|parts| parts[0].layers[0].features[0] = usize::MAX),
                "expected 0 to 7",
            ),
            (
                refused(|parts| parts[0].layers[0].features.push(0)),
                "feature 0 of layer 1 found twice",
            ),
            (
                refused(|parts| parts[1].layers[0].features.push(0)),
                "in the parts `kick` and `hats`",
            ),
            (
                refused(|parts| {
                    let one = parts[0].clone();
                    parts.resize(MOST_PARTS + 1, one);
                }),
                "9 parts found; expected at most 8",
            ),
        ] {
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn parts_are_kept_when_the_manifest_is_written_again() {
        let mut manifest = manifest();
        let bare = serde_json::to_string(&manifest).unwrap();
        assert!(!bare.contains("parts"), "{bare}");
        manifest.parts = parts();
        let json = serde_json::to_string(&manifest).unwrap();
        assert_eq!(Manifest::from_json(&json).unwrap(), manifest);
        let nameless = json.replacen("\"kick\"", "\"\"", 1);
        let message = Manifest::from_json(&nameless).unwrap_err().to_string();
        assert!(
            message.contains("`parts[0].name`: a part's name of 0 bytes"),
            "{message}"
        );
        let spelt = json.replacen("\"kick\"", "7", 1);
        let message = Manifest::from_json(&spelt).unwrap_err().to_string();
        assert!(message.contains("7 found; expected a text"), "{message}");
    }
}
