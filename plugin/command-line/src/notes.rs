//! `--notes FILE.mid`: the notes of a standard MIDI file, as a host would play them.
//!
//! All tracks and channels are played at once. The file's own tempi say when, or `--tempo` where it has none. Controllers that end all notes
//! do so; what else there is counts for nothing.

use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use midly::{Format, Header, MetaMessage, MidiMessage, Timing, TrackEventKind, TrackIter};
use netbend::offline::KeyEvent;
use netbend_dsp::number::{cut, nearest_f64};
use netbend_models::bends::pads::{Pads, note_name};

/// A longer file is none that anybody plays.
const MOST_BYTES: u64 = 16 << 20;
/// More than anybody plays.
const MOST_NOTES: usize = 1_000_000;
const MICROSECONDS: f64 = 1e6;
const MICROSECONDS_A_MINUTE: f64 = 6e7;
/// Controllers that end all notes of a channel: all sound off, all notes off.
const ENDING: [u8; 2] = [120, 123];

/// Notes and the seconds at which they are played, in order.
#[derive(Debug, Default, PartialEq)]
pub struct Notes(Vec<(f64, KeyEvent)>);

/// What is read of a track.
enum Heard {
    /// Microseconds a quarter note.
    Tempo(u32),
    Note(KeyEvent),
}

