//! Where fewer bits lie in four bytes than would fit: at the top, at the bottom, or as a float.
//!
//! The specification puts them at the top. Cool Edit wrote floats at ±2²³ under the same header, and some programs put the
//! bits at the bottom; a plain header does not tell them apart, so the samples are asked.

use std::io::{Read, Seek, SeekFrom};

use super::chunks::Chunk;
use super::format::Format;
use crate::error::Error;
use crate::pcm::{Coding, Layout};

/// Bytes that are asked.
const ASKED: u64 = 1 << 16;
/// What floats at ±2²³ may be, unless they are zero.
const FLOATS: std::ops::Range<f32> = 1e-3..2e7;

/// The layout, settled by the first samples where the header leaves it open.
pub(super) fn settle<R: Read + Seek>(
    source: &mut R,
    layout: Layout,
    format: &Format,
    data: &Chunk,
    warnings: &mut Vec<String>,
) -> Result<Layout, Error> {
    if !format.is_ambiguous(layout) {
        return Ok(layout);
    }
    let mut bytes = Vec::new();
    source.seek(SeekFrom::Start(data.start))?;
    source
        .take(data.length.min(ASKED))
        .read_to_end(&mut bytes)?;
    let samples = || {
        bytes.chunks_exact(4).map(|bytes| {
            let bytes = [bytes[0], bytes[1], bytes[2], bytes[3]];
            if layout.is_big_endian {
                u32::from_be_bytes(bytes)
            } else {
                u32::from_le_bytes(bytes)
            }
        })
    };
    let sounding = samples().filter(|&bits| bits != 0).count();
    let all =
        |fits: &dyn Fn(u32) -> bool| sounding > 0 && samples().filter(|&bits| bits != 0).all(fits);
    let coding = if all(&|bits| FLOATS.contains(&f32::from_bits(bits).abs())) {
        warnings.push("the samples are floats at 24 bits, as Cool Edit wrote them".into());
        Coding::FloatAt24Bits
    } else if all(&|bits| (bits << 8).cast_signed() >> 8 == bits.cast_signed())
        && !all(&|bits| bits & 0xff == 0)
    {
        warnings.push(
            "24 bits lie in the lower three of four bytes, which the header does not say".into(),
        );
        Coding::SignedLow24
    } else {
        layout.coding
    };
    Ok(Layout { coding, ..layout })
}
