//! What the program remembers, as a file.

use std::path::{Path, PathBuf};

use netbend::{Instance, Player, Wish};
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
    /// What the player plays.
    #[serde(default)]
    pub player: Option<Played>,
}

/// What the player plays, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Played {
    /// The loop's file; without one it is the demo loop.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// Whether it plays.
    #[serde(default)]
    pub plays: bool,
    /// How loud, in decibels.
    #[serde(default)]
    pub level_db: f32,
    /// Whether the last minute of what is heard is remembered.
    #[serde(default = "remembers")]
    pub remembers: bool,
}

/// Where nothing is said, it is.
fn remembers() -> bool {
    true
}

impl Default for Played {
    fn default() -> Self {
        Self {
            file: None,
            plays: false,
            level_db: 0.0,
            remembers: remembers(),
        }
    }
}

impl Played {
    /// What `player` plays. A path that is no text cannot be remembered.
    fn of(player: &Player) -> Self {
        let file = player.shown().file;
        Self {
            file: file.filter(|file| file.to_str().is_some()),
            plays: player.plays(),
            level_db: player.level_db(),
            remembers: player.remembers(),
        }
    }

    /// Has `player` play that.
    pub fn put(&self, player: &Player) {
        player.set_level_db(self.level_db);
        player.set_plays(self.plays);
        player.set_remembers(self.remembers);
        let wish = self.file.clone().map_or(Wish::Demo, Wish::Load);
        player.wish(wish);
    }
}

impl Memory {
    /// What lies in `file`; `None` where nothing does. What cannot be read is put aside and said.
    pub fn read(file: &Path) -> Option<Self> {
        let text = std::fs::read(file).ok()?;
        let memory = serde_json::from_slice(&text).unwrap_or_else(|error| {
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
        });
        Some(memory)
    }
}

/// Writes what changed since `saved`, which is the file's text so far.
pub fn save(file: &Path, arguments: &[String], instance: &Instance, saved: &mut Vec<u8>) {
    let memory = Memory {
        arguments: arguments.to_vec(),
        state: String::from_utf8(instance.state())
            .ok()
            .and_then(|state| RawValue::from_string(state).ok()),
        player: Some(Played::of(&instance.player())),
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
        let memory = Memory::read(&file).unwrap();
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
    fn loop_and_level_are_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        assert!(Memory::read(&file).is_none(), "the very first start");
        let instance = Instance::default();
        let player = instance.player();
        let path = PathBuf::from("/loops/break.wav");
        player.show(|shown| shown.file = Some(path.clone()));
        player.set_level_db(-7.5);
        player.set_plays(true);
        player.set_remembers(false);
        save(&file, &[], &instance, &mut Vec::new());
        let played = Memory::read(&file).unwrap().player.unwrap();
        let again = Instance::default().player();
        played.put(&again);
        assert_eq!(again.next_wish(), Some(Wish::Load(path)));
        assert_eq!((again.level_db(), again.plays()), (-7.5, true));
        assert!(!again.remembers());
    }

    #[test]
    fn what_an_older_program_remembered_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        std::fs::write(&file, r#"{"arguments": ["-r", "44100"], "state": null}"#).unwrap();
        let memory = Memory::read(&file).unwrap();
        assert_eq!(memory.arguments, ["-r", "44100"]);
        assert!(memory.player.is_none());
        std::fs::write(&file, r#"{"player": {"plays": true}}"#).unwrap();
        let played = Memory::read(&file).unwrap().player.unwrap();
        assert!(played.plays && played.remembers);
    }

    #[test]
    fn what_cannot_be_read_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        std::fs::write(&file, "{\"arguments\": 3}").unwrap();
        assert!(Memory::read(&file).unwrap().arguments.is_empty());
        assert!(!file.exists());
        assert!(folder.path().join("standalone.json.broken").exists());
    }
}