impl Notes {
    /// Reads a file, at `tempo` beats per minute where it says none.
    pub(super) fn read(path: &Path, tempo: f64) -> Result<Self> {
        let named = || path.display().to_string();
        let bytes = fs::metadata(path).with_context(named)?.len();
        ensure!(
            bytes <= MOST_BYTES,
            "{}: {bytes} bytes found; expected a MIDI file of {MOST_BYTES} at most",
            named()
        );
        let bytes = fs::read(path).with_context(named)?;
        Self::parse(&bytes, tempo).with_context(named)
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(bytes: &[u8], tempo: f64) -> Result<Self> {
        let (header, tracks) = midly::parse(bytes).map_err(|error| {
            anyhow!("this is no standard MIDI file ({error}); expected one that begins with MThd")
        })?;
        ensure!(
            header.format != Format::Sequential,
            "a MIDI file of format 2 found, whose tracks have no time in common; expected format 0 or 1"
        );
        let (heard, count) = heard(tracks)?;
        ensure!(count > 0, "no track found; expected one with notes");
        let notes = timed(&header, heard, tempo)?;
        ensure!(!notes.is_empty(), "no notes found; expected some to play");
        Ok(Self(notes))
    }

    /// What is worth a word: notes behind the sound, which is so many seconds long, and notes that play no pad.
    pub(super) fn remarks(&self, seconds: f64, pads: &Pads) -> Vec<String> {
        let mut said = Vec::new();
        let begun = self.0.iter().filter_map(|(at, note)| match note {
            KeyEvent::On { key, .. } => Some((*at, *key)),
            KeyEvent::Off { .. } => None,
        });
        let late = begun.clone().filter(|(at, _)| *at >= seconds).count();
        if late > 0 {
            said.push(format!(
                "{late} notes lie beyond the sound's end at {seconds:.2} s"
            ));
        }
        let plays = |key: u8| pads.0.iter().any(|pad| pad.note == key);
        if !begun.into_iter().any(|(_, key)| plays(key)) {
            let names = pads
                .0
                .map(|pad| format!("{} ({})", pad.note, note_name(pad.note)));
            said.push(format!(
                "warning: none of the notes plays a pad; those of pads are {}",
                names.join(", ")
            ));
        }
        said
    }

    /// Those that are played in samples `range` of the sound, each with its sample.
    pub(super) fn within(
        &self,
        range: Range<usize>,
        sample_rate: f64,
    ) -> impl Iterator<Item = (usize, KeyEvent)> {
        let sample = move |seconds: f64| cut::<usize>((seconds * sample_rate).round());
        let first = self.0.partition_point(|(at, _)| sample(*at) < range.start);
        let rest = self.0.iter().skip(first);
        rest.map(move |(at, note)| (sample(*at), *note))
            .take_while(move |(at, _)| *at < range.end)
    }
}

/// All tempi and notes of all tracks with their ticks, in order of time; and how many tracks there are.
fn heard(tracks: TrackIter<'_>) -> Result<(Vec<(u64, Heard)>, usize)> {
    let mut all = Vec::new();
    let mut count = 0;
    for (number, track) in (1..).zip(tracks) {
        let damaged = |error| anyhow!("track {number} is damaged ({error})");
        let (mut tick, mut has_ended) = (0_u64, false);
        for event in track.map_err(damaged)? {
            let event = event.map_err(damaged)?;
            tick += u64::from(event.delta.as_int());
            let heard = match event.kind {
                TrackEventKind::Midi { channel, message } => note(channel.as_int(), message),
                TrackEventKind::Meta(MetaMessage::Tempo(tempo)) => {
                    Some(Heard::Tempo(tempo.as_int()))
                }
                TrackEventKind::Meta(MetaMessage::EndOfTrack) => {
                    has_ended = true;
                    None
                }
                _ => None,
            };
            all.extend(heard.map(|heard| (tick, heard)));
            ensure!(
                all.len() <= MOST_NOTES,
                "more than {MOST_NOTES} notes and tempi found; expected at most so many"
            );
        }
        ensure!(
            has_ended,
            "track {number} has no end: the file is cut short or damaged"
        );
        count = number;
    }
    // Of one time, tempi come first.
    all.sort_by_key(|(tick, heard)| (*tick, matches!(heard, Heard::Note(_))));
    Ok((all, count))
}

fn note(channel: u8, message: MidiMessage) -> Option<Heard> {
    let note = match message {
        MidiMessage::NoteOn { key, vel } if vel.as_int() > 0 => KeyEvent::On {
            key: key.as_int(),
            channel,
            id: None,
            velocity: f32::from(vel.as_int()) / 127.0,
        },
        MidiMessage::NoteOn { key, .. } | MidiMessage::NoteOff { key, .. } => KeyEvent::Off {
            key: Some(key.as_int()),
            channel: Some(channel),
            id: None,
        },
        MidiMessage::Controller { controller, .. } if ENDING.contains(&controller.as_int()) => {
            KeyEvent::Off {
                key: None,
                channel: Some(channel),
                id: None,
            }
        }
        _ => return None,
    };
    Some(Heard::Note(note))
}

/// From ticks to seconds.
fn timed(header: &Header, heard: Vec<(u64, Heard)>, tempo: f64) -> Result<Vec<(f64, KeyEvent)>> {
    let (mut quarter, ticks) = match header.timing {
        Timing::Metrical(ticks) => (MICROSECONDS_A_MINUTE / tempo, f64::from(ticks.as_int())),
        Timing::Timecode(frames, ticks) => {
            (MICROSECONDS, f64::from(frames.as_f32()) * f64::from(ticks))
        }
    };
    if ticks <= 0.0 {
        bail!("a division of 0 found; expected ticks in a quarter note or a frame");
    }
    let has_tempi = matches!(header.timing, Timing::Metrical(_));
    let (mut at, mut seconds) = (0_u64, 0.0);
    let mut notes = Vec::new();
    for (tick, heard) in heard {
        seconds += nearest_f64(tick - at) / ticks * quarter / MICROSECONDS;
        at = tick;
        match heard {
            Heard::Tempo(other) if has_tempi => quarter = f64::from(other),
            Heard::Tempo(_) => {}
            Heard::Note(note) => notes.push((seconds, note)),
        }
    }
    Ok(notes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    const END: [u8; 4] = [0, 0xff, 0x2f, 0];

    /// A file of these tracks' bytes.
    fn file(format: u8, division: [u8; 2], tracks: &[&[u8]]) -> Vec<u8> {
        let count = tracks.len() as u8;
        let mut file = [
            b"MThd\0\0\0\x06\0".as_slice(),
            &[format, 0, count],
            &division,
        ]
        .concat();
        for track in tracks {
            file.extend(b"MTrk");
            file.extend((track.len() as u32).to_be_bytes());
            file.extend(*track);
        }
        file
    }

    fn on(key: u8, channel: u8, velocity: u8) -> KeyEvent {
        KeyEvent::On {
            key,
            channel,
            id: None,
            velocity: f32::from(velocity) / 127.0,
        }
    }

    fn off(key: Option<u8>, channel: u8) -> KeyEvent {
        KeyEvent::Off {
            key,
            channel: Some(channel),
            id: None,
        }
    }

    #[test]
    fn all_tracks_are_played_at_the_files_tempi() {
        // 96 ticks a quarter note. 60 bpm, and 120 from the second beat on.
        let tempi = [
            [0, 0xff, 0x51, 3, 0x0f, 0x42, 0x40].as_slice(),
            &[96, 0xff, 0x51, 3, 0x07, 0xa1, 0x20],
            &END,
        ]
        .concat();
        // With running status, and an end by no velocity at all.
        let notes = [
            [0, 0x99, 36, 127].as_slice(),
            &[48, 36, 0],
            &[48, 37, 64],
            &[96, 0x89, 37, 0],
            &[0, 0xb9, 123, 0],
            &END,
        ]
        .concat();
        let file = file(1, [0, 96], &[&tempi, &notes]);
        let found = Notes::parse(&file, 90.0).unwrap();
        let expected = vec![
            (0.0, on(36, 9, 127)),
            (0.5, off(Some(36), 9)),
            (1.0, on(37, 9, 64)),
            (1.5, off(Some(37), 9)),
            (1.5, off(None, 9)),
        ];
        assert_eq!(found, Notes(expected));
        let samples = |range: Range<usize>| -> Vec<_> {
            found.within(range, 48_000.0).map(|(at, _)| at).collect()
        };
        assert_eq!(samples(0..24_000), [0]);
        assert_eq!(samples(24_000..72_000), [24_000, 48_000]);
        assert_eq!(samples(72_000..90_000), [72_000, 72_000]);
        assert_eq!(samples(72_001..90_000), [0; 0]);
    }

    #[test]
    fn a_file_without_a_tempo_is_played_at_the_renders() {
        let notes = [[96, 0x90, 36, 100].as_slice(), &END].concat();
        let found = Notes::parse(&file(0, [0, 96], &[&notes]), 90.0).unwrap();
        assert_eq!(found, Notes(vec![(60.0 / 90.0, on(36, 0, 100))]));
        // 25 frames of 40 ticks a second, whatever the tempo.
        let found = Notes::parse(&file(0, [0xe7, 40], &[&notes]), 90.0).unwrap();
        assert_eq!(found, Notes(vec![(0.096, on(36, 0, 100))]));
    }

    #[test]
    fn what_is_no_file_of_notes_is_refused_in_words() {
        let notes = [[0, 0x90, 36, 100].as_slice(), &END].concat();
        let whole = file(1, [0, 96], &[&notes]);
        let cut = &whole[..whole.len() - 4];
        for (bytes, said) in [
            (&b"RIFF\0\0\0\0WAVE"[..], "no standard MIDI file"),
            (b"", "no standard MIDI file"),
            (&file(2, [0, 96], &[&notes]), "format 2"),
            (&file(1, [0, 0], &[&notes]), "division of 0"),
            (&file(1, [0, 96], &[]), "no track"),
            (&file(1, [0, 96], &[&END]), "no notes"),
            (cut, "track 1"),
        ] {
            let error = Notes::parse(bytes, 120.0).unwrap_err();
            assert!(error.to_string().contains(said), "{said}: {error}");
        }
    }

    #[test]
    fn notes_behind_the_end_and_notes_of_no_pad_are_spoken_of() {
        let notes = Notes(vec![(0.5, on(60, 0, 1)), (3.0, on(61, 0, 1))]);
        let said = notes.remarks(2.0, &Pads::default());
        assert!(said[0].contains("1 notes lie beyond"), "{said:?}");
        assert!(said[1].contains("36 (C1)"), "{said:?}");
        let notes = Notes(vec![(0.5, on(43, 0, 1))]);
        assert!(notes.remarks(2.0, &Pads::default()).is_empty());
    }

    /// Bytes that were changed anywhere are read or refused, and nothing else.
    #[test]
    fn damaged_files_end_in_words() {
        let notes = [[0, 0x90, 36, 100].as_slice(), &[96, 36, 0], &END].concat();
        let whole = file(1, [0, 96], &[&notes, &notes]);
        for place in 0..whole.len() {
            for value in [0, 1, 0x7f, 0x80, 0xf0, 0xff] {
                let mut damaged = whole.clone();
                damaged[place] = value;
                let _ = Notes::parse(&damaged, 120.0);
            }
            let _ = Notes::parse(&whole[..place], 120.0);
        }
    }
}
