//! The library: presets that ship with Netbend, and the user's own, listed, found, kept and removed. Main thread, but for scans.
//!
//! | module | what it is |
//! |---|---|
//! | `entry` | one file, as it is listed |
//! | `scan` | the files of a folder |
//! | `search` | which of them are asked for |
//! | `favourites` | which of them are starred |
//! | `export` | presets written to files anywhere |
//! | `own` | saving, renaming and removing the user's own |
//! | `error` | why one of that cannot be done |

mod entry;
mod error;
mod export;
mod favourites;
mod own;
mod scan;
mod search;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Origin;
use crate::resources::Resources;

pub(crate) use entry::{Entry, load};
pub(crate) use error::{LibraryError, Wanted};
pub(crate) use export::export;
use favourites::Favourites;
pub(crate) use own::plain;
pub(crate) use scan::ENDINGS;
pub(crate) use search::Search;

/// Handle to the library. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Library(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// What ships with Netbend.
    factory: Vec<PathBuf>,
    /// Netbend's folder among the user's data, where there is one.
    user: Option<PathBuf>,
    entries: Mutex<Arc<Vec<Entry>>>,
    favourites: Mutex<Favourites>,
    is_scanning: AtomicBool,
    /// Counts what was scanned, so that who shows it knows of another list.
    scans: AtomicUsize,
}

impl Library {
    /// That of these resources; nothing is read yet.
    pub(crate) fn of(resources: &Resources) -> Self {
        Self::at(
            resources.preset_folders(),
            resources.user().map(Path::to_owned),
        )
    }

    /// What lies in `factory`, and in `presets` beneath `user`.
    fn at(factory: Vec<PathBuf>, user: Option<PathBuf>) -> Self {
        Self(Arc::new(Shared {
            factory,
            user,
            entries: Mutex::default(),
            favourites: Mutex::default(),
            is_scanning: AtomicBool::new(false),
            scans: AtomicUsize::new(0),
        }))
    }

    /// What was found last, in the order it is shown.
    pub(crate) fn entries(&self) -> Arc<Vec<Entry>> {
        let entries = &self.0.entries;
        Arc::clone(&entries.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How often it was scanned: while it stays the same, so does the list.
    pub(crate) fn scans(&self) -> usize {
        self.0.scans.load(Ordering::Acquire)
    }

    /// Whether it is being scanned.
    pub(crate) fn is_scanning(&self) -> bool {
        self.0.is_scanning.load(Ordering::Acquire)
    }

    /// Has it scanned by a thread of its own. Never waits.
    pub(crate) fn begin_scan(&self) {
        if self.0.is_scanning.swap(true, Ordering::AcqRel) {
            return;
        }
        let library = self.clone();
        let name = "netbend-library".to_owned();
        let begun = std::thread::Builder::new().name(name).spawn(move || {
            let _end = EndOfScan(&library.0.is_scanning);
            library.scan();
        });
        if begun.is_err() {
            self.0.is_scanning.store(false, Ordering::Release);
        }
    }

    /// Reads every file. Takes as long as that takes.
    pub(crate) fn scan(&self) {
        let shared = &self.0;
        let mut entries = Vec::new();
        for (folder, origin) in self.folders() {
            scan::folder(&folder, origin, &mut entries);
        }
        entries.sort_by(Entry::order);
        self.read_favourites();
        *shared
            .entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(entries);
        shared.scans.fetch_add(1, Ordering::AcqRel);
    }

    /// The one file at `path`, whether it is listed or not. What lies in none of the [folders](Self::folders) is the user's. Reads it.
    pub(crate) fn entry_of(&self, path: PathBuf) -> Entry {
        let folders = self.folders();
        let found = folders.iter().find_map(|(folder, origin)| {
            let below = path.strip_prefix(folder).ok()?.parent()?;
            let names = below.iter().map(|name| name.to_string_lossy());
            Some((*origin, names.collect::<Vec<_>>().join("/")))
        });
        let (origin, folder) = found.unwrap_or((Origin::Own, String::new()));
        Entry::read(path, origin, folder)
    }

    /// Where presets are looked for, and whose they are; not all of these folders need be there.
    pub(crate) fn folders(&self) -> Vec<(PathBuf, Origin)> {
        let factory = self.0.factory.iter().cloned();
        let own = self.own_folder().map(|folder| (folder, Origin::Own));
        let factory = factory.map(|folder| (folder, Origin::Shipped));
        factory.chain(own).collect()
    }

    /// Reads anew which are starred.
    pub(crate) fn read_favourites(&self) {
        let favourites = self.0.user.as_deref().map(Favourites::load);
        self.with_favourites(|own| *own = favourites.unwrap_or_default());
    }

    /// Where the user's own presets lie.
    pub(crate) fn own_folder(&self) -> Option<PathBuf> {
        self.0.user.as_ref().map(|user| user.join("presets"))
    }

    /// Whether it is starred.
    pub(crate) fn is_favourite(&self, entry: &Entry) -> bool {
        self.with_favourites(|own| own.has(&entry.key()))
    }

    /// Stars it, or takes the star away.
    ///
    /// # Errors
    /// Where that cannot be kept; then nothing has changed.
    pub(crate) fn set_favourite(&self, entry: &Entry, is_one: bool) -> Result<(), LibraryError> {
        let folder = self.0.user.as_deref().ok_or(LibraryError::NoFolder)?;
        self.with_favourites(|own| {
            let mut changed = own.clone();
            changed.set(&entry.key(), is_one);
            changed.save(folder)?;
            *own = changed;
            Ok(())
        })
    }

    fn with_favourites<R>(&self, work: impl FnOnce(&mut Favourites) -> R) -> R {
        let favourites = &self.0.favourites;
        work(&mut favourites.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Says that a scan has ended, also where it panicked.
struct EndOfScan<'a>(&'a AtomicBool);

impl Drop for EndOfScan<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests;
