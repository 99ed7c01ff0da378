//! What the clusters of the loaded model are called, for the editor.
//!
//! Made by the worker when it loads a model; read by the GUI thread. Never touched by the audio thread.

use netbend_models::Manifest;
use netbend_models::package::manifest::LayerClusters;

/// The name of one cluster, and a sentence about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterLabel {
    /// `attacks`, `low body`; the number of features where the model does not say.
    pub name: String,
    /// What was measured.
    pub tip: String,
}

/// The labels of a model's clusters, `[layer][cluster]`; layer 1 is first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterLabels {
    layers: Vec<Vec<ClusterLabel>>,
}

impl ClusterLabels {
    /// The labels of the model with this manifest.
    pub fn of(manifest: &Manifest) -> Self {
        let labels = |group: &LayerClusters| {
            (0..group.clusters.len())
                .map(|cluster| label(group, cluster))
                .collect()
        };
        let layers = manifest
            .layers
            .iter()
            .map(|layer| {
                manifest
                    .layer_clusters(layer.index)
                    .map_or(Vec::new(), labels)
            })
            .collect();
        Self { layers }
    }

    /// How many clusters 1-based layer `layer` has.
    pub fn count(&self, layer: usize) -> usize {
        self.layers.get(layer.wrapping_sub(1)).map_or(0, Vec::len)
    }

    /// The label of cluster `cluster` of 1-based layer `layer`.
    ///
    /// # Errors
    /// Where there is none: a label that says so, and what there is instead.
    pub fn get(&self, layer: usize, cluster: usize) -> Result<&ClusterLabel, ClusterLabel> {
        let clusters = self
            .layers
            .get(layer.wrapping_sub(1))
            .map_or(&[][..], Vec::as_slice);
        clusters.get(cluster).ok_or_else(|| match clusters.len() {
            0 => ClusterLabel {
                name: "no clusters here: nothing is bent".into(),
                tip: format!("Layer {layer} of this model has no clusters"),
            },
            count => ClusterLabel {
                name: format!("no cluster {cluster}: nothing is bent"),
                tip: format!(
                    "Layer {layer} of this model has clusters 0 to {}",
                    count - 1
                ),
            },
        })
    }
}

fn label(group: &LayerClusters, cluster: usize) -> ClusterLabel {
    let features = match group.clusters.get(cluster).map_or(0, Vec::len) {
        1 => "1 feature".to_owned(),
        count => format!("{count} features"),
    };
    let place = format!("Cluster {cluster} of layer {}, {features}", group.layer);
    let described = group
        .description
        .as_ref()
        .and_then(|description| description.clusters.get(cluster));
    match described {
        Some(described) => ClusterLabel {
            name: described.name.clone(),
            tip: format!(
                "{place}. Without it: level {:+.1} dB, onsets {:+.1} dB, sustain {:+.1} dB, tail {:+.1} dB",
                described.level_db, described.onset_db, described.sustain_db, described.tail_db
            ),
        },
        None => ClusterLabel {
            name: features,
            tip: format!("{place}. The model does not say what it carries"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netbend_models::package::bands::BANDS;
    use netbend_models::package::manifest::{ClusterDescription, LayerDescription};

    fn group(described: bool) -> LayerClusters {
        LayerClusters {
            layer: 1,
            clusters: vec![vec![0, 2]],
            description: described.then(|| LayerDescription {
                windows: 1,
                clusters: vec![ClusterDescription {
                    name: "low body".into(),
                    change_rms_db: 1.0,
                    level_db: -2.0,
                    onset_db: 0.25,
                    sustain_db: -3.0,
                    tail_db: 0.0,
                    bands_db: vec![0.0; BANDS.len()],
                }],
                differences_db: vec![vec![0.0]],
            }),
        }
    }

    #[test]
    fn a_cluster_is_called_by_its_name_or_else_its_size() {
        let described = label(&group(true), 0);
        assert_eq!(described.name, "low body");
        assert!(
            described.tip.contains("sustain -3.0 dB"),
            "{}",
            described.tip
        );
        assert_eq!(label(&group(false), 0).name, "2 features");
    }

    #[test]
    fn what_does_not_exist_says_that_nothing_is_bent() {
        let labels = ClusterLabels {
            layers: vec![vec![label(&group(true), 0)], Vec::new()],
        };
        assert!(labels.get(1, 0).is_ok());
        let beyond = labels.get(1, 7).unwrap_err();
        assert_eq!(beyond.name, "no cluster 7: nothing is bent");
        assert!(beyond.tip.contains("0 to 0"), "{}", beyond.tip);
        for layer in [0, 2, 9] {
            let none = labels.get(layer, 0).unwrap_err();
            assert_eq!(none.name, "no clusters here: nothing is bent");
        }
    }
}
