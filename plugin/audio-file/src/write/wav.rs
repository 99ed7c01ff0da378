//! WAV, and RF64 (EBU Tech 3306) where 32 bits do not hold its size.

use std::io::Write;

use crate::audio::Audio;
use crate::error::Error;
use crate::marks::Mark;
use crate::output::Format;
use netbend_dsp::number::low_bits;

const PCM: u16 = 1;
const FLOAT: u16 = 3;
/// What a size of 32 bits says where one of 64 holds.
const SEE_DS64: u32 = u32::MAX;
/// Frames written at once.
const BLOCK_FRAMES: usize = 4_096;

pub(super) fn write<W: Write>(audio: &Audio, format: Format, out: &mut W) -> Result<(), Error> {
    write_as(audio, format, out, u64::from(u32::MAX))
}

/// As RF64 where the file would have more bytes than `most`.
fn write_as<W: Write>(audio: &Audio, format: Format, out: &mut W, most: u64) -> Result<(), Error> {
    let head = Head::new(audio, format)?;
    // Times stand before the sound, everything else behind it, as most programs write them.
    let (before, behind): (Vec<&Mark>, Vec<&Mark>) =
        audio.marks.iter().partition(|mark| &mark.id == b"bext");
    let size_of = |marks: &[&Mark]| -> u64 {
        let sizes = marks.iter().map(|mark| 8 + padded(mark.body.len() as u64));
        sizes.sum()
    };
    let chunks = head.chunks();
    let size =
        4 + chunks.len() as u64 + size_of(&before) + 8 + padded(head.data_bytes) + size_of(&behind);
    let is_large = size > most;
    let four = |size: u64| {
        let size = if is_large {
            SEE_DS64
        } else {
            low_bits::<u32>(size)
        };
        size.to_le_bytes()
    };
    out.write_all(if is_large { b"RF64" } else { b"RIFF" })?;
    const DS64_BYTES: u32 = 28;
    let whole = size
        + if is_large {
            8 + u64::from(DS64_BYTES)
        } else {
            0
        };
    out.write_all(&four(whole))?;
    out.write_all(b"WAVE")?;
    if is_large {
        out.write_all(b"ds64")?;
        out.write_all(&DS64_BYTES.to_le_bytes())?;
        for number in [whole, head.data_bytes, audio.len() as u64] {
            out.write_all(&number.to_le_bytes())?;
        }
        out.write_all(&0_u32.to_le_bytes())?;
    }
    out.write_all(&chunks)?;
    write_marks(&before, out)?;
    out.write_all(b"data")?;
    out.write_all(&four(head.data_bytes))?;
    write_samples(audio, format, out)?;
    if head.data_bytes % 2 == 1 {
        out.write_all(&[0])?;
    }
    write_marks(&behind, out)
}

struct Head {
    tag: u16,
    channels: u16,
    rate: u32,
    sample_bytes: u16,
    frames: u64,
    data_bytes: u64,
}

impl Head {
    fn new(audio: &Audio, format: Format) -> Result<Self, Error> {
        let sample_bytes = format.bits().map_or(4, |bits| low_bits::<u16>(bits / 8));
        let frame = audio.channels.len() as u64 * u64::from(sample_bytes);
        let channels = u16::try_from(audio.channels.len())
            .map_err(|_| Error::Output("more channels than WAV holds".into()))?;
        Ok(Self {
            tag: if format.bits().is_some() { PCM } else { FLOAT },
            channels,
            rate: audio.sample_rate,
            sample_bytes,
            frames: audio.len() as u64,
            data_bytes: audio.len() as u64 * frame,
        })
    }

    /// `fmt ` and, where the samples are floats, the `fact` that goes with it.
    fn chunks(&self) -> Vec<u8> {
        let frame = self.channels * self.sample_bytes;
        let mut chunks = b"fmt ".to_vec();
        let is_float = self.tag == FLOAT;
        chunks.extend(if is_float { 18_u32 } else { 16 }.to_le_bytes());
        chunks.extend(self.tag.to_le_bytes());
        chunks.extend(self.channels.to_le_bytes());
        chunks.extend(self.rate.to_le_bytes());
        chunks.extend(self.rate.saturating_mul(frame.into()).to_le_bytes());
        chunks.extend(frame.to_le_bytes());
        chunks.extend((8 * self.sample_bytes).to_le_bytes());
        if is_float {
            chunks.extend(0_u16.to_le_bytes());
            chunks.extend(b"fact");
            chunks.extend(4_u32.to_le_bytes());
            chunks.extend(u32::try_from(self.frames).unwrap_or(SEE_DS64).to_le_bytes());
        }
        chunks
    }
}

