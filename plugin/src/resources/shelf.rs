//! The models there are: every file in the folders, with what it says of itself or why it cannot be played. Main thread, but for scans.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use netbend_models::cluster::metric_path;
use netbend_models::identity::is_model_name;
use netbend_models::package::sidecar::Sidecar;
use netbend_models::{ModelError, Package, WaveformPackage};

use crate::error::{Error, Origin};
use crate::resources::format::Stamp;
use crate::resources::{Resources, model_files};

/// How often the folders are looked at while somebody looks at the shelf.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// Models that are listed at most.
const MOST: usize = 500;

/// A model's file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Book {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// What projects call it: its file's name without the ending.
    pub(crate) name: String,
    /// Whose it is.
    pub(crate) origin: Origin,
    /// How long the file is.
    pub(crate) bytes: u64,
    /// What it says of itself, or why it cannot be played.
    pub(crate) about: Result<About, Error>,
    stamp: Stamp,
}

/// What a model says of itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct About {
    /// Its version.
    pub(crate) version: String,
    /// SHA-256 of its file, in lower-case hexadecimal.
    pub(crate) sha256: String,
    /// Bendable layers, without those that are fine detail.
    pub(crate) layers: usize,
    /// Whether it is a waveform model.
    pub(crate) is_waveform: bool,
    /// Parts of the mix that it carries apart.
    pub(crate) parts: Vec<String>,
    /// The rate it was trained at, in Hz.
    pub(crate) sample_rate: u32,
    /// Its licence; may be empty.
    pub(crate) licence: String,
}

/// A model that was copied, or was there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Added {
    /// Where it lies.
    pub(crate) path: PathBuf,
    /// What projects call it.
    pub(crate) name: String,
    /// SHA-256 of its file.
    pub(crate) sha256: String,
}

/// Why a model cannot be copied.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShelfError {
    /// It is not called as models are.
    #[error("{}: a file `NAME.onnx` is expected, with letters, digits, `-`, `_` and `.` in its name", .0.display())]
    Name(PathBuf),
    /// It cannot be played.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The system names no folder for the user's data.
    #[error("the system names no folder for your data")]
    NoFolder,
    /// There is one of that name.
    #[error("another model lies at {} already: rename one of the two", .0.display())]
    Exists(PathBuf),
    /// The system would not copy it.
    #[error("it cannot be copied: {0}")]
    Copy(io::Error),
}

/// Handle to the shelf. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Shelf(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    resources: Resources,
    books: Mutex<Arc<Vec<Book>>>,
    is_looking: AtomicBool,
    looked: Mutex<Option<Instant>>,
}

impl Shelf {
    /// That of these resources; nothing is read yet.
    pub(crate) fn of(resources: Resources) -> Self {
        Self(Arc::new(Shared {
            resources,
            books: Mutex::default(),
            is_looking: AtomicBool::new(false),
            looked: Mutex::default(),
        }))
    }

