//! What pads come to at the end of a hop: slots that are held on, a sound that is held, oscillators and sequencers that were told to move.

use netbend_models::bends::modulation::{LFOS, SEQUENCERS};
use netbend_models::bends::pads::{PAD_SLOTS, PADS, PadAction, Pads};

use super::clock::Time;
use super::notes::{KeyEvent, Notes};

/// Pads that are pressed by hand, in the editor.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Hands {
    /// How hard each is held, 0–1; 0 where it is not.
    pub(crate) held: [f32; PADS],
    /// How often each was pressed in this hop.
    pub(crate) begun: [u32; PADS],
}

/// How often something was told to begin anew, and when that was last.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Begun {
    /// Counted from the stream's beginning.
    pub(crate) last: Option<Time>,
    pub(crate) count: i64,
}

impl Begun {
    fn again(&mut self, times: u32, now: Time) {
        if times > 0 {
            self.last = Some(now);
            self.count = self.count.wrapping_add(i64::from(times));
        }
    }
}

/// What pads and notes come to at the end of a hop.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Played {
    /// How far each slot is held on, 0–1 of its amount; 0 where no pad holds it.
    pub(crate) slots: [f32; PAD_SLOTS],
    /// Whether the sound is frozen.
    pub(crate) freezes: bool,
    /// Oscillators that pads began anew.
    pub(crate) lfos: [Begun; LFOS],
    /// Steps that pads took sequencers on.
    pub(crate) steps: [i64; SEQUENCERS],
    /// Notes that were played, whatever they do.
    pub(crate) notes: Begun,
    /// Pads that are held, a bit each.
    pub(crate) lit: u32,
}

/// Pads over time.
#[derive(Debug)]
pub(crate) struct PadPlayer {
    notes: Notes,
    played: Played,
}

impl PadPlayer {
    /// Nothing is played. Allocates.
    pub(crate) fn new() -> Self {
        Self {
            notes: Notes::new(),
            played: Played::default(),
        }
    }

    /// The stream begins anew, and all notes end.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics, as in all that follows.
    pub(crate) fn reset(&mut self) {
        self.notes.reset();
        self.played = Played::default();
    }

    /// A note is played at `sample` of the stream.
    pub(crate) fn push(&mut self, sample: i64, note: KeyEvent) {
        self.notes.push(sample, note);
    }

    /// The key that was played last, and how many have been played.
    pub(crate) fn last(&self) -> Option<(u8, u32)> {
        self.notes.last()
    }

