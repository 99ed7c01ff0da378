//! The licence files in a crate's source.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::files::read_folder;

/// What a crate's source holds.
#[derive(Debug, Default)]
pub struct Found {
    /// Licence texts, the crate's own first.
    pub texts: Vec<String>,
    /// Whether one of them lies at the top: the crate's own.
    pub has_own: bool,
}

/// Words in the names of files that hold licences.
const WORDS: [&str; 6] = [
    "licen",
    "copying",
    "copyright",
    "notice",
    "patents",
    "unlicense",
];
/// Endings of names that hold text for people.
const TEXTS: [&str; 6] = ["txt", "md", "rst", "adoc", "html", "htm"];
/// Endings of names of fonts, each with its licence as a text beside it.
const FONTS: [&str; 2] = ["ttf", "otf"];

/// Looks for licence files in a folder and below it.
///
/// # Errors
/// Where something cannot be read.
pub fn find(folder: &Path) -> Result<Found> {
    let mut found = Found::default();
    let entries = read_folder(folder)?;
    let ends = |path: &Path, ends: &[&str]| {
        let end = path.extension().and_then(|end| end.to_str());
        end.is_some_and(|end| ends.contains(&end.to_lowercase().as_str()))
    };
    let has_fonts = entries.iter().any(|entry| ends(&entry.path(), &FONTS));
    for entry in entries.iter().filter(|entry| entry.path().is_file()) {
        let name = entry.file_name().to_string_lossy().to_lowercase();
        let is_named = WORDS.iter().any(|word| name.contains(word)) && !is_code(&name);
        if is_named || (has_fonts && ends(&entry.path(), &TEXTS)) {
            found.texts.push(read(&entry.path())?);
            found.has_own |= is_named;
        }
    }
    for entry in entries.iter().filter(|entry| entry.path().is_dir()) {
        let inside = find(&entry.path())?;
        // Some keep all texts in a folder of that name.
        let is_own = entry
            .file_name()
            .to_string_lossy()
            .to_lowercase()
            .starts_with("licen");
        found.has_own |= is_own && !inside.texts.is_empty();
        found.texts.extend(inside.texts);
    }
    Ok(found)
}

/// Whether a name is that of code, such as `license.rs`: it ends in what no text ends in.
fn is_code(name: &str) -> bool {
    const CODE: [&str; 12] = [
        "rs", "py", "toml", "sh", "c", "h", "cpp", "hpp", "json", "yml", "yaml", "png",
    ];
    name.rsplit_once('.')
        .is_some_and(|(_, end)| CODE.contains(&end))
}

/// A text with one kind of line end and none at its ends, so that equal ones are equal.
fn read(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
    let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    Ok(lines.join("\n").trim_matches('\n').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_found_by_name_and_beside_fonts() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("LICENSE-MIT", "mit\r\n"),
            ("src/license.rs", "code"),
            ("external/COPYING", "copying"),
            ("fonts/Plain.ttf", "font"),
            ("fonts/Plain.txt", "plain"),
            ("docs/notes.txt", "notes"),
        ] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let found = find(folder.path()).unwrap();
        assert_eq!(found.texts, ["mit", "copying", "plain"]);
        assert!(found.has_own);
        assert!(
            !find(&folder.path().join("external/..").join("fonts"))
                .unwrap()
                .has_own
        );
    }
}
