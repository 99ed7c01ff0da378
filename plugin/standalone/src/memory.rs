//! What the program remembers, as a file.

use std::path::Path;

use netbend::Instance;
use netbend_atomic_file::replace;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The file's name.
pub const FILE: &str = "standalone.json";

/// What is remembered.
#[derive(Default, Serialize, Deserialize)]
pub struct Memory {
    /// Behind the program's name.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// As a host would keep it.
    #[serde(default)]
    pub state: Option<Box<RawValue>>,
}

impl Memory {
    /// What lies in `file`. What cannot be read is put aside and said.
    pub fn read(file: &Path) -> Self {
        let Ok(text) = std::fs::read(file) else {
            return Self::default();
        };
        serde_json::from_slice(&text).unwrap_or_else(|error| {
            let aside = file.with_extension("json.broken");
            let kept = std::fs::rename(file, &aside).is_ok();
            let kept = if kept {
                format!("; it is {} now", aside.display())
            } else {
                String::new()
            };
            eprintln!(
                "netbend-standalone: {} cannot be read ({error}){kept}; starting anew",
                file.display()
            );
            Self::default()
        })
    }
}

/// Writes what changed since `saved`, which is the file's text so far.
pub fn save(file: &Path, arguments: &[String], instance: &Instance, saved: &mut Vec<u8>) {
    let memory = Memory {
        arguments: arguments.to_vec(),
        state: String::from_utf8(instance.state())
            .ok()
            .and_then(|state| RawValue::from_string(state).ok()),
    };
    let Ok(text) = serde_json::to_vec(&memory) else {
        return;
    };
    if text == *saved {
        return;
    }
    let folder = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    let written = match folder {
        Ok(()) => replace(file, &text).map_err(|error| format!("{}: {error}", file.display())),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = written {
        eprintln!("netbend-standalone: settings could not be saved: {error}");
    }
    // Said once for each change.
    *saved = text;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use netbend::offline::{NetbendParams, state};

    use super::*;

    #[test]
    fn what_was_saved_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("netbend").join(FILE);
        let instance = Instance::default();
        instance.restore(br#"{"params": {"mix": {"f32": 0.25}}}"#);
        let arguments = ["--output-device".to_owned(), "Speakers".to_owned()];
        save(&file, &arguments, &instance, &mut Vec::new());
        let memory = Memory::read(&file);
        assert_eq!(memory.arguments, arguments);
        let params = NetbendParams::default();
        let state = memory.state.unwrap();
        assert!(
            state::restore(state.get().as_bytes(), &params)
                .unwrap()
                .is_empty()
        );
        assert_eq!(params.mix.value(), 0.25);
    }

    #[test]
    fn what_cannot_be_read_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        std::fs::write(&file, "{\"arguments\": 3}").unwrap();
        assert!(Memory::read(&file).arguments.is_empty());
        assert!(!file.exists());
        assert!(folder.path().join("standalone.json.broken").exists());
    }
}
