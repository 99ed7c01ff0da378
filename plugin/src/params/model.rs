//! Which model a project plays: its name, and the hash of the file that bore that name. Any thread but the audio thread.
//!
//! A project that has no hash yet takes that of the file it is played with, or else of the one that has the name when it is saved; from
//! then on it keeps it, whatever lies under the name, until the user chooses another.

use std::sync::{Arc, Mutex, PoisonError};

use nice_plug::params::persist::PersistentField;

use super::part_names::PartNames;
use crate::resources::hashes;

/// Handle to one instance's model: name and hash. Clones are the same model.
#[derive(Debug, Clone, Default)]
pub struct ModelHash {
    name: Arc<Mutex<String>>,
    sha256: Arc<Mutex<String>>,
}

/// The model that an engine is to play.
#[derive(Debug, Clone, Default)]
pub struct WantedModel {
    /// Its name.
    pub name: String,
    /// SHA-256 of its file in lower-case hexadecimal; empty where any file of that name will do.
    pub sha256: String,
    /// Where the hash of the file is kept that was played, if anywhere.
    pub hash: Option<ModelHash>,
    /// Where the names of its parts are kept, if anywhere.
    pub parts: Option<PartNames>,
}

impl ModelHash {
    /// The hash that belongs to the model called `name`, whoever changes that name.
    pub(super) fn of(name: Arc<Mutex<String>>) -> Self {
        Self {
            name,
            sha256: Arc::default(),
        }
    }

    /// The hash; empty where any file of the name will do.
    pub fn text(&self) -> String {
        self.sha256
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The hash to save: where there is none yet, that of the file that has the name now.
    pub fn saved(&self) -> String {
        let kept = self.text();
        if !kept.is_empty() {
            return kept;
        }
        let name = self
            .name
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        hashes::of_model(&name).unwrap_or_default()
    }

    /// Puts another hash in place of the one there is; empty for any.
    pub fn replace(&self, sha256: String) {
        *self.sha256.lock().unwrap_or_else(PoisonError::into_inner) = sha256;
    }

    /// Keeps the hash of the file that is played as model `name`, where there is none yet and that is still the model.
    pub(crate) fn adopt(&self, name: &str, sha256: &str) {
        let current = self.name.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = self.sha256.lock().unwrap_or_else(PoisonError::into_inner);
        if *current == name && kept.is_empty() {
            sha256.clone_into(&mut kept);
        }
    }
}

impl WantedModel {
    /// Whichever file bears the name.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

impl From<String> for WantedModel {
    fn from(name: String) -> Self {
        Self::named(name)
    }
}

impl From<&str> for WantedModel {
    fn from(name: &str) -> Self {
        Self::named(name)
    }
}

impl PersistentField<'_, String> for ModelHash {
    fn set(&self, sha256: String) {
        self.replace(sha256);
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&String) -> R,
    {
        f(&self.saved())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_file_played_under_the_name_is_adopted() {
        let name = Arc::new(Mutex::new("drums".to_owned()));
        let hash = ModelHash::of(Arc::clone(&name));
        hash.adopt("other", "11");
        assert_eq!(hash.text(), "");
        hash.adopt("drums", "22");
        hash.adopt("drums", "33");
        assert_eq!(hash.text(), "22");
        hash.replace("44".to_owned());
        assert_eq!(hash.text(), "44");
    }
}
