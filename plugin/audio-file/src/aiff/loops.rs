//! Markers and loop points of AIFF, as the chunks that say the same in WAV: `MARK` becomes `cue ` and `LIST`/`adtl`, `INST`
//! becomes `smpl` and `inst`. Those of Apple Loops have no such likeness.

use crate::marks::Marks;
use netbend_dsp::number::low_bits;

/// How a sustain loop is played.
const OFF: u16 = 0;
const TO_AND_FRO: u16 = 2;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Loops {
    markers: Vec<Marker>,
    instrument: Vec<u8>,
    has_apple_loop: bool,
}

#[derive(Debug)]
struct Marker {
    id: u16,
    position: u32,
    name: Vec<u8>,
}

impl Loops {
    pub(super) fn add(&mut self, id: &[u8], body: Vec<u8>) {
        match id {
            b"MARK" if self.markers.is_empty() => self.markers = markers(&body),
            b"INST" if self.instrument.is_empty() && body.len() >= 20 => self.instrument = body,
            b"basc" | b"trns" => self.has_apple_loop = true,
            _ => {}
        }
    }

    pub(super) fn marks(&self, rate: u32, length: usize, warnings: &mut Vec<String>) -> Marks {
        let mut marks = Marks::default();
        if let Some((smpl, inst)) = self.instrument(rate, length) {
            marks.add(*b"smpl", smpl);
            marks.add(*b"inst", inst);
        }
        if !self.markers.is_empty() {
            let (cue, names) = self.cues();
            marks.add(*b"cue ", cue);
            marks.add(*b"LIST", names);
        }
        if self.has_apple_loop {
            warnings.push("the tempo and transients of an Apple Loop are not kept".into());
        }
        marks
    }

    fn cues(&self) -> (Vec<u8>, Vec<u8>) {
        let mut cue = low_bits::<u32>(self.markers.len()).to_le_bytes().to_vec();
        let mut names = b"adtl".to_vec();
        for marker in &self.markers {
            for number in [u32::from(marker.id), marker.position] {
                cue.extend(number.to_le_bytes());
            }
            cue.extend(b"data");
            for number in [0, 0, marker.position] {
                cue.extend(number.to_le_bytes());
            }
            let length = 4 + low_bits::<u32>(marker.name.len()) + 1;
            names.extend(b"labl");
            names.extend(length.to_le_bytes());
            names.extend(u32::from(marker.id).to_le_bytes());
            names.extend(&marker.name);
            names.push(0);
            if length % 2 == 1 {
                names.push(0);
            }
        }
        (cue, names)
    }

    /// `smpl` and `inst`.
    fn instrument(&self, rate: u32, length: usize) -> Option<(Vec<u8>, Vec<u8>)> {
        let body = self.instrument.get(..20)?;
        let two = |at: usize| u16::from_be_bytes([body[at], body[at + 1]]);
        let [
            note,
            detune,
            low_note,
            high_note,
            low_velocity,
            high_velocity,
        ] = [body[0], body[1], body[2], body[3], body[4], body[5]];
        let place = |id: u16| {
            self.markers
                .iter()
                .find(|marker| marker.id == id)
                .map(|marker| marker.position)
        };
        let mode = two(8);
        let ends = place(two(10)).zip(place(two(12)));
        let ends =
            ends.filter(|&(start, end)| mode != OFF && start < end && end as usize <= length);
        let cents = i32::from(detune.cast_signed());
        // A pitch is written as a note and a fraction above it.
        let note = i32::from(note) + if cents < 0 { -1 } else { 0 };
        let fraction = (i64::from(cents.rem_euclid(100)) << 32) / 100;
        let fraction = u32::try_from(fraction).unwrap_or(0);
        let note = u32::try_from(note).unwrap_or(0);
        let period = 1_000_000_000 / rate.max(1);
        let mut smpl = Vec::new();
        for number in [
            0,
            0,
            period,
            note,
            fraction,
            0,
            0,
            u32::from(ends.is_some()),
            0,
        ] {
            smpl.extend(number.to_le_bytes());
        }
        if let Some((start, end)) = ends {
            let kind = u32::from(mode == TO_AND_FRO);
            // AIFF's end is behind the last sample, WAV's is that sample.
            for number in [u32::from(two(10)), kind, start, end - 1, 0, 0] {
                smpl.extend(number.to_le_bytes());
            }
        }
        let gain = i8::try_from(two(6).cast_signed().clamp(-64, 64)).unwrap_or(0);
        let inst = vec![
            body[0],
            detune,
            gain.cast_unsigned(),
            low_note,
            high_note,
            low_velocity,
            high_velocity,
        ];
        Some((smpl, inst))
    }
}

fn markers(body: &[u8]) -> Vec<Marker> {
    let mut rest = body.get(2..).unwrap_or(&[]);
    let mut markers = Vec::new();
    while let Some(header) = rest.get(..7) {
        let length = usize::from(header[6]);
        let Some(name) = rest.get(7..7 + length) else {
            break;
        };
        markers.push(Marker {
            id: u16::from_be_bytes([header[0], header[1]]),
            position: u32::from_be_bytes([header[2], header[3], header[4], header[5]]),
            name: name.to_vec(),
        });
        // The length and the name together have an even number of bytes.
        rest = rest.get(7 + length + (length + 1) % 2..).unwrap_or(&[]);
    }
    markers
}
