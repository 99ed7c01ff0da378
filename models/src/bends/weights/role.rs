//! What a tensor of weights does in its network, in words.

use std::fmt;

/// What a tensor of weights does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Role {
    /// Where it is, where that is no layer: `encoder`. Empty where [`layer`](Self::layer) says it.
    pub half: &'static str,
    /// The first bendable layer that it reaches, from 1 on; `None` behind the last one.
    pub layer: Option<usize>,
    /// `kernel`, `bias`, `scale`.
    pub part: &'static str,
    /// `the transposed convolution`; empty where a number is worked with alone.
    pub operator: &'static str,
    /// `128 → 64 features`.
    pub size: String,
}

impl Role {
    /// Where it is: `layer 2`, `output`.
    pub fn place(&self) -> String {
        match self.layer {
            _ if !self.half.is_empty() => self.half.to_owned(),
            Some(layer) => format!("layer {layer}"),
            None => "output".to_owned(),
        }
    }

    /// What it is: `kernel of the transposed convolution, 128 → 64 features`.
    pub fn what(&self) -> String {
        let mut words = self.part.to_owned();
        if !self.operator.is_empty() {
            words = format!("{words} of {}", self.operator);
        }
        if !self.size.is_empty() {
            words = format!("{words}, {}", self.size);
        }
        words
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place(), self.what())
    }
}
