//! What clusters of a sound are called.
//!
//! ```yaml
//! names:                # layer: {cluster: name}; those without one go by their numbers
//!   1: {0: attacks, 3: low body}
//! ```

use std::collections::BTreeMap;

use netbend_dsp::number::low_bits;
use serde_saphyr::{FlowMap, Spanned};

use super::describe::describe;
use super::file::MOST_CLUSTERS;
use crate::error::{ModelError, PresetError};
use crate::package::manifest::LayerClusters;
use crate::run::bender::Bender;

/// The most letters of a name.
pub const MOST_LETTERS: usize = 40;

/// As names stand in a text.
pub(super) type Read = BTreeMap<u64, BTreeMap<u64, Spanned<String>>>;
/// As they are written.
pub(super) type Written<'a> = BTreeMap<usize, FlowMap<&'a BTreeMap<usize, String>>>;

/// Names of clusters, by layer and cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterNames(BTreeMap<usize, BTreeMap<usize, String>>);

impl ClusterNames {
    /// What each cluster of `layers` carries in the sound whose window `latent` stands for: each is ablated in turn, as [`describe`] does. Those
    /// that change almost nothing get a name that says so.
    ///
    /// # Errors
    /// As [`describe`].
    pub fn measured(
        bender: &mut Bender,
        latent: &[f32],
        layers: &[LayerClusters],
    ) -> Result<Self, ModelError> {
        let mut layers = layers.to_vec();
        describe(bender, latent, &mut layers, |_| {})?;
        let mut names = Self::default();
        for group in &layers {
            let described = group.description.iter().flat_map(|all| &all.clusters);
            for (cluster, described) in described.enumerate() {
                names.set(group.layer, cluster, &described.name);
            }
        }
        Ok(names)
    }

    /// What a cluster of a 1-based layer is called, if it has a name.
    pub fn get(&self, layer: usize, cluster: usize) -> Option<&str> {
        Some(self.0.get(&layer)?.get(&cluster)?)
    }

    /// Calls a cluster by a name: what of it can be printed, and the first [`MOST_LETTERS`] of that. Nothing takes the name away.
    pub fn set(&mut self, layer: usize, cluster: usize, name: &str) {
        let printable: String = name.chars().filter(|letter| !letter.is_control()).collect();
        let name: String = printable.trim().chars().take(MOST_LETTERS).collect();
        let name = name.trim_end();
        let layers = self.0.entry(layer).or_default();
        if name.is_empty() {
            layers.remove(&cluster);
        } else {
            layers.insert(cluster, name.to_owned());
        }
        self.0.retain(|_, names| !names.is_empty());
    }

    /// Whether no cluster has a name.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks what was read of a text that `file` names, whose layers go to `most_layers`.
    pub(super) fn check(read: Read, file: &str, most_layers: u64) -> Result<Self, PresetError> {
        let mut names = Self::default();
        for (layer, clusters) in read {
            for (cluster, name) in clusters {
                let letters = name.value.trim().chars().count();
                let message = if !(1..=most_layers).contains(&layer) {
                    format!("layer {layer} found; expected 1 to {most_layers}")
                } else if cluster >= MOST_CLUSTERS {
                    format!(
                        "cluster {cluster} found; expected 0 to {}",
                        MOST_CLUSTERS - 1
                    )
                } else if !(1..=MOST_LETTERS).contains(&letters) {
                    format!("a name of {letters} letters found; expected 1 to {MOST_LETTERS}")
                } else {
                    let (layer, cluster) = (low_bits::<usize>(layer), low_bits::<usize>(cluster));
                    names.set(layer, cluster, &name.value);
                    continue;
                };
                return Err(PresetError {
                    file: file.to_owned(),
                    line: name.referenced.line(),
                    message,
                });
            }
        }
        Ok(names)
    }

    pub(super) fn written(&self) -> Written<'_> {
        let layers = self.0.iter();
        layers
            .map(|(layer, names)| (*layer, FlowMap(names)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_given_and_taken_away() {
        let mut names = ClusterNames::default();
        names.set(2, 1, "  kick\u{7}s \n");
        assert_eq!(names.get(2, 1), Some("kicks"));
        assert_eq!((names.get(2, 0), names.get(1, 1)), (None, None));
        names.set(2, 1, &"é".repeat(100));
        assert_eq!(
            names.get(2, 1).map(|name| name.chars().count()),
            Some(MOST_LETTERS)
        );
        names.set(2, 1, " ");
        assert!(names.is_empty());
    }
}
