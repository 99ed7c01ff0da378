//! The state of parameters that no host holds: read off them, and put on them. Main thread.

use std::collections::BTreeMap;

use nice_plug::params::Params;
use nice_plug::params::internals::ParamPtr;
use serde_json::Value;

use super::{StateError, float, mend, with_kind, without_kind};
use crate::params::NetbendParams;

/// The state as JSON, as a host would keep it.
pub fn snapshot(params: &NetbendParams) -> Vec<u8> {
    let values: BTreeMap<_, _> = params
        .param_map()
        .into_iter()
        .map(|(id, param, _group)| {
            // SAFETY: the pointer comes from `params`.
            let plain = unsafe { param.unmodulated_plain_value() };
            let value = match param {
                ParamPtr::FloatParam(_) => float(plain),
                ParamPtr::BoolParam(_) => Value::from(plain > 0.5),
                ParamPtr::IntParam(_) => Value::from(plain as i64),
                // SAFETY: as above.
                ParamPtr::EnumParam(choice) => match unsafe { (*choice).unmodulated_plain_id() } {
                    Some(id) => Value::from(id),
                    None => Value::from(plain as i64),
                },
            };
            (id, with_kind(param, value))
        })
        .collect();
    let state = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "params": values,
        "fields": params.serialize_fields(),
    });
    state.to_string().into_bytes()
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
                Some(number) => number as f32,
                None => continue,
            },
        };
        // SAFETY: as above.
        unsafe { param._internal_set_normalized_value(param.preview_normalized(plain)) };
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
        for (n, (_, param, _)) in first.param_map().into_iter().enumerate() {
            // SAFETY: the pointer comes from `first`.
            unsafe { param._internal_set_normalized_value((n % 7) as f32 / 6.0) };
        }
        *first.model.lock().unwrap() = "own".to_owned();
        let saved = snapshot(&first);
        let second = NetbendParams::default();
        assert!(restore(&saved, &second).unwrap().is_empty());
        assert_eq!(snapshot(&second), saved);
        assert_eq!(second.model_name(), "own");
    }

    #[test]
    fn what_is_no_state_changes_nothing() {
        let params = NetbendParams::default();
        let before = snapshot(&params);
        assert!(restore(b"{", &params).is_err());
        assert_eq!(snapshot(&params), before);
    }
}
