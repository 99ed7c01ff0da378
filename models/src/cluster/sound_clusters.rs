//! Clusters of one sound as presets and projects keep them: with the model they belong to.
//!
//! ```yaml
//! model: drums
//! version: 0.1.0
//! clusters:             # as in a cluster file
//!   1:
//!   - {cluster_index: 0, feature_index: 0}
//! names:                # may be missing; see `ClusterNames`
//!   1: {0: attacks}
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_saphyr::FlowMap;

use super::file::{Groups, layers};
use super::names::{self, ClusterNames};
use crate::error::PresetError;
use crate::package::manifest::{LayerClusters, Manifest};
use crate::text::yaml;

/// Limits of a [`Manifest`].
const MOST_LAYERS: u64 = 64;
const MOST_FEATURES: usize = 65_536;

/// Clusters of one sound, and the model whose features they group.
#[derive(Debug, Clone, PartialEq)]
pub struct SoundClusters {
    /// The model's name, as in its manifest.
    pub model: String,
    /// The model's version.
    pub version: String,
    /// The clusters of each layer.
    pub layers: Vec<LayerClusters>,
    /// What they are called.
    pub names: ClusterNames,
}

/// Why clusters of a sound do not serve a model: they were learned with another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OfOtherModel {
    /// It has another name or version.
    #[error(
        "the sound clusters belong to model `{model}` {version}, not to `{used}` {used_version}; learn them anew"
    )]
    Named {
        /// The name of the one they belong to.
        model: String,
        /// Its version.
        version: String,
        /// The name of the one they were to serve.
        used: String,
        /// Its version.
        used_version: String,
    },
    /// It is called the same and has other layers.
    #[error(
        "the sound clusters name features that layer {layer} of `{model}` does not have; learn them anew"
    )]
    Features {
        /// 1-based.
        layer: usize,
        /// The name of both.
        model: String,
    },
}

impl SoundClusters {
    /// Reads what [`to_yaml`](Self::to_yaml) wrote. `file` names the text in errors.
    ///
    /// # Errors
    /// [`PresetError`] with the line of the first thing that is wrong.
    pub fn from_yaml(text: &str, file: &str) -> Result<Self, PresetError> {
        let read: Read = yaml::read(text).map_err(|wrong| PresetError {
            file: file.to_owned(),
            line: wrong.line,
            message: wrong.message,
        })?;
        read.check(file)
    }

    /// As YAML, with an entry for every feature.
    pub fn to_yaml(&self) -> String {
        // Plain structs of numbers and strings always serialise.
        serde_saphyr::to_string(&Written::of(self)).unwrap_or_default()
    }

    /// The clusters, where they belong to that model.
    ///
    /// # Errors
    /// Which model they belong to, where it is another.
    pub fn for_model(&self, manifest: &Manifest) -> Result<&[LayerClusters], OfOtherModel> {
        let Self { model, version, .. } = self;
        if (model, version) != (&manifest.name, &manifest.version) {
            return Err(OfOtherModel::Named {
                model: model.clone(),
                version: version.clone(),
                used: manifest.name.clone(),
                used_version: manifest.version.clone(),
            });
        }
        for group in &self.layers {
            let features = manifest
                .layers
                .get(group.layer.wrapping_sub(1))
                .map_or(0, |layer| layer.features);
            if group.clusters.iter().flatten().any(|&f| f >= features) {
                return Err(OfOtherModel::Features {
                    layer: group.layer,
                    model: model.clone(),
                });
            }
        }
        Ok(&self.layers)
    }

    /// The features of cluster `cluster` of 1-based layer `layer`.
    pub fn cluster(&self, layer: usize, cluster: usize) -> Option<&[usize]> {
        self.layers
            .iter()
            .find(|group| group.layer == layer)
            .and_then(|group| group.clusters.get(cluster))
            .map(Vec::as_slice)
    }
}

/// The text's content, unchecked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Read {
    model: String,
    version: String,
    clusters: Groups,
    #[serde(default)]
    names: names::Read,
}

impl Read {
    pub(crate) fn check(self, file: &str) -> Result<SoundClusters, PresetError> {
        let expected = format!("expected 1 to {MOST_LAYERS}");
        let layers = layers(&self.clusters, file, "", &expected, |number| {
            (1..=MOST_LAYERS).contains(&number).then_some(MOST_FEATURES)
        })?;
        Ok(SoundClusters {
            names: ClusterNames::check(self.names, file, MOST_LAYERS)?,
            model: self.model,
            version: self.version,
            layers,
        })
    }
}

