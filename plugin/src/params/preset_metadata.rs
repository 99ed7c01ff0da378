//! What the preset that an instance loaded last says of itself, kept with the project, so that it can be saved again. Any thread but the
//! audio thread.

use std::sync::{Arc, Mutex, PoisonError};

use netbend_models::preset::Metadata;
use nice_plug::params::persist::PersistentField;

/// Handle to one instance's metadata. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct PresetMetadata(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    metadata: Metadata,
    /// The very text of a state, whatever a newer version wrote there.
    text: String,
}

impl PresetMetadata {
    /// What the preset says; nothing where there is none, or where a newer version wrote it.
    pub fn metadata(&self) -> Metadata {
        self.with(|kept| kept.metadata.clone())
    }

    /// Puts another preset's in place of what there is.
    pub fn replace(&self, metadata: Metadata) {
        self.with(|kept| {
            kept.text = metadata.to_yaml();
            kept.metadata = metadata;
        });
    }

    /// Does something with the preset's name, which is empty where it has none.
    pub fn with_name<R>(&self, work: impl FnOnce(&str) -> R) -> R {
        self.with(|kept| work(&kept.metadata.name))
    }

    fn with<R>(&self, work: impl FnOnce(&mut Kept) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl PersistentField<'_, String> for PresetMetadata {
    fn set(&self, text: String) {
        let metadata = Metadata::from_yaml(&text, "preset").unwrap_or_default();
        self.with(|kept| *kept = Kept { metadata, text });
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&String) -> R,
    {
        f(&self.with(|kept| kept.text.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_newer_version_wrote_is_kept() {
        let kept = PresetMetadata::default();
        for (text, name) in [
            ("name: Drift\n", "Drift"),
            ("name: Drift\nmood: blue\n", ""),
        ] {
            kept.set(text.to_owned());
            assert_eq!(kept.metadata().name, name);
            kept.map(|saved| assert_eq!(saved, text));
        }
        kept.replace(Metadata::default());
        kept.map(|saved| assert_eq!(saved, ""));
    }
}
