//! WAV and its relatives: RIFF, RIFX, RF64, BW64 and Sony's Wave64.
//!
//! Headers are believed only as far as the data goes: recorders that crash leave sizes of zero, streams leave sizes of −1,
//! editors write them wrong. Chunks are walked from one to the next; where that leads astray they are searched for.

mod chunks;
mod container;
mod format;

use std::io::{Read, Seek, SeekFrom};

use crate::audio::Audio;
use crate::error::Error;
use crate::limits::MAX_COMPRESSED;
use crate::marks::Marks;
pub(crate) use chunks::is_wave64;
use chunks::{Chunk, Chunks};
use format::{Content, Format};

/// What a file of the family holds.
pub(crate) enum Riff {
    /// Samples.
    Samples(Audio),
    /// A compressed stream, as a file of its own would hold it.
    Stream {
        bytes: Vec<u8>,
        marks: Marks,
        warnings: Vec<String>,
    },
    /// A coding that needs the container around it.
    Foreign {
        /// What it is.
        coding: String,
        /// Samples that the `fact` chunk states, 0 where there is none.
        frames: usize,
        marks: Marks,
    },
}

/// Reads a file of `length` bytes that begins as one of the family does.
pub(crate) fn read<R: Read + Seek>(source: &mut R, length: u64) -> Result<Riff, Error> {
    let mut warnings = Vec::new();
    let chunks = Chunks::find(source, length, &mut warnings)?;
    let Some(format) = chunks.first(b"fmt ") else {
        return Err(Error::damaged(
            "a WAV file without a `fmt ` chunk, so nothing says how its samples are stored",
        ));
    };
    let body = bytes(source, format, 256)?;
    let format = Format::parse(&body, chunks.is_big_endian())?;
    let data: Vec<&Chunk> = chunks.all(b"data").collect();
    if data.is_empty() {
        return Err(Error::damaged(
            "a WAV file without a `data` chunk: it holds no sound",
        ));
    }
    let marks = marks(source, &chunks, &mut warnings)?;
    let layout = match format.content(&mut warnings) {
        Content::Samples(layout) => layout,
        Content::Stream => {
            return Ok(Riff::Stream {
                bytes: joined(source, &data)?,
                marks,
                warnings,
            });
        }
        Content::Foreign(coding) => {
            let frames = match chunks.first(b"fact") {
                Some(fact) if !chunks.is_big_endian() => match bytes(source, fact, 4)?[..] {
                    [a, b, c, d] => u32::from_le_bytes([a, b, c, d]) as usize,
                    _ => 0,
                },
                _ => 0,
            };
            return Ok(Riff::Foreign {
                coding,
                frames,
                marks,
            });
        }
    };
    let layout = container::settle(source, layout, &format, data[0], &mut warnings)?;
    let mut audio = Audio::with_shape(format.rate, format.channels)?;
    for chunk in data {
        layout.read(source, chunk.start, chunk.length, &mut audio)?;
    }
    audio.marks = marks;
    audio.warnings = warnings;
    Ok(Riff::Samples(audio))
}

/// The content of a chunk, at most `most` bytes of it.
fn bytes<R: Read + Seek>(source: &mut R, chunk: &Chunk, most: u64) -> Result<Vec<u8>, Error> {
    source.seek(SeekFrom::Start(chunk.start))?;
    let mut bytes = Vec::new();
    source
        .take(chunk.length.min(most))
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn joined<R: Read + Seek>(source: &mut R, data: &[&Chunk]) -> Result<Vec<u8>, Error> {
    let length: u64 = data.iter().map(|chunk| chunk.length).sum();
    if length > MAX_COMPRESSED {
        return Err(Error::TooLong);
    }
    let mut joined = Vec::new();
    for chunk in data {
        joined.extend(bytes(source, chunk, u64::MAX)?);
    }
    Ok(joined)
}

fn marks<R: Read + Seek>(
    source: &mut R,
    chunks: &Chunks,
    warnings: &mut Vec<String>,
) -> Result<Marks, Error> {
    let mut marks = Marks::default();
    let mut is_turned = false;
    for chunk in chunks.iter() {
        if !Marks::wants(&chunk.id, chunk.length) {
            continue;
        }
        // Their numbers would have to be turned one by one.
        if chunks.is_big_endian() {
            is_turned |= &chunk.id != b"LIST";
            continue;
        }
        let body = bytes(source, chunk, chunk.length)?;
        marks.add(chunk.id, body);
    }
    if is_turned {
        warnings.push("loop points and markers of a big-endian WAV file are not kept".into());
    }
    Ok(marks)
}
