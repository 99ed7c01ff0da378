//! The pads that an instance keeps: their text in a project, what the audio thread reads of them, and what hands do.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use netbend_dsp::number::low_bits;
use netbend_models::Preset;
use netbend_models::bends::pads::{PADS, Pad, PadAction, Pads};
use netbend_models::error::PresetError;
use nice_plug::params::persist::PersistentField;

use crate::modulation::Hands;

/// Handle to one instance's pads. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct PadStore(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    kept: Mutex<Kept>,
    /// What is kept, for the audio thread: each as [`packed`].
    current: [AtomicU32; PADS],
    /// How hard each is held by hand, as bits.
    held: [AtomicU32; PADS],
    /// How often each was pressed by hand.
    pressed: [AtomicU32; PADS],
    /// Pads that are held, a bit each.
    lit: AtomicU32,
    /// How many notes were played, above the key of the last one.
    heard: AtomicU64,
}

impl Default for Shared {
    fn default() -> Self {
        let Pads(pads) = Pads::default();
        Self {
            kept: Mutex::default(),
            current: pads.map(|pad| AtomicU32::new(packed(pad))),
            held: Default::default(),
            pressed: Default::default(),
            lit: AtomicU32::new(0),
            heard: AtomicU64::new(0),
        }
    }
}

#[derive(Debug, Default)]
struct Kept {
    /// As preset YAML; empty where nothing differs from the default.
    text: String,
    pads: Pads,
    /// Why the text is not understood, if it is not.
    wrong: Option<PresetError>,
}

/// What an audio thread has seen of the hands: nothing at first, and what was done before that is nothing new.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen(Option<[u32; PADS]>);

/// A pad that holds a slot on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// Its place among all.
    pub pad: usize,
    /// Whether the slot's amount is how hard it was pressed.
    pub velocity: bool,
}

impl PadStore {
    /// As a project keeps them; empty where all are as they are at first. Any thread but the audio thread, as in what follows.
    pub fn text(&self) -> String {
        self.kept().text.clone()
    }

    /// What notes do.
    pub fn pads(&self) -> Pads {
        self.kept().pads
    }

    /// What notes do, for a preset; `None` where all is as at first.
    ///
    /// # Errors
    /// [`PresetError`] where a newer version wrote it.
    pub fn understood(&self) -> Result<Option<Pads>, PresetError> {
        let kept = self.kept();
        match &kept.wrong {
            Some(wrong) => Err(wrong.clone()),
            None => Ok(Some(kept.pads).filter(|pads| *pads != Pads::default())),
        }
    }

    /// Puts other pads in place of those there are.
    pub fn replace(&self, pads: Pads) {
        let text = match pads == Pads::default() {
            true => String::new(),
            false => {
                let mut preset = Preset::default();
                preset.pads = Some(pads);
                preset.to_yaml()
            }
        };
        self.keep(Kept {
            text,
            pads,
            wrong: None,
        });
    }

    /// Puts those that a text says in place of those there are. One that is not understood is kept, and pads are as at first.
    pub fn put_text(&self, text: String) {
        let kept = match Preset::from_yaml(&text, "pads") {
            _ if text.is_empty() => Kept::default(),
            Ok(preset) => Kept {
                text,
                pads: preset.pads.unwrap_or_default(),
                wrong: None,
            },
            Err(wrong) => Kept {
                text,
                pads: Pads::default(),
                wrong: Some(wrong),
            },
        };
        self.keep(kept);
    }

    /// Presses the pad at `place` by hand, 0–1 hard, or lets go of it at 0. It acts in what plays live, at the end of the hop.
    pub fn press(&self, place: usize, velocity: f32) {
        let (Some(held), Some(pressed)) = (self.0.held.get(place), self.0.pressed.get(place))
        else {
            return;
        };
        let velocity = if velocity > 0.0 {
            velocity.min(1.0)
        } else {
            0.0
        };
        held.store(velocity.to_bits(), Ordering::Relaxed);
        if velocity > 0.0 {
            pressed.fetch_add(1, Ordering::Release);
        }
    }

    /// No hand holds any pad.
    pub fn let_go(&self) {
        (0..PADS).for_each(|place| self.press(place, 0.0));
    }

    /// Whether the pad at `place` was held at the last hop.
    pub fn is_lit(&self, place: usize) -> bool {
        self.0.lit.load(Ordering::Relaxed) >> place.min(31) & 1 == 1
    }

    /// The pad that held the slot of that number on at the last hop, if one did; of several, the first.
    pub fn holds(&self, slot: usize) -> Option<Holding> {
        if self.0.lit.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let Pads(pads) = self.pads();
        let holds = |&(place, pad): &(usize, Pad)| {
            pad.action == PadAction::Slot(slot) && self.is_lit(place)
        };
        let (pad, held) = pads.into_iter().enumerate().find(holds)?;
        Some(Holding {
            pad,
            velocity: held.velocity,
        })
    }

    /// The key that was played last, and how many have been played.
    pub fn heard(&self) -> (u8, u32) {
        let heard = self.0.heard.load(Ordering::Relaxed);
        (low_bits::<u8>(heard & 0x7f), low_bits::<u32>(heard >> 8))
    }

    /// What notes do.
    ///
    /// # Real-time safety
    /// Atomic loads, as in what follows.
    pub(super) fn current(&self) -> Pads {
        let current = &self.0.current;
        Pads(std::array::from_fn(|place| {
            unpacked(current[place].load(Ordering::Relaxed), place)
        }))
    }

