//! What the clusters of a sound are called, as a project keeps them. Any thread but the audio thread.

use netbend_models::cluster::{ClusterNames, SoundClusters};

/// Names and sizes of the clusters of one sound.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SoundLabels {
    /// By layer: its number, and how many features each cluster has.
    layers: Vec<(usize, Vec<usize>)>,
    names: ClusterNames,
}

impl SoundLabels {
    /// What a text says of them; nothing where there is none, or where a newer version wrote it.
    pub(super) fn of(text: &str) -> Self {
        let Ok(clusters) = SoundClusters::from_yaml(text, "sound clusters") else {
            return Self::default();
        };
        let sizes = clusters.layers.iter().map(|group| {
            let sizes = group.clusters.iter().map(Vec::len);
            (group.layer, sizes.collect())
        });
        Self {
            layers: sizes.collect(),
            names: clusters.names,
        }
    }

    /// How many features each cluster of a 1-based layer has.
    pub fn sizes(&self, layer: usize) -> &[usize] {
        let found = self.layers.iter().find(|(number, _)| *number == layer);
        found.map_or(&[], |(_, sizes)| sizes)
    }

    /// What a cluster is called, if it has a name.
    pub fn name(&self, layer: usize, cluster: usize) -> Option<&str> {
        self.names.get(layer, cluster)
    }
}

/// The text in which a cluster has another name; `None` where the text does not read.
pub fn renamed(text: &str, layer: usize, cluster: usize, name: &str) -> Option<String> {
    let mut clusters = SoundClusters::from_yaml(text, "sound clusters").ok()?;
    clusters.names.set(layer, cluster, name);
    Some(clusters.to_yaml())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;
    use crate::params::sound_clusters::SoundClusterStore;

    const TEXT: &str = "model: drums\nversion: 0.1.0\nclusters:\n  2:\n  - {cluster_index: 0, feature_index: 0}\n  - {cluster_index: 1, feature_index: 1}\n  - {cluster_index: 1, feature_index: 2}\n";

    #[test]
    fn a_cluster_that_is_renamed_is_called_that_from_then_on() {
        let store = SoundClusterStore::default();
        assert!(store.labels().sizes(2).is_empty());
        store.replace(TEXT.into());
        assert_eq!(store.labels().sizes(2), [1, 2]);
        assert_eq!(store.labels().name(2, 1), None);
        store.replace(renamed(&store.text(), 2, 1, "hiss").unwrap());
        assert_eq!(store.labels().name(2, 1), Some("hiss"));
        assert_eq!(store.labels().sizes(2), [1, 2]);
        let again = renamed(&store.text(), 2, 1, "").unwrap();
        assert_eq!(renamed(TEXT, 2, 1, "").unwrap(), again);
        assert_eq!(renamed("from: the future", 2, 1, "hiss"), None);
    }
}
