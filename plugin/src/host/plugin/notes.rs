//! Notes as nice-plug tells them. Audio thread.

use nice_plug::midi::{Channel, Key, NoteEvent, VoiceID};

use crate::modulation::KeyEvent;

/// The note that an event is, and how many samples of the block lie before it; `None` for all that pads do not hear.
///
/// # Real-time safety
/// Arithmetic only.
pub(super) fn read(event: &NoteEvent<()>) -> Option<(usize, KeyEvent)> {
    let (timing, note) = match *event {
        NoteEvent::NoteOn {
            timing,
            voice_id,
            channel,
            key,
            velocity,
        } => {
            let note = KeyEvent::On {
                key: key.number()?,
                channel: channel.number().unwrap_or(0),
                id: voice_id.id(),
                velocity,
            };
            (timing, note)
        }
        NoteEvent::NoteOff {
            timing,
            voice_id,
            channel,
            key,
            velocity: _,
        }
        | NoteEvent::Choke {
            timing,
            voice_id,
            channel,
            key,
        } => (timing, ended(voice_id, channel, key)),
        _ => return None,
    };
    Some((timing as usize, note))
}

fn ended(voice: VoiceID, channel: Channel, key: Key) -> KeyEvent {
    KeyEvent::Off {
        key: key.number(),
        channel: channel.number(),
        id: voice.id(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_with_all_that_is_left_open() {
        let on = NoteEvent::NoteOn {
            timing: 7,
            voice_id: VoiceID::Wildcard,
            channel: Channel::Wildcard,
            key: Key::Number(36),
            velocity: 0.5,
        };
        let note = KeyEvent::On {
            key: 36,
            channel: 0,
            id: None,
            velocity: 0.5,
        };
        assert_eq!(read(&on), Some((7, note)));
        let choke = NoteEvent::Choke {
            timing: 0,
            voice_id: VoiceID::ID(3),
            channel: Channel::Wildcard,
            key: Key::Wildcard,
        };
        let note = KeyEvent::Off {
            key: None,
            channel: None,
            id: Some(3),
        };
        assert_eq!(read(&choke), Some((0, note)));
        let nothing = NoteEvent::NoteOn {
            timing: 0,
            voice_id: VoiceID::Wildcard,
            channel: Channel::Number(0),
            key: Key::Wildcard,
            velocity: 1.0,
        };
        assert_eq!(read(&nothing), None);
    }
}
