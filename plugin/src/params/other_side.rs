//! The other one of two settings, A and B: the one that is not edited. It is kept with the project, and the morph goes to it and back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use nice_plug::params::persist::PersistentField;
use serde::Deserialize;

use super::part_names::PartNames;
use super::side::{Moment, Side};
use crate::stream::controls::Controls;

/// Settings that can be heard, and set to others.
pub(super) trait Settings: Send + Sync {
    /// Their values, for a model of so many parts; with the modulators that move them at that moment, or as they are set.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    fn heard(&self, parts: usize, moving: Option<(&mut Side, Moment<'_>)>) -> Controls;

    /// Sets them to what a state keeps; whether it could be read. Any thread but the audio thread.
    fn set_to(&self, text: &str, names: &PartNames) -> bool;
}

/// Handle to one instance's other side. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct OtherSide(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// What is set there, for the audio thread; made when there is another side for the first time.
    settings: OnceLock<Box<dyn Settings>>,
    is_there: AtomicBool,
    /// Whether B is edited.
    is_b: AtomicBool,
    /// As a state keeps it; empty where there is no other side.
    text: Mutex<String>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OtherSide")
            .field("is_there", &self.is_there)
            .field("is_b", &self.is_b)
            .finish_non_exhaustive()
    }
}

/// What is read of a state before its settings are.
#[derive(Deserialize)]
struct Head {
    is_b: bool,
}

impl OtherSide {
    /// Whether B is edited, and the other side is A.
    ///
    /// # Real-time safety
    /// One atomic load.
    pub fn is_b_edited(&self) -> bool {
        self.0.is_b.load(Ordering::Relaxed)
    }

    /// Says which is edited.
    pub(super) fn set_b_edited(&self, is_b: bool) {
        self.0.is_b.store(is_b, Ordering::Relaxed);
    }

    /// What is set there and how far the morph, 0 = A … 1 = B, goes to it; `None` where there is no other side.
    ///
    /// # Real-time safety
    /// Atomic loads.
    pub(super) fn share(&self, morph: f32) -> Option<(&dyn Settings, f32)> {
        if !self.0.is_there.load(Ordering::Acquire) {
            return None;
        }
        let share = if self.is_b_edited() {
            1.0 - morph
        } else {
            morph
        };
        let settings = self.0.settings.get().filter(|_| share > 0.0)?;
        Some((settings.as_ref(), share))
    }

    /// As a state keeps it; empty where there is none.
    pub(super) fn text(&self) -> String {
        self.0
            .text
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps another text, and lets the audio thread hear it; `new` makes settings to hear. Any thread but the audio thread.
    pub(super) fn put(
        &self,
        text: String,
        names: &PartNames,
        new: impl FnOnce() -> Box<dyn Settings>,
    ) {
        let is_there = !text.is_empty() && self.0.settings.get_or_init(new).set_to(&text, names);
        self.0.is_there.store(is_there, Ordering::Release);
        *self.0.text.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }
}

impl PersistentField<'_, String> for OtherSide {
    /// The text is heard once it is [put](Self::put).
    fn set(&self, text: String) {
        let head = serde_json::from_str::<Head>(&text);
        self.set_b_edited(head.is_ok_and(|head| head.is_b));
        self.0.is_there.store(false, Ordering::Release);
        *self.0.text.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&String) -> R,
    {
        f(&self.text())
    }
}
