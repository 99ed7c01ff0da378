//! The state of parameters that no host holds: read off them, and put on them. Main thread.

use std::collections::BTreeMap;

use netbend_dsp::number::nearest_f32;
use nice_plug::params::internals::ParamPtr;
use nice_plug::params::{InternalParamMut as _, Params};
use serde_json::Value;

use super::{StateError, mend, value_of, with_kind, without_kind};
use crate::params::NetbendParams;

/// The state as JSON, as a host would keep it.
pub fn snapshot(params: &NetbendParams) -> Vec<u8> {
    let values: BTreeMap<_, _> = params
        .param_map()
        .into_iter()
        .map(|(id, param, _group)| (id, with_kind(param, value_of(param))))
        .collect();
    let state = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "params": values,
        "fields": params.serialize_fields(),
    });
    state.to_string().into_bytes()
}

/// A saved state with the parameters of these ids at these positions, 0 to 1.
///
/// # Errors
/// [`StateError`] where it is none.
pub fn with_positions(
    saved: &[u8],
    positions: &BTreeMap<String, f64>,
) -> Result<Vec<u8>, StateError> {
    let mut state: Value =
        serde_json::from_slice(saved).map_err(|error| StateError::NotJson(error.to_string()))?;
    // Nobody plays with these: they turn positions into values.
    let scratch = NetbendParams::default();
    for (id, param, _group) in scratch.param_map() {
        if let Some(position) = positions.get(&id) {
            // SAFETY: the pointer comes from `scratch`.
            unsafe { param._internal_set_normalized_value(nearest_f32(*position)) };
            state["params"][&id] = with_kind(param, value_of(param));
        }
    }
    Ok(state.to_string().into_bytes())
}

/// Puts a saved state on `params`, mended, and says what was changed in it.
///
/// # Errors
/// [`StateError`] where it is none; nothing has changed then.
pub fn restore(saved: &[u8], params: &NetbendParams) -> Result<Vec<String>, StateError> {
    let mended = mend(saved)?;
    let state: Value = serde_json::from_slice(&mended.json)
        .map_err(|error| StateError::NotJson(error.to_string()))?;
    for (id, param, _group) in params.param_map() {
        let value = without_kind(state["params"][&id].clone());
        let plain = match (&value, param) {
            (Value::Bool(on), _) => f32::from(u8::from(*on)),
            (Value::String(choice), ParamPtr::EnumParam(own)) => {
                // SAFETY: the pointer comes from `params`.
                unsafe { (*own).set_from_id(choice) };
                continue;
            }
            (value, _) => match value.as_f64() {
                Some(number) => nearest_f32(number),
                None => continue,
            },
        };
        // SAFETY: as above.
        unsafe {
            match param {
                // As a host does it: over a position it would move by a unit in the last place.
                ParamPtr::FloatParam(own) => {
                    (*own)._internal_set_plain_value(plain);
                }
                _ => {
                    param._internal_set_normalized_value(param.preview_normalized(plain));
                }
            }
        }
    }
    let fields = state["fields"].as_object().into_iter().flatten();
    let fields = fields.filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned())));
    params.deserialize_fields(&fields.collect());
    Ok(mended.notices)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    fn what_was_read_off_comes_back() {
        let first = NetbendParams::default();
        *first.model.lock().unwrap() = "own".to_owned();
        // To the bit, wherever a knob stands.
        for turn in 0..500 {
            for (n, (_, param, _)) in first.param_map().into_iter().enumerate() {
                let position = ((n * 31 + turn * 17) % 997) as f32 / 996.0;
                // SAFETY: the pointer comes from `first`.
                unsafe { param._internal_set_normalized_value(position) };
            }
            let saved = snapshot(&first);
            let second = NetbendParams::default();
            assert!(restore(&saved, &second).unwrap().is_empty());
            assert_eq!(snapshot(&second), saved);
            assert_eq!(second.model_name(), "own");
        }
    }

    #[test]
    fn positions_take_the_place_of_values() {
        let params = NetbendParams::default();
        let positions = [
            ("mix", 0.25),
            ("bypass", 1.0),
            ("seed", 1.0),
            ("latency", 0.0),
            ("gain", 0.0),
        ];
        let positions = positions
            .map(|(id, position)| (id.to_owned(), position))
            .into();
        let saved = with_positions(&snapshot(&params), &positions).unwrap();
        let other = NetbendParams::default();
        assert!(restore(&saved, &other).unwrap().is_empty());
        for (id, param, _) in other.param_map() {
            if let Some(position) = positions.get(&id) {
                // SAFETY: the pointer comes from `other`.
                let now = unsafe { param.unmodulated_normalized_value() };
                assert!((f64::from(now) - position).abs() < 1e-6, "{id}: {now}");
            }
        }
    }

    #[test]
    fn what_is_no_state_changes_nothing() {
        let params = NetbendParams::default();
        let before = snapshot(&params);
        assert!(restore(b"{", &params).is_err());
        assert_eq!(snapshot(&params), before);
    }
}
