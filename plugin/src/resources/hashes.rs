//! Hashes of model files, computed once for each file as long as it stays as it is. For all instances of the process; never for the audio
//! thread.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use netbend_models::identity::hash_file;

use crate::resources::Resources;
use crate::resources::format::Stamp;

/// Larger files are not hashed while a project is saved, unless the loader has done so before: that would take longer than a tenth of
/// a second.
const MOST_BYTES_WHEN_SAVING: u64 = 64 << 20;
/// Files that are remembered.
const MOST_FILES: usize = 4_096;

static KNOWN: Mutex<Vec<(Stamp, String)>> = Mutex::new(Vec::new());

/// The hash of the file at `path`; `None` where it cannot be read. Takes as long as reading the file, the first time.
pub(crate) fn of_file(path: &Path) -> Option<String> {
    let stamp = Stamp::of(path)?;
    if let Some(hash) = known(&stamp) {
        return Some(hash);
    }
    let hash = hash_file(path).ok()?;
    remember(stamp, hash.clone());
    Some(hash)
}

/// The hash of the model called `name`, for a project that is saved; `None` where there is none, or it is not known and too large to
/// be found out meanwhile.
pub(crate) fn of_model(name: &str) -> Option<String> {
    let path = Resources::find().model(name).ok()?;
    let stamp = Stamp::of(&path)?;
    known(&stamp).or_else(|| {
        let is_small = stamp.bytes() <= MOST_BYTES_WHEN_SAVING;
        is_small.then(|| of_file(&path)).flatten()
    })
}

/// Remembers a hash that was found out elsewhere, of the file as it was then.
pub(crate) fn remember(stamp: Stamp, hash: String) {
    let mut all = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|(known, _)| !known.is_at(stamp.path()));
    if all.len() < MOST_FILES {
        all.push((stamp, hash));
    }
}

fn known(stamp: &Stamp) -> Option<String> {
    let all = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let found = all.iter().find(|(known, _)| known == stamp);
    found.map(|(_, hash)| hash.clone())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    fn a_file_that_changes_has_another_hash() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.onnx");
        assert_eq!(of_file(&path), None);
        std::fs::write(&path, "1").unwrap();
        let first = of_file(&path).unwrap();
        assert_eq!(of_file(&path), Some(first.clone()));
        std::fs::write(&path, "22").unwrap();
        assert_ne!(of_file(&path), Some(first));
    }
}
