//! The files of a folder and of those beneath it.

use std::path::Path;

use super::entry::Entry;
use crate::error::Origin;

/// Deepest folder that is looked into.
const MOST_DEPTH: usize = 8;
/// What files of presets end with.
pub(crate) const ENDINGS: [&str; 2] = ["yaml", "yml"];
/// Files that are listed.
const MOST_FILES: usize = 10_000;

/// Adds the presets in `folder` and beneath it, up to a depth and a number. Links to folders are not followed: they may be circles.
pub(super) fn folder(folder: &Path, origin: Origin, entries: &mut Vec<Entry>) {
    level(folder, "", MOST_DEPTH, origin, entries);
}

fn level(path: &Path, name: &str, depth: usize, origin: Origin, entries: &mut Vec<Entry>) {
    let Ok(files) = std::fs::read_dir(path) else {
        return;
    };
    let mut files: Vec<_> = files.flatten().collect();
    files.sort_by_key(std::fs::DirEntry::file_name);
    for file in files {
        let own = file.file_name().to_string_lossy().into_owned();
        if own.starts_with('.') || entries.len() >= MOST_FILES {
            continue;
        }
        let path = file.path();
        if file.file_type().is_ok_and(|kind| kind.is_dir()) {
            let below = match name {
                "" => own,
                name => format!("{name}/{own}"),
            };
            if depth > 0 {
                level(&path, &below, depth - 1, origin, entries);
            }
        } else if is_preset(&path) && path.is_file() {
            entries.push(Entry::read(path, origin, name.to_owned()));
        }
    }
}

/// Whether a file is called as presets are.
fn is_preset(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    ENDINGS
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}
