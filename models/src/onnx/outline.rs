//! A model file's metadata and inputs without its weights: everything else is skipped, not read.

use std::io::{BufRead, BufReader, Read, Seek};

use prost::Message as _;

use super::check::limits;
use super::proto::{StringStringEntryProto, ValueInfoProto};
use crate::error::ModelError;

/// Numbers of fields in the ONNX specification.
const MODEL_GRAPH: u64 = 7;
const MODEL_METADATA: u64 = 14;
const GRAPH_INPUT: u64 = 11;
/// Bytes of one field that is read. A manifest with long names and descriptions is far smaller.
const MOST_BYTES: u64 = 2 * limits::MANIFEST_BYTES as u64;
/// Fields read at most.
const MOST_FIELDS: usize = 2 * limits::INITIALIZERS;

/// What is read of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outline {
    /// The metadata properties.
    pub metadata: Vec<StringStringEntryProto>,
    /// The graph's inputs.
    pub inputs: Vec<ValueInfoProto>,
}

impl Outline {
    /// Reads the outline of an ONNX file.
    ///
    /// # Errors
    /// [`ModelError::Decode`] where the file is damaged.
    pub fn read(file: impl Read + Seek) -> Result<Self, ModelError> {
        let mut fields = Fields {
            file: BufReader::new(file),
        };
        let mut outline = Self::default();
        while let Some((tag, length)) = fields.next()? {
            match tag {
                MODEL_METADATA => {
                    let content = fields.content(length)?;
                    let entry = StringStringEntryProto::decode(&content[..])?;
                    outline.metadata.push(entry);
                }
                MODEL_GRAPH => {
                    let end = fields.position()?.saturating_add(length);
                    while fields.position()? < end {
                        match fields.next()? {
                            Some((GRAPH_INPUT, length)) => {
                                let content = fields.content(length)?;
                                outline.inputs.push(ValueInfoProto::decode(&content[..])?);
                            }
                            Some((_, length)) => fields.skip(length)?,
                            None => return Err(ended()),
                        }
                        if outline.inputs.len() > MOST_FIELDS {
                            return Err(ModelError::Decode("it has too many inputs".into()));
                        }
                    }
                }
                _ => fields.skip(length)?,
            }
            if outline.metadata.len() > MOST_FIELDS {
                return Err(ModelError::Decode("it has too many metadata".into()));
            }
        }
        Ok(outline)
    }

    /// The value of the metadata property `key`.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata
            .iter()
            .find(|entry| entry.key.as_deref() == Some(key))
            .and_then(|entry| entry.value.as_deref())
    }
}

/// The fields of a protobuf message, one after the other.
struct Fields<F: Read + Seek> {
    file: BufReader<F>,
}

impl<F: Read + Seek> Fields<F> {
    /// The next field's number and the length of what it holds; `None` at the end of the file.
    fn next(&mut self) -> Result<Option<(u64, u64)>, ModelError> {
        if self.file.fill_buf().map_err(broken)?.is_empty() {
            return Ok(None);
        }
        let key = self.varint()?;
        let length = match key & 7 {
            0 => {
                self.varint()?;
                0
            }
            1 => 8,
            2 => self.varint()?,
            5 => 4,
            other => return Err(ModelError::Decode(format!("a field of wire type {other}"))),
        };
        Ok(Some((key >> 3, length)))
    }

    fn varint(&mut self) -> Result<u64, ModelError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let mut byte = [0];
            self.file.read_exact(&mut byte).map_err(broken)?;
            value |= u64::from(byte[0] & 0x7f) << shift;
            if byte[0] & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(ModelError::Decode("a number of more than 64 bits".into()))
    }

    fn content(&mut self, length: u64) -> Result<Vec<u8>, ModelError> {
        if length > MOST_BYTES {
            return Err(ModelError::Decode(format!("a field of {length} bytes")));
        }
        let mut content = Vec::new();
        let read = (&mut self.file)
            .take(length)
            .read_to_end(&mut content)
            .map_err(broken)?;
        if (read as u64) < length {
            return Err(ended());
        }
        Ok(content)
    }

    fn skip(&mut self, length: u64) -> Result<(), ModelError> {
        let length = i64::try_from(length).map_err(|_| ended())?;
        self.file.seek_relative(length).map_err(broken)
    }

    fn position(&mut self) -> Result<u64, ModelError> {
        self.file.stream_position().map_err(broken)
    }
}

fn ended() -> ModelError {
    ModelError::Decode("a field ends beyond the file".into())
}

fn broken(error: std::io::Error) -> ModelError {
    ModelError::Decode(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::proto::{Dimension, GraphProto, ModelProto, TensorProto};
    use super::*;

    fn model() -> Vec<u8> {
        let input = ValueInfoProto::float_tensor("x", &[Dimension::Fixed(7)]);
        let model = ModelProto {
            ir_version: Some(8),
            graph: Some(GraphProto {
                initializer: vec![TensorProto {
                    raw_data: Some(vec![0xff; 100_000]),
                    ..TensorProto::default()
                }],
                input: vec![input],
                ..GraphProto::default()
            }),
            metadata_props: vec![StringStringEntryProto {
                key: Some("netbend".into()),
                value: Some("{}".into()),
            }],
            ..ModelProto::default()
        };
        model.encode_to_vec()
    }

    #[test]
    fn inputs_and_metadata_are_found_behind_the_weights() {
        let outline = Outline::read(Cursor::new(model())).unwrap();
        assert_eq!(outline.metadata("netbend"), Some("{}"));
        assert_eq!(outline.inputs[0].name.as_deref(), Some("x"));
    }

    #[test]
    fn damaged_files_give_an_error_or_an_outline_but_never_panic() {
        let whole = model();
        for length in (0..whole.len()).step_by(501).chain(0..64) {
            let _ = Outline::read(Cursor::new(&whole[..length]));
        }
        for position in (0..64).chain(whole.len() - 64..whole.len()) {
            for mask in [0x01, 0x80, 0xff] {
                let mut damaged = whole.clone();
                damaged[position] ^= mask;
                let _ = Outline::read(Cursor::new(damaged));
            }
        }
    }
}
