//! Parameters that are shares.

use std::sync::Arc;

use nice_plug::prelude::*;

/// A parameter shown as 0–100 %, held as 0–1. As text, `40 %`, `40` and `0.4` are the same.
pub(super) fn percentage(name: impl Into<String>, default: f32) -> FloatParam {
    FloatParam::new(name, default, FloatRange::Linear { min: 0.0, max: 1.0 })
        .with_unit(" %")
        .with_value_to_string(formatters::v2s_f32_percentage(1))
        .with_string_to_value(Arc::new(share_of_text))
}

/// The share that a text stands for: `40 %`, `40` and `0.4` are the same.
pub(super) fn share_of_text(text: &str) -> Option<f32> {
    let text = text.trim();
    let number: f32 = text.trim_end_matches('%').trim_end().parse().ok()?;
    Some(if text.ends_with('%') || number.abs() > 1.0 {
        number / 100.0
    } else {
        number
    })
}
