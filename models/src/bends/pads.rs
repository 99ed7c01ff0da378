//! Pads: what notes do while they are held, or when they begin.
//!
//! Plain data of a fixed size, so that an audio thread can have a copy of its own.

use super::modulation::{LFOS, SEQUENCERS};

/// Pads.
pub const PADS: usize = 8;
/// Slots that a pad may hold on.
pub const PAD_SLOTS: usize = 8;
/// The note of the first pad where nothing else is said: the lowest of a drum pad, C1 where middle C is C3. The others follow it.
pub const FIRST_NOTE: u8 = 36;
/// The highest note.
pub const HIGHEST_NOTE: u8 = 127;

/// What a pad does. Those of a kind count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PadAction {
    /// A slot is on while the pad is held.
    Slot(usize),
    /// An oscillator begins anew.
    Lfo(usize),
    /// All oscillators begin anew.
    Lfos,
    /// The sound is frozen while the pad is held.
    Freeze,
    /// A sequencer goes one step on.
    Step(usize),
}

impl PadAction {
    /// Everything that a pad can do, in the order of menus.
    pub fn all() -> impl Iterator<Item = Self> {
        let slots = (0..PAD_SLOTS).map(Self::Slot);
        let lfos = (0..LFOS).map(Self::Lfo);
        let steps = (0..SEQUENCERS).map(Self::Step);
        slots
            .chain([Self::Freeze])
            .chain(lfos)
            .chain([Self::Lfos])
            .chain(steps)
    }

    /// The name presets use: `slot-1` to `slot-8`, `freeze`, `lfo-1` to `lfo-3`, `lfos`, `step-1`, `step-2`.
    pub fn name(self) -> String {
        let numbered = |kind: &str, number: usize| format!("{kind}-{}", number + 1);
        match self {
            Self::Slot(number) => numbered("slot", number),
            Self::Lfo(number) => numbered("lfo", number),
            Self::Lfos => "lfos".to_owned(),
            Self::Freeze => "freeze".to_owned(),
            Self::Step(number) => numbered("step", number),
        }
    }

    /// The one called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|action| action.name() == name)
    }
}

/// One pad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pad {
    /// The note that plays it, on any channel; up to [`HIGHEST_NOTE`].
    pub note: u8,
    /// What it does.
    pub action: PadAction,
    /// Whether a slot's amount is scaled by how hard the note is played; else it is whole.
    pub velocity: bool,
}

impl Pad {
    /// The pad at `place`, counted from 0, where nothing is said of it: it holds the slot of the same number.
    ///
    /// # Real-time safety
    /// Arithmetic only.
    pub fn at(place: usize) -> Self {
        let place = place.min(PADS - 1);
        let above = u8::try_from(place).unwrap_or(0);
        Self {
            note: FIRST_NOTE + above,
            action: PadAction::Slot(place),
            velocity: true,
        }
    }
}

/// All pads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pads(pub [Pad; PADS]);

impl Default for Pads {
    fn default() -> Self {
        Self(std::array::from_fn(Pad::at))
    }
}

impl Pads {
    /// These by their notes, each doing what it does where nothing is said: notes belong to whoever plays, what they do to what is played.
    pub fn with_usual_actions(self) -> Self {
        let mut usual = Self::default();
        for (own, pad) in usual.0.iter_mut().zip(self.0) {
            own.note = pad.note;
        }
        usual
    }
}

/// A note's name, as most hosts write it: 60 is C3.
pub fn note_name(note: u8) -> String {
    const NAMES: [&str; 12] = [
        "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B",
    ];
    let name = NAMES
        .get(usize::from(note % 12))
        .copied()
        .unwrap_or_default();
    format!("{name}{}", i16::from(note / 12) - 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_go_by_their_names() {
        for action in PadAction::all() {
            assert_eq!(PadAction::from_name(&action.name()), Some(action));
        }
        assert_eq!(PadAction::all().count(), 15);
        assert_eq!(PadAction::Slot(7).name(), "slot-8");
        for unknown in ["slot-9", "slot-0", "lfo-4", "step-3", "", "Slot-1"] {
            assert_eq!(PadAction::from_name(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn pads_hold_the_slots_of_their_numbers_by_the_lowest_row_of_a_drum_pad() {
        let Pads(pads) = Pads::default();
        for (place, pad) in pads.iter().enumerate() {
            assert_eq!(usize::from(pad.note), 36 + place);
            assert_eq!(pad.action, PadAction::Slot(place));
            assert!(pad.velocity);
        }
        assert_eq!(Pad::at(usize::MAX), pads[7]);
    }

    #[test]
    fn notes_have_the_names_that_hosts_write() {
        let names = [0, 36, 43, 60, 61, 127].map(note_name);
        assert_eq!(names, ["C-2", "C1", "G1", "C3", "C#3", "G8"]);
    }
}
