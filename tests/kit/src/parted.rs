//! A model with other parts than its own, so that what parts do can be tried whatever ships.

use netbend_models::onnx::metadata::replace_metadata;
use netbend_models::onnx::proto::ModelProto;
use netbend_models::package::manifest::METADATA_KEY;
use serde_json::{Value, json};

/// The model file `content` with the parts `names` in place of any it has: the features of each layer that has enough are dealt out to
/// them in turn.
pub fn with_parts(content: &[u8], names: &[&str]) -> Vec<u8> {
    let model = ModelProto::read(content).unwrap();
    let manifest = model.metadata(METADATA_KEY).unwrap();
    let mut manifest: Value = serde_json::from_str(manifest).unwrap();
    let layers: Vec<(u64, usize)> = (manifest["layers"].as_array().unwrap().iter())
        .map(|layer| {
            let features = layer["features"].as_u64().unwrap();
            (layer["index"].as_u64().unwrap(), features as usize)
        })
        .filter(|(_, features)| *features >= names.len())
        .collect();
    let part = |(place, name): (usize, &&str)| {
        let of_layer = |(layer, features): &(u64, usize)| {
            let dealt: Vec<usize> = (place..*features).step_by(names.len()).collect();
            json!({"layer": layer, "features": dealt})
        };
        let layers: Vec<Value> = layers.iter().map(of_layer).collect();
        json!({"name": name, "layers": layers})
    };
    manifest["parts"] = names.iter().enumerate().map(part).collect();
    replace_metadata(content, METADATA_KEY, &manifest.to_string()).unwrap()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use netbend_models::Package;

    use super::*;
    use crate::stream_models::streamed;

    #[test]
    fn a_model_has_the_parts_it_is_given_on_every_layer_that_is_wide_enough() {
        let content = streamed().to_bytes();
        let path = Path::new("parted.onnx");
        let parted = with_parts(&content, &["kick", "hats"]);
        let package = Package::from_bytes(path, &parted).unwrap();
        let [kick, hats] = &package.manifest().parts[..] else {
            panic!("{:?}", package.manifest().parts);
        };
        assert_eq!(
            (kick.name.to_string(), hats.features(2)),
            ("kick".into(), &[1, 3][..])
        );
        assert!(kick.layers.len() >= 3);
        let bare = with_parts(&parted, &[]);
        assert!(
            Package::from_bytes(path, &bare)
                .unwrap()
                .manifest()
                .parts
                .is_empty()
        );
    }
}