    /// What hands do since `seen`.
    pub(super) fn hands(&self, seen: &mut Seen) -> Hands {
        let mut hands = Hands::default();
        let all = self.0.pressed.each_ref();
        let all = all.map(|pressed| pressed.load(Ordering::Acquire));
        let before = seen.0.replace(all).unwrap_or(all);
        for place in 0..PADS {
            let begun = all[place].wrapping_sub(before[place]);
            let held = f32::from_bits(self.0.held[place].load(Ordering::Relaxed));
            hands.begun[place] = begun;
            // What was let go within a hop is heard for one.
            hands.held[place] = match begun {
                1.. if held == 0.0 => 1.0,
                _ => held,
            };
        }
        hands
    }

    /// Says what is held and what was played last.
    pub(super) fn show(&self, lit: u32, last: Option<(u8, u32)>) {
        self.0.lit.store(lit, Ordering::Relaxed);
        if let Some((key, count)) = last {
            let heard = u64::from(count) << 8 | u64::from(key);
            self.0.heard.store(heard, Ordering::Relaxed);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, new: Kept) {
        let mut kept = self.kept();
        for (own, pad) in self.0.current.iter().zip(new.pads.0) {
            own.store(packed(pad), Ordering::Relaxed);
        }
        *kept = new;
    }
}

/// A pad as one number, so that it is read in one go: note, velocity, and the action by its place among all.
fn packed(pad: Pad) -> u32 {
    let action = PadAction::all().zip(0_u32..);
    let action = action
        .into_iter()
        .find(|(action, _)| *action == pad.action)
        .map_or(0, |(_, place)| place);
    u32::from(pad.note) | u32::from(pad.velocity) << 8 | action << 16
}

fn unpacked(number: u32, place: usize) -> Pad {
    let action = PadAction::all().nth((number >> 16) as usize);
    Pad {
        note: low_bits::<u8>(number & 0x7f),
        action: action.unwrap_or(Pad::at(place).action),
        velocity: number >> 8 & 1 == 1,
    }
}

impl PersistentField<'_, String> for PadStore {
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

    fn learned() -> Pads {
        let mut pads = Pads::default();
        pads.0[0].note = 127;
        pads.0[3].action = PadAction::Step(1);
        pads.0[5].velocity = false;
        pads
    }

    #[test]
    fn pads_are_kept_as_text_and_read_by_the_audio_thread() {
        let store = PadStore::default();
        assert_eq!(
            (store.text(), store.current()),
            (String::new(), Pads::default())
        );
        assert_eq!(store.understood(), Ok(None));
        store.replace(learned());
        let other = PadStore::default();
        other.put_text(store.text());
        for store in [&store, &other] {
            assert_eq!((store.pads(), store.current()), (learned(), learned()));
            assert_eq!(store.understood(), Ok(Some(learned())));
        }
        for action in PadAction::all() {
            let pad = Pad {
                action,
                ..Pad::at(2)
            };
            assert_eq!(unpacked(packed(pad), 2), pad);
        }
        other.put_text(String::new());
        assert_eq!(other.current(), Pads::default());
    }

    #[test]
    fn a_text_of_a_newer_version_is_kept_and_pads_are_as_at_first() {
        let store = PadStore::default();
        store.replace(learned());
        store.put_text("pads: {pad-9: {}}\n".to_owned());
        assert_eq!(
            (store.pads(), store.current()),
            (Pads::default(), Pads::default())
        );
        assert!(store.understood().is_err());
        assert_eq!(store.text(), "pads: {pad-9: {}}\n");
    }

    #[test]
    fn hands_hold_a_pad_and_a_short_press_is_heard_for_a_hop() {
        let store = PadStore::default();
        let mut seen = Seen::default();
        assert_eq!(store.hands(&mut seen), Hands::default());
        store.press(2, 0.5);
        let hands = store.hands(&mut seen);
        assert_eq!((hands.held[2], hands.begun[2]), (0.5, 1));
        let hands = store.hands(&mut seen);
        assert_eq!((hands.held[2], hands.begun[2]), (0.5, 0));
        store.press(2, 0.0);
        assert_eq!(store.hands(&mut seen), Hands::default());
        store.press(7, 0.25);
        store.press(7, 0.0);
        let hands = store.hands(&mut seen);
        assert_eq!((hands.held[7], hands.begun[7]), (1.0, 1));
        assert_eq!(store.hands(&mut seen), Hands::default());
        store.press(8, 1.0);
        store.press(1, f32::NAN);
        assert_eq!(store.hands(&mut seen), Hands::default());
        store.press(0, 1.0);
        store.press(0, 0.0);
        assert_eq!(store.hands(&mut Seen::default()), Hands::default());
    }

    #[test]
    fn what_is_held_and_what_was_played_last_is_shown() {
        let store = PadStore::default();
        store.show(0b101, Some((64, 3)));
        assert_eq!(
            [0, 1, 2, 40].map(|place| store.is_lit(place)),
            [true, false, true, false]
        );
        assert_eq!(store.heard(), (64, 3));
        store.show(0, None);
        assert_eq!(store.heard(), (64, 3));
    }

    #[test]
    fn the_pad_that_holds_a_slot_is_named() {
        let store = PadStore::default();
        let mut pads = store.pads();
        pads.0[2].action = PadAction::Slot(6);
        pads.0[2].velocity = false;
        pads.0[5].action = PadAction::Slot(6);
        store.replace(pads);
        assert_eq!(store.holds(6), None, "no pad is held");
        store.show(1 << 5, None);
        let held = |pad, velocity| Some(Holding { pad, velocity });
        assert_eq!(store.holds(6), held(5, true));
        store.show(1 << 5 | 1 << 2, None);
        assert_eq!(store.holds(6), held(2, false), "the first of both");
        assert_eq!(store.holds(5), None, "that pad holds another");
    }
}
