//! network-bending's cluster file: `layer: [{cluster_index, feature_index}, …]` for each layer.

use std::collections::BTreeMap;
use std::path::Path;

use netbend_dsp::number::low_bits;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::error::PresetError;
use crate::package::manifest::{LayerClusters, Manifest};
use crate::text::file::file_text;
use crate::text::kind::TextKind;
use crate::text::yaml;

/// Clusters a layer may have; far more than anybody can name.
pub(super) const MOST_CLUSTERS: u64 = 4_096;

/// The file's content, as it stands there.
pub(crate) type Groups = BTreeMap<u64, Vec<Entry>>;

/// One feature's place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    cluster_index: Spanned<u64>,
    feature_index: Spanned<u64>,
}

/// Reads the cluster file at `path` for a model, as [`from_yaml`].
///
/// # Errors
/// As [`from_yaml`], where the file is something else, or cannot be read.
pub fn load(path: &Path, manifest: &Manifest) -> Result<Vec<LayerClusters>, PresetError> {
    let file = path.display().to_string();
    let text = file_text(path, "a cluster file").map_err(|wrong| PresetError {
        file: file.clone(),
        line: 0,
        message: wrong.to_string(),
    })?;
    from_yaml(&text, &file, manifest)
}

/// Reads a cluster file for a model. `file` names the text in errors. Cluster indices keep their meaning; one that no feature
/// has is empty.
///
/// # Errors
/// [`PresetError`] with the line of the first thing that is wrong.
pub fn from_yaml(
    text: &str,
    file: &str,
    manifest: &Manifest,
) -> Result<Vec<LayerClusters>, PresetError> {
    let fail = |line: u64, message: String| PresetError {
        file: file.to_owned(),
        line,
        message,
    };
    let kind = TextKind::of(text);
    if let Some(what) = kind.said().filter(|_| kind != TextKind::Clusters) {
        let expected = "a cluster file: `LAYER:` and beneath it a list of `{cluster_index: …, feature_index: …}`";
        return Err(fail(0, format!("{what}; expected {expected}")));
    }
    let groups: Groups = yaml::read(text).map_err(|wrong| fail(wrong.line, wrong.message))?;
    let name = &manifest.name;
    let of_model = format!(" of model `{name}`");
    let expected = format!("model `{name}` has layers 1 to {}", manifest.layers.len());
    layers(&groups, file, &of_model, &expected, |number| {
        let number = usize::try_from(number).ok()?;
        let layer = manifest.layers.get(number.wrapping_sub(1))?;
        Some(layer.features)
    })
}

/// Checks the content of a cluster file. `of_model` says in errors whose layers are meant, and `expected` which there are; `features_of` gives
/// the number of features of a layer, where there is such a layer.
pub(crate) fn layers(
    groups: &Groups,
    file: &str,
    of_model: &str,
    expected: &str,
    features_of: impl Fn(u64) -> Option<usize>,
) -> Result<Vec<LayerClusters>, PresetError> {
    let fail = |line: u64, message: String| PresetError {
        file: file.to_owned(),
        line,
        message,
    };
    let mut layers = Vec::new();
    for (&number, entries) in groups {
        let line = entries
            .first()
            .map_or(0, |entry| entry.cluster_index.referenced.line());
        let features = features_of(number)
            .ok_or_else(|| fail(line, format!("layer {number} found; {expected}")))?;
        let mut clusters: Vec<Vec<usize>> = Vec::new();
        let mut taken = vec![false; features];
        for entry in entries {
            let (cluster, feature) = (&entry.cluster_index, &entry.feature_index);
            if cluster.value >= MOST_CLUSTERS {
                let message = format!(
                    "cluster_index {} found; expected 0 to {}",
                    cluster.value,
                    MOST_CLUSTERS - 1
                );
                return Err(fail(cluster.referenced.line(), message));
            }
            let place = usize::try_from(feature.value)
                .ok()
                .filter(|&place| place < features)
                .ok_or_else(|| {
                    let message = format!(
                        "feature_index {} found; layer {number}{of_model} has features 0 to {}",
                        feature.value,
                        features - 1
                    );
                    fail(feature.referenced.line(), message)
                })?;
            if std::mem::replace(&mut taken[place], true) {
                let message = format!("feature_index {place} found twice in layer {number}");
                return Err(fail(feature.referenced.line(), message));
            }
            let cluster = low_bits::<usize>(cluster.value);
            if clusters.len() <= cluster {
                clusters.resize(cluster + 1, Vec::new());
            }
            clusters[cluster].push(place);
        }
        for members in &mut clusters {
            members.sort_unstable();
        }
        layers.push(LayerClusters {
            layer: low_bits::<usize>(number),
            clusters,
            description: None,
        });
    }
    Ok(layers)
}

