//! Counts what an ONNX file holds before any of it is allocated.
//!
//! Two bytes of a file can become a message of hundreds of bytes in memory. So the bytes are walked through first, without
//! allocating: only the fields that [`proto`](super::proto) knows, with the number of each held to [`limits`].

use super::limits;
use super::proto::ModelProto;
use crate::error::ModelError;

impl ModelProto {
    /// Decodes a model file. Memory is bounded while it is read.
    ///
    /// # Errors
    /// [`ModelError::Decode`] where it is not a whole ONNX file, [`ModelError::Structure`] where it holds more than is accepted.
    pub fn read(content: &[u8]) -> Result<Self, ModelError> {
        check(content, Message::Model)?;
        Ok(<Self as prost::Message>::decode(content)?)
    }
}

/// The messages of a model file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Value,
    Type,
    TensorType,
    Shape,
    Dimension,
    Property,
    OperatorSet,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    Nodes,
    Attributes,
    Tensors,
    Values,
    Texts,
    Numbers,
    Properties,
    Longs,
    Integers,
}

const KINDS: usize = 9;

impl Counted {
    /// What it is called, and how many of it are accepted.
    fn limit(self) -> (&'static str, usize) {
        match self {
            Self::Nodes => ("nodes", limits::READ_NODES),
            Self::Attributes => ("attributes", limits::READ_ATTRIBUTES),
            Self::Tensors => ("tensors", limits::READ_TENSORS),
            Self::Values => ("inputs, outputs and described tensors", limits::READ_VALUES),
            Self::Texts => ("names", limits::READ_TEXTS),
            Self::Numbers => ("axes and numbers in attributes", limits::READ_NUMBERS),
            Self::Properties => ("metadata properties", limits::READ_PROPERTIES),
            Self::Longs => ("64-bit integers in lists", limits::READ_LONGS),
            Self::Integers => ("integers in lists", limits::READ_INTEGERS),
        }
    }
}

/// What a field holds.
enum Field {
    /// A message, counted or not.
    Message(Message, Option<Counted>),
    /// Bytes or text in a list.
    Text,
    /// Numbers of variable length, packed or not.
    Numbers(Counted),
    /// Anything that takes no more memory than bytes in the file.
    Plain,
}

/// What field `number` of `message` holds; numbers are those of the ONNX specification.
fn field(message: Message, number: u64) -> Field {
    use Counted as C;
    use Message as M;
    match (message, number) {
        (M::Model, 7) => Field::Message(M::Graph, None),
        (M::Model, 8) => Field::Message(M::OperatorSet, Some(C::Properties)),
        (M::Model, 14) => Field::Message(M::Property, Some(C::Properties)),
        (M::Model, 25) => Field::Text,
        (M::Graph, 1) => Field::Message(M::Node, Some(C::Nodes)),
        (M::Graph, 5) => Field::Message(M::Tensor, Some(C::Tensors)),
        (M::Graph, 11..=13) => Field::Message(M::Value, Some(C::Values)),
        (M::Graph, 15) => Field::Text,
        (M::Node, 1 | 2) => Field::Text,
        (M::Node, 5) => Field::Message(M::Attribute, Some(C::Attributes)),
        (M::Attribute, 5 | 10) => Field::Message(M::Tensor, Some(C::Tensors)),
        (M::Attribute, 7 | 8) => Field::Numbers(C::Numbers),
        (M::Attribute, 9 | 11) => Field::Text,
        (M::Tensor, 1) => Field::Numbers(C::Numbers),
        (M::Tensor, 5) => Field::Numbers(C::Integers),
        (M::Tensor, 7) => Field::Numbers(C::Longs),
        (M::Tensor, 13) => Field::Message(M::Property, Some(C::Properties)),
        (M::Value, 2) => Field::Message(M::Type, None),
        (M::Type, 1) => Field::Message(M::TensorType, None),
        (M::TensorType, 2) => Field::Message(M::Shape, None),
        (M::Shape, 1) => Field::Message(M::Dimension, Some(C::Numbers)),
        _ => Field::Plain,
    }
}

/// Checks that `content`, a message of that kind, holds no more of anything than is accepted.
///
/// # Errors
/// [`ModelError::Decode`] where it is damaged, [`ModelError::Structure`] naming what there is too much of.
pub(super) fn check(content: &[u8], message: Message) -> Result<(), ModelError> {
    Counts::default().walk(content, message)
}

#[derive(Default)]
struct Counts([usize; KINDS]);

impl Counts {
    fn walk(&mut self, content: &[u8], message: Message) -> Result<(), ModelError> {
        let mut rest = Bytes(content);
        while !rest.0.is_empty() {
            let key = rest.varint()?;
            let field = field(message, key >> 3);
            match (key & 7, field) {
                (0, Field::Numbers(counted)) => {
                    rest.varint()?;
                    self.count(counted, 1)?;
                }
                (0, _) => {
                    rest.varint()?;
                }
                (1, _) => {
                    rest.take(8)?;
                }
                (5, Field::Numbers(counted)) => {
                    rest.take(4)?;
                    self.count(counted, 1)?;
                }
                (5, _) => {
                    rest.take(4)?;
                }
                (2, field) => {
                    let length = rest.varint()?;
                    let inside = rest.take(length)?;
                    match field {
                        Field::Message(message, counted) => {
                            if let Some(counted) = counted {
                                self.count(counted, 1)?;
                            }
                            self.walk(inside, message)?;
                        }
                        Field::Text => self.count(Counted::Texts, 1)?,
                        // A packed number ends with a byte below 128. Packed floats take no more memory than in the file.
                        Field::Numbers(counted) => {
                            let ends = inside.iter().filter(|byte| **byte < 0x80).count();
                            self.count(counted, ends)?;
                        }
                        Field::Plain => {}
                    }
                }
                (other, _) => {
                    return Err(ModelError::Decode(format!("a field of wire type {other}")));
                }
            }
        }
        Ok(())
    }

