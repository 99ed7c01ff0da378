//! The element types of tensors, inferred beside their shapes.

use super::check::operators::operator;
use super::proto::{self, AttributeProto, NodeProto, TensorProto};
use super::refusal::Refusal;

/// An element type that Netbend runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element {
    /// 32 bits.
    Float,
    /// 16 bits.
    Float16,
    /// Signed, 64 bits.
    Int64,
    /// Signed, 32 bits.
    Int32,
    /// One byte.
    Bool,
}

impl Element {
    /// What is accepted, in words.
    pub(crate) const ACCEPTED: &'static str = "float, float16, int64, int32 or bool";

    /// The type of a code of the ONNX specification.
    pub(crate) fn of_code(code: i64) -> Option<Self> {
        match i32::try_from(code).ok()? {
            proto::FLOAT => Some(Self::Float),
            proto::FLOAT16 => Some(Self::Float16),
            proto::INT64 => Some(Self::Int64),
            proto::INT32 => Some(Self::Int32),
            proto::BOOL => Some(Self::Bool),
            _ => None,
        }
    }

    /// What a code of the ONNX specification is called.
    pub(crate) fn describe(code: i64) -> String {
        let name = match code {
            1 => "float",
            2 => "uint8",
            3 => "int8",
            4 => "uint16",
            5 => "int16",
            6 => "int32",
            7 => "int64",
            8 => "string",
            9 => "bool",
            10 => "float16",
            11 => "double",
            12 => "uint32",
            13 => "uint64",
            16 => "bfloat16",
            _ => return format!("the element type {code}"),
        };
        format!("the element type {name}")
    }

    /// Bytes of one element.
    pub(crate) fn bytes(self) -> u64 {
        match self {
            Self::Int64 => 8,
            Self::Float | Self::Int32 => 4,
            Self::Float16 => 2,
            Self::Bool => 1,
        }
    }

    /// Whether it holds whole numbers.
    pub(crate) fn is_integer(self) -> bool {
        matches!(self, Self::Int64 | Self::Int32)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Float => "float",
            Self::Float16 => "float16",
            Self::Int64 => "int64",
            Self::Int32 => "int32",
            Self::Bool => "bool",
        }
    }

    /// Whether a letter of the table of operators stands for it.
    fn is(self, letter: &str) -> bool {
        match letter {
            "f" => matches!(self, Self::Float | Self::Float16),
            "n" | "m" => self != Self::Bool,
            "i" => self.is_integer(),
            "l" => self == Self::Int64,
            "s" => self == Self::Float,
            "b" => self == Self::Bool,
            _ => true,
        }
    }
}

/// The letters of a signature that stand for the places of a node, each with whether it may be left out.
pub(super) fn places(signature: &str, count: usize) -> Result<Vec<(&str, bool)>, Refusal> {
    let mut letters: Vec<(&str, bool)> = Vec::with_capacity(count);
    let mut least = 0;
    for letter in signature.split_whitespace() {
        if let Some(letter) = letter.strip_suffix('*') {
            letters.push((letter, false));
            least = letters.len();
            while letters.len() < count {
                letters.push((letter, false));
            }
        } else if let Some(letter) = letter.strip_suffix('?') {
            letters.push((letter, true));
        } else {
            letters.push((letter, false));
            least = letters.len();
        }
    }
    if (least..=letters.len()).contains(&count) {
        letters.truncate(count);
        return Ok(letters);
    }
    Err(Refusal(match least == letters.len() {
        true => format!("{count} found; expected {least}"),
        false => format!("{count} found; expected {least} to {}", letters.len()),
    }))
}

/// The element types of what `node` writes, given those of what it reads (`None` where there is no input, or its type is not
/// known).
///
/// # Errors
/// Which input has the wrong type, and what was expected.
pub(super) fn outputs(
    node: &NodeProto,
    inputs: &[Option<Element>],
) -> Result<Vec<Option<Element>>, Refusal> {
    let name = node.op_type.as_deref().unwrap_or("");
    let Some(operator) = operator(name) else {
        return Ok(vec![inputs.first().copied().flatten(); node.output.len()]);
    };
    let letters = places(operator.inputs, inputs.len())?;
    let mut bound: Vec<(&str, Element)> = Vec::new();
    for (place, (input, (letter, _))) in inputs.iter().zip(letters).enumerate() {
        let Some(element) = *input else {
            continue;
        };
        let before = bound.iter().find(|(known, _)| *known == letter);
        let fits = match before {
            Some((_, known)) => *known == element,
            None => element.is(letter),
        };
        if !fits {
            let expected = before.map_or_else(
                || expected(letter).to_owned(),
                |(_, known)| format!("{}, as its other inputs", known.name()),
            );
            return Err(Refusal(format!(
                "input {} holds {}; expected {expected}: put a Cast before it",
                place + 1,
                element.name()
            )));
        }
        if before.is_none() {
            bound.push((letter, element));
        }
    }
    let of_letter = |letter: &str| match letter {
        "to" => cast_to(&node.attribute),
        "value" => of_constant(node.attribute.first()?),
        // Without a value it is 0.0.
        "fill" => node
            .attribute
            .first()
            .map_or(Some(Element::Float), of_constant),
        "s" => Some(Element::Float),
        "l" => Some(Element::Int64),
        "b" => Some(Element::Bool),
        letter => bound
            .iter()
            .find(|(known, _)| *known == letter)
            .map(|(_, element)| *element),
    };
    let letters = places(operator.outputs, node.output.len())?;
    Ok(letters
        .into_iter()
        .map(|(letter, _)| of_letter(letter))
        .collect())
}

fn expected(letter: &str) -> &'static str {
    match letter {
        "f" => "float or float16",
        "n" | "m" => "numbers",
        "i" => "int64 or int32",
        "l" => "int64",
        "s" => "float",
        "b" => "bool",
        _ => Element::ACCEPTED,
    }
}

/// What a `Cast` gives.
pub(super) fn cast_to(attributes: &[AttributeProto]) -> Option<Element> {
    let to = attributes
        .iter()
        .find(|a| a.name.as_deref() == Some("to"))?;
    Element::of_code(to.i.unwrap_or(0))
}

fn of_constant(attribute: &AttributeProto) -> Option<Element> {
    match attribute.name.as_deref()? {
        "value" => of_tensor(attribute.t.as_ref()?),
        "value_int" | "value_ints" => Some(Element::Int64),
        "value_float" | "value_floats" => Some(Element::Float),
        _ => None,
    }
}

/// The element type of a tensor, where it is one that is run.
pub(super) fn of_tensor(tensor: &TensorProto) -> Option<Element> {
    Element::of_code(i64::from(tensor.data_type.unwrap_or(0)))
}
