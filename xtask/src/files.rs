//! Copying, hashing and replacing files and folders.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// The SHA-256 of bytes, in hexadecimal.
pub fn sha256_of(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// The SHA-256 of a file, in hexadecimal.
pub fn sha256(path: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    let mut file =
        File::open(path).with_context(|| format!("could not open {}", path.display()))?;
    io::copy(&mut file, &mut hash).with_context(|| format!("could not read {}", path.display()))?;
    Ok(format!("{:x}", hash.finalize()))
}

/// Copies a file over another, unless both hold the same bytes. Returns whether it copied.
///
/// The new file appears whole or not at all, so a program that has the old one open keeps it.
pub fn copy_file(from: &Path, to: &Path) -> Result<bool> {
    if same_contents(from, to)? {
        return Ok(false);
    }
    if let Some(folder) = to.parent() {
        create_folder(folder)?;
    }
    let fresh = beside(to, ".new");
    fs::copy(from, &fresh)
        .and_then(|_| fs::rename(&fresh, to))
        .with_context(|| format!("could not copy {} to {}", from.display(), to.display()))?;
    Ok(true)
}

/// Makes folder `to` equal to folder `from`: copies what differs, removes what is no longer there.
pub fn mirror_folder(from: &Path, to: &Path) -> Result<()> {
    create_folder(to)?;
    for entry in read_folder(to)? {
        let counterpart = from.join(entry.file_name());
        if !counterpart.exists() {
            remove(&entry.path())?;
        }
    }
    for entry in read_folder(from)? {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            mirror_folder(&entry.path(), &target)?;
        } else {
            copy_file(&entry.path(), &target)?;
        }
    }
    Ok(())
}

/// Removes a file or a folder with all it holds; what does not exist is fine.
pub fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Creates a folder and its parents.
pub fn create_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).with_context(|| format!("could not create {}", path.display()))
}

/// The entries of a folder, in the order of their names.
pub fn read_folder(path: &Path) -> Result<Vec<fs::DirEntry>> {
    let context = || format!("could not read {}", path.display());
    let mut entries = fs::read_dir(path)
        .and_then(Iterator::collect::<io::Result<Vec<_>>>)
        .with_context(context)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    Ok(entries)
}

fn same_contents(a: &Path, b: &Path) -> Result<bool> {
    let (Ok(in_a), Ok(in_b)) = (fs::metadata(a), fs::metadata(b)) else {
        return Ok(false);
    };
    Ok(in_b.is_file() && in_a.len() == in_b.len() && sha256(a)? == sha256(b)?)
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.file_name().unwrap_or_default());
    name.push(suffix);
    path.with_file_name(name)
}
