//! What a preset says of itself: name, author, tags, description, notes. None of it is heard.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

use super::reader::{Reader, given};
use super::root::{Group, Root};
use crate::error::PresetError;
use crate::text::line::{is_barred, one_line};
use crate::text::nearest::quoted;
use crate::text::yaml;

/// The tags that Netbend's own presets use. Others are taken, too.
pub const KNOWN_TAGS: [&str; 9] = [
    "subtle", "texture", "rhythm", "tone", "destroy", "freeze", "stutter", "space", "motion",
];

/// Longest name and longest author, in characters.
pub const LONGEST_NAME: usize = 64;
/// Most tags.
pub const MOST_TAGS: usize = 16;
/// Longest tag, in characters.
pub const LONGEST_TAG: usize = 24;
/// Longest description, in characters.
pub const LONGEST_DESCRIPTION: usize = 240;
/// Longest notes, in characters.
pub const LONGEST_NOTES: usize = 4_000;

/// What a preset says of itself. What is empty it does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// What it is called: one line of up to [`LONGEST_NAME`] characters.
    pub name: String,
    /// Who made it, likewise.
    pub author: String,
    /// Words to find it by, in lower case: letters, digits and `-`.
    pub tags: Vec<String>,
    /// What it does, in one line of up to [`LONGEST_DESCRIPTION`] characters.
    pub description: String,
    /// Anything else, in lines.
    pub notes: String,
}

impl Metadata {
    /// Reads what [`to_yaml`](Self::to_yaml) writes. `file` names the text in errors.
    ///
    /// # Errors
    /// [`PresetError`] with the line of the first thing that is wrong.
    pub fn from_yaml(text: &str, file: &str) -> Result<Self, PresetError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let found: Found = yaml::read(text).map_err(|wrong| PresetError {
            file: file.to_owned(),
            line: wrong.line,
            message: wrong.message,
        })?;
        let Found {
            name,
            author,
            tags,
            description,
            notes,
        } = &found;
        let keys = Keys {
            name,
            author,
            tags,
            description,
            notes,
        };
        keys.read(&Reader { file })
    }

    /// The keys alone, as a preset has them; empty where there are none.
    pub fn to_yaml(&self) -> String {
        if *self == Self::default() {
            return String::new();
        }
        // Plain strings always serialise.
        serde_saphyr::to_string(&write(self)).unwrap_or_default()
    }

    /// The same with all that no file takes mended: what a person typed, as [`from_yaml`](Self::from_yaml) reads it back.
    pub fn tidied(&self) -> Self {
        let shortened = |text: &str, most: usize| {
            let plain: String = text.chars().filter(|letter| !is_barred(*letter)).collect();
            plain.chars().take(most).collect::<String>()
        };
        let line = |text: &str, most| one_line(&shortened(&one_line(text), most));
        let mut tags: Vec<String> = Vec::new();
        for tag in &self.tags {
            let letters = tag.trim().to_lowercase();
            let letters = letters.chars().filter(|letter| is_of_tag(*letter));
            let tag: String = letters.take(LONGEST_TAG).collect();
            if !tag.is_empty() && !tags.contains(&tag) && tags.len() < MOST_TAGS {
                tags.push(tag);
            }
        }
        let notes: String = lines(&self.notes)
            .chars()
            .filter(|letter| *letter == '\n' || !is_barred(*letter))
            .take(LONGEST_NOTES)
            .collect();
        Self {
            name: line(&self.name, LONGEST_NAME),
            author: line(&self.author, LONGEST_NAME),
            tags,
            description: line(&self.description, LONGEST_DESCRIPTION),
            notes: lines(&notes),
        }
    }
}

/// The keys where they stand alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Found {
    #[serde(default, deserialize_with = "given")]
    name: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    author: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    tags: Group<Vec<Spanned<String>>>,
    #[serde(default, deserialize_with = "given")]
    description: Option<Spanned<String>>,
    #[serde(default, deserialize_with = "given")]
    notes: Option<Spanned<String>>,
}

/// The keys wherever they stand.
struct Keys<'f> {
    name: &'f Option<Spanned<String>>,
    author: &'f Option<Spanned<String>>,
    tags: &'f Group<Vec<Spanned<String>>>,
    description: &'f Option<Spanned<String>>,
    notes: &'f Option<Spanned<String>>,
}

/// Reads the keys at a preset's root.
pub(super) fn read(reader: &Reader<'_>, root: &Root) -> Result<Metadata, PresetError> {
    let keys = Keys {
        name: &root.name,
        author: &root.author,
        tags: &root.tags,
        description: &root.description,
        notes: &root.notes,
    };
    keys.read(reader)
}

