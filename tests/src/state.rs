//! Saved states as text, and how they are spoilt: by hand, value by value, byte by byte.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Number, Value, json};

/// The bytes of the length before a CLAP state.
const LENGTH_BYTES: usize = 8;

/// A state taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// What it says.
    pub json: Value,
    /// Whether its length stands before it, as in a CLAP's.
    framed: bool,
}

impl State {
    /// Takes apart what a plugin has saved.
    ///
    /// # Errors
    /// If it is no state.
    pub fn parse(saved: &[u8]) -> Result<Self, serde_json::Error> {
        let framed = saved.first() != Some(&b'{');
        let text = if framed {
            &saved[LENGTH_BYTES..]
        } else {
            saved
        };
        Ok(Self {
            json: serde_json::from_slice(text)?,
            framed,
        })
    }

    /// The bytes that a plugin would load.
    pub fn bytes(&self) -> Vec<u8> {
        self.with_text(self.json.to_string().as_bytes())
    }

    /// The bytes of a state that says something else, which need not even be text.
    pub fn with_text(&self, text: &[u8]) -> Vec<u8> {
        match self.framed {
            true => [&(text.len() as u64).to_le_bytes()[..], text].concat(),
            false => text.to_vec(),
        }
    }

    /// The same with another value of a parameter, whatever kind of value that is.
    ///
    /// # Panics
    /// If the state does not know the parameter.
    pub fn with_param(&self, id: &str, value: &Value) -> Self {
        let mut other = self.clone();
        let param = &mut other.json["params"][id];
        let Some(kinds) = param.as_object_mut().filter(|kinds| kinds.len() == 1) else {
            panic!("{id} is not in {}", self.json);
        };
        kinds.values_mut().for_each(|old| *old = value.clone());
        other
    }

    /// The same with another value at one place, both drawn.
    pub fn with_value_spoilt(&self, random: &mut ChaCha8Rng) -> Self {
        let mut other = self.clone();
        let count = nodes(&other.json);
        let place = random.random_range(0..count);
        if let Some(node) = node(&mut other.json, &mut { place }) {
            // Rather a parameter's value than the name of its kind beside it, which no reader takes.
            if is_single(node) && random.random_bool(0.9) {
                let inner = node
                    .as_object_mut()
                    .and_then(|kinds| kinds.values_mut().next());
                inner.into_iter().for_each(|value| spoil(value, random));
            } else {
                spoil(node, random);
            }
        }
        other
    }

    /// The bytes of the state, with some of its text drawn anew.
    pub fn with_bytes_spoilt(&self, random: &mut ChaCha8Rng) -> Vec<u8> {
        let mut text = self.json.to_string().into_bytes();
        for _ in 0..random.random_range(1..=4) {
            if text.is_empty() {
                break;
            }
            let at = random.random_range(0..text.len());
            match random.random_range(0..6) {
                0 => text[at] = random.random(),
                1 => text[at] ^= 1 << random.random_range(0..8),
                2 => text.insert(at, b"0123456789.-eE\"[]{},:"[random.random_range(0..21)]),
                3 => drop(text.remove(at)),
                4 => {
                    let end = text.len().min(at + random.random_range(1..64));
                    let again = text[at..end].to_vec();
                    text.splice(at..at, again);
                }
                _ => text.truncate(at),
            }
        }
        let mut bytes = self.with_text(&text);
        if self.framed && random.random_bool(0.1) {
            bytes[random.random_range(0..LENGTH_BYTES)] = random.random();
        }
        bytes
    }
}

/// Whether a value is an object with one member.
fn is_single(value: &Value) -> bool {
    value.as_object().is_some_and(|members| members.len() == 1)
}

/// How many values there are in one, itself counted.
fn nodes(value: &Value) -> usize {
    let inner = match value {
        Value::Array(values) => values.iter().map(nodes).sum(),
        Value::Object(values) => values.values().map(nodes).sum(),
        _ => 0,
    };
    1 + inner
}

/// The value at a place in the order of [`nodes`], which is counted down.
fn node<'a>(value: &'a mut Value, place: &mut usize) -> Option<&'a mut Value> {
    if *place == 0 {
        return Some(value);
    }
    *place -= 1;
    let inner: Box<dyn Iterator<Item = &'a mut Value>> = match value {
        Value::Array(values) => Box::new(values.iter_mut()),
        Value::Object(values) => Box::new(values.values_mut()),
        _ => return None,
    };
    for value in inner {
        let count = nodes(value);
        if *place < count {
            return node(value, place);
        }
        *place -= count;
    }
    None
}

/// Numbers that a careless reader trips over.
const NUMBERS: [f64; 16] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    2.0,
    1e-310,
    1e6,
    -1e6,
    1e39,
    -1e39,
    1e308,
    2_147_483_648.0,
    -2_147_483_649.0,
    4_294_967_296.0,
    1.844_674_407_370_955_2e19,
];
const INTEGERS: [i64; 8] = [0, 1, -1, 7, -7, 2_000_000_000, i64::MAX, i64::MIN];
const TEXTS: [&str; 8] = [
    "",
    "NaN",
    "Infinity",
    "no-such-thing",
    "ablate",
    "0",
    "\u{0}",
    "ÿ\u{1F941}",
];

fn spoil(value: &mut Value, random: &mut ChaCha8Rng) {
    let kind = random.random_range(0..10);
    *value = match (kind, &mut *value) {
        // Half of them stay of their kind.
        (0..=4, Value::Number(number)) if number.is_i64() => {
            json!(INTEGERS[random.random_range(0..INTEGERS.len())])
        }
        (0..=4, Value::Bool(flag)) => json!(!*flag),
        (0..=4, Value::String(_)) => json!(TEXTS[random.random_range(0..TEXTS.len())]),
        (0..=2, _) => NUMBERS
            .get(random.random_range(0..NUMBERS.len()))
            .and_then(|&number| Number::from_f64(number))
            .map_or(Value::Null, Value::Number),
        (3, _) => json!(INTEGERS[random.random_range(0..INTEGERS.len())]),
        (4, _) => json!(TEXTS[random.random_range(0..TEXTS.len())]),
        (5, _) => Value::Null,
        (6, _) => json!(random.random::<bool>()),
        (7, _) => json!([[], {}, [[1e39]]])[random.random_range(0..3)].take(),
        (8, Value::Object(members)) if !members.is_empty() => {
            let gone = random.random_range(0..members.len());
            let members = std::mem::take(members).into_iter().enumerate();
            let left: Map<_, _> = members
                .filter_map(|(index, member)| (index != gone).then_some(member))
                .collect();
            Value::Object(left)
        }
        (9, Value::Object(members)) => {
            let mut members = std::mem::take(members);
            members.insert(String::from("no-such-thing"), json!(1e39));
            Value::Object(members)
        }
        (_, Value::Number(number)) => {
            let scaled = number.as_f64().unwrap_or(1.0) * 10f64.powi(random.random_range(-3..40));
            Number::from_f64(scaled).map_or(Value::Null, Value::Number)
        }
        (_, Value::String(text)) => {
            let mut text = std::mem::take(text);
            text.push('x');
            Value::String(text)
        }
        (_, other) => json!([other.take()]),
    };
}