    fn count(&mut self, counted: Counted, more: usize) -> Result<(), ModelError> {
        let count = &mut self.0[counted as usize];
        *count = count.saturating_add(more);
        let (what, limit) = counted.limit();
        if *count > limit {
            return Err(ModelError::Structure(format!(
                "it holds more than {limit} {what}; no model that Netbend runs needs as many"
            )));
        }
        Ok(())
    }
}

/// Bytes still to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn varint(&mut self) -> Result<u64, ModelError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first().ok_or_else(ended)?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(ModelError::Decode("a number of more than 64 bits".into()))
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], ModelError> {
        let length = usize::try_from(length).map_err(|_| ended())?;
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(ended)?;
        self.0 = rest;
        Ok(taken)
    }
}

fn ended() -> ModelError {
    ModelError::Decode("a field ends beyond the file".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Field `number` holding `inside`.
    fn nested(number: u8, inside: &[u8]) -> Vec<u8> {
        let mut bytes = vec![number << 3 | 2];
        let mut length = inside.len();
        while length >= 0x80 {
            bytes.push(length as u8 | 0x80);
            length >>= 7;
        }
        bytes.push(length as u8);
        bytes.extend(inside);
        bytes
    }

    fn refusal(content: &[u8]) -> String {
        ModelProto::read(content).unwrap_err().to_string()
    }

    /// Two bytes each, hundreds in memory.
    #[test]
    fn millions_of_empty_messages_are_counted_and_not_made() {
        let graph = |inside: &[u8]| nested(7, inside);
        let attributes = graph(&nested(1, &[5 << 3 | 2, 0].repeat(1 << 20)));
        assert!(refusal(&attributes).contains("64000 attributes"));
        for (field, expected) in [
            (1, "16000 nodes"),
            (5, "32000 tensors"),
            (11, "described tensors"),
            (12, "described tensors"),
            (13, "described tensors"),
            (15, "128000 names"),
        ] {
            let many = graph(&[field << 3 | 2, 0].repeat(1 << 20));
            assert!(refusal(&many).contains(expected), "{expected}");
        }
        for (field, expected) in [
            (8, "1000 metadata"),
            (14, "1000 metadata"),
            (25, "128000 names"),
        ] {
            let key = (u32::from(field as u8) << 3) | 2;
            let tag = if key < 0x80 {
                vec![key as u8, 0]
            } else {
                vec![key as u8 | 0x80, (key >> 7) as u8, 0]
            };
            assert!(
                refusal(&tag.repeat(1 << 18)).contains(expected),
                "{expected}"
            );
        }
        for field in [1, 2] {
            let names = graph(&nested(1, &[field << 3 | 2, 0].repeat(1 << 18)));
            assert!(refusal(&names).contains("128000 names"));
        }
    }

    #[test]
    fn numbers_are_counted_packed_and_one_by_one() {
        let tensor = |inside: &[u8]| nested(7, &nested(5, inside));
        for inside in [
            nested(1, &vec![1; limits::READ_NUMBERS + 1]),
            [1 << 3, 1].repeat(limits::READ_NUMBERS + 1),
        ] {
            assert!(refusal(&tensor(&inside)).contains("axes"));
        }
        let longs = tensor(&nested(7, &vec![0; limits::READ_LONGS + 1]));
        assert!(refusal(&longs).contains("64-bit integers"));
        let integers = tensor(&nested(5, &vec![0; limits::READ_INTEGERS + 1]));
        assert!(refusal(&integers).contains("integers in lists"));
        let attribute = |inside: &[u8]| nested(7, &nested(1, &nested(5, inside)));
        for field in [7, 8] {
            let list = nested(field, &vec![0; limits::READ_NUMBERS + 1]);
            assert!(refusal(&attribute(&list)).contains("numbers in attributes"));
        }
        // Dimensions of a described tensor.
        let dims = nested(
            1,
            &nested(2, &[1 << 3 | 2, 0].repeat(limits::READ_NUMBERS + 1)),
        );
        assert!(refusal(&nested(7, &nested(13, &nested(2, &dims)))).contains("axes"));
    }

    #[test]
    fn what_is_no_message_is_an_error() {
        for content in [&[0x3a, 5, 1][..], &[0x3b], &[0xff; 11], &[0x80], &[0x39, 1]] {
            assert!(matches!(
                ModelProto::read(content),
                Err(ModelError::Decode(_))
            ));
        }
        assert!(ModelProto::read(&[]).is_ok());
    }
}
