//! What a file is that was given in place of another, so that an error can say where it belongs.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::decode::decode;
use super::yaml;

/// Keys of which one is enough to tell a preset.
const OF_PRESETS: [&str; 8] = [
    "transforms",
    "weights",
    "latent",
    "voice",
    "mix",
    "parts",
    "sound-clusters",
    "all-transforms",
];
/// Keys of which one is enough to tell what describes a model.
const OF_MODELS: [&str; 4] = ["fft_size", "sample_rate", "tensors", "decibels"];

/// Bytes of a text file that are read at most: clusters of a sound and automation may be long.
pub(super) const MOST_BYTES: u64 = 16 << 20;

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextKind {
    Empty,
    Comments,
    Preset,
    Clusters,
    SoundClusters,
    Sidecar,
    Manifest,
    State,
    Settings,
    Automation,
    List,
    Words,
    Json,
    Markup,
    /// Keys that say nothing, or no YAML at all: whoever reads it finds what is wrong.
    Unknown,
}

impl TextKind {
    /// What the text is and where it belongs; `None` where that is not known.
    pub(crate) fn said(self) -> Option<&'static str> {
        Some(match self {
            Self::Empty => "the file is empty",
            Self::Comments => "the file holds comments alone",
            Self::Preset => "this is a preset; give it to --preset",
            Self::Clusters => {
                "this is a cluster file; give it to `netbend cluster MODEL --import FILE`"
            }
            Self::SoundClusters => {
                "these are the clusters of a sound; in a preset they stand beneath `sound-clusters:`"
            }
            Self::Sidecar => "this is a model's sidecar; it lies beside MODEL.onnx as MODEL.yaml",
            Self::Manifest => "this is a model's manifest; it lies within the model",
            Self::State => "this is a saved project state; a host loads it into the plugin",
            Self::Settings => "these are the settings of netbend-standalone",
            Self::Automation => "this is an automation file; give it to --automate",
            Self::List => {
                "a list found where keys were expected; bends stand beneath `transforms:`"
            }
            Self::Words => "text without keys found",
            Self::Json => "this is JSON of something else",
            Self::Markup => "this is a web page or XML",
            Self::Unknown => return None,
        })
    }

    /// What `text` is.
    pub(crate) fn of(text: &str) -> Self {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let Some(first) = lines.clone().next() else {
            return Self::Empty;
        };
        let is_mark = |line: &str| line.starts_with('#') || line == "---" || line == "...";
        if lines.clone().all(is_mark) {
            let is_said = lines.clone().any(|line| line.starts_with('#'));
            return if is_said { Self::Comments } else { Self::Empty };
        }
        if first.starts_with('<') {
            return Self::Markup;
        }
        if lines
            .find(|line| !line.starts_with('#'))
            .is_some_and(is_automation)
        {
            return Self::Automation;
        }
        match yaml::read::<Outline>(text) {
            Ok(Outline::Nothing) => Self::Empty,
            Ok(Outline::Word) => Self::Words,
            Ok(Outline::List) => Self::List,
            Ok(Outline::Keys(keys)) => of_keys(&keys, first.starts_with('{')),
            Err(_) => Self::Unknown,
        }
    }
}

/// Whether a line is `seconds,id,value`, as a header or with values.
fn is_automation(line: &str) -> bool {
    let fields: Vec<_> = line.split([',', ';']).map(str::trim).collect();
    match fields.as_slice() {
        [seconds, id, _, ..] => {
            let named = id.eq_ignore_ascii_case("id");
            let timed = seconds.parse::<f64>().is_ok()
                && id.starts_with(|letter: char| letter.is_ascii_alphabetic());
            named || timed
        }
        _ => false,
    }
}