fn padded(length: u64) -> u64 {
    length + length % 2
}

/// One chunk with its header and padding.
pub(super) fn chunk(id: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut chunk = id.to_vec();
    chunk.extend(low_bits::<u32>(body.len()).to_le_bytes());
    chunk.extend(body);
    if body.len() % 2 == 1 {
        chunk.push(0);
    }
    chunk
}

fn write_marks<W: Write>(marks: &[&Mark], out: &mut W) -> Result<(), Error> {
    for mark in marks {
        out.write_all(&chunk(mark.id, &mark.body))?;
    }
    Ok(())
}

fn write_samples<W: Write>(audio: &Audio, format: Format, out: &mut W) -> Result<(), Error> {
    let quantizer = super::quantizer(audio, format);
    let bytes = format.bits().map_or(4, |bits| (bits / 8) as usize);
    let mut block = Vec::with_capacity(BLOCK_FRAMES * audio.channels.len() * bytes);
    for first in (0..audio.len()).step_by(BLOCK_FRAMES) {
        block.clear();
        for n in first..(first + BLOCK_FRAMES).min(audio.len()) {
            for (number, channel) in audio.channels.iter().enumerate() {
                match &quantizer {
                    Some(quantizer) => {
                        let integer = quantizer.quantize(channel[n], number, n);
                        block.extend(&integer.to_le_bytes()[..bytes]);
                    }
                    None => block.extend(channel[n].to_le_bytes()),
                }
            }
        }
        out.write_all(&block)?;
    }
    Ok(())
}

/// What a WAV file of this audio would begin with, up to its sound: for FLAC, which keeps it.
pub(super) struct Foreign {
    pub(super) riff: Vec<u8>,
    pub(super) format: Vec<u8>,
    pub(super) data: Vec<u8>,
}

impl Foreign {
    /// `None` where the WAV file would be too large to be one.
    pub(super) fn new(audio: &Audio, format: Format) -> Result<Option<Self>, Error> {
        let head = Head::new(audio, format)?;
        let chunks = head.chunks();
        let marks: u64 = audio
            .marks
            .iter()
            .map(|mark| 8 + padded(mark.body.len() as u64))
            .sum();
        let size = 4 + chunks.len() as u64 + 8 + padded(head.data_bytes) + marks;
        let Ok(size) = u32::try_from(size) else {
            return Ok(None);
        };
        let riff = [&b"RIFF"[..], &size.to_le_bytes(), b"WAVE"].concat();
        let data = [
            &b"data"[..],
            &low_bits::<u32>(head.data_bytes).to_le_bytes(),
        ]
        .concat();
        Ok(Some(Self {
            riff,
            format: chunks,
            data,
        }))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    /// The large form is the small one with other sizes, so it can be tried on a small file.
    #[test]
    fn what_32_bits_do_not_hold_is_rf64_and_reads_the_same() {
        let samples: Vec<f32> = (0..1_001).map(|n| (n as f32 * 0.1).sin()).collect();
        let mut audio = Audio::new(44_100, vec![samples.clone(), samples]);
        audio.marks.add(*b"cue ", vec![7; 27]);
        audio.marks.add(*b"bext", vec![0; 602]);
        for format in [Format::Wav16, Format::Wav24, Format::Wav32f] {
            let file = |most| {
                let mut bytes = Vec::new();
                write_as(&audio, format, &mut bytes, most).unwrap();
                bytes
            };
            let (small, large) = (file(u64::from(u32::MAX)), file(100));
            assert!(small.starts_with(b"RIFF") && large.starts_with(b"RF64"));
            assert_eq!(large.len(), small.len() + 36);
            let stated = u32::from_le_bytes([small[4], small[5], small[6], small[7]]);
            assert_eq!(stated as usize + 8, small.len());
            let [small, large] = [small, large].map(|bytes| crate::read_bytes(&bytes).unwrap());
            assert!(small.warnings.is_empty(), "{:?}", small.warnings);
            assert_eq!(small, large);
            assert_eq!(small.marks.iter().count(), 2);
        }
    }
}