impl Keys<'_> {
    fn read(&self, reader: &Reader<'_>) -> Result<Metadata, PresetError> {
        let expected = "a list of words, or `[]`";
        let tags = reader.group("tags", self.tags.as_ref(), expected)?;
        Ok(Metadata {
            name: line(reader, "name", self.name.as_ref(), LONGEST_NAME)?,
            author: line(reader, "author", self.author.as_ref(), LONGEST_NAME)?,
            tags: read_tags(reader, tags.map_or(&[][..], Vec::as_slice))?,
            description: line(
                reader,
                "description",
                self.description.as_ref(),
                LONGEST_DESCRIPTION,
            )?,
            notes: match self.notes {
                None => String::new(),
                Some(found) => lines(text(reader, "notes", found, LONGEST_NOTES)?),
            },
        })
    }
}

/// One line; blanks within count as one.
fn line(
    reader: &Reader<'_>,
    key: &str,
    found: Option<&Spanned<String>>,
    most: usize,
) -> Result<String, PresetError> {
    let Some(found) = found else {
        return Ok(String::new());
    };
    let text = text(reader, key, found, most)?;
    if text.trim_end().contains('\n') {
        let message = format!("{key} of several lines found; expected one line");
        return Err(reader.error(found, message));
    }
    Ok(one_line(text))
}

/// A text that can be shown: not empty, not too long, of letters alone.
fn text<'f>(
    reader: &Reader<'_>,
    key: &str,
    found: &'f Spanned<String>,
    most: usize,
) -> Result<&'f str, PresetError> {
    let text = found.value.as_str();
    let wrong = if text.trim().is_empty() {
        Some(format!("{key} is empty; expected a text, or no such key"))
    } else if text.chars().nth(most).is_some() {
        let count = text.chars().count();
        Some(format!(
            "{key} of {count} characters found; expected at most {most}"
        ))
    } else {
        let is_barred = |letter: &char| is_barred(*letter) && !matches!(letter, '\n' | '\r');
        text.chars().find(is_barred).map(|letter| {
            format!(
                "{key} with the control character `{}` found; expected letters that can be shown",
                letter.escape_unicode()
            )
        })
    };
    match wrong {
        Some(message) => Err(reader.error(found, message)),
        None => Ok(text),
    }
}

fn read_tags(reader: &Reader<'_>, found: &[Spanned<String>]) -> Result<Vec<String>, PresetError> {
    if let Some(beyond) = found.get(MOST_TAGS) {
        let message = format!("{} tags found; expected at most {MOST_TAGS}", found.len());
        return Err(reader.error(beyond, message));
    }
    let mut known = BTreeSet::new();
    let mut tags = Vec::new();
    for found in found {
        let tag = found.value.trim().to_lowercase();
        let is_short = (1..=LONGEST_TAG).contains(&tag.chars().count());
        if !is_short || !tag.chars().all(is_of_tag) {
            let message = format!(
                "tag `{}` found; expected a word of 1 to {LONGEST_TAG} letters, digits or `-`",
                quoted(&found.value)
            );
            return Err(reader.error(found, message));
        }
        if !known.insert(tag.clone()) {
            return Err(reader.error(found, format!("tag `{tag}` found twice; expected once")));
        }
        tags.push(tag);
    }
    Ok(tags)
}

fn is_of_tag(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '-'
}

/// Lines without blanks at their ends, and no empty ones around them.
fn lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    let text = lines.join("\n");
    text.trim_matches('\n').replace('\t', "    ")
}

/// The keys to write.
#[derive(Serialize)]
pub(super) struct Written<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    author: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    notes: &'a str,
}

