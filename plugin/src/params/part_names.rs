//! What the parts of the model that plays are called: texts that hosts show, and presets, go by them.
//!
//! A handle shared by the parameters and whoever loads their model. Any thread but the audio thread: there, parts are numbers
//! and only their [count](PartNames::count) is read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use netbend_dsp::number::low_bits;
use netbend_models::bends::part_name::{MOST_PARTS, PartName};

/// Handle to the names. Clones are the same names; there are none before a model is loaded, and where it has no parts.
#[derive(Debug, Clone, Default)]
pub struct PartNames(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    names: Mutex<Vec<PartName>>,
    /// How many there are, for the audio thread.
    count: AtomicUsize,
}

impl PartNames {
    /// Puts those of another model in place of the names there are.
    pub fn replace(&self, names: impl IntoIterator<Item = PartName>) {
        let mut known = self.0.names.lock().unwrap_or_else(PoisonError::into_inner);
        known.clear();
        known.extend(names.into_iter().take(MOST_PARTS));
        self.0.count.store(known.len(), Ordering::Relaxed);
    }

    /// The name of part `number`, counted from 1.
    pub fn name(&self, number: i32) -> Option<PartName> {
        let place = usize::try_from(number).ok()?.checked_sub(1)?;
        let known = self.0.names.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(place).copied()
    }

    /// The number of the part that `text` names in whatever case, counted from 1.
    pub fn number(&self, text: &str) -> Option<i32> {
        let known = self.0.names.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known.iter().position(|name| name.is_said_by(text))?;
        Some(low_bits::<i32>(place + 1))
    }

    /// How many there are.
    ///
    /// # Real-time safety
    /// One atomic load.
    pub fn count(&self) -> usize {
        self.0.count.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbered_from_1_and_found_by_name() {
        let names = PartNames::default();
        assert_eq!(
            (names.name(1), names.number("hats"), names.count()),
            (None, None, 0)
        );
        names.replace(["kick", "hats"].into_iter().filter_map(PartName::new));
        assert_eq!(names.name(2), PartName::new("hats"));
        assert_eq!(
            (names.number(" HATS "), names.number("tones")),
            (Some(2), None)
        );
        assert_eq!(
            (names.name(0), names.name(-1), names.name(3)),
            (None, None, None)
        );
        names.clone().replace([]);
        assert_eq!(names.count(), 0);
    }
}
