//! A node's attributes.

use netbend_dsp::number::nearest_f64;

use super::super::proto::{AttributeProto, INT64, TensorProto};
use super::known::{Known, MOST_EVALUATED, constant};
use crate::onnx::refusal::Refusal;

pub(super) struct Attributes<'a>(pub(super) &'a [AttributeProto]);

impl<'a> Attributes<'a> {
    fn find(&self, name: &str) -> Option<&'a AttributeProto> {
        self.0.iter().find(|a| a.name.as_deref() == Some(name))
    }

    /// A whole number; `default` where there is none. One without a value is 0, as ONNX Runtime reads it.
    pub(super) fn int(&self, name: &str, default: i64) -> i64 {
        self.find(name).map_or(default, |a| a.i.unwrap_or(0))
    }

    pub(super) fn all(&self) -> &'a [AttributeProto] {
        self.0
    }

    pub(super) fn ints(&self, name: &str) -> Option<&'a [i64]> {
        self.find(name).map(|a| a.ints.as_slice())
    }

    pub(super) fn floats(&self, name: &str) -> Option<&'a [f32]> {
        self.find(name).map(|a| a.floats.as_slice())
    }

    pub(super) fn tensor(&self, name: &str) -> Option<&'a TensorProto> {
        self.find(name).and_then(|a| a.t.as_ref())
    }

    /// As many whole numbers as there are axes, each 0 or more; `default` where there are none.
    pub(super) fn sizes(
        &self,
        name: &str,
        axes: usize,
        default: usize,
    ) -> Result<Vec<usize>, Refusal> {
        match self.ints(name) {
            None => Ok(vec![default; axes]),
            Some(values) if values.len() == axes => values
                .iter()
                .map(|&value| {
                    usize::try_from(value)
                        .map_err(|_| Refusal(format!("its {name} are {values:?}")))
                })
                .collect(),
            Some(values) => Err(Refusal(format!(
                "its {name} are {values:?}; expected {axes} numbers"
            ))),
        }
    }

    pub(super) fn text(&self, name: &str) -> &'a [u8] {
        self.find(name).and_then(|a| a.s.as_deref()).unwrap_or(b"")
    }

    /// What a `Constant` node holds.
    pub(super) fn constant(&self) -> Result<Known, Refusal> {
        let scalar = |value: f64, whole: Option<i32>| Known {
            dims: Vec::new(),
            values: Some(vec![value]),
            whole,
        };
        let list = |values: Vec<f64>, whole: Option<i32>| Known {
            dims: vec![values.len()],
            values: (values.len() <= MOST_EVALUATED).then_some(values),
            whole,
        };
        let attribute = self.0.first().ok_or("it holds nothing")?;
        match attribute.name.as_deref() {
            Some("value") => attribute
                .t
                .as_ref()
                .map(constant)
                .ok_or_else(|| "it holds no tensor".into()),
            Some("value_int") => Ok(scalar(nearest_f64(attribute.i.unwrap_or(0)), Some(INT64))),
            Some("value_float") => Ok(scalar(f64::from(attribute.f.unwrap_or(0.0)), None)),
            Some("value_ints") => Ok(list(
                attribute.ints.iter().map(|&x| nearest_f64(x)).collect(),
                Some(INT64),
            )),
            Some("value_floats") => Ok(list(
                attribute.floats.iter().copied().map(f64::from).collect(),
                None,
            )),
            other => Err(Refusal(format!("it holds `{}`", other.unwrap_or("")))),
        }
    }
}
