//! The known name that a misspelt one was probably to be: for keys of files, parameters, models and choices.

use std::cmp::Reverse;

/// Longer names are compared with nothing.
const LONGEST: usize = 64;
/// One letter of so many may be wrong.
const LETTERS_PER_MISTAKE: usize = 3;
/// A part of a name says which one is meant from so many letters on.
const SHORTEST_PART: usize = 3;

/// The name among `known` that is nearest to `wanted`, whatever the case, the number (`transform`, `transforms`) and the dashes; `None`
/// where none is near.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wanted.is_empty() || wanted.chars().count() > LONGEST {
        return None;
    }
    let written = wanted;
    let wanted = plain(wanted);
    let letters = wanted.chars().count();
    // Short forms first, then misspelt names, then parts of names, the most of a name first.
    let distance = |name: &str| {
        let known = plain(name);
        let most = known.chars().count().max(letters);
        let mistakes = strsim::osa_distance(&wanted, &known);
        let part = letters >= SHORTEST_PART && known.contains(&*wanted)
            || known.len() >= SHORTEST_PART && wanted.contains(&known);
        match mistakes {
            _ if letters >= SHORTEST_PART && shortens(&wanted, &known) => Some((0, 0)),
            // Where nothing is left of either, they have nothing in common.
            _ if mistakes <= (most / LETTERS_PER_MISTAKE).max(1) && mistakes < most => {
                Some((1, mistakes))
            }
            _ if part => Some((2, known.len().abs_diff(wanted.len()))),
            _ => None,
        }
    };
    known
        .into_iter()
        // To what was written nobody needs to be led.
        .filter(|name| *name != written)
        .filter_map(|name| Some((distance(name)?, name)))
        .min_by_key(|(distance, name)| (*distance, Reverse(beginning(&wanted, &plain(name)))))
        .map(|(_, name)| name)
}

/// The question to end an error with, ``did you mean `voice`?``; where no name is near, `otherwise`.
pub fn did_you_mean<'a>(
    wanted: &str,
    known: impl IntoIterator<Item = &'a str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    match nearest(wanted, known) {
        Some(name) => format!("did you mean `{name}`?"),
        None => otherwise(),
    }
}

/// A found name or value as an error may quote it: one line, and not for ever.
pub fn quoted(found: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = found
        .chars()
        .take(MOST)
        .flat_map(char::escape_debug)
        .collect();
    // Quotes need no escape within backquotes.
    shown = shown.replace("\\\"", "\"").replace("\\'", "'");
    if found.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

/// Whether every word of `short` is the beginning of `long`'s: `slot-param-1` of `slot-parameter-1`.
fn shortens(short: &str, long: &str) -> bool {
    let (short, long) = (short.split('-'), long.split('-'));
    short.clone().count() == long.clone().count()
        && short
            .zip(long)
            .all(|(short, long)| !short.is_empty() && long.starts_with(short))
}

/// How many letters two names begin with alike.
fn beginning(one: &str, other: &str) -> usize {
    let pairs = one.chars().zip(other.chars());
    pairs.take_while(|(one, other)| one == other).count()
}

fn plain(name: &str) -> String {
    name.trim().to_lowercase().replace(['_', ' '], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 10] = [
        "voice",
        "voice-floor",
        "mix",
        "transforms",
        "amount",
        "features",
        "feature-param",
        "slot_layer_1",
        "slot_parameter_1",
        "slot_part_1",
    ];

    #[test]
    fn misspelt_names_are_recognised() {
        for (wanted, expected) in [
            ("voise", "voice"),
            ("Voice", "voice"),
            ("VOICE_FLOOR", "voice-floor"),
            ("voice floor", "voice-floor"),
            ("Transforms", "transforms"),
            ("transform", "transforms"),
            ("amout", "amount"),
            ("aomunt", "amount"),
            ("mx", "mix"),
            ("feature", "features"),
            ("features-param", "feature-param"),
            ("slot_param_1", "slot_parameter_1"),
            ("parameter_1", "slot_parameter_1"),
            ("floor", "voice-floor"),
        ] {
            assert_eq!(nearest(wanted, KNOWN), Some(expected), "{wanted}");
        }
    }

    #[test]
    fn what_is_near_to_nothing_is_guessed_to_be_nothing() {
        let long = "mix".repeat(100_000);
        for wanted in ["", "x", "purple", "тест", "\0", &long] {
            assert_eq!(nearest(wanted, KNOWN), None, "{wanted:.20}");
        }
    }

    #[test]
    fn nobody_is_led_to_what_was_written() {
        assert_ne!(nearest("mix", KNOWN), Some("mix"));
        assert_eq!(nearest("voice-floor", ["voice-floor"]), None);
    }

    #[test]
    fn quotes_are_one_short_line() {
        assert_eq!(quoted("a\n\u{1b}[31m\"b\""), "a\\n\\u{1b}[31m\"b\"");
        assert_eq!(quoted(&"x".repeat(10_000)).chars().count(), 61);
    }
}
