//! JSON to a manifest, and what is said where it does not become one.

use serde::de::DeserializeOwned;

use super::flaw::Flaw;
use crate::onnx::printed::printed;

/// Reads a text as a `T`.
///
/// # Errors
/// The key that is wrong, what was found there and what was expected.
pub(in crate::package) fn read<T: DeserializeOwned>(json: &str) -> Result<T, Flaw> {
    let mut reader = serde_json::Deserializer::from_str(json);
    let value: T = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        Flaw(said(&path, error.inner()))
    })?;
    reader
        .end()
        .map_err(|_| Flaw("more follows its JSON; expected one object".to_owned()))?;
    Ok(value)
}

fn said(path: &str, error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let place = format!(" at line {line} column {column}");
    let problem = text.strip_suffix(&place).unwrap_or(&text);
    if error.is_syntax() || error.is_eof() || error.is_io() {
        return format!(
            "its JSON is broken in line {line}, column {column} ({}); write the model again",
            printed(problem)
        );
    }
    let key = match path {
        "." => String::new(),
        path => format!("`{}`: ", printed(path)),
    };
    let quoted = |text: &str| text.split('`').nth(1).unwrap_or("").to_owned();
    if problem.starts_with("missing field") {
        let inside = match path {
            "." => String::new(),
            path => format!("{path}."),
        };
        return format!("`{}` is missing", printed(&(inside + &quoted(problem))));
    }
    if problem.starts_with("duplicate field") {
        return format!(
            "{key}`{}` is there twice; expected once",
            printed(&quoted(problem))
        );
    }
    let parts = problem
        .strip_prefix("invalid type: ")
        .or_else(|| problem.strip_prefix("invalid value: "))
        .and_then(|rest| rest.rsplit_once(", expected "));
    match parts {
        Some((found, expected)) => {
            format!(
                "{key}{} found; expected {}",
                found_in_words(found),
                in_words(expected)
            )
        }
        None => format!("{key}{}", printed(problem)),
    }
}

fn found_in_words(found: &str) -> String {
    let inner = |mark: char| {
        let rest = found.split_once(mark).map_or("", |(_, rest)| rest);
        printed(rest.strip_suffix(mark).unwrap_or(rest))
    };
    match found.split_whitespace().next().unwrap_or("") {
        "integer" | "floating" | "boolean" => inner('`'),
        "string" => format!("\"{}\"", inner('"')),
        "map" => "an object".into(),
        "sequence" => "a list".into(),
        _ => printed(found),
    }
}

fn in_words(expected: &str) -> String {
    match expected {
        "usize" | "u8" | "u32" | "u64" => "a whole number, 0 or more".into(),
        "f32" | "f64" => "a number".into(),
        "a string" => "a text".into(),
        "a sequence" => "a list".into(),
        other if other.starts_with("struct ") => "an object".into(),
        other => printed(other),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Decibels, Manifest};
    use super::read;

    #[test]
    fn what_is_wrong_is_said_with_its_key() {
        let refused = |json: &str| read::<Decibels>(json).unwrap_err().to_string();
        assert_eq!(
            refused("{\"floor_db\": \"low\"}"),
            "`floor_db`: \"low\" found; expected a number"
        );
        assert_eq!(refused("{\"floor_db\": 1}"), "`reference_db` is missing");
        assert!(refused("{\"floor_db\": ").contains("broken in line 1"));
        assert!(refused("[]").contains("missing") || refused("[]").contains("expected"));
        let manifest = |json: &str| read::<Manifest>(json).unwrap_err().to_string();
        assert_eq!(
            manifest("{\"frames\": 1.5}"),
            "`frames`: 1.5 found; expected a whole number, 0 or more"
        );
        assert_eq!(
            manifest("{\"decibels\": {\"floor_db\": []}}"),
            "`decibels.floor_db`: a list found; expected a number"
        );
        assert_eq!(
            manifest("{\"layers\": [{\"index\": -1}]}"),
            "`layers[0].index`: -1 found; expected a whole number, 0 or more"
        );
        assert_eq!(
            manifest("{\"name\": {}}"),
            "`name`: an object found; expected a text"
        );
    }
}
