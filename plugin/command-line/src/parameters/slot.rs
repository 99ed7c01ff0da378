//! Knobs whose meaning depends on what is chosen beside them: a slot's parameters on its transform, a weight slot's amount on its.
//!
//! The parameter is a knob's position, 0–100 %. On the command line a slot's may also be given in the transform's own units (`r=3`, `45°`,
//! `k=2`), and what it came to is said.

use anyhow::{Result, anyhow, bail};
use netbend_dsp::number::{cut, nearest_f32};
use netbend_models::bends::transform::{ParameterRange, TransformKind};
use netbend_models::bends::weights::WeightTransform;

use super::number::{no_number, share, split};
use netbend::offline::{NetbendParams, SlotParams};

/// Which knob.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Knob {
    /// A slot's first or second parameter, both counted from 0.
    Slot(usize, usize),
    /// A weight slot's amount, counted from 0.
    Weight(usize),
}

/// What a transform's parameter is called beside its letter, and the units it may be written in.
struct Words {
    name: &'static str,
    units: &'static [&'static str],
}

impl Knob {
    /// The knob of that id, if it is one.
    pub(super) fn of(id: &str) -> Option<Self> {
        let number = |text: &str| text.parse::<usize>().ok()?.checked_sub(1);
        if let Some(slot) = id.strip_prefix("slot_parameter_") {
            Some(Self::Slot(number(slot)?, 0))
        } else if let Some(slot) = id.strip_prefix("slot_second_") {
            Some(Self::Slot(number(slot)?, 1))
        } else {
            let slot = id.strip_prefix("weight_amount_")?;
            Some(Self::Weight(number(slot)?))
        }
    }

    /// The normalised value that `text` stands for, where the transform is the one set now.
    pub(super) fn position(self, text: &str, params: &NetbendParams) -> Result<f32> {
        match self {
            Self::Slot(slot, which) => {
                let kind = transform(params, slot);
                match kind.parameters().get(which) {
                    Some(range) => slot_position(kind, which, range, text),
                    // Of no meaning yet, as when the transform is chosen later.
                    None => share(text, 0.0, "a knob's position, 0 % to 100 %").map(nearest_f32),
                }
            }
            Self::Weight(slot) => {
                let (kind, limit) = weights(params, slot);
                let expected = format!(
                    "a number from -1 to 1, or -100 % to 100 %, of {}'s -{limit} to {limit}",
                    kind.name()
                );
                let share = share(text, -1.0, &expected)?;
                Ok((nearest_f32(share) + 1.0) / 2.0)
            }
        }
    }

    /// The parameter that chooses the transform whose own unit `text` is in, if it is.
    pub(super) fn transform_that_counts(self, text: &str) -> Option<String> {
        let (number, unit) = split(text);
        let is_position = number.is_some() && (unit.is_empty() || unit == "%");
        match self {
            Self::Slot(slot, _) if !is_position => Some(format!("slot_transform_{}", slot + 1)),
            _ => None,
        }
    }

    /// What the knob came to mean, in words.
    pub(super) fn said(self, id: &str, params: &NetbendParams) -> String {
        match self {
            Self::Slot(slot, which) => {
                let kind = transform(params, slot);
                let name = kind.name();
                let Some(range) = kind.parameters().get(which) else {
                    let place = if which == 0 { "" } else { " second" };
                    return format!(
                        "slot {}: {name} has no{place} parameter; {id} changes nothing",
                        slot + 1
                    );
                };
                let Words { name: word, .. } = words(kind, which);
                let position = knob(params, slot, which);
                let value = range.value(position);
                format!(
                    "slot {}: {name}, {word} {} = {} ({id} at {} %)",
                    slot + 1,
                    range.name,
                    rounded(value),
                    rounded(position * 100.0)
                )
            }
            Self::Weight(slot) => {
                let (kind, limit) = weights(params, slot);
                let position = params
                    .weights
                    .get(slot)
                    .map_or(0.0, |slot| slot.amount.value());
                format!(
                    "weights {}: {}, amount a = {} ({id} at {} %)",
                    slot + 1,
                    kind.name(),
                    rounded(position * limit),
                    rounded(position * 100.0)
                )
            }
        }
    }
}

