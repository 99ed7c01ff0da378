//! Writing what was found out about a model into its file. Every byte but the manifest's stays as it is.

use super::LayerDeviation;
use crate::error::ModelError;
use crate::onnx::metadata::replace_metadata;
use crate::onnx::proto::ModelProto;
use crate::package::manifest;
use crate::package::manifest::{LayerClusters, Manifest};
use crate::package::waveform::WaveformManifest;

/// The model file `content` with these clusters in place of those it has. Whatever else the manifest says stays, known to this
/// version or not.
///
/// # Errors
/// [`ModelError::Manifest`] where the model has no manifest or the clusters do not fit it,
/// [`ModelError::Decode`] where the file is damaged.
pub fn store(content: &[u8], clusters: &[LayerClusters]) -> Result<Vec<u8>, ModelError> {
    let clusters = serde_json::to_value(clusters).map_err(broken)?;
    rewrite(content, |manifest| {
        manifest.insert("clusters".into(), clusters);
    })
}

/// The model file `content` with these deviations of its layers; nothing else changes.
///
/// # Errors
/// As [`store`].
pub fn store_deviations(
    content: &[u8],
    deviations: &[LayerDeviation],
) -> Result<Vec<u8>, ModelError> {
    rewrite(content, |manifest| {
        let layers = manifest
            .get_mut("layers")
            .and_then(|layers| layers.as_array_mut());
        for layer in layers.into_iter().flatten() {
            let number = layer.get("index").and_then(serde_json::Value::as_u64);
            let found = deviations
                .iter()
                .find(|found| Some(found.layer as u64) == number);
            if let (Some(found), Some(layer)) = (found, layer.as_object_mut()) {
                layer.insert("deviation".into(), found.deviation.into());
            }
        }
    })
}

fn broken(error: serde_json::Error) -> ModelError {
    ModelError::Manifest(error.to_string())
}

/// The model file with its manifest edited, and checked before anything is written.
fn rewrite(
    content: &[u8],
    edit: impl FnOnce(&mut serde_json::Map<String, serde_json::Value>),
) -> Result<Vec<u8>, ModelError> {
    let model = ModelProto::read(content)?;
    let json = model
        .metadata(manifest::METADATA_KEY)
        .ok_or_else(|| ModelError::Manifest("the model has none".into()))?;
    let mut value: serde_json::Value = serde_json::from_str(json).map_err(broken)?;
    edit(
        value
            .as_object_mut()
            .ok_or_else(|| ModelError::Manifest("an object was expected".into()))?,
    );
    let json = value.to_string();
    match manifest::is_waveform(&json) {
        true => WaveformManifest::from_json(&json).map(drop)?,
        false => Manifest::from_json(&json).map(drop)?,
    }
    replace_metadata(content, manifest::METADATA_KEY, &json)
}
