//! The modulators that an instance keeps: their text in a project, and what the audio thread takes of it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use netbend_models::Preset;
use netbend_models::bends::modulation::{Modulation, SOURCES, Source};
use netbend_models::error::PresetError;
use netbend_models::preset::MacroNames;
use nice_plug::params::persist::PersistentField;
use try_lock::TryLock;

/// Handle to one instance's modulators. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct ModulationStore(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    kept: Mutex<Kept>,
    /// What is kept, for the audio thread.
    current: TryLock<Modulation>,
    /// Counts what was kept since.
    version: AtomicU64,
    /// The sources' last values, as bits.
    values: [AtomicU32; SOURCES],
}

#[derive(Debug, Default)]
struct Kept {
    /// As preset YAML; empty where nothing moves.
    text: String,
    modulation: Modulation,
    names: MacroNames,
    /// Why the text is not understood, if it is not.
    wrong: Option<PresetError>,
}

/// What an audio thread has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Version(u64);

impl ModulationStore {
    /// As a project keeps it; empty where everything is as it is at first. Any thread but the audio thread, as in what follows.
    pub fn text(&self) -> String {
        self.kept().text.clone()
    }

    /// What moves by itself.
    pub fn modulation(&self) -> Modulation {
        self.kept().modulation
    }

    /// What moves by itself, for a preset.
    ///
    /// # Errors
    /// [`PresetError`] where a newer version wrote it.
    pub fn understood(&self) -> Result<Modulation, PresetError> {
        let kept = self.kept();
        match &kept.wrong {
            Some(wrong) => Err(wrong.clone()),
            None => Ok(kept.modulation),
        }
    }

    /// What the macros are called.
    pub fn names(&self) -> MacroNames {
        self.kept().names.clone()
    }

    /// Puts other modulators in place of those there are; names stay.
    pub fn replace(&self, modulation: Modulation) {
        self.replace_all(modulation, self.names());
    }

    /// Calls the macros something else.
    pub fn rename(&self, names: MacroNames) {
        self.replace_all(self.modulation(), names);
    }

    /// Puts other modulators and names in place of those there are.
    pub fn replace_all(&self, modulation: Modulation, names: MacroNames) {
        let text = match modulation == Modulation::default() && names.is_empty() {
            true => String::new(),
            false => {
                let mut preset = Preset::default();
                preset.modulation = modulation;
                preset.macro_names = names.clone();
                preset.to_yaml()
            }
        };
        self.keep(Kept {
            text,
            modulation,
            names,
            wrong: None,
        });
    }

    /// Puts those that a text says in place of those there are. One that is not understood is kept, and moves nothing.
    pub fn put_text(&self, text: String) {
        let kept = match Preset::from_yaml(&text, "modulators") {
            _ if text.is_empty() => Kept::default(),
            Ok(preset) => Kept {
                text,
                modulation: preset.modulation,
                names: preset.macro_names,
                wrong: None,
            },
            Err(wrong) => Kept {
                text,
                modulation: Modulation::default(),
                names: MacroNames::default(),
                wrong: Some(wrong),
            },
        };
        self.keep(kept);
    }

    /// The value of a source at the last hop, 0–1. For a GUI.
    pub fn shown(&self, source: Source) -> f32 {
        let value = self.0.values.get(source.index());
        value.map_or(0.0, |bits| f32::from_bits(bits.load(Ordering::Relaxed)))
    }

    /// Says the values of the sources.
    ///
    /// # Real-time safety
    /// Atomic stores.
    pub(super) fn show(&self, values: &[f32; SOURCES]) {
        for (own, value) in self.0.values.iter().zip(values) {
            own.store(value.to_bits(), Ordering::Relaxed);
        }
    }

    /// Takes what has changed since `version`. While it is being changed, what was taken before goes on.
    ///
    /// # Real-time safety
    /// Never allocates, locks, waits or panics.
    pub(super) fn update(&self, version: &mut Version, own: &mut Modulation) {
        let newest = Version(self.0.version.load(Ordering::Acquire));
        if *version != newest
            && let Some(current) = self.0.current.try_lock()
        {
            *own = *current;
            *version = newest;
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, new: Kept) {
        let mut kept = self.kept();
        // The audio thread holds it for no longer than a copy takes.
        loop {
            if let Some(mut current) = self.0.current.try_lock() {
                *current = new.modulation;
                break;
            }
            std::thread::yield_now();
        }
        self.0.version.fetch_add(1, Ordering::Release);
        *kept = new;
    }
}

impl PersistentField<'_, String> for ModulationStore {
    fn set(&self, text: String) {
        self.put_text(text);
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&String) -> R,
    {
        f(&self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netbend_models::bends::modulation::{Knob, Polarity, Route, Target};

    fn moving() -> Modulation {
        let mut modulation = Modulation::default();
        assert!(modulation.routes.put(Route {
            from: Source::Lfo(0),
            to: Target::new(Knob::Voice, 0).unwrap(),
            depth: 0.5,
            polarity: Polarity::Bipolar,
        }));
        modulation
    }

    #[test]
    fn modulators_are_kept_as_text_and_taken_once() {
        let store = ModulationStore::default();
        assert_eq!(store.text(), "");
        store.replace(moving());
        let text = store.text();
        let other = ModulationStore::default();
        other.put_text(text.clone());
        assert_eq!((other.modulation(), other.text()), (moving(), text));
        let (mut version, mut own) = (Version::default(), Modulation::default());
        other.update(&mut version, &mut own);
        assert_eq!((own, version), (moving(), Version(1)));
        let mut names = MacroNames::default();
        names.set(0, "Grit");
        other.rename(names.clone());
        assert_eq!(
            (other.modulation(), other.names()),
            (moving(), names.clone())
        );
        store.put_text(other.text());
        assert_eq!(store.names(), names);
        other.put_text(String::new());
        other.update(&mut version, &mut own);
        assert_eq!((own, version), (Modulation::default(), Version(3)));
        assert!(other.names().is_empty());
    }

    #[test]
    fn a_text_of_a_newer_version_is_kept_and_moves_nothing() {
        let store = ModulationStore::default();
        store.replace(moving());
        store.put_text("modulation: {lfo-9: {}}\n".to_owned());
        assert_eq!(store.modulation(), Modulation::default());
        assert!(store.understood().is_err());
        assert_eq!(store.text(), "modulation: {lfo-9: {}}\n");
    }
}
