//! One parameter's value as a state holds it: read off, and held against its range.

use netbend_dsp::number::{cut, nearest_f32};
use nice_plug::params::internals::ParamPtr;
use serde_json::{Map, Number, Value};

/// The value in `{"f32": 1.5}`.
pub(super) fn without_kind(value: Value) -> Value {
    match value {
        Value::Object(kinds) if kinds.len() == 1 => kinds
            .into_iter()
            .next()
            .map_or(Value::Null, |(_, value)| value),
        other => other,
    }
}

/// The value as nice-plug reads it.
pub(super) fn with_kind(param: ParamPtr, value: Value) -> Value {
    let kind = match (param, &value) {
        (ParamPtr::FloatParam(_), _) => "f32",
        (ParamPtr::BoolParam(_), _) => "bool",
        (ParamPtr::EnumParam(_), Value::String(_)) => "string",
        (ParamPtr::IntParam(_) | ParamPtr::EnumParam(_), _) => "i32",
    };
    Value::Object(Map::from_iter([(kind.to_owned(), value)]))
}

/// What a value is worth to a parameter.
pub(super) enum Checked {
    /// It is taken as it is.
    Good,
    /// Out of range: the nearest value.
    Instead(Value),
    /// Of another kind.
    Unusable,
}

/// Holds a value against the range and the choices of `param`, which is turned to the choice where it is one.
pub(super) fn checked(param: ParamPtr, value: &Value) -> Checked {
    match param {
        ParamPtr::FloatParam(_) => {
            let (min, max) = range(param);
            // What an f32 does not hold is infinite now, and so out of range.
            match value.as_f64().map(nearest_f32) {
                Some(number) if number >= min - slack(min) && number <= max + slack(max) => {
                    Checked::Good
                }
                Some(number) if is_near(f64::from(number), min, max) => {
                    Checked::Instead(float(number.clamp(min, max)))
                }
                _ => Checked::Unusable,
            }
        }
        ParamPtr::IntParam(_) => {
            let (min, max) = range(param);
            match (value.as_i64(), value.as_f64()) {
                (Some(number), _) if (cut::<i64>(min)..=cut::<i64>(max)).contains(&number) => {
                    Checked::Good
                }
                (_, Some(number)) if is_near(number, min, max) => {
                    let nearest = number.round().clamp(f64::from(min), f64::from(max));
                    Checked::Instead(Value::from(cut::<i64>(nearest)))
                }
                _ => Checked::Unusable,
            }
        }
        ParamPtr::BoolParam(_) if value.is_boolean() => Checked::Good,
        ParamPtr::EnumParam(choice) => match value.as_str() {
            // SAFETY: the pointer comes from parameters that the caller holds.
            Some(id) if unsafe { (*choice).set_from_id(id) } => Checked::Good,
            _ => Checked::Unusable,
        },
        ParamPtr::BoolParam(_) => Checked::Unusable,
    }
}

/// Whether a value lies no farther off its range than the range is wide.
fn is_near(value: f64, min: f32, max: f32) -> bool {
    let (min, max) = (f64::from(min), f64::from(max));
    let width = max - min;
    value >= min - width && value <= max + width
}

/// How far a value may lie beyond a bound that was computed another way.
fn slack(bound: f32) -> f32 {
    4.0 * f32::EPSILON * bound.abs()
}

/// The smallest and the largest plain value.
pub(super) fn range(param: ParamPtr) -> (f32, f32) {
    // SAFETY: the pointer comes from parameters that the caller holds.
    let (one, other) = unsafe { (param.preview_plain(0.0), param.preview_plain(1.0)) };
    (one.min(other), one.max(other))
}

/// A parameter's value as a state holds it.
pub(super) fn value_of(param: ParamPtr) -> Value {
    // SAFETY: the pointers come from parameters that the caller holds.
    unsafe {
        let plain = param.unmodulated_plain_value();
        match param {
            ParamPtr::FloatParam(_) => float(plain),
            ParamPtr::IntParam(_) => Value::from(cut::<i64>(plain)),
            ParamPtr::BoolParam(_) => Value::from(plain > 0.5),
            ParamPtr::EnumParam(choice) => match (*choice).unmodulated_plain_id() {
                Some(id) => Value::from(id),
                None => Value::from(cut::<i64>(plain)),
            },
        }
    }
}

/// A number as JSON.
pub(super) fn float(value: f32) -> Value {
    Number::from_f64(f64::from(value)).map_or(Value::Null, Value::Number)
}