    /// What all comes to at the end of the hop before `sample`, at that time since the stream's beginning.
    pub(crate) fn end_hop(
        &mut self,
        sample: i64,
        pads: &Pads,
        hands: &Hands,
        now: Time,
    ) -> &Played {
        self.notes.advance(sample);
        let Self { notes, played } = self;
        played.slots = [0.0; PAD_SLOTS];
        (played.freezes, played.lit) = (false, 0);
        let by_hand = hands.begun.iter().sum::<u32>();
        played
            .notes
            .again(notes.all_begun().saturating_add(by_hand), now);
        let hands = hands.held.iter().zip(&hands.begun);
        for (place, (pad, (held, begun))) in pads.0.iter().zip(hands).enumerate() {
            let velocity = notes.velocity(pad.note).max(*held);
            let begun = notes.begun(pad.note).saturating_add(*begun);
            let is_held = velocity > 0.0;
            played.lit |= u32::from(is_held) << place;
            match pad.action {
                PadAction::Slot(number) => {
                    let share = match (is_held, pad.velocity) {
                        (false, _) => 0.0,
                        (true, true) => velocity,
                        (true, false) => 1.0,
                    };
                    if let Some(own) = played.slots.get_mut(number) {
                        *own = own.max(share);
                    }
                }
                PadAction::Freeze => played.freezes |= is_held,
                PadAction::Lfo(number) => {
                    if let Some(own) = played.lfos.get_mut(number) {
                        own.again(begun, now);
                    }
                }
                PadAction::Lfos => played.lfos.iter_mut().for_each(|own| own.again(begun, now)),
                PadAction::Step(number) => {
                    if let Some(own) = played.steps.get_mut(number) {
                        *own = own.wrapping_add(i64::from(begun));
                    }
                }
            }
        }
        notes.end_hop();
        played
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netbend_models::bends::pads::Pad;

    fn on(key: u8, velocity: f32) -> KeyEvent {
        KeyEvent::On {
            key,
            channel: 9,
            id: None,
            velocity,
        }
    }

    fn off(key: u8) -> KeyEvent {
        KeyEvent::Off {
            key: Some(key),
            channel: Some(9),
            id: None,
        }
    }

    fn at(seconds: f64) -> Time {
        Time {
            beats: 2.0 * seconds,
            seconds,
        }
    }

    fn acting(actions: [PadAction; PADS]) -> Pads {
        let mut place = 0;
        Pads(actions.map(|action| {
            place += 1;
            Pad {
                action,
                ..Pad::at(place - 1)
            }
        }))
    }

    #[test]
    fn two_pads_hold_a_slot_until_both_are_let_go() {
        let mut pads = Pads::default();
        pads.0[1].action = PadAction::Slot(0);
        let mut player = PadPlayer::new();
        let mut hop = |sample: i64, notes: &[KeyEvent]| {
            for note in notes {
                player.push(sample - 1, *note);
            }
            *player.end_hop(sample, &pads, &Hands::default(), at(0.0))
        };
        assert_eq!(hop(256, &[on(36, 0.5)]).slots[0], 0.5);
        let both = hop(512, &[on(37, 0.75)]);
        assert_eq!((both.slots[0], both.lit), (0.75, 0b11));
        assert_eq!(hop(768, &[off(37)]).slots[0], 0.5);
        let none = hop(1_024, &[off(36)]);
        assert_eq!((none.slots, none.lit), ([0.0; PAD_SLOTS], 0));
    }

    #[test]
    fn a_pad_without_velocity_holds_its_slot_wholly() {
        let mut pads = Pads::default();
        pads.0[2].velocity = false;
        let mut player = PadPlayer::new();
        player.push(0, on(38, 0.01));
        let played = player.end_hop(256, &pads, &Hands::default(), at(0.0));
        assert_eq!(played.slots[2], 1.0);
    }

    #[test]
    fn others_freeze_begin_anew_and_step() {
        use PadAction::{Freeze, Lfo, Lfos, Slot, Step};
        let pads = acting([
            Freeze,
            Lfo(1),
            Lfos,
            Step(0),
            Step(1),
            Slot(7),
            Slot(0),
            Slot(0),
        ]);
        let mut player = PadPlayer::new();
        let none = Hands::default();
        player.push(0, on(36, 0.2));
        player.push(1, on(37, 1.0));
        player.push(2, on(39, 1.0));
        player.push(3, on(39, 1.0));
        let played = *player.end_hop(256, &pads, &none, at(1.0));
        assert!(played.freezes);
        let begun = |last: f64, count: i64| Begun {
            last: Some(at(last)),
            count,
        };
        assert_eq!(
            played.lfos,
            [Begun::default(), begun(1.0, 1), Begun::default()]
        );
        assert_eq!((played.steps, played.notes), ([2, 0], begun(1.0, 4)));
        player.push(300, on(38, 1.0));
        player.push(300, off(36));
        let played = *player.end_hop(512, &pads, &none, at(2.0));
        assert!(!played.freezes);
        assert_eq!(played.lfos, [begun(2.0, 1), begun(2.0, 2), begun(2.0, 1)]);
        assert_eq!(played.steps, [2, 0], "held pads step once");
        player.reset();
        let played = *player.end_hop(0, &pads, &none, at(0.0));
        assert_eq!(played, Played::default());
    }

    #[test]
    fn hands_play_pads_as_notes_do() {
        let mut hands = Hands::default();
        (hands.held[3], hands.begun[3]) = (0.5, 1);
        let mut player = PadPlayer::new();
        let played = player.end_hop(256, &Pads::default(), &hands, at(1.0));
        assert_eq!((played.slots[3], played.lit), (0.5, 0b1000));
        assert_eq!(played.notes.count, 1);
    }

    #[test]
    fn another_note_for_a_pad_that_is_held_leaves_nothing_hanging() {
        let mut pads = Pads::default();
        let mut player = PadPlayer::new();
        player.push(0, on(36, 1.0));
        let none = Hands::default();
        assert_eq!(player.end_hop(256, &pads, &none, at(0.0)).slots[0], 1.0);
        pads.0[0].note = 60;
        assert_eq!(player.end_hop(512, &pads, &none, at(0.0)).slots[0], 0.0);
        pads.0[0].note = 36;
        player.push(600, off(36));
        assert_eq!(player.end_hop(768, &pads, &none, at(0.0)).slots[0], 0.0);
    }
}
