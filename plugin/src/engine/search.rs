//! Which file a model is: the one of its name, or the one that has its hash, whatever it is called now. The loader's thread, the main thread
//! where a preset is loaded, and programs without a window.

use std::path::{Path, PathBuf};

use netbend_models::bends::part_name::PartName;

use crate::error::Error;
use crate::params::model::WantedModel;
use crate::resources::{Resources, hashes, model_files};

/// Files that are hashed at most in one folder.
const MOST_FILES: usize = 1_000;

/// The file that is played as the wanted model.
///
/// # Errors
/// What is missing.
pub fn resolve(resources: &Resources, wanted: &WantedModel) -> Result<PathBuf, Error> {
    match resources.model(&wanted.name) {
        Ok(path) => {
            let is_other = !wanted.sha256.is_empty()
                && hashes::of_file(&path).is_none_or(|hash| hash != wanted.sha256);
            let instead = is_other.then(|| by_hash(resources, wanted, Some(&path)));
            Ok(instead.flatten().unwrap_or(path))
        }
        Err(problem) => by_hash(resources, wanted, None).ok_or_else(|| missing(problem, wanted)),
    }
}

/// What the parts of the wanted model are called, as its file says; `None` where there is no such file, or it cannot be read. Main thread.
pub(crate) fn part_names(resources: &Resources, wanted: &WantedModel) -> Option<Vec<PartName>> {
    let path = resolve(resources, wanted).ok()?;
    netbend_models::package::format::part_names(&path).ok()
}

/// A file in the models' folders, other than `besides`, that has the wanted hash.
fn by_hash(resources: &Resources, wanted: &WantedModel, besides: Option<&Path>) -> Option<PathBuf> {
    if wanted.sha256.is_empty() {
        return None;
    }
    resources.model_folders().into_iter().find_map(|folder| {
        let mut files: Vec<_> = model_files(&folder).take(MOST_FILES).collect();
        files.sort();
        files
            .into_iter()
            .filter(|path| Some(path.as_path()) != besides)
            .find(|path| hashes::of_file(path).as_deref() == Some(&*wanted.sha256))
    })
}

/// What to add where no file has the name.
fn missing(by_name: Error, wanted: &WantedModel) -> Error {
    match wanted.sha256.as_str() {
        "" => by_name,
        hash => Error::MissingContent {
            by_name: Box::new(by_name),
            sha256: hash.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use netbend_models::identity::hash_file;

    use super::*;

    #[test]
    fn a_file_is_found_by_its_content_whatever_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let models = folder.path().join("models");
        std::fs::create_dir(&models).unwrap();
        let (one, other) = (models.join("one.onnx"), models.join("other.onnx"));
        std::fs::write(&one, "1").unwrap();
        std::fs::write(&other, "2").unwrap();
        std::fs::write(models.join("third.txt"), "3").unwrap();
        let resources = Resources::at(folder.path());
        let wanted = |path: &Path| WantedModel {
            sha256: hash_file(path).unwrap(),
            ..WantedModel::named("gone")
        };
        let second = wanted(&other);
        let find = |wanted: &WantedModel, besides| by_hash(&resources, wanted, besides);
        assert_eq!(find(&second, None), Some(other.clone()));
        assert_eq!(find(&second, Some(&other)), None);
        assert_eq!(find(&wanted(&models.join("third.txt")), None), None);
        assert_eq!(find(&WantedModel::named("one"), None), None);
        // Another content under the old name is another file.
        std::fs::write(&other, "22").unwrap();
        assert_eq!(find(&second, None), None);
        assert_eq!(find(&wanted(&other), None), Some(other));
    }
}
