//! What a project kept, checked before the plugin sees it and after it was saved. Main thread.
//!
//! A state is JSON: `params`, the plain values by parameter id, each with its kind (`{"f32": 1.5}`), and `fields`, texts by name. The CLAP puts its length in eight
//! bytes before it, the VST3 does not; both read both, so that a state can move from one format to the other.
//!
//! What is read is made whole: a value out of range becomes the nearest one there is, one that is no number, of another kind or
//! farther off than the range is wide (no version meant it) becomes the default, and each is told in a [`Mended::notices`] line. What is left out becomes the default, so
//! that a state sounds the same wherever it is loaded. A text that is no state at all is refused, and nothing has changed
//! then.

mod error;
mod live;
mod value;

use std::collections::BTreeMap;

use netbend_dsp::number::nearest_f32;
use netbend_models::identity::sha256_of_text;
use nice_plug::params::Params;
use nice_plug::params::internals::ParamPtr;
use serde_json::{Map, Value};

use crate::params::NetbendParams;

pub use error::{MAX_BYTES, StateError};
pub use live::{restore, snapshot, with_positions};
use value::{Checked, checked, float, value_of, with_kind, without_kind};

/// Of the notices that are kept; more are counted.
const MAX_NOTICES: usize = 8;
/// The longest name of a model.
const MAX_MODEL_NAME: usize = 255;
const LENGTH_BYTES: usize = 8;
/// The field that holds the hash of the model's file.
const MODEL_HASH: &str = "model-sha256";
/// The parameter of the ceiling.
const CEILING: &str = "ceiling";

/// A state that the plugin takes as it is.
#[derive(Debug)]
pub struct Mended {
    /// The state as JSON, without a length before it.
    pub json: Vec<u8>,
    /// What was found, and what was done about it; a line each.
    pub notices: Vec<String>,
}

/// Makes a saved state whole.
///
/// # Errors
/// [`StateError`] where it is none.
pub fn mend(saved: &[u8]) -> Result<Mended, StateError> {
    if saved.len() > MAX_BYTES {
        return Err(StateError::TooLong(saved.len()));
    }
    let root: Value = serde_json::from_slice(without_length(saved))
        .map_err(|error| StateError::NotJson(error.to_string()))?;
    let Value::Object(mut root) = root else {
        return Err(StateError::NotAState("no keys"));
    };
    let Some(Value::Object(saved_values)) = root.remove("params") else {
        return Err(StateError::NotAState("no `params`"));
    };
    let saved_texts = match root.remove("fields") {
        None => Map::new(),
        Some(Value::Object(texts)) => texts,
        Some(_) => return Err(StateError::NotAState("`fields` that are no texts")),
    };
    // Nobody plays with these: they know ranges, defaults and names.
    let scratch = NetbendParams::default();
    let mut notices = Notices::default();
    let values = values(saved_values, &scratch, &mut notices);
    let texts = texts(saved_texts, &scratch, &mut notices);
    let version = match root.remove("version") {
        Some(Value::String(version)) => version,
        _ => String::new(),
    };
    let state = serde_json::json!({ "version": version, "params": values, "fields": texts });
    Ok(Mended {
        json: state.to_string().into_bytes(),
        notices: notices.into_lines(),
    })
}

/// The state with its length before it, as the CLAP keeps it.
pub fn with_length(json: &[u8]) -> Vec<u8> {
    let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(json);
    bytes
}

/// The state alone. A length of eight bytes never begins with a brace: that state would be longer than any.
fn without_length(saved: &[u8]) -> &[u8] {
    let Some((length, rest)) = saved.split_first_chunk::<LENGTH_BYTES>() else {
        return saved;
    };
    match usize::try_from(u64::from_le_bytes(*length)) {
        Ok(length) if length <= rest.len() => &rest[..length],
        _ => saved,
    }
}

#[derive(Default)]
struct Notices {
    lines: Vec<String>,
    more: usize,
}

impl Notices {
    fn say(&mut self, line: impl FnOnce() -> String) {
        if self.lines.len() < MAX_NOTICES {
            self.lines.push(line());
        } else {
            self.more += 1;
        }
    }

    fn into_lines(mut self) -> Vec<String> {
        if self.more > 0 {
            self.lines.push(format!("and {} more", self.more));
        }
        self.lines
    }
}

/// Every parameter's plain value, from `saved` where it has a good one.
fn values(
    mut saved: Map<String, Value>,
    scratch: &NetbendParams,
    notices: &mut Notices,
) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    // What was saved before there was a ceiling sounded without one.
    let had_none = !saved.is_empty() && !saved.contains_key(CEILING);
    for (id, param, _group) in scratch.param_map() {
        // Not yet touched: `checked` turns choices.
        let default = match had_none && id == CEILING {
            true => Value::Bool(false),
            false => value_of(param),
        };
        let value = match saved.remove(&id) {
            None => default,
            Some(value) => {
                let value = without_kind(value);
                match checked(param, &value) {
                    // As it is held, so that what is mended twice is the same.
                    Checked::Good => match (param, value.as_f64()) {
                        (ParamPtr::FloatParam(_), Some(number)) => float(nearest_f32(number)),
                        _ => value,
                    },
                    Checked::Instead(instead) => {
                        notices.say(|| changed(&id, &value, param, &instead));
                        instead
                    }
                    Checked::Unusable => {
                        notices.say(|| changed(&id, &value, param, &default));
                        default
                    }
                }
            }
        };
        values.insert(id, with_kind(param, value));
    }
    for unknown in saved.keys() {
        notices.say(|| {
            format!(
                "`{}`, which this version does not know, was left out",
                short(unknown)
            )
        });
    }
    values
}

/// What was found, and what stands there now in the parameter's own words.
fn changed(id: &str, found: &Value, param: ParamPtr, now: &Value) -> String {
    let words = match now {
        // Choices are texts here, so this is no index.
        Value::Number(number) => {
            let plain = nearest_f32(number.as_f64().unwrap_or_default());
            // SAFETY: the pointer comes from parameters that the caller holds.
            unsafe { param.normalized_value_to_string(param.preview_normalized(plain), true) }
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let found = match found {
        Value::Null => "no number".to_owned(),
        other => short(&other.to_string()),
    };
    format!("`{id}` was {found}; it is {words} now")
}

/// At most a few words of `text`.
fn short(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Every field's text, from `saved` where it has a good one.
fn texts(
    mut saved: Map<String, Value>,
    scratch: &NetbendParams,
    notices: &mut Notices,
) -> BTreeMap<String, String> {
    // Nobody is to find out that of the default model: a state without one takes any file of the name.
    scratch.model_sha256.replace("none".to_owned());
    let mut texts = scratch.serialize_fields();
    texts.insert(MODEL_HASH.to_owned(), "\"\"".to_owned());
    for (name, text) in &mut texts {
        match saved.remove(name) {
            None => {}
            Some(Value::String(found)) if is_usable(name, &found) => *text = found,
            Some(_) => notices.say(|| format!("`{name}` could not be read and was left out")),
        }
    }
    texts
}

/// All of our fields are JSON strings.
fn is_usable(name: &str, text: &str) -> bool {
    match serde_json::from_str::<String>(text) {
        Ok(model) if name == "model" => !model.is_empty() && model.len() <= MAX_MODEL_NAME,
        Ok(hash) if name == MODEL_HASH => hash.is_empty() || sha256_of_text(&hash).is_some(),
        Ok(_) => true,
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests;