fn of_keys(keys: &[String], is_json: bool) -> TextKind {
    let has = |wanted: &str| keys.iter().any(|key| key == wanted);
    let all = |wanted: &[&str]| wanted.iter().all(|key| has(key));
    let is_number = |key: &String| key.parse::<u64>().is_ok();
    if keys.is_empty() {
        TextKind::Empty
    } else if OF_PRESETS.into_iter().any(has) {
        TextKind::Preset
    } else if keys.iter().all(is_number) {
        TextKind::Clusters
    } else if OF_MODELS.into_iter().any(has) {
        if is_json {
            TextKind::Manifest
        } else {
            TextKind::Sidecar
        }
    } else if all(&["params", "fields"]) || all(&["version", "params"]) {
        TextKind::State
    } else if all(&["arguments", "state"]) {
        TextKind::Settings
    } else if all(&["version", "clusters"]) {
        TextKind::SoundClusters
    } else if is_json && !has("netbend") {
        TextKind::Json
    } else {
        TextKind::Unknown
    }
}

/// What `text` is and where it belongs, where it is known to be something of Netbend's or nothing.
pub fn said_of(text: &str) -> Option<&'static str> {
    TextKind::of(text).said()
}

/// What `bytes` are that were given as a model; `None` where that is not known.
pub(crate) fn said_of_bytes(bytes: &[u8]) -> Option<String> {
    if bytes.is_empty() {
        return Some("the file is empty".into());
    }
    if bytes.starts_with(b"version https://git-lfs") {
        return Some(
            "this is a Git LFS pointer, which stands for a file: fetch it with `git lfs pull`"
                .into(),
        );
    }
    if let Some(what) = of_bytes(bytes).filter(|what| !what.starts_with("a model")) {
        return Some(format!("this is {what}"));
    }
    let all_zero = bytes.iter().all(|&byte| byte == 0);
    if all_zero {
        return Some("the file holds zeros alone: it was not copied to its end".into());
    }
    if bytes.len() as u64 > MOST_BYTES {
        return None;
    }
    let text = decode(bytes.to_vec()).ok()?;
    // A message of protocol buffers may be text by chance.
    if text.chars().any(|c| c.is_control() && !c.is_whitespace()) {
        return None;
    }
    let said = TextKind::of(&text).said();
    Some(said.map_or_else(|| "this is a text".to_owned(), str::to_owned))
}

/// What `bytes` are, where they are surely no text.
pub(crate) fn of_bytes(bytes: &[u8]) -> Option<&'static str> {
    const SIGNATURES: [(&[u8], &str); 16] = [
        (b"\x89PNG", "a picture (PNG)"),
        (b"\xff\xd8\xff", "a picture (JPEG)"),
        (b"GIF8", "a picture (GIF)"),
        (b"RIFF", "an audio file (WAV)"),
        (b"RF64", "an audio file (WAV)"),
        (b"FORM", "an audio file (AIFF)"),
        (b"fLaC", "an audio file (FLAC)"),
        (b"OggS", "an audio file (Ogg)"),
        (b"ID3", "an audio file (MP3)"),
        (b"\xff\xfb", "an audio file (MP3)"),
        (b"%PDF", "a PDF"),
        (b"PK\x03\x04", "an archive (ZIP)"),
        (b"\x1f\x8b", "an archive (gzip)"),
        (b"\x7fELF", "a program"),
        (b"MZ\x90", "a program"),
        (b"CcnK", "a plugin preset of another kind"),
    ];
    let found = SIGNATURES
        .iter()
        .find(|(signature, _)| bytes.starts_with(signature));
    if let Some((_, kind)) = found {
        return Some(kind);
    }
    // A message of protocol buffers whose first field is the version of the format.
    if matches!(bytes, [0x08, version, 0x12 | 0x3a | 0x42, ..] if *version < 32) {
        return Some("a model; give its name as `model:` or to --model");
    }
    None
}

/// What stands at the root of a YAML text.
enum Outline {
    Nothing,
    Word,
    List,
    Keys(Vec<String>),
}

impl<'de> Deserialize<'de> for Outline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OutlineVisitor)
    }
}

struct OutlineVisitor;

