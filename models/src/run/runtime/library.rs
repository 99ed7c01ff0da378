//! Looks at ONNX Runtime's library before the system loads it: what is cut short, or of another machine, would end the process there, or give
//! an error that helps nobody.
//!
//! What the system maps must lie within the file. Beside the library there may be a file with its SHA-256, which `cargo xtask setup` writes: then the
//! library must be that one, so that a damaged one is found wherever the damage is.

use std::path::{Path, PathBuf};

use object::read::macho::{FatArch as _, MachOFatFile32, MachOFatFile64};
use object::{
    Architecture, FileKind, Object as _, ObjectKind, ObjectSection as _, ObjectSegment as _,
};

use crate::error::RuntimeError;
use crate::identity::hash;

/// What is wrong with what a library's file holds, as the rest of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Unfit {
    #[error("is no shared library, or only a few bytes of one ({0})")]
    OfNoKind(object::Error),
    #[error("is no shared library ({0:?})")]
    NotShared(ObjectKind),
    #[error("is cut short or damaged ({0})")]
    Unreadable(object::Error),
    #[error("is cut short: {found} bytes of at least {expected}")]
    CutShort { found: usize, expected: u64 },
    #[error(
        "is for another kind of processor ({found}; this is {})",
        std::env::consts::ARCH
    )]
    OtherMachine { found: String },
}

/// What is wrong with the file at `path`, if anything.
///
/// # Errors
/// [`RuntimeError::Load`]: what was found, and what was expected.
pub(super) fn check(path: &Path) -> Result<(), RuntimeError> {
    let shown = path.display();
    let fail = |message: String| RuntimeError::Load(message);
    let bytes = std::fs::read(path).map_err(|error| fail(format!("{shown}: {error}")))?;
    if bytes.is_empty() {
        return Err(fail(format!("{shown} is empty")));
    }
    check_recorded(path, &bytes)?;
    check_content(&bytes).map_err(|unfit| fail(format!("{shown} {unfit}")))
}

/// Where the SHA-256 of the library at `path` is.
fn record(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sha256");
    name.into()
}

fn check_recorded(path: &Path, bytes: &[u8]) -> Result<(), RuntimeError> {
    let record = record(path);
    let Ok(expected) = std::fs::read_to_string(&record) else {
        return Ok(());
    };
    // As sha256sum writes it: the number, then a name.
    let expected = expected.split_whitespace().next().unwrap_or_default();
    let found = hash(bytes);
    if expected.eq_ignore_ascii_case(&found) {
        return Ok(());
    }
    Err(RuntimeError::Load(format!(
        "{} is damaged, or another than Netbend came with (SHA-256 {found}, expected {expected}); where you put another there on purpose, \
         delete {}",
        path.display(),
        record.display()
    )))
}

fn check_content(bytes: &[u8]) -> Result<(), Unfit> {
    let kind = FileKind::parse(bytes).map_err(Unfit::OfNoKind)?;
    match kind {
        FileKind::MachOFat32 => {
            let fat = MachOFatFile32::parse(bytes).map_err(Unfit::Unreadable)?;
            check_any(
                bytes,
                fat.arches()
                    .iter()
                    .map(|arch| (arch.architecture(), arch.file_range())),
            )
        }
        FileKind::MachOFat64 => {
            let fat = MachOFatFile64::parse(bytes).map_err(Unfit::Unreadable)?;
            check_any(
                bytes,
                fat.arches()
                    .iter()
                    .map(|arch| (arch.architecture(), arch.file_range())),
            )
        }
        _ => check_one(bytes),
    }
}

/// One file for several machines: the part for this one counts.
fn check_any(
    bytes: &[u8],
    mut parts: impl Iterator<Item = (Architecture, (u64, u64))>,
) -> Result<(), Unfit> {
    let Some((_, (start, length))) = parts.find(|(machine, _)| Some(*machine) == this_machine())
    else {
        return Err(Unfit::OtherMachine {
            found: "others".to_owned(),
        });
    };
    let part = usize::try_from(start)
        .ok()
        .zip(usize::try_from(start.saturating_add(length)).ok())
        .and_then(|(start, end)| bytes.get(start..end))
        .ok_or_else(|| Unfit::CutShort {
            found: bytes.len(),
            expected: start.saturating_add(length),
        })?;
    check_one(part)
}

