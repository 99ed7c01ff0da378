//! Whether a preset fits a model.

use super::Preset;
use crate::bends::Selection;
use crate::error::PresetError;
use crate::package::manifest::{LayerClusters, Manifest};

impl Preset {
    /// Checks the bends of weights against a model with `count` tensors.
    ///
    /// # Errors
    /// [`PresetError`] where a tensor does not exist.
    pub fn check_weights(&self, count: usize) -> Result<(), PresetError> {
        let missing = self.weights.iter().position(|bend| bend.layer > count);
        let Some(index) = missing else {
            return Ok(());
        };
        Err(PresetError {
            file: self.source.clone(),
            line: self.weight_lines.get(index).copied().unwrap_or(0),
            message: format!(
                "weights of layer {} found; the model has weights 1 to {count} (see `netbend inspect`)",
                self.weights[index].layer
            ),
        })
    }

    /// Checks the bends against the model they are to run on.
    ///
    /// # Errors
    /// [`PresetError`] where a layer or cluster does not exist, or the sound clusters that a bend asks for belong to another model.
    pub fn check(&self, manifest: &Manifest) -> Result<(), PresetError> {
        for (index, bend) in self.bends.iter().enumerate() {
            let fail = |message: String| {
                Err(PresetError {
                    file: self.source.clone(),
                    line: self.lines.get(index).copied().unwrap_or(0),
                    message,
                })
            };
            let layers = manifest.layers.len();
            if bend.layer > layers {
                return fail(format!(
                    "layer {} found; model `{}` has layers 1 to {layers}, and 0 for the latent",
                    bend.layer, manifest.name
                ));
            }
            let missing = match bend.selection {
                Selection::All | Selection::Random(_) => None,
                Selection::Cluster(cluster) => {
                    let groups = &manifest.clusters;
                    let of = format!(" of model `{}`", manifest.name);
                    missing(groups, bend.layer, cluster, "cluster", &of)
                }
                Selection::SoundCluster(cluster) => match &self.sound_clusters {
                    None => Some(format!(
                        "sound-cluster {cluster} found, but no `sound-clusters` in the preset; learn some and add them"
                    )),
                    Some(clusters) => match clusters.for_model(manifest) {
                        Ok(groups) => missing(groups, bend.layer, cluster, "sound-cluster", ""),
                        Err(wrong) => Some(wrong.to_string()),
                    },
                },
            };
            if let Some(message) = missing {
                return fail(message);
            }
        }
        Ok(())
    }
}

/// What to say where a layer lacks a cluster.
fn missing(
    groups: &[LayerClusters],
    layer: usize,
    cluster: usize,
    kind: &str,
    of_model: &str,
) -> Option<String> {
    let count = groups
        .iter()
        .find(|group| group.layer == layer)
        .map_or(0, |group| group.clusters.len());
    match count {
        count if cluster < count => None,
        0 => Some(format!(
            "{kind} {cluster} found; layer {layer}{of_model} has no {kind}s"
        )),
        _ => Some(format!(
            "{kind} {cluster} found; layer {layer}{of_model} has {kind}s 0 to {}",
            count - 1
        )),
    }
}
