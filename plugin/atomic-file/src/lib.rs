//! Files that appear whole or not at all.
//!
//! What is written goes to a file of its own beside the one that is meant, under a name nobody else has; when it is complete
//! and on the disk it takes the other's place. Whatever happens before leaves the old file as it was and nothing beside it.

#![cfg_attr(
    not(test),
    deny(
        clippy::cast_lossless,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss
    )
)]

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Links that are followed: more are a circle.
const MOST_LINKS: usize = 40;
/// Names that are tried.
const MOST_NAMES: usize = 100;

/// Files that are being written, so that an interrupted program can take them away.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// Replaces a file's content, or makes the file: a reader finds the old one or the new one, never half of it.
///
/// # Errors
/// Where that cannot be done; then everything is as it was.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut writing = Replacement::begin(path)?;
    writing.write_all(content)?;
    writing.commit()
}

/// Whether a file can be written at a path, found out before the work that fills it.
///
/// # Errors
/// Where it cannot: the folder is missing or closed, the file is write-protected, the path is a folder's.
pub fn check(path: &Path) -> io::Result<()> {
    match Destination::of(path)? {
        Destination::Stream(_) => Ok(()),
        Destination::File(_) => Replacement::begin(path).map(drop),
    }
}

/// Takes away what is being written. For a program that is about to end without unwinding.
pub fn remove_unfinished() {
    // Held until the process ends, so that no file appears after this.
    let unfinished = UNFINISHED.lock();
    if let Ok(unfinished) = &unfinished {
        for path in unfinished.iter() {
            let _ = fs::remove_file(path);
        }
    }
    std::mem::forget(unfinished);
}

/// A file that is being written and is not there until [`commit`](Self::commit).
#[derive(Debug)]
pub struct Replacement {
    file: BufWriter<File>,
    /// Where it is written, and where it goes. `None` for a device, which is written straight.
    way: Option<(PathBuf, PathBuf)>,
}

impl Replacement {
    /// Begins to write what will be the file at `path`; where that is a link, the file it leads to.
    ///
    /// # Errors
    /// Where nothing can be written there.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let target = match Destination::of(path)? {
            Destination::File(target) => target,
            Destination::Stream(path) => {
                let file = OpenOptions::new().write(true).open(path)?;
                return Ok(Self {
                    file: BufWriter::new(file),
                    way: None,
                });
            }
        };
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        for _ in 0..MOST_NAMES {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let beside = folder.join(format!(".netbend-{}-{number}.part", std::process::id()));
            let mut unfinished = UNFINISHED
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            match OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&beside)
            {
                Ok(file) => {
                    unfinished.push(beside.clone());
                    return Ok(Self {
                        file: BufWriter::with_capacity(1 << 16, file),
                        way: Some((beside, target)),
                    });
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) if error.kind() == ErrorKind::NotFound && !folder.is_dir() => {
                    return Err(io::Error::new(
                        ErrorKind::NotFound,
                        format!(
                            "the folder {} is not there; make it first",
                            folder.display()
                        ),
                    ));
                }
                Err(error) => {
                    return Err(io::Error::new(
                        error.kind(),
                        format!("nothing can be written into {} ({error})", folder.display()),
                    ));
                }
            }
        }
        Err(io::Error::new(
            ErrorKind::AlreadyExists,
            format!("no name is free in {}", folder.display()),
        ))
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// Where that fails; then the old file is as it was.
    pub fn commit(mut self) -> io::Result<()> {
        self.file.flush()?;
        let Some((beside, target)) = &self.way else {
            return Ok(());
        };
        if let Ok(old) = fs::metadata(target) {
            keep_owner(self.file.get_ref(), &old);
            self.file.get_ref().set_permissions(old.permissions())?;
        }
        self.file.get_ref().sync_all()?;
        fs::rename(beside, target)?;
        forget(beside);
        sync_folder(target);
        self.way = None;
        Ok(())
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if let Some((beside, _)) = &self.way {
            let _ = fs::remove_file(beside);
            forget(beside);
        }
    }
}

fn forget(beside: &Path) {
    let mut unfinished = UNFINISHED
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    unfinished.retain(|path| path != beside);
}

/// What a path leads to.
enum Destination {
    File(PathBuf),
    /// A device, which cannot be replaced.
    Stream(PathBuf),
}