fn check_one(bytes: &[u8]) -> Result<(), Unfit> {
    let file = object::File::parse(bytes).map_err(Unfit::Unreadable)?;
    let machine = file.architecture();
    if this_machine().is_some_and(|this| this != machine) {
        return Err(Unfit::OtherMachine {
            found: format!("{machine:?}"),
        });
    }
    if file.kind() != ObjectKind::Dynamic {
        return Err(Unfit::NotShared(file.kind()));
    }
    let segments = file.segments().map(|segment| segment.file_range());
    let sections = file.sections().filter_map(|section| section.file_range());
    let ends = segments
        .chain(sections)
        .map(|(start, length)| start.saturating_add(length));
    let end = ends.max().unwrap_or(0);
    if end > bytes.len() as u64 {
        return Err(Unfit::CutShort {
            found: bytes.len(),
            expected: end,
        });
    }
    Ok(())
}

/// `None` for what ONNX Runtime is not built for: there the system's loader has to judge.
fn this_machine() -> Option<Architecture> {
    match std::env::consts::ARCH {
        "x86_64" => Some(Architecture::X86_64),
        "aarch64" => Some(Architecture::Aarch64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shared library of this machine that is surely there: ONNX Runtime itself, where the build has gathered it.
    fn library() -> Option<Vec<u8>> {
        let folder = std::env::var_os("NETBEND_RESOURCES")?;
        std::fs::read(Path::new(&folder).join(super::super::LIBRARY)).ok()
    }

    #[test]
    fn the_one_that_ships_passes_and_every_shorter_one_does_not() {
        let Some(whole) = library() else {
            return;
        };
        assert_eq!(check_content(&whole), Ok(()));
        let lengths = (0..200).chain([1_000, 4_095, 4_096, 100_000]);
        let shares = (1..100).map(|percent| whole.len() / 100 * percent);
        for length in lengths.chain(shares).chain([whole.len() - 1]) {
            let found = check_content(&whole[..length]).unwrap_err().to_string();
            assert!(found.starts_with("is "), "{length}: {found}");
        }
    }

    #[test]
    fn headers_that_lie_are_errors_and_never_panics() {
        let Some(whole) = library() else {
            return;
        };
        let mut head = whole;
        for place in 0..0x400 {
            for byte in [0, 1, 0x7f, 0xff] {
                let before = std::mem::replace(&mut head[place], byte);
                let _ = check_content(&head);
                head[place] = before;
            }
        }
        assert_eq!(check_content(&head), Ok(()));
    }

    #[test]
    fn what_is_no_library_is_told_so() {
        for content in ["", "hello", "#!/bin/sh\nexit 0\n", "PK\u{3}\u{4}"] {
            assert!(check_content(content.as_bytes()).is_err(), "{content}");
        }
        let elf_of_other = {
            // The head of an ELF file for SPARC.
            let mut head = vec![0; 64];
            head[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1, 1]);
            (head[16], head[18], head[20]) = (3, 43, 1);
            head[52] = 64;
            head
        };
        let found = check_content(&elf_of_other).unwrap_err().to_string();
        assert!(found.contains("another kind of processor"), "{found}");
    }

    #[test]
    fn a_recorded_digest_must_be_the_librarys() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("library");
        let write = |digest: &str| std::fs::write(record(&library), digest).unwrap();
        assert_eq!(check_recorded(&library, b"abc"), Ok(()));
        write("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  library\n");
        assert_eq!(check_recorded(&library, b"abc"), Ok(()));
        let found = check_recorded(&library, b"abd").unwrap_err().to_string();
        assert!(
            found.contains("damaged") && found.contains("library.sha256"),
            "{found}"
        );
    }
}
