//! YAML as all of this crate's files are read: no key is passed over, and whatever is wrong is said with its line.

use serde::de::DeserializeOwned;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Error, Options};

use crate::text::nearest::{did_you_mean, quoted};

/// Deepest nesting there is a use for.
const MOST_DEPTH: usize = 16;
/// Most references to anchors: what is written with them may not become much larger.
const MOST_ALIASES: usize = 256;
const MOST_REPLAYED: usize = 20_000;

/// What is wrong with a text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// 1-based; 0 where no line is to blame.
    pub(crate) line: u64,
    /// What was found and what was expected.
    pub(crate) message: String,
}

/// Reads a text as a `T`, whose structures are to deny unknown fields.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, Wrong> {
    serde_saphyr::from_str_with_options(text, options()).map_err(|error| said(text, &error))
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MOST_DEPTH,
            max_aliases: MOST_ALIASES,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MOST_REPLAYED,
        },
        with_snippet: false,
    }
}

fn said(text: &str, error: &Error) -> Wrong {
    let line = error.location().map_or(0, |location| location.line());
    let message = match error {
        Error::AliasError { error, .. } => {
            return Wrong {
                line,
                ..said(text, error)
            };
        }
        Error::WithSnippet { error, .. } => return said(text, error),
        Error::SerdeUnknownField {
            field, expected, ..
        } => {
            let known = || expected.iter().copied();
            let otherwise =
                || format!("expected one of {}", known().collect::<Vec<_>>().join(", "));
            format!(
                "key `{}` found; {}",
                quoted(field),
                did_you_mean(field, known(), otherwise)
            )
        }
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().map(quoted).unwrap_or_default();
            format!("key `{key}` found twice; expected once")
        }
        Error::MultipleDocuments { .. } => {
            "a second document found (`---`); expected one in a file".to_owned()
        }
        Error::Budget { breach, .. } => format!("too large to be meant: {}", limit(breach)),
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => {
            "too large to be meant: its anchors (`&`, `*`) become too much; write it out".to_owned()
        }
        Error::InvalidScalar { ty, .. } => {
            format!("{}expected {}", here(text, line), in_words(ty))
        }
        Error::Unexpected { expected, .. } => {
            format!("{}expected {}", here(text, line), in_words(expected))
        }
        Error::NullIntoString { .. } => format!("{}expected a text", here(text, line)),
        Error::NonFiniteFloat { .. } => format!("{}expected a number", here(text, line)),
        other => format!("{}{}", here(text, line), without_place(&other.to_string())),
    };
    let message = match has_tab(text, line) {
        true => format!("a tab found; YAML is indented with spaces ({message})"),
        false => message,
    };
    Wrong { line, message }
}

/// What stands in the line.
fn here(text: &str, line: u64) -> String {
    let index = usize::try_from(line)
        .ok()
        .and_then(|line| line.checked_sub(1));
    let found = index
        .and_then(|index| text.lines().nth(index))
        .map(str::trim);
    match found {
        None | Some("") => String::new(),
        Some(found) => format!("`{}` found; ", quoted(found)),
    }
}

/// Whether the line is indented with tabs, which YAML has no use for.
fn has_tab(text: &str, line: u64) -> bool {
    let index = usize::try_from(line)
        .ok()
        .and_then(|line| line.checked_sub(1));
    let found = index.and_then(|index| text.lines().nth(index));
    let is_indentation = |letter: &char| letter.is_whitespace() || *letter == '-';
    found.is_some_and(|line| {
        line.chars()
            .take_while(is_indentation)
            .any(|letter| letter == '\t')
    })
}

/// What the YAML reader says, in one line and without the place, which stands elsewhere.
fn without_place(said: &str) -> String {
    let said = said.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    match said.rfind(" at line ") {
        Some(end) => said[..end].to_owned(),
        None => said,
    }
}

/// What the YAML reader expected, as a person would say it.
fn in_words(expected: &str) -> String {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" | "floating point" => "a number",
        "bool" | "boolean" => "a bool: true or false",
        "string scalar" => "a single value",
        "sequence start" => "a list: `[…]`, or a `-` before each entry",
        "mapping start" => "keys with values: `key: value`",
        other => return format!("a {other}"),
    }
    .to_owned()
}

fn limit(breach: &BudgetBreach) -> String {
    match breach {
        BudgetBreach::Depth { .. } => format!("it nests deeper than {MOST_DEPTH} levels"),
        BudgetBreach::Aliases { .. } => {
            format!("it refers to anchors (`*`) more than {MOST_ALIASES} times; write it out")
        }
        BudgetBreach::Nodes { .. } | BudgetBreach::Events { .. } => {
            "it has too many entries".to_owned()
        }
        _ => "it takes more than a preset or a cluster file can need".to_owned(),
    }
}
