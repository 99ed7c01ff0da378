//! The other one of two settings, A and B: the one that is not edited. It is kept with the project, and the morph goes to it and back.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use nice_plug::params::persist::PersistentField;
use serde::{Deserialize, Serialize};

use super::NetbendParams;
use super::part_names::PartNames;
use super::snapshot::{Positions, Snapshot};

/// Handle to one instance's other side. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct OtherSide(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// What is set there, for the audio thread; made when there is another side for the first time.
    params: OnceLock<Box<NetbendParams>>,
    is_there: AtomicBool,
    /// Whether B is edited.
    is_b: AtomicBool,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    snapshot: Option<Snapshot>,
    /// The very text of a state, whatever a newer version wrote there.
    text: String,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OtherSide")
            .field("is_there", &self.is_there)
            .field("is_b", &self.is_b)
            .finish_non_exhaustive()
    }
}

/// As a state keeps it.
#[derive(Serialize, Deserialize)]
struct Saved {
    is_b: bool,
    #[serde(flatten)]
    positions: Positions,
}

impl OtherSide {
    /// Whether B is edited, and the other side is A.
    ///
    /// # Real-time safety
    /// One atomic load.
    pub fn is_b_edited(&self) -> bool {
        self.0.is_b.load(Ordering::Relaxed)
    }

    /// What is set there and how far the morph, 0 = A … 1 = B, goes to it; `None` where there is no other side.
    ///
    /// # Real-time safety
    /// Atomic loads.
    pub(super) fn heard(&self, morph: f32) -> Option<(&NetbendParams, f32)> {
        if !self.0.is_there.load(Ordering::Acquire) {
            return None;
        }
        let share = if self.is_b_edited() {
            1.0 - morph
        } else {
            morph
        };
        Some((self.0.params.get()?, share))
    }

    /// What is set there; `None` where it was never another than what is edited. Any thread but the audio thread.
    pub(crate) fn snapshot(&self) -> Option<Snapshot> {
        self.kept(|kept| kept.snapshot.clone())
    }

    /// Changes sides: what is edited `now` becomes the other one. What was there, where there was something. Any thread but the audio thread.
    pub(crate) fn change(&self, now: Snapshot, names: &PartNames) -> Option<Snapshot> {
        let before = self.snapshot();
        self.0.is_b.fetch_xor(true, Ordering::Relaxed);
        self.put(Some(now), names);
        before
    }

    /// Makes the other side what is edited `now`. Any thread but the audio thread.
    pub(crate) fn copy(&self, now: Snapshot, names: &PartNames) {
        self.put(Some(now), names);
    }

    fn put(&self, snapshot: Option<Snapshot>, names: &PartNames) {
        let text = snapshot.as_ref().map_or(String::new(), |snapshot| {
            let saved = Saved {
                is_b: self.is_b_edited(),
                positions: snapshot.positions(),
            };
            serde_json::to_string(&saved).unwrap_or_default()
        });
        self.play(snapshot.as_ref(), names);
        self.kept(|kept| *kept = Kept { snapshot, text });
    }

    /// Lets the audio thread have it.
    fn play(&self, snapshot: Option<&Snapshot>, names: &PartNames) {
        match snapshot {
            Some(snapshot) => {
                let params = self.0.params.get_or_init(Box::default);
                snapshot.set_on(params, names);
                self.0.is_there.store(true, Ordering::Release);
            }
            None => self.0.is_there.store(false, Ordering::Release),
        }
    }

    fn kept<R>(&self, work: impl FnOnce(&mut Kept) -> R) -> R {
        work(&mut self.0.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl PersistentField<'_, String> for OtherSide {
    fn set(&self, text: String) {
        let saved = serde_json::from_str::<Saved>(&text).ok();
        let is_b = saved.as_ref().is_some_and(|saved| saved.is_b);
        let snapshot = saved.map(|saved| Snapshot::of_positions(&saved.positions));
        self.0.is_b.store(is_b, Ordering::Relaxed);
        self.play(snapshot.as_ref(), &PartNames::default());
        self.kept(|kept| *kept = Kept { snapshot, text });
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&String) -> R,
    {
        f(&self.kept(|kept| kept.text.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::preset::set;

    #[test]
    fn what_is_on_the_other_side_is_kept_with_a_project() {
        let params = NetbendParams::default();
        set(&params.mix, 0.25);
        let names = PartNames::default();
        assert!(params.other.change(Snapshot::of(&params), &names).is_none());
        assert!(params.other.is_b_edited());
        set(&params.mix, 0.75);
        let text = params.other.map(String::clone);
        let reopened = OtherSide::default();
        reopened.set(text.clone());
        assert_eq!(reopened.map(String::clone), text);
        assert!(reopened.is_b_edited());
        let (other, share) = reopened.heard(0.9).unwrap();
        assert!((other.mix.value() - 0.25).abs() < 1e-6 && (share - 0.1).abs() < 1e-6);
        let nothing = OtherSide::default();
        nothing.set("written by a newer version".to_owned());
        assert!(nothing.heard(1.0).is_none());
        assert_eq!(nothing.map(String::clone), "written by a newer version");
    }

    #[test]
    fn the_morph_goes_from_a_to_b_whichever_is_edited() {
        let params = NetbendParams::default();
        let names = PartNames::default();
        set(&params.voice.voice, 0.2);
        let _ = params.other.change(Snapshot::of(&params), &names);
        set(&params.voice.voice, 0.8);
        for (morph, voice) in [(0.0, 0.2), (0.5, 0.5), (1.0, 0.8)] {
            set(&params.morph, morph);
            assert!((params.controls().voice - voice).abs() < 1e-5, "{morph}");
        }
    }
}
