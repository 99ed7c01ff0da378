//! How far every target is moved, when that is, and what pads hold meanwhile.

use netbend_models::bends::modulation::{Knob, MOST_PLACES, Routes, SOURCES};
use netbend_models::bends::pads::PAD_SLOTS;

use super::pads::Played;

/// Of each knob's way, −1 to 1 and beyond where several routes meet; the song's time, with which selections drift; and what pads hold on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Offsets {
    rows: [[f32; MOST_PLACES]; Knob::ALL.len()],
    seconds: f64,
    slots: [f32; PAD_SLOTS],
    freezes: bool,
}

impl Default for Offsets {
    fn default() -> Self {
        Self {
            rows: [[0.0; MOST_PLACES]; Knob::ALL.len()],
            seconds: 0.0,
            slots: [0.0; PAD_SLOTS],
            freezes: false,
        }
    }
}

impl Offsets {
    /// What routes make of the values of sources.
    pub(crate) fn of(routes: &Routes, values: &[f32; SOURCES]) -> Self {
        let mut offsets = Self::default();
        for route in routes.iter() {
            let value = values.get(route.from.index()).copied().unwrap_or(0.0);
            let row = offsets.rows.get_mut(route.to.knob() as usize);
            if let Some(own) = row.and_then(|row| row.get_mut(route.to.place())) {
                *own += route.offset(value);
            }
        }
        offsets
    }

    /// These at a time of the song.
    pub(crate) fn after(self, seconds: f64) -> Self {
        Self { seconds, ..self }
    }

    /// These while pads are played like that.
    pub(crate) fn with_pads(self, played: &Played) -> Self {
        Self {
            slots: played.slots,
            freezes: played.freezes,
            ..self
        }
    }

    /// How far pads hold the slot at `place` on, counted from 0: 0–1 of its amount.
    pub(crate) fn held(&self, place: usize) -> f32 {
        self.slots.get(place).copied().unwrap_or(0.0)
    }

    /// Whether a pad freezes the sound.
    pub(crate) fn freezes(&self) -> bool {
        self.freezes
    }

    /// The song's time in seconds.
    pub(crate) fn seconds(&self) -> f64 {
        self.seconds
    }

    /// How far the knob at `place`, counted from 0, is moved.
    pub(crate) fn at(&self, knob: Knob, place: usize) -> f32 {
        let row = self.rows.get(knob as usize);
        row.and_then(|row| row.get(place)).copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netbend_models::bends::modulation::{Polarity, Route, Source, Target};

    #[test]
    fn routes_to_one_target_add_up() {
        let mut routes = Routes::default();
        let to = Target::new(Knob::SlotAmount, 2).unwrap();
        for (from, depth) in [(Source::Lfo(1), 0.5), (Source::Macro(7), -0.25)] {
            assert!(routes.put(Route {
                from,
                to,
                depth,
                polarity: Polarity::Unipolar,
            }));
        }
        let mut values = [0.0; SOURCES];
        values[Source::Lfo(1).index()] = 1.0;
        values[Source::Macro(7).index()] = 0.5;
        let offsets = Offsets::of(&routes, &values);
        assert_eq!(offsets.at(Knob::SlotAmount, 2), 0.375);
        assert_eq!(offsets.at(Knob::SlotAmount, 1), 0.0);
        assert_eq!(Offsets::of(&Routes::default(), &values), Offsets::default());
    }
}
