//! AIFF and AIFF-C with plain samples, as tolerantly as WAV.

mod loops;

use std::io::{Read, Seek, SeekFrom};

use crate::audio::Audio;
use crate::error::Error;
use crate::pcm::{Coding, Layout};
use loops::Loops;
use netbend_dsp::number::{cut, nearest_f64};

/// Bytes of markers and loop points.
const MOST_MARK_BYTES: u64 = 1 << 20;
/// Chunks looked at.
const MOST_CHUNKS: usize = 10_000;

/// What a file holds.
pub(crate) enum Aiff {
    /// Samples.
    Samples(Audio),
    /// Another coding, with its name.
    Foreign(String),
}

struct Common {
    channels: usize,
    frames: u64,
    bits: usize,
    rate: f64,
    coding: [u8; 4],
}

/// Reads a file of `length` bytes that begins with `FORM` and `AIFF` or `AIFC`.
pub(crate) fn read<R: Read + Seek>(source: &mut R, length: u64) -> Result<Aiff, Error> {
    let mut common = None;
    let mut sound = None;
    let mut warnings = Vec::new();
    let mut loops = Loops::default();
    let mut at = 12_u64;
    for _ in 0..MOST_CHUNKS {
        let mut header = [0_u8; 8];
        source.seek(SeekFrom::Start(at))?;
        if at + 8 > length || source.read_exact(&mut header).is_err() {
            break;
        }
        let size = u64::from(u32::from_be_bytes([
            header[4], header[5], header[6], header[7],
        ]));
        let left = length - at - 8;
        let body = at + 8;
        match &header[..4] {
            b"COMM" if common.is_none() => {
                let mut bytes = Vec::new();
                source.take(size.min(64)).read_to_end(&mut bytes)?;
                common = Some(Common::parse(&bytes)?);
            }
            b"SSND" if sound.is_none() => {
                let mut offset = [0_u8; 8];
                if left < 8 {
                    break;
                }
                source.read_exact(&mut offset)?;
                let skipped = 8 + u64::from(u32::from_be_bytes([
                    offset[0], offset[1], offset[2], offset[3],
                ]));
                if size > left || size <= 8 {
                    warnings.push(format!(
                        "the header says {size} bytes of sound, and {left} are there; all of them were read"
                    ));
                }
                let size = if size <= 8 { left } else { size.min(left) };
                let skipped = skipped.min(size);
                sound = Some((body + skipped, size - skipped));
            }
            b"MARK" | b"INST" | b"basc" | b"trns" => {
                let mut bytes = Vec::new();
                source
                    .take(size.min(MOST_MARK_BYTES))
                    .read_to_end(&mut bytes)?;
                loops.add(&header[..4], bytes);
            }
            _ => {}
        }
        at = body + size.min(left) + (size & 1);
    }
    let common = common.ok_or_else(|| Error::damaged("an AIFF file without a `COMM` chunk"))?;
    let (start, stored) = sound.unwrap_or((0, 0));
    let Some(layout) = common.layout() else {
        return Ok(Aiff::Foreign(format!(
            "the coding `{}`",
            String::from_utf8_lossy(&common.coding).trim_end()
        )));
    };
    let mut audio = Audio::with_shape(cut::<u32>(common.rate.round()), common.channels)?;
    let frame = (layout.bytes * common.channels) as u64;
    let there = stored / frame;
    let frames = if common.frames == 0 {
        there
    } else {
        there.min(common.frames)
    };
    if frames < common.frames && warnings.is_empty() {
        warnings.push(format!(
            "the header says {} samples, and {there} are there; all of them were read",
            common.frames
        ));
    }
    layout.read(source, start, frames * frame, &mut audio)?;
    audio.marks = loops.marks(audio.sample_rate, audio.len(), &mut warnings);
    audio.warnings = warnings;
    Ok(Aiff::Samples(audio))
}

impl Common {
    fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let short = || Error::damaged("the `COMM` chunk of the AIFF file is cut off");
        let bytes_at = |at: usize, count: usize| bytes.get(at..at + count).ok_or_else(short);
        let two = |at| bytes_at(at, 2).map(|b| u16::from_be_bytes([b[0], b[1]]));
        let frames = bytes_at(2, 4)?;
        let rate = bytes_at(8, 10)?;
        let mut coding = *b"NONE";
        if let Some(stated) = bytes.get(18..22) {
            coding.copy_from_slice(stated);
        }
        Ok(Self {
            channels: two(0)?.into(),
            frames: u32::from_be_bytes([frames[0], frames[1], frames[2], frames[3]]).into(),
            bits: two(6)?.into(),
            rate: extended(rate),
            coding,
        })
    }

    fn layout(&self) -> Option<Layout> {
        let bytes = self.bits.div_ceil(8);
        let (coding, bytes, is_big_endian) = match &self.coding {
            b"NONE" | b"twos" if (1..=8).contains(&bytes) => (Coding::Signed, bytes, true),
            b"sowt" if (1..=8).contains(&bytes) => (Coding::Signed, bytes, false),
            b"in24" => (Coding::Signed, 3, true),
            b"in32" => (Coding::Signed, 4, true),
            b"42ni" => (Coding::Signed, 3, false),
            b"23ni" => (Coding::Signed, 4, false),
            b"raw " => (Coding::Unsigned, 1, true),
            b"fl32" | b"FL32" => (Coding::Float, 4, true),
            b"fl64" | b"FL64" => (Coding::Float, 8, true),
            b"alaw" | b"ALAW" => (Coding::ALaw, 1, true),
            b"ulaw" | b"ULAW" => (Coding::MuLaw, 1, true),
            _ => return None,
        };
        Some(Layout {
            coding,
            bytes,
            is_big_endian,
        })
    }
}

/// An 80-bit float of 68881 processors, which is how AIFF states its rate.
fn extended(bytes: &[u8]) -> f64 {
    let exponent = i32::from(u16::from_be_bytes([bytes[0] & 0x7f, bytes[1]])) - 16_383 - 63;
    let mut mantissa = [0; 8];
    mantissa.copy_from_slice(&bytes[2..10]);
    nearest_f64(u64::from_be_bytes(mantissa)) * f64::from(exponent.clamp(-1_000, 1_000)).exp2()
}
