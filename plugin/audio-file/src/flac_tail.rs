//! The last frames of a FLAC file. Only the next frame's header says where one ends, so behind the last one a tag or rubbish
//! is taken for a part of it; here its checksum says where it ends.

use crate::crc::{crc8, crc16_with};
use netbend_dsp::number::low_bits;

/// Bytes of a file's end that are looked through: a tag may hold a picture.
pub(crate) const TAIL_BYTES: u64 = 64 << 20;
/// A frame's header at its longest, and more than any frame has around its samples.
const HEADER_BYTES: usize = 16;
const AROUND_SAMPLES: usize = 256;

/// What the head says about the frames.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Info {
    block: usize,
    most_block: usize,
    channels: usize,
    bits: usize,
}

impl Info {
    /// Of a STREAMINFO block's content.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let body = body.get(..18)?;
        let two = |at: usize| usize::from(u16::from_be_bytes([body[at], body[at + 1]]));
        Some(Self {
            block: two(0),
            most_block: two(2),
            channels: usize::from(body[12] >> 1 & 7) + 1,
            bits: (usize::from(body[12] & 1) << 4 | usize::from(body[13] >> 4)) + 1,
        })
    }

    fn most_bytes(&self, samples: usize) -> usize {
        samples * self.channels * (self.bits + 1) / 8 + AROUND_SAMPLES
    }
}

/// One frame that was found.
pub(crate) enum Found<'a> {
    /// It is whole.
    Frame {
        begins: u64,
        samples: u64,
        bytes: &'a [u8],
    },
    /// It begins and does not end.
    CutOff,
}

/// Finds the first frame in `tail` that begins with the sample `from` or a later one, and the place behind it. `at`: where
/// to begin.
pub(crate) fn next<'a>(
    tail: &'a [u8],
    mut at: usize,
    from: u64,
    info: &Info,
) -> Option<(Found<'a>, usize)> {
    let mut is_cut_off = None;
    loop {
        let Some(ahead) = tail
            .get(at..)
            .and_then(|rest| rest.iter().position(|&byte| byte == 0xff))
        else {
            return is_cut_off.map(|at| (Found::CutOff, at));
        };
        at += ahead;
        if let Some(header) =
            Header::parse(&tail[at..], info).filter(|header| header.begins >= from)
        {
            match end(
                &tail[at..],
                header.bytes,
                info.most_bytes(low_bits::<usize>(header.samples)),
            ) {
                Some(length) => {
                    let frame = Found::Frame {
                        begins: header.begins,
                        samples: header.samples,
                        bytes: &tail[at..at + length],
                    };
                    return Some((frame, at + length));
                }
                None if header.begins == from => is_cut_off = Some(tail.len()),
                None => {}
            }
        }
        at += 1;
    }
}

/// The length of a frame by its checksum.
fn end(frame: &[u8], header: usize, most: usize) -> Option<usize> {
    let mut crc = 0;
    let most = most.min(frame.len().saturating_sub(2));
    for (at, byte) in frame[..most].iter().enumerate() {
        crc = crc16_with(crc, *byte);
        let behind = at + 1;
        if behind > header && crc == u16::from_be_bytes([frame[behind], frame[behind + 1]]) {
            return Some(behind + 2);
        }
    }
    None
}

struct Header {
    begins: u64,
    samples: u64,
    bytes: usize,
}

impl Header {
    fn parse(frame: &[u8], info: &Info) -> Option<Self> {
        let frame = &frame[..frame.len().min(HEADER_BYTES)];
        let byte = |at: usize| frame.get(at).copied();
        if byte(0)? != 0xff || byte(1)? & 0xfe != 0xf8 || byte(3)? & 1 != 0 {
            return None;
        }
        let is_variable = byte(1)? & 1 == 1;
        let (number, number_bytes) = number(frame.get(4..)?)?;
        let mut at = 4 + number_bytes;
        let samples = match byte(2)? >> 4 {
            0 => return None,
            1 => 192,
            code @ 2..=5 => 576 << (code - 2),
            6 => {
                at += 1;
                u64::from(byte(at - 1)?) + 1
            }
            7 => {
                at += 2;
                (u64::from(byte(at - 2)?) << 8 | u64::from(byte(at - 1)?)) + 1
            }
            code => 256 << (code - 8),
        };
        at += match byte(2)? & 15 {
            12 => 1,
            13 | 14 => 2,
            15 => return None,
            _ => 0,
        };
        if crc8(frame.get(..at)?) != byte(at)? || samples > info.most_block as u64 {
            return None;
        }
        let begins = if is_variable {
            number
        } else {
            number.checked_mul(info.block as u64)?
        };
        Some(Self {
            begins,
            samples,
            bytes: at + 1,
        })
    }
}

/// A number written as UTF-8 would be, and its bytes.
fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let count = match first.leading_ones() {
        0 => return Some((first.into(), 1)),
        ones @ 2..=7 => ones as usize,
        _ => return None,
    };
    let start = u64::from(first) & (0x7f >> count);
    let rest = bytes.get(1..count)?;
    if rest.iter().any(|byte| byte & 0xc0 != 0x80) {
        return None;
    }
    Some((
        rest.iter()
            .fold(start, |number, byte| number << 6 | u64::from(byte & 0x3f)),
        count,
    ))
}
