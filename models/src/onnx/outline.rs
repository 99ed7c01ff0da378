//! A model file's metadata and inputs without its weights: everything else is skipped, not read. What is read, and how many fields
//! are passed over, is bounded.

use std::io::{BufRead, BufReader, Read, Seek};

use prost::Message as _;

use super::limits;
use super::proto::{StringStringEntryProto, ValueInfoProto};
use super::wire::{self, Message};
use crate::error::ModelError;

/// Numbers of fields in the ONNX specification.
const MODEL_GRAPH: u64 = 7;
const MODEL_METADATA: u64 = 14;
const GRAPH_INPUT: u64 = 11;
/// Bytes of all metadata that are kept. A manifest with long names and descriptions is far smaller.
const MOST_METADATA: u64 = 2 * limits::MANIFEST_BYTES as u64;
/// Bytes of the description of one input: a name and the names of its axes.
const MOST_INPUT: u64 = 16 << 10;
/// Inputs that are kept: older files list every weight as one, too.
const MOST_INPUTS: usize = 2 * limits::INITIALIZERS;
/// Fields that are read or passed over: those of the largest model that is accepted, and then some.
const MOST_FIELDS: usize = 200_000;

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
            left: MOST_FIELDS,
        };
        let mut outline = Self::default();
        let mut metadata = 0_u64;
        while let Some((tag, length)) = fields.next()? {
            match tag {
                MODEL_METADATA => {
                    metadata = metadata.saturating_add(length);
                    let content = fields.content(length, MOST_METADATA)?;
                    if metadata > MOST_METADATA || outline.metadata.len() >= limits::READ_PROPERTIES
                    {
                        return Err(ModelError::Decode("it has too many metadata".into()));
                    }
                    let entry = StringStringEntryProto::decode(&content[..])?;
                    outline.metadata.push(entry);
                }
                MODEL_GRAPH => {
                    let end = fields.position()?.saturating_add(length);
                    while fields.position()? < end {
                        match fields.next()? {
                            Some((GRAPH_INPUT, length)) => {
                                let content = fields.content(length, MOST_INPUT)?;
                                if outline.inputs.len() >= MOST_INPUTS {
                                    return Err(ModelError::Decode(
                                        "it has too many inputs".into(),
                                    ));
                                }
                                wire::check(&content, Message::Value)?;
                                let mut input = ValueInfoProto::decode(&content[..])?;
                                check_axes(&mut input)?;
                                outline.inputs.push(input);
                            }
                            Some((_, length)) => fields.skip(length)?,
                            None => return Err(ended()),
                        }
                    }
                }
                _ => fields.skip(length)?,
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
    /// How many more are read.
    left: usize,
}

impl<F: Read + Seek> Fields<F> {
    /// The next field's number and the length of what it holds; `None` at the end of the file.
    fn next(&mut self) -> Result<Option<(u64, u64)>, ModelError> {
        if self.file.fill_buf().map_err(broken)?.is_empty() {
            return Ok(None);
        }
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| ModelError::Decode("it has too many fields".into()))?;
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

    fn content(&mut self, length: u64, most: u64) -> Result<Vec<u8>, ModelError> {
        if length > most {
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

/// An input has few axes.
fn check_axes(input: &mut ValueInfoProto) -> Result<(), ModelError> {
    let tensor = input.r#type.as_mut().and_then(|t| t.tensor_type.as_mut());
    let Some(shape) = tensor.and_then(|tensor| tensor.shape.as_mut()) else {
        return Ok(());
    };
    if shape.dim.len() > limits::AXES {
        return Err(ModelError::Decode(format!(
            "an input of {} axes",
            shape.dim.len()
        )));
    }
    shape.dim.shrink_to_fit();
    Ok(())
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

    /// A field of that number and length, many times over.
    fn many(number: u8, inside: &[u8], times: usize) -> Vec<u8> {
        let mut field = vec![number << 3 | 2, inside.len() as u8];
        field.extend(inside);
        field.repeat(times)
    }

    #[test]
    fn what_is_kept_and_passed_over_is_bounded() {
        let refused = |bytes: Vec<u8>, expected: &str| {
            let message = Outline::read(Cursor::new(bytes)).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        };
        refused(many(14, &[], 2_000), "too many metadata");
        refused(many(2, &[], MOST_FIELDS + 1), "too many fields");
        let large = StringStringEntryProto {
            key: Some("k".into()),
            value: Some("v".repeat(limits::MANIFEST_BYTES)),
        };
        let metadata_props = vec![large; 3];
        let large = ModelProto {
            metadata_props,
            ..ModelProto::default()
        };
        refused(large.encode_to_vec(), "too many metadata");
        let graph = |input: Vec<ValueInfoProto>| {
            let graph = Some(GraphProto {
                input,
                ..GraphProto::default()
            });
            ModelProto {
                graph,
                ..ModelProto::default()
            }
            .encode_to_vec()
        };
        refused(
            graph(vec![ValueInfoProto::default(); MOST_INPUTS + 1]),
            "too many inputs",
        );
        let axes = [Dimension::Fixed(1); 1_000];
        refused(
            graph(vec![ValueInfoProto::float_tensor("x", &axes)]),
            "1000 axes",
        );
        let name = "n".repeat(20_000);
        refused(
            graph(vec![ValueInfoProto::float_tensor(&name, &[])]),
            "a field of",
        );
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