    /// What was found last.
    pub(crate) fn books(&self) -> Arc<Vec<Book>> {
        let books = &self.0.books;
        Arc::clone(&books.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Has the folders looked at by a thread of its own, if that was not just done. Never waits.
    pub(crate) fn watch(&self) {
        let mut looked = self.0.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.is_some_and(|looked| looked.elapsed() < LOOK_AGAIN) {
            return;
        }
        *looked = Some(Instant::now());
        drop(looked);
        if self.0.is_looking.swap(true, Ordering::AcqRel) {
            return;
        }
        let shelf = self.clone();
        let name = "netbend-models".to_owned();
        let begun = std::thread::Builder::new().name(name).spawn(move || {
            let _end = EndOfLook(&shelf.0.is_looking);
            shelf.look();
        });
        if begun.is_err() {
            self.0.is_looking.store(false, Ordering::Release);
        }
    }

    /// Reads what is new or has changed. Takes as long as that takes.
    pub(crate) fn look(&self) {
        let known = self.books();
        let mut books: Vec<Book> = Vec::new();
        for folder in self.0.resources.model_folders() {
            for path in model_files(&folder) {
                let Some(stamp) = Stamp::of(&path) else {
                    continue;
                };
                let same = known.iter().find(|book| book.stamp == stamp);
                let origin = self.origin(&folder);
                books.extend(same.cloned().or_else(|| read(path, origin, stamp)));
            }
        }
        books.truncate(MOST);
        let order = |book: &Book| (book.name.to_lowercase(), book.path.clone());
        books.sort_by_key(order);
        *self.0.books.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(books);
    }

    /// Where the user's own models lie.
    pub(crate) fn own_folder(&self) -> Option<PathBuf> {
        self.0.resources.user().map(|user| user.join("models"))
    }

    /// Copies a model's file into the user's folder, beside it its sidecar and its metric, and looks again. A file of that name that is there
    /// stays; where it is the same, all is well. Takes as long as reading and writing it.
    ///
    /// # Errors
    /// [`ShelfError`]; nothing is copied then.
    pub(crate) fn add(&self, path: &Path) -> Result<Added, ShelfError> {
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let ending = path.extension().unwrap_or_default();
        let is_model = ending.eq_ignore_ascii_case("onnx");
        let name = stem.filter(|stem| is_model && is_model_name(stem));
        let name = name.ok_or_else(|| ShelfError::Name(path.to_owned()))?;
        // Refuses what cannot be played.
        let sha256 = about(path)?.sha256;
        let folder = self.own_folder().ok_or(ShelfError::NoFolder)?;
        let target = folder.join(format!("{name}.onnx"));
        let added = Added {
            path: target.clone(),
            name: name.to_owned(),
            sha256,
        };
        if target.exists() {
            let is_same = about(&target).is_ok_and(|there| there.sha256 == added.sha256);
            return is_same.then_some(added).ok_or(ShelfError::Exists(target));
        }
        std::fs::create_dir_all(&folder).map_err(ShelfError::Copy)?;
        let metric = Some(metric_path(path)).filter(|path| path.is_file());
        // The model comes last: what belongs to it is there when it is found.
        let beside = Sidecar::path_beside(path).into_iter().chain(metric);
        let beside = beside.filter_map(|file| Some((folder.join(file.file_name()?), file)));
        for (copy, file) in beside.chain([(target, path.to_owned())]) {
            let content = std::fs::read(&file).map_err(ShelfError::Copy)?;
            netbend_atomic_file::replace(&copy, &content).map_err(ShelfError::Copy)?;
        }
        *self.0.looked.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(added)
    }

    fn origin(&self, folder: &Path) -> Origin {
        match self.own_folder().as_deref() == Some(folder) {
            true => Origin::Own,
            false => Origin::Shipped,
        }
    }
}

/// Reads the file at `path`; `None` where no project can call it by its name.
fn read(path: PathBuf, origin: Origin, stamp: Stamp) -> Option<Book> {
    let name = path.file_stem()?.to_str()?.to_owned();
    let about = about(&path).map_err(Error::of_model(&path, origin));
    Some(Book {
        name,
        origin,
        bytes: stamp.bytes(),
        about,
        stamp,
        path,
    })
}

fn about(path: &Path) -> Result<About, ModelError> {
    if WaveformPackage::is_at(path) {
        let package = WaveformPackage::load(path)?;
        let manifest = package.manifest();
        return Ok(About {
            version: manifest.version.clone(),
            sha256: package.sha256().to_owned(),
            layers: manifest.shown_layers(),
            is_waveform: true,
            parts: Vec::new(),
            sample_rate: manifest.sample_rate,
            licence: manifest.licence.clone().unwrap_or_default(),
        });
    }
    let package = Package::load(path)?;
    let manifest = package.manifest();
    Ok(About {
        version: manifest.version.clone(),
        sha256: package.sha256().to_owned(),
        layers: manifest.layers.len(),
        is_waveform: false,
        parts: manifest.part_names().map(|name| name.to_string()).collect(),
        sample_rate: manifest.sample_rate,
        licence: manifest.licence.clone(),
    })
}

/// Says that a look has ended, also where it panicked.
struct EndOfLook<'a>(&'a AtomicBool);

impl Drop for EndOfLook<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    fn broken_files_are_listed_with_what_is_wrong_and_metrics_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let models = folder.path().join("models");
        std::fs::create_dir(&models).unwrap();
        for name in ["broken.onnx", "drums.metric.onnx", "notes.txt"] {
            std::fs::write(models.join(name), "no model").unwrap();
        }
        let shelf = Shelf::of(Resources::at(folder.path()));
        shelf.look();
        let books = shelf.books();
        assert_eq!(books.len(), 1);
        assert_eq!((books[0].name.as_str(), books[0].bytes), ("broken", 8));
        assert!(books[0].about.is_err());
        // What did not change is not read again, what did is.
        std::fs::write(models.join("broken.onnx"), "no model at all").unwrap();
        shelf.look();
        assert_eq!(shelf.books()[0].bytes, 15);
        assert!(shelf.add(&models.join("broken.onnx")).is_err());
    }
}