fn slot_position(
    kind: TransformKind,
    which: usize,
    range: &ParameterRange,
    text: &str,
) -> Result<f32> {
    let Words { name, units } = words(kind, which);
    let unit = units.first().map(|unit| format!(" or `…{unit}`"));
    let expected = format!(
        "`50 %` for the knob's position, or `{}=…`{} for {}'s {name}, {} to {}",
        range.name,
        unit.unwrap_or_default(),
        kind.name(),
        range.min,
        range.max
    );
    let in_own_units = |number: f64| {
        let (least, most) = (f64::from(range.min), f64::from(range.max));
        if (least..=most).contains(&number) {
            Ok(range.unit(nearest_f32(number)))
        } else {
            Err(anyhow!(
                "{}'s {name} goes from {} to {} on a slot's knob; a preset takes more",
                kind.name(),
                range.min,
                range.max
            ))
        }
    };
    for word in [range.name, name] {
        let Some(rest) = strip_word(text, word) else {
            continue;
        };
        let (number, unit) = split(rest);
        return match number {
            Some(number) if unit.is_empty() || units.contains(&&*unit) => in_own_units(number),
            _ => Err(no_number(number, &unit, &expected)),
        };
    }
    let (number, unit) = split(text);
    match number {
        Some(number) if !unit.is_empty() && units.contains(&&*unit) => in_own_units(number),
        Some(number) if unit == "%" && (0.0..=100.0).contains(&number) => {
            Ok(nearest_f32(number / 100.0))
        }
        Some(number) if unit.is_empty() && (0.0..=1.0).contains(&number) => Ok(nearest_f32(number)),
        Some(_) if unit.is_empty() || unit == "%" => bail!("expected {expected}"),
        _ => Err(no_number(number, &unit, &expected)),
    }
}

/// What follows `word` and a space or an equals sign.
fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let head = text.get(..word.len())?;
    let rest = text.get(word.len()..)?;
    let rest = rest.trim_start().strip_prefix('=').or_else(|| {
        let is_apart = rest.starts_with(char::is_whitespace);
        is_apart.then_some(rest)
    })?;
    head.eq_ignore_ascii_case(word).then_some(rest)
}

fn words(kind: TransformKind, which: usize) -> Words {
    const FACTOR: &[&str] = &["x", "×"];
    let (name, units): (_, &[&str]) = match (kind, which) {
        (TransformKind::ScalarMultiply | TransformKind::Scale, _) => ("factor", FACTOR),
        (TransformKind::BinaryThresh, _) => ("threshold", &["σ", "sd", "sigma"]),
        (TransformKind::Translate, 0) => ("shift in frequency", &[]),
        (TransformKind::Translate, _) => ("shift in time", &[]),
        (TransformKind::Rotate, _) => ("angle", &["°", "deg", "degrees"]),
        (TransformKind::Erode | TransformKind::Dilate, _) => ("radius", &["px"]),
        _ => ("parameter", &[]),
    };
    Words { name, units }
}

fn slot(params: &NetbendParams, index: usize) -> Option<&SlotParams> {
    params.slots.get(index)
}

fn transform(params: &NetbendParams, index: usize) -> TransformKind {
    slot(params, index).map_or_else(TransformKind::default, |slot| slot.transform.value().kind())
}

fn knob(params: &NetbendParams, index: usize, which: usize) -> f32 {
    slot(params, index).map_or(0.0, |slot| {
        if which == 0 {
            slot.parameter.value()
        } else {
            slot.second.value()
        }
    })
}

fn weights(params: &NetbendParams, index: usize) -> (WeightTransform, f32) {
    let slot = params.weights.get(index);
    let kind = slot.map_or(WeightTransform::Multiply, |slot| {
        slot.transform.value().kind()
    });
    (kind, kind.amount_limit())
}

/// At most four digits that say something.
fn rounded(value: f32) -> f32 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let digits = 3 - cut::<i32>(value.abs().log10().floor());
    let scale = 10f64.powi(digits.clamp(0, 6));
    nearest_f32((f64::from(value) * scale).round() / scale)
}
