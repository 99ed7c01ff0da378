//! Samples as files store them, to 32-bit floats at ±1.

use std::io::{Read, Seek, SeekFrom};

use crate::audio::Audio;
use crate::error::Error;
use netbend_dsp::number::{nearest_f32, nearest_f64};

/// Frames converted at once.
const BLOCK_FRAMES: usize = 4_096;

/// How one sample is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    /// Unsigned integer, the middle being silence.
    Unsigned,
    /// Signed integer over the whole of its bytes.
    Signed,
    /// Signed integer of 24 bits in the lower three of four bytes.
    SignedLow24,
    /// IEEE float at ±1.
    Float,
    /// IEEE float at ±2²³, as Cool Edit wrote it.
    FloatAt24Bits,
    /// G.711 A-law.
    ALaw,
    /// G.711 µ-law.
    MuLaw,
}

/// How samples lie in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) coding: Coding,
    /// Bytes of one sample of one channel, 1 to 8.
    pub(crate) bytes: usize,
    pub(crate) is_big_endian: bool,
}

impl Layout {
    /// One sample. `bytes` has the layout's size.
    pub(crate) fn sample(self, bytes: &[u8]) -> f32 {
        let mut whole = [0_u8; 8];
        // Most significant byte first, so that every width is an integer over 64 bits.
        for (to, from) in whole.iter_mut().zip(0..self.bytes) {
            let place = if self.is_big_endian {
                from
            } else {
                self.bytes - 1 - from
            };
            *to = bytes[place];
        }
        let bits = u64::from_be_bytes(whole);
        match self.coding {
            Coding::Signed => scaled(bits.cast_signed()),
            Coding::Unsigned => scaled((bits ^ (1 << 63)).cast_signed()),
            Coding::SignedLow24 => scaled(((bits >> 32) << 40).cast_signed()),
            Coding::Float if self.bytes == 8 => nearest_f32(f64::from_bits(bits)),
            Coding::Float => f32::from_bits((bits >> 32) as u32),
            Coding::FloatAt24Bits => f32::from_bits((bits >> 32) as u32) / 8_388_608.0,
            Coding::ALaw => a_law(bytes[0]),
            Coding::MuLaw => mu_law(bytes[0]),
        }
    }

    /// Appends `length` bytes of `source` from `start` on. A frame that is cut off at the end is left out.
    pub(crate) fn read<R: Read + Seek>(
        self,
        source: &mut R,
        start: u64,
        length: u64,
        audio: &mut Audio,
    ) -> Result<(), Error> {
        let channels = audio.channels.len();
        let frame = self.bytes * channels;
        let frames = usize::try_from(length / frame as u64).map_err(|_| Error::TooLong)?;
        audio.reserve(frames)?;
        source.seek(SeekFrom::Start(start))?;
        let mut block = vec![0_u8; frame * BLOCK_FRAMES.min(frames)];
        let mut left = frames;
        while left > 0 {
            let count = left.min(BLOCK_FRAMES);
            let bytes = &mut block[..count * frame];
            source.read_exact(bytes)?;
            for (number, channel) in audio.channels.iter_mut().enumerate() {
                let samples = bytes.chunks_exact(frame).map(|frame| {
                    let at = number * self.bytes;
                    self.sample(&frame[at..at + self.bytes])
                });
                channel.extend(samples);
            }
            left -= count;
        }
        Ok(())
    }
}

/// A fraction of 2⁶³.
fn scaled(value: i64) -> f32 {
    nearest_f32(nearest_f64(value) * (-63_f64).exp2())
}

fn a_law(code: u8) -> f32 {
    let code = code ^ 0x55;
    let exponent = i32::from((code >> 4) & 7);
    let mantissa = i32::from(code & 15) << 4;
    let magnitude = match exponent {
        0 => mantissa + 8,
        _ => (mantissa + 0x108) << (exponent - 1),
    };
    let value = if code & 0x80 == 0 {
        -magnitude
    } else {
        magnitude
    };
    nearest_f32(value) / 32_768.0
}

fn mu_law(code: u8) -> f32 {
    const BIAS: i32 = 0x84;
    let code = !code;
    let exponent = i32::from((code >> 4) & 7);
    let magnitude = (((i32::from(code & 15) << 3) + BIAS) << exponent) - BIAS;
    let value = if code & 0x80 == 0 {
        magnitude
    } else {
        -magnitude
    };
    nearest_f32(value) / 32_768.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(coding: Coding, bytes: usize) -> Layout {
        Layout {
            coding,
            bytes,
            is_big_endian: false,
        }
    }

    #[test]
    fn samples_of_every_width_are_fractions_of_full_scale() {
        let signed = |bytes: &[u8]| layout(Coding::Signed, bytes.len()).sample(bytes);
        assert_eq!(signed(&[0x00, 0x80]), -1.0);
        assert_eq!(signed(&[0xff, 0x7f]), 32_767.0 / 32_768.0);
        assert_eq!(signed(&[0x01, 0x00, 0x00]), (-23_f32).exp2());
        assert_eq!(signed(&[0x00, 0x00, 0x00, 0x40]), 0.5);
        assert_eq!(signed(&[0x80]), -1.0);
        assert_eq!(signed(&[0, 0, 0, 0, 0, 0, 0, 0xc0]), -0.5);
        let unsigned = |byte| layout(Coding::Unsigned, 1).sample(&[byte]);
        assert_eq!((unsigned(128), unsigned(0)), (0.0, -1.0));
        let low = layout(Coding::SignedLow24, 4);
        assert_eq!(low.sample(&[0, 0, 0x80, 0xff]), -1.0);
        assert_eq!(low.sample(&[0, 0, 0x40, 0]), 0.5);
        let float = layout(Coding::Float, 4);
        assert_eq!(float.sample(&0.3_f32.to_le_bytes()), 0.3);
        let double = Layout {
            is_big_endian: true,
            ..layout(Coding::Float, 8)
        };
        assert_eq!(double.sample(&(-0.25_f64).to_be_bytes()), -0.25);
    }

    /// Figures from the tables of ITU-T G.711, times four and eight.
    #[test]
    fn laws_are_those_of_g_711() {
        let at = |value: f32| value * 32_768.0;
        assert_eq!(at(a_law(0xd5)), 8.0);
        assert_eq!(at(a_law(0x55)), -8.0);
        assert_eq!(at(a_law(0xaa)), 32_256.0);
        assert_eq!(at(mu_law(0xff)), 0.0);
        assert_eq!(at(mu_law(0x80)), 32_124.0);
        assert_eq!(at(mu_law(0x00)), -32_124.0);
    }
}
