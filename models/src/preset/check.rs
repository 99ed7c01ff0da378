//! Whether a preset fits a model.

use super::Preset;
use crate::bends::Selection;
use crate::bends::part_name::PartName;
use crate::error::PresetError;
use crate::package::manifest::{LayerClusters, Manifest};
use crate::text::nearest::did_you_mean;

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
    /// [`PresetError`] where a layer, cluster or part does not exist, or the sound clusters that a bend asks for belong to another model.
    pub fn check(&self, manifest: &Manifest) -> Result<(), PresetError> {
        for (place, name) in self.parts.keys().enumerate() {
            if let Some(message) = unknown_part(manifest, *name) {
                return Err(PresetError {
                    file: self.source.clone(),
                    line: self.part_lines.get(place).copied().unwrap_or(0),
                    message,
                });
            }
        }
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
                Selection::Part(name) => missing_part(manifest, bend.layer, name),
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

/// What to say where a model or layer lacks a part.
fn missing_part(manifest: &Manifest, layer: usize, name: PartName) -> Option<String> {
    let Some(part) = manifest.part(&name) else {
        return unknown_part(manifest, name);
    };
    let layers = || {
        let layers = part.layers.iter().map(|entry| entry.layer.to_string());
        layers.collect::<Vec<_>>().join(", ")
    };
    part.features(layer).is_empty().then(|| {
        format!(
            "part `{name}` found; layer {layer} of model `{}` does not have it, layers {} do",
            manifest.name,
            layers()
        )
    })
}

/// What to say where a model lacks a part.
fn unknown_part(manifest: &Manifest, name: PartName) -> Option<String> {
    let model = &manifest.name;
    if manifest.parts.is_empty() {
        return Some(format!("part `{name}` found; model `{model}` has no parts"));
    }
    if manifest.part(&name).is_some() {
        return None;
    }
    let names: Vec<_> = manifest.part_names().map(|name| name.to_string()).collect();
    let known = names.iter().map(String::as_str);
    let hint = match did_you_mean(name.as_str(), known, String::new).as_str() {
        "" => String::new(),
        hint => format!("; {hint}"),
    };
    Some(format!(
        "part `{name}` found; model `{model}` has the parts {}{hint}",
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{manifest, parts};

    #[test]
    fn a_part_that_is_not_there_is_named_with_what_there_is() {
        let mut manifest = manifest();
        let check = |manifest: &Manifest, layer: usize, name: &str| {
            let text = format!(
                "transforms:\n- layer: {layer}\n  transform: ablate\n  features: part\n  feature-param: {name}\n"
            );
            Preset::from_yaml(&text, "parts.yaml")
                .unwrap()
                .check(manifest)
        };
        let message = |manifest: &Manifest, layer: usize, name: &str| {
            let error = check(manifest, layer, name).unwrap_err();
            assert_eq!(error.line, 2);
            error.message
        };
        assert!(message(&manifest, 1, "hats").contains("model `test` has no parts"));
        manifest.parts = parts();
        check(&manifest, 1, "hats").unwrap();
        check(&manifest, 2, "kick").unwrap();
        let near = message(&manifest, 1, "hat");
        assert!(
            near.contains("has the parts kick, hats; did you mean `hats`?"),
            "{near}"
        );
        let elsewhere = message(&manifest, 2, "hats");
        assert!(
            elsewhere.contains("layer 2 of model `test` does not have it, layers 1 do"),
            "{elsewhere}"
        );
    }
}