impl Destination {
    fn of(path: &Path) -> io::Result<Self> {
        let refused = |kind, text: &str| Err(io::Error::new(kind, text));
        match fs::metadata(path) {
            Ok(about) if about.is_dir() => {
                return refused(
                    ErrorKind::IsADirectory,
                    "this is a folder; expected a file's name",
                );
            }
            Ok(about) if is_pipe(&about) => {
                return refused(
                    ErrorKind::InvalidInput,
                    "this is a pipe; expected a file's name: what is written must be whole before anybody reads it",
                );
            }
            Ok(about) if !about.is_file() => return Ok(Self::Stream(path.to_owned())),
            Ok(about) if about.permissions().readonly() => {
                return refused(
                    ErrorKind::PermissionDenied,
                    "the file is write-protected; give another name, or take the protection off",
                );
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let target = target(path)?;
        if target.file_name().is_none() || path.as_os_str().to_string_lossy().ends_with(['/', '\\'])
        {
            return refused(ErrorKind::InvalidInput, "not a file's name");
        }
        Ok(Self::File(target))
    }
}

/// Whether opening this would wait for a reader.
fn is_pipe(about: &fs::Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        about.file_type().is_fifo()
    }
    #[cfg(not(unix))]
    {
        let _ = about;
        false
    }
}

/// The path itself, or where the link at it leads, whether something is there or not.
pub fn target(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let is_link = fs::symlink_metadata(&path).is_ok_and(|about| about.is_symlink());
        if !is_link {
            return Ok(path);
        }
        let leads_to = fs::read_link(&path)?;
        path = match path.parent() {
            Some(folder) => folder.join(leads_to),
            None => leads_to,
        };
    }
    Err(io::Error::new(
        ErrorKind::InvalidInput,
        "links that lead round in a circle",
    ))
}

/// Gives the new file to whom the old one belongs, where we may.
fn keep_owner(file: &File, old: &fs::Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let is_other = file
            .metadata()
            .is_ok_and(|new| (new.uid(), new.gid()) != (old.uid(), old.gid()));
        if is_other {
            let _ = fchown(file, Some(old.uid()), Some(old.gid()));
        }
    }
    #[cfg(not(unix))]
    let _ = (file, old);
}

/// Makes sure of the new name, where folders can be synchronised.
fn sync_folder(target: &Path) {
    #[cfg(unix)]
    if let Some(folder) = target.parent() {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
    #[cfg(not(unix))]
    let _ = target;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("preset.yaml");
        replace(&path, b"old").unwrap();
        let mut writing = Replacement::begin(&path).unwrap();
        writing.write_all(&[b'n'; 100_000]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        drop(writing);
        assert_eq!(names(folder.path()), ["preset.yaml"]);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        replace(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["preset.yaml"]);
    }

    #[test]
    fn what_cannot_be_written_is_found_before_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let said = |path: &Path| check(path).unwrap_err().to_string();
        assert!(said(&at("none/out.wav")).contains("make it first"));
        #[cfg(target_os = "linux")]
        assert!(said(Path::new("/proc/out.wav")).contains("nothing can be written into /proc"));
        assert!(said(folder.path()).contains("folder"));
        fs::write(at("kept.wav"), "kept").unwrap();
        let mut permissions = fs::metadata(at("kept.wav")).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(at("kept.wav"), permissions.clone()).unwrap();
        assert!(said(&at("kept.wav")).contains("write-protected"));
        check(&at("new.wav")).unwrap();
        assert_eq!(names(folder.path()), ["kept.wav"]);
        // A name as long as names may be.
        check(&at(&"n".repeat(250))).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_are_kept() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("presets")).unwrap();
        fs::write(at("presets/real.yaml"), "old").unwrap();
        fs::set_permissions(at("presets/real.yaml"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink("presets/real.yaml", at("link.yaml")).unwrap();
        replace(&at("link.yaml"), b"new").unwrap();
        assert!(fs::symlink_metadata(at("link.yaml")).unwrap().is_symlink());
        assert_eq!(fs::read(at("presets/real.yaml")).unwrap(), b"new");
        let mode = fs::metadata(at("presets/real.yaml"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o640);
        symlink("presets/fresh.yaml", at("dangling.yaml")).unwrap();
        replace(&at("dangling.yaml"), b"fresh").unwrap();
        assert_eq!(fs::read(at("presets/fresh.yaml")).unwrap(), b"fresh");
        symlink("circle", at("circle")).unwrap();
        assert!(replace(&at("circle"), b"").is_err());
        assert_eq!(names(&at("presets")), ["fresh.yaml", "real.yaml"]);
    }

    /// Nobody may ever read it.
    #[cfg(unix)]
    #[test]
    fn a_pipe_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.wav");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        for refused in [check(&pipe), replace(&pipe, b"lost")] {
            assert!(refused.unwrap_err().to_string().contains("this is a pipe"));
        }
    }

    /// Replacing a device by a file would be a disaster.
    #[cfg(unix)]
    #[test]
    fn a_device_is_written_and_not_replaced() {
        replace(Path::new("/dev/null"), b"gone").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let folder = tempfile::tempdir().unwrap();
        let full = Path::new("/dev/full");
        if full.exists() {
            assert!(replace(full, &[0; 100_000]).is_err());
        }
        assert!(names(folder.path()).is_empty());
    }
}