impl<'de> Visitor<'de> for OutlineVisitor {
    type Value = Outline;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any YAML")
    }

    fn visit_unit<E>(self) -> Result<Outline, E> {
        Ok(Outline::Nothing)
    }

    fn visit_none<E>(self) -> Result<Outline, E> {
        Ok(Outline::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outline, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Outline, E> {
        Ok(Outline::Word)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Outline, E> {
        Ok(Outline::Word)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Outline, E> {
        Ok(Outline::Word)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Outline, E> {
        Ok(Outline::Word)
    }

    fn visit_str<E>(self, _: &str) -> Result<Outline, E> {
        Ok(Outline::Word)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Outline, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Outline::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Outline, A::Error> {
        let mut keys = Vec::new();
        while let Some((key, _)) = map.next_entry::<String, IgnoredAny>()? {
            keys.push(key);
        }
        Ok(Outline::Keys(keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_is_is_known_by_its_first_keys() {
        for (text, kind) in [
            ("", TextKind::Empty),
            (" \n\n\t", TextKind::Empty),
            ("{}", TextKind::Empty),
            ("~", TextKind::Empty),
            ("---\n", TextKind::Empty),
            ("---\n...\n", TextKind::Empty),
            ("---\n# nothing\n", TextKind::Comments),
            ("# nothing\n\n# here\n", TextKind::Comments),
            ("mix: 1\nother: 2\n", TextKind::Preset),
            ("{\"transforms\": []}", TextKind::Preset),
            (
                "1:\n- {cluster_index: 0, feature_index: 0}\n",
                TextKind::Clusters,
            ),
            ("2: []\n3: []\n", TextKind::Clusters),
            (
                "model: a\nversion: 1\nclusters: {}\n",
                TextKind::SoundClusters,
            ),
            ("sample_rate: 44100\nfft_size: 1024\n", TextKind::Sidecar),
            ("{\"netbend\": 1, \"fft_size\": 1024}", TextKind::Manifest),
            (
                "{\"version\": \"0.1\", \"params\": {}, \"fields\": {}}",
                TextKind::State,
            ),
            ("{\"arguments\": [], \"state\": {}}", TextKind::Settings),
            ("seconds,id,value\n0,mix,1\n", TextKind::Automation),
            ("# ramp\n0.5;mix;1\n", TextKind::Automation),
            ("- layer: 2\n  transform: ablate\n", TextKind::List),
            ("hello there\n", TextKind::Words),
            ("42", TextKind::Words),
            ("{\"name\": \"x\"}", TextKind::Json),
            ("<html>", TextKind::Markup),
            ("voise: 1\n", TextKind::Unknown),
            ("a: [\n", TextKind::Unknown),
        ] {
            assert_eq!(TextKind::of(text), kind, "{text}");
        }
    }

    #[test]
    fn what_was_given_as_a_model_is_named() {
        for (bytes, expected) in [
            (&b""[..], "empty"),
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
                "git lfs pull",
            ),
            (b"<!DOCTYPE html><html>", "web page"),
            (b"{\"message\": \"Not Found\"}", "JSON"),
            (b"sample_rate: 44100\nfft_size: 1024\n", "sidecar"),
            (b"\x89PNG\r\n\x1a\n", "picture"),
            (b"PK\x03\x04rest", "ZIP"),
            (b"RIFF\0\0\0\0WAVE", "WAV"),
            (b"hello: [", "text"),
            (b"\0\0\0\0", "zeros"),
        ] {
            let said = said_of_bytes(bytes).unwrap();
            assert!(said.contains(expected), "{said}");
        }
        assert_eq!(said_of_bytes(b"\x08\x08\x12\x07pytorch\x3a\x7f"), None);
    }

    #[test]
    fn files_that_are_no_text_are_known_by_their_first_bytes() {
        for (bytes, expected) in [
            (&b"\x89PNG\r\n"[..], Some("picture")),
            (b"RIFF\0\0", Some("audio")),
            (b"\x08\x08\x12\x07pytorch", Some("model")),
            (b"\xff\xfem\0i\0", None),
            (b"mix: 1", None),
            (b"", None),
        ] {
            let found = of_bytes(bytes);
            assert_eq!(found.is_some(), expected.is_some(), "{bytes:?}");
            assert!(found.unwrap_or("").contains(expected.unwrap_or("")));
        }
    }
}
