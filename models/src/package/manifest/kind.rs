//! What kind of model a manifest describes: one of spectrograms, which says nothing of it, or another.

use serde::Deserialize;

use crate::error::ModelError;

/// Models of sound block by block, which `cargo xtask import` writes.
const WAVEFORM: &str = "waveform";

#[derive(Deserialize)]
struct Kind {
    kind: Option<serde_json::Value>,
}

/// Whether it is the manifest of a waveform model.
pub(crate) fn is_waveform(json: &str) -> bool {
    let kind = serde_json::from_str::<Kind>(json)
        .ok()
        .and_then(|kind| kind.kind);
    kind.is_some_and(|kind| kind == WAVEFORM)
}

/// Tells whoever gives a waveform model for one of spectrograms what it is, before its fields are missed. Whatever is wrong with the JSON is
/// for its reader to say.
///
/// # Errors
/// [`ModelError::Kind`] where the manifest is that of a waveform model.
pub(in crate::package) fn check(json: &str) -> Result<(), ModelError> {
    match is_waveform(json) {
        true => Err(ModelError::Kind(
            "a waveform model, which this does not work with; choose a spectrogram model"
                .to_owned(),
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use prost::Message as _;

    use super::super::{METADATA_KEY, Manifest};
    use crate::onnx::proto::{GraphProto, ModelProto, NodeProto, StringStringEntryProto};
    use crate::package::Package;

    #[test]
    fn a_waveform_model_is_refused_as_what_it_is() {
        let refused = |json: &str| Manifest::from_json(json).unwrap_err().to_string();
        let waveform =
            r#"{"netbend": 1, "kind": "waveform", "name": "strings", "block": 2048, "states": []}"#;
        assert_eq!(
            refused(waveform),
            "model refused: a waveform model, which this does not work with; choose a spectrogram model"
        );
        for other in [r#"{"kind": 7}"#, r#"{"kind": "else"}"#, r#"{"netbend": 1}"#] {
            assert!(refused(other).contains("is missing"), "{other}");
        }
        // Its graph has operators that spectrogram models have not: they are not what it is refused for.
        let model = ModelProto {
            graph: Some(GraphProto {
                node: vec![NodeProto {
                    op_type: Some("GatherElements".to_owned()),
                    ..NodeProto::default()
                }],
                ..GraphProto::default()
            }),
            metadata_props: vec![StringStringEntryProto {
                key: Some(METADATA_KEY.to_owned()),
                value: Some(waveform.to_owned()),
            }],
            ..ModelProto::default()
        };
        let file = Package::from_bytes(Path::new("strings.onnx"), &model.encode_to_vec());
        let message = file.err().unwrap().to_string();
        assert!(message.contains("does not work with"), "{message}");
        let broken = refused(r#"{"kind": "waveform""#);
        assert!(broken.contains("JSON is broken"), "{broken}");
    }
}
