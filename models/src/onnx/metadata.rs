//! Writing a metadata property into a model file. Every other byte stays as it is.

use prost::Message as _;
use prost::bytes::Buf as _;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, encode_key, skip_field};

use super::proto::StringStringEntryProto;
use crate::error::ModelError;

/// Number of `ModelProto.metadata_props` in the ONNX specification.
const METADATA_FIELD: u32 = 14;

/// The ONNX file `content` with one metadata property replaced (or added), at the end of the file; all other fields are copied byte
/// by byte, those this crate does not know included.
///
/// # Errors
/// [`ModelError::Decode`] where the file is damaged.
pub fn replace_metadata(content: &[u8], key: &str, value: &str) -> Result<Vec<u8>, ModelError> {
    let entry = StringStringEntryProto {
        key: Some(key.to_owned()),
        value: Some(value.to_owned()),
    };
    let mut out = Vec::with_capacity(content.len() + entry.encoded_len());
    let mut rest = content;
    while !rest.is_empty() {
        let field = rest;
        let (tag, wire_type) = decode_key(&mut rest)?;
        let mut replaced = false;
        if tag == METADATA_FIELD && wire_type == WireType::LengthDelimited {
            let mut inside = rest;
            let length = decode_varint(&mut inside)?;
            let length = usize::try_from(length)
                .ok()
                .filter(|&length| length <= inside.remaining())
                .ok_or_else(|| ModelError::Decode("a field ends beyond the file".into()))?;
            let found = StringStringEntryProto::decode(&inside[..length])?;
            replaced = found.key.as_deref() == Some(key);
        }
        skip_field(wire_type, tag, &mut rest, DecodeContext::default())?;
        if !replaced {
            out.extend_from_slice(&field[..field.len() - rest.len()]);
        }
    }
    encode_key(METADATA_FIELD, WireType::LengthDelimited, &mut out);
    entry
        .encode_length_delimited(&mut out)
        .map_err(|error| ModelError::Decode(error.to_string()))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::super::proto::ModelProto;
    use super::*;

    fn entry(key: &str, value: &str) -> StringStringEntryProto {
        StringStringEntryProto {
            key: Some(key.into()),
            value: Some(value.into()),
        }
    }

    #[test]
    fn only_the_named_entry_changes_and_unknown_fields_stay() {
        let model = ModelProto {
            ir_version: Some(8),
            metadata_props: vec![entry("a", "1"), entry("b", "2")],
            ..ModelProto::default()
        };
        // Field 6, `doc_string`, which the messages of this crate do not list.
        let mut content = vec![6 << 3 | 2, 3, b'd', b'o', b'c'];
        content.extend(model.encode_to_vec());
        let written = replace_metadata(&content, "a", "new").unwrap();
        assert_eq!(written[..5], content[..5]);
        let read = ModelProto::decode(&written[..]).unwrap();
        assert_eq!(read.ir_version, Some(8));
        assert_eq!(read.metadata_props, [entry("b", "2"), entry("a", "new")]);
        // Twice gives the same file: nothing piles up.
        assert_eq!(replace_metadata(&written, "a", "new").unwrap(), written);
    }

    #[test]
    fn damaged_files_are_refused_or_copied_but_never_panic() {
        let model = ModelProto {
            metadata_props: vec![entry("a", "1")],
            ..ModelProto::default()
        };
        let content = model.encode_to_vec();
        for length in 0..content.len() {
            let _ = replace_metadata(&content[..length], "a", "2");
        }
    }
}
