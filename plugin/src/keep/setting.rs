//! Whether the last minute is remembered: a setting of each user, in a file of its own. Any thread but the audio thread.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

#[derive(Debug, Default, Serialize, Deserialize)]
struct Setting {
    /// Whether instances in hosts remember the last minute.
    #[serde(default)]
    remember_the_last_minute: bool,
}

/// Whether it is, as said in the user's folder; not where nothing is said, or what is cannot be read.
pub(super) fn load(folder: &Path) -> bool {
    let text = std::fs::read(file(folder)).unwrap_or_default();
    let setting = serde_json::from_slice::<Setting>(&text);
    setting.is_ok_and(|setting| setting.remember_the_last_minute)
}

/// Says in the user's folder whether it is.
///
/// # Errors
/// Where it cannot be written.
pub(super) fn save(folder: &Path, remembers: bool) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let setting = Setting {
        remember_the_last_minute: remembers,
    };
    let text = serde_json::to_vec_pretty(&setting)?;
    netbend_atomic_file::replace(&file(folder), &text)
}

fn file(folder: &Path) -> PathBuf {
    folder.join("keep.json")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    fn what_was_said_is_remembered_and_what_cannot_be_read_is_no() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("netbend");
        assert!(!load(&folder));
        for remembers in [true, false, true] {
            save(&folder, remembers).unwrap();
            assert_eq!(load(&folder), remembers);
        }
        std::fs::write(file(&folder), "{").unwrap();
        assert!(!load(&folder));
        std::fs::write(file(&folder), "{\"of a later version\": 1}").unwrap();
        assert!(!load(&folder));
    }
}