/// Writes a cluster file that [`from_yaml`] reads back unchanged.
pub fn to_yaml(layers: &[LayerClusters]) -> String {
    let mut text = String::new();
    for group in layers {
        let mut features: Vec<(usize, usize)> = group
            .clusters
            .iter()
            .enumerate()
            .flat_map(|(cluster, members)| members.iter().map(move |&feature| (feature, cluster)))
            .collect();
        features.sort_unstable();
        let list = if features.is_empty() { " []" } else { "" };
        text += &format!("{}:{list}\n", group.layer);
        for (feature, cluster) in features {
            text += &format!("- {{cluster_index: {cluster}, feature_index: {feature}}}\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{clusters, manifest};

    #[test]
    fn a_written_file_reads_back_unchanged() {
        let text = to_yaml(&clusters());
        assert_eq!(from_yaml(&text, "c.yaml", &manifest()).unwrap(), clusters());
    }

    #[test]
    fn a_layer_without_clusters_stays_one() {
        let text = "1: []\n2:\n- {cluster_index: 0, feature_index: 0}\n";
        let read = from_yaml(text, "c.yaml", &manifest()).unwrap();
        assert_eq!(to_yaml(&read), text);
    }

    #[test]
    fn block_style_as_other_tools_write_it_is_read_too() {
        let text =
            "2:\n- cluster_index: 1\n  feature_index: 0\n- feature_index: 3\n  cluster_index: 0\n";
        let read = from_yaml(text, "c.yaml", &manifest()).unwrap();
        assert_eq!(read[0].clusters, [vec![3], vec![0]]);
    }

    #[test]
    fn errors_name_the_line_and_what_was_expected() {
        for (text, line, expected) in [
            (
                "9:\n- {cluster_index: 0, feature_index: 0}\n",
                2,
                "layers 1 to 3",
            ),
            (
                "2:\n- {cluster_index: 0, feature_index: 4}\n",
                2,
                "features 0 to 3",
            ),
            (
                "2:\n- {cluster_index: 0, feature_index: 1}\n- {cluster_index: 1, feature_index: 1}\n",
                3,
                "twice",
            ),
            (
                "2:\n- {cluster_index: 99999, feature_index: 1}\n",
                2,
                "0 to 4095",
            ),
            ("2:\n- {cluster_index: 0}\n", 2, "feature_index"),
            (
                "2:\n- {cluster_index: 0, feature: 1}\n",
                2,
                "did you mean `feature_index`?",
            ),
            (
                "2:\n- {cluster_index: 0, cluster_index: 1, feature_index: 1}\n",
                2,
                "twice",
            ),
            (
                "2:\n- {cluster_index: .nan, feature_index: 1}\n",
                2,
                "whole number",
            ),
            ("", 0, "empty; expected a cluster file"),
            ("transforms: []\n", 0, "a preset; give it to --preset"),
        ] {
            let error = from_yaml(text, "bad.yaml", &manifest()).unwrap_err();
            assert_eq!(error.line, line, "{text}\n{error}");
            assert!(error.message.contains(expected), "{error}");
        }
    }

    #[test]
    fn no_truncation_panics() {
        let text = to_yaml(&clusters());
        for end in 0..text.len() {
            let _ = from_yaml(&text[..end], "cut.yaml", &manifest());
        }
    }
}
