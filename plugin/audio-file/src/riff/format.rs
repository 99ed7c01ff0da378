//! The `fmt ` chunk.

use crate::error::Error;
use crate::pcm::{Coding, Layout};

const PCM: u16 = 0x0001;
const MS_ADPCM: u16 = 0x0002;
const FLOAT: u16 = 0x0003;
const A_LAW: u16 = 0x0006;
const MU_LAW: u16 = 0x0007;
const EXTENSIBLE: u16 = 0xfffe;

/// A `fmt ` chunk.
#[derive(Debug)]
pub(super) struct Format {
    /// What the samples are, the sub-format of an extensible chunk looked up.
    tag: u16,
    pub(super) channels: usize,
    pub(super) rate: u32,
    block: usize,
    bits: usize,
    /// Whether the chunk is an extensible one, whose samples lie at the top of their bytes by definition.
    pub(super) is_extensible: bool,
    is_big_endian: bool,
}

/// What a format's `data` holds.
pub(super) enum Content {
    /// Samples, one after the other.
    Samples(Layout),
    /// A stream that would be a file of its own.
    Stream,
    /// Anything else.
    Foreign(String),
}

impl Format {
    pub(super) fn parse(body: &[u8], is_big_endian: bool) -> Result<Self, Error> {
        let two = |at: usize| {
            let bytes = body.get(at..at + 2)?;
            let bytes = [bytes[0], bytes[1]];
            Some(if is_big_endian {
                u16::from_be_bytes(bytes)
            } else {
                u16::from_le_bytes(bytes)
            })
        };
        let four = |at: usize| {
            let (first, second) = (u32::from(two(at)?), u32::from(two(at + 2)?));
            Some(if is_big_endian {
                first << 16 | second
            } else {
                second << 16 | first
            })
        };
        let short = || {
            Error::damaged(format!(
                "the `fmt ` chunk has {} bytes; expected 16 or more",
                body.len()
            ))
        };
        let (Some(mut tag), Some(channels), Some(rate), Some(block)) =
            (two(0), two(2), four(4), two(12))
        else {
            return Err(short());
        };
        let bits = two(14).unwrap_or(0);
        let is_extensible = tag == EXTENSIBLE;
        if is_extensible {
            // Where the sub-format is cut off, PCM is what it nearly always is.
            tag = two(24).unwrap_or(PCM);
        }
        Ok(Self {
            tag,
            channels: channels.into(),
            rate,
            block: block.into(),
            bits: bits.into(),
            is_extensible,
            is_big_endian,
        })
    }

    pub(super) fn content(&self, warnings: &mut Vec<String>) -> Content {
        let coding = match self.tag {
            PCM => None,
            FLOAT => Some(Coding::Float),
            A_LAW => Some(Coding::ALaw),
            MU_LAW => Some(Coding::MuLaw),
            tag => return other(tag),
        };
        let bytes = self.sample_bytes(warnings);
        let (coding, fits) = match coding {
            None if bytes == 1 => (Coding::Unsigned, true),
            None => (Coding::Signed, (2..=8).contains(&bytes)),
            Some(Coding::Float) => (Coding::Float, bytes == 4 || bytes == 8),
            Some(law) => (law, bytes == 1),
        };
        if !fits {
            return Content::Foreign(format!("samples of {} bits in {bytes} bytes", self.bits));
        }
        Content::Samples(Layout {
            coding,
            bytes,
            is_big_endian: self.is_big_endian,
        })
    }

    /// Bytes from one sample to the next: what the block says, where that can be.
    fn sample_bytes(&self, warnings: &mut Vec<String>) -> usize {
        let by_bits = self.bits.div_ceil(8);
        let by_block = match self.channels {
            0 => 0,
            channels if self.block.is_multiple_of(channels) => self.block / channels,
            _ => 0,
        };
        if by_bits == 0 {
            return by_block;
        }
        // A block of another size is believed where three bytes lie in four, and where the chunk is one that says so.
        let is_wider = (by_bits..=8).contains(&by_block);
        if by_block == by_bits
            || (is_wider && (self.is_extensible || (by_bits, by_block) == (3, 4)))
        {
            return by_block;
        }
        warnings.push(format!(
            "the header says blocks of {} bytes; {} channels of {} bits make {}",
            self.block,
            self.channels,
            self.bits,
            by_bits * self.channels
        ));
        by_bits
    }

    /// Whether up to 24 bits are said to lie in four bytes by a plain `fmt ` chunk, which does not say where in them.
    pub(super) fn is_ambiguous(&self, layout: Layout) -> bool {
        self.tag == PCM && !self.is_extensible && layout.bytes == 4 && self.bits <= 24
    }
}

fn other(tag: u16) -> Content {
    let what = match tag {
        // MPEG layers 1 to 3; Ogg Vorbis in its six spellings; FLAC.
        0x0050 | 0x0055 | 0x674f..=0x6751 | 0x676f..=0x6771 | 0xf1ac => return Content::Stream,
        MS_ADPCM => "Microsoft ADPCM",
        0x0011 => "IMA ADPCM",
        0x0031 => "GSM 6.10",
        0x0040 | 0x0045 | 0x0064 | 0x0014 => "G.721 or G.726 ADPCM",
        0x0160..=0x0163 => "Windows Media Audio",
        0x00ff | 0x1600 | 0x1602 | 0x1610 | 0x706d | 0xa106 => "AAC",
        0x2000 => "AC-3",
        0x2001 => "DTS",
        0x0270 => "ATRAC3",
        _ => return Content::Foreign(format!("a coding with the number {tag:#06x}")),
    };
    Content::Foreign(what.into())
}