/// The text's content, to be written.
#[derive(Serialize)]
pub(crate) struct Written<'a> {
    model: &'a str,
    version: &'a str,
    clusters: BTreeMap<usize, Vec<FlowMap<Entry>>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    names: names::Written<'a>,
}

#[derive(Serialize)]
struct Entry {
    cluster_index: usize,
    feature_index: usize,
}

impl<'a> Written<'a> {
    pub(crate) fn of(clusters: &'a SoundClusters) -> Self {
        let entries = |group: &LayerClusters| {
            let mut entries: Vec<(usize, usize)> = (0..)
                .zip(&group.clusters)
                .flat_map(|(cluster, members)| {
                    members.iter().map(move |&feature| (feature, cluster))
                })
                .collect();
            entries.sort_unstable();
            let entry = |(feature_index, cluster_index)| {
                FlowMap(Entry {
                    cluster_index,
                    feature_index,
                })
            };
            entries.into_iter().map(entry).collect()
        };
        Self {
            model: &clusters.model,
            version: &clusters.version,
            clusters: clusters
                .layers
                .iter()
                .map(|group| (group.layer, entries(group)))
                .collect(),
            names: clusters.names.written(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::manifest;

    pub(crate) fn clusters() -> SoundClusters {
        SoundClusters {
            model: "test".into(),
            version: "0.0.0".into(),
            layers: crate::test_support::clusters(),
            names: ClusterNames::default(),
        }
    }

    #[test]
    fn a_written_text_reads_back_unchanged() {
        let text = clusters().to_yaml();
        let read = SoundClusters::from_yaml(&text, "state").unwrap();
        assert_eq!(read, clusters(), "{text}");
        assert!(
            text.contains("- {cluster_index: 1, feature_index: 0}\n"),
            "{text}"
        );
    }

    #[test]
    fn names_are_kept_and_a_text_without_any_is_as_it_was() {
        let mut named = clusters();
        let without = named.to_yaml();
        assert!(!without.contains("names"), "{without}");
        named.names.set(1, 0, "attacks");
        named.names.set(1, 1, "12: #3");
        named.names.set(2, 0, "tief");
        let text = named.to_yaml();
        assert!(text.contains("names:\n  1: {0: attacks, "), "{text}");
        assert_eq!(SoundClusters::from_yaml(&text, "state").unwrap(), named);
        for (names, expected) in [
            ("  99: {0: a}\n", "layer 99 found"),
            ("  1: {5000: a}\n", "cluster 5000 found"),
            ("  1: {0: \"\"}\n", "a name of 0 letters"),
        ] {
            let text = format!("{without}names:\n{names}");
            let error = SoundClusters::from_yaml(&text, "bad").unwrap_err();
            assert!(error.message.contains(expected), "{error}");
            assert!(error.line > 0, "{error}");
        }
    }

    #[test]
    fn they_serve_the_model_they_were_learned_with_and_no_other() {
        let (mut clusters, manifest) = (clusters(), manifest());
        assert_eq!(clusters.for_model(&manifest), Ok(&clusters.layers[..]));
        assert_eq!(clusters.cluster(2, 1), Some(&[2][..]));
        assert_eq!(clusters.cluster(2, 2), None);
        assert_eq!(clusters.cluster(3, 0), None);
        clusters.version = "0.0.1".into();
        let message = clusters.for_model(&manifest).unwrap_err().to_string();
        assert!(message.contains("`test` 0.0.1, not to `test` 0.0.0"));
        // A text can say anything: features the model lacks must not get into a program.
        clusters.version = "0.0.0".into();
        clusters.layers[1].clusters[0].push(4);
        assert!(clusters.for_model(&manifest).is_err());
        clusters.layers[1].layer = 9;
        assert!(clusters.for_model(&manifest).is_err());
    }

    #[test]
    fn errors_name_the_line_and_no_truncation_panics() {
        let text = clusters().to_yaml();
        for end in 0..text.len() {
            let _ = SoundClusters::from_yaml(&text[..end], "cut");
        }
        let head = "model: a\nversion: 0.1\nclusters:\n";
        for (body, line, expected) in [
            (
                "  1:\n  - {cluster_index: 0, feature_index: 99999}\n",
                5,
                "0 to 65535",
            ),
            (
                "  0:\n  - {cluster_index: 0, feature_index: 1}\n",
                5,
                "1 to 64",
            ),
            (
                "  1:\n  - {cluster_index: 5000, feature_index: 1}\n",
                5,
                "0 to 4095",
            ),
        ] {
            let error = SoundClusters::from_yaml(&format!("{head}{body}"), "bad").unwrap_err();
            assert_eq!(error.line, line, "{error}");
            assert!(error.message.contains(expected), "{error}");
        }
    }
}
