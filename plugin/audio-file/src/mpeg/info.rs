//! What an encoder notes in a first frame that holds no sound: Xing's tag with LAME's extension, or Fraunhofer's.

use super::header::Header;
use crate::audio::Audio;

/// Samples by which every decoder of layer 3 is late.
const DECODER_DELAY: usize = 528 + 1;

/// The note.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Info {
    /// Frames of sound, where that is noted.
    pub(super) frames: Option<usize>,
    /// Samples that the encoder put before the sound and behind it.
    gaps: Option<(usize, usize)>,
}

impl Info {
    /// The note in a frame, if that is what it holds.
    pub(super) fn read(frame: &[u8], header: &Header) -> Option<Self> {
        if header.layer != 3 {
            return None;
        }
        let frame = frame.get(..header.bytes)?;
        let side = match (header.halvings, header.channels) {
            (0, 1) => 17,
            (0, _) => 32,
            (_, 1) => 9,
            _ => 17,
        };
        let four = |at: usize| {
            let bytes = frame.get(at..at + 4)?;
            Some(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
        };
        if frame.get(36..40) == Some(b"VBRI") {
            let frames = four(50).map(|frames| frames as usize);
            return Some(Self { frames, gaps: None });
        }
        let at = 4 + side;
        let id = frame.get(at..at + 4)?;
        if id != b"Xing" && id != b"Info" {
            return None;
        }
        let flags = four(at + 4)?;
        let mut next = at + 8;
        let mut field = |flag: u32, bytes: usize| {
            let here = next;
            let is_there = flags & flag != 0;
            next += if is_there { bytes } else { 0 };
            is_there.then_some(here)
        };
        let frames = field(1, 4).and_then(four).map(|frames| frames as usize);
        let file_bytes = field(2, 4).and_then(four);
        field(4, 100);
        field(8, 4);
        if frames.unwrap_or(0) == 0 && file_bytes.unwrap_or(0) == 0 {
            // An empty tag is played like any other frame.
            return None;
        }
        let is_lame = frame.get(next..next + 4).is_some_and(|name| {
            [b"LAME", b"Lavf", b"Lavc"]
                .iter()
                .any(|known| name == *known)
        });
        let gaps = frame.get(next + 21..next + 24).filter(|_| is_lame);
        let gaps = gaps.map(|bytes| {
            let both =
                usize::from(bytes[0]) << 16 | usize::from(bytes[1]) << 8 | usize::from(bytes[2]);
            (both >> 12, both & 0xfff)
        });
        Some(Self { frames, gaps })
    }

    /// Takes the gaps off. `samples`: of one frame.
    pub(super) fn trim(&self, audio: &mut Audio, samples: usize) {
        let Some((before, behind)) = self.gaps else {
            return;
        };
        let start = before + DECODER_DELAY;
        if let Some(noted) = self.frames.filter(|&frames| frames > 0) {
            let noted = noted.saturating_mul(samples);
            let end = (noted + DECODER_DELAY).saturating_sub(behind).min(noted);
            // Files may be joined: what comes after the frames noted is sound.
            if audio.len() > end {
                let until = noted.min(audio.len());
                for channel in &mut audio.channels {
                    channel.drain(end..until);
                }
            }
        }
        let length = audio.len();
        audio.keep(start..length);
    }
}