pub(super) fn write(metadata: &Metadata) -> Written<'_> {
    Written {
        name: &metadata.name,
        author: &metadata.author,
        tags: &metadata.tags,
        description: &metadata.description,
        notes: &metadata.notes,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Preset;
    use super::*;
    use rand::{RngExt as _, SeedableRng as _};
    use rand_chacha::ChaCha8Rng;

    const ALL: &str = "\
netbend: 1
name: Wet Cardboard
author: Netbend
tags: [Texture, tone, my-own]
description: \"Hats of paper: the kick stays\"
notes: |
  Play the *voice* knob.

    # Indented, and no comment.
mix: 0.5
";

    fn metadata() -> Metadata {
        Metadata {
            name: "Wet Cardboard".into(),
            author: "Netbend".into(),
            tags: ["texture", "tone", "my-own"].map(String::from).into(),
            description: "Hats of paper: the kick stays".into(),
            notes: "Play the *voice* knob.\n\n  # Indented, and no comment.".into(),
        }
    }

    #[test]
    fn every_key_is_read_and_written_back_unchanged() {
        let preset = Preset::from_yaml(ALL, "all.yaml").unwrap();
        assert_eq!(preset.metadata, metadata());
        let text = preset.to_yaml();
        let again = Preset::from_yaml(&text, "again.yaml").unwrap();
        assert_eq!(again.metadata, metadata(), "{text}");
        assert_eq!(again.to_yaml(), text);
        let alone = metadata().to_yaml();
        assert_eq!(Metadata::from_yaml(&alone, "alone").unwrap(), metadata());
        assert_eq!(metadata().tidied(), metadata());
    }

    #[test]
    fn none_is_written_where_none_is_said() {
        assert_eq!(Metadata::default().to_yaml(), "");
        assert_eq!(
            Metadata::from_yaml("", "none").unwrap(),
            Metadata::default()
        );
        let text = Preset::default().to_yaml();
        for key in ["name", "author", "tags", "description", "notes"] {
            assert!(!text.contains(key), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_what_was_expected() {
        let long = |key: &str, count: usize| format!("mix: 1\n{key}: {}\n", "x".repeat(count));
        let tags = (0..=MOST_TAGS).map(|number| format!("\n- t{number}"));
        for (text, line, expected) in [
            ("mix: 1\nname: ''\n".into(), 2, "name is empty"),
            ("mix: 1\nname: '  '\n".into(), 2, "no such key"),
            ("mix: 1\nname:\n".into(), 2, "expected a text"),
            ("mix: 1\nname: [a]\n".into(), 2, "a single value"),
            (long("name", LONGEST_NAME + 1), 2, "name of 65 characters"),
            (long("author", LONGEST_NAME + 1), 2, "at most 64"),
            (
                long("description", LONGEST_DESCRIPTION + 1),
                2,
                "at most 240",
            ),
            (long("notes", LONGEST_NOTES + 1), 2, "at most 4000"),
            (
                "mix: 1\nname: \"a\\nb\"\n".into(),
                2,
                "name of several lines found; expected one line",
            ),
            (
                "mix: 1\nauthor: \"a\\u0007\"\n".into(),
                2,
                "control character `\\u{7}`",
            ),
            (
                "mix: 1\nnotes: \"a\\u202E\"\n".into(),
                2,
                "control character `\\u{202e}`",
            ),
            ("mix: 1\ntags:\n".into(), 2, "`tags` is left blank"),
            ("mix: 1\ntags: texture\n".into(), 2, "a list"),
            (
                "mix: 1\ntags:\n- two words\n".into(),
                3,
                "tag `two words` found; expected a word of 1 to 24",
            ),
            ("mix: 1\ntags: [a, b, A]\n".into(), 2, "`a` found twice"),
            (
                format!("mix: 1\ntags:{}\n", tags.collect::<String>()),
                19,
                "17 tags found; expected at most 16",
            ),
            ("mix: 1\nnane: x\n".into(), 2, "did you mean `name`?"),
        ] {
            let error = Preset::from_yaml(&text, "bad.yaml").unwrap_err();
            assert!(error.message.contains(expected), "{text}: {error}");
            assert_eq!(error.line, line, "{text}: {error}");
        }
    }

    /// Whatever is typed is written so that it reads back.
    #[test]
    fn what_was_tidied_reads_back_unchanged() {
        const LETTERS: [&str; 28] = [
            "a", "ß", " ", "  ", "\n", "\n\n", "\r\n", "\t", "#", ": ", "- ", "'", "\"", "\\", "|",
            ">", "*", "&", "%", "null", "08", "1e3", "{", "]", "@", "\u{7}", "\u{202e}", "𝄞",
        ];
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut below = |most: usize| random.random_range(0..most);
        let mut typed = |most: usize| -> String {
            let count = below(most);
            (0..count).map(|_| LETTERS[below(LETTERS.len())]).collect()
        };
        for _ in 0..2_000 {
            let metadata = Metadata {
                name: typed(30),
                author: typed(4),
                tags: vec![typed(3), typed(3), typed(3)],
                description: typed(300),
                notes: typed(60),
            };
            let tidied = metadata.tidied();
            assert_eq!(tidied.tidied(), tidied);
            let text = tidied.to_yaml();
            let again = Metadata::from_yaml(&text, "typed");
            assert_eq!(again.as_ref(), Ok(&tidied), "{text}");
            let preset = Preset {
                metadata: tidied,
                ..Preset::default()
            };
            let text = preset.to_yaml();
            let again = Preset::from_yaml(&text, "typed").unwrap();
            assert_eq!((&again.metadata, again.to_yaml()), (&preset.metadata, text));
        }
    }
}
