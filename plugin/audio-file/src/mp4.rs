//! The edit list of an MPEG-4 or QuickTime file: which part of the decoded sound is the file's. Encoders note their delay and
//! padding there, and symphonia passes it over.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use crate::audio::Audio;

/// Bytes of a file's table of contents.
const MOST_BYTES: u64 = 64 << 20;
/// Boxes looked at on one level.
const MOST_BOXES: usize = 10_000;
/// Samples by which an edit may end beyond the sound without a word.
const MOST_PADDING: usize = 4_096;
/// Edits in a list.
const MOST_EDITS: usize = 1_000;

/// What a file says about its first audio track.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Track {
    /// The coding's four letters.
    pub(crate) coding: [u8; 4],
    /// Units of a second that `edits` count in.
    timescale: u64,
    /// Units that all samples together last.
    total: u64,
    /// Whether the file ends within a box.
    is_cut_off: bool,
    /// What of the decoded sound is heard, in units of the timescale. No end: up to the last sample.
    edits: Vec<(u64, Option<u64>)>,
}

impl Track {
    /// Looks into the file.
    pub(crate) fn find<R: Read + Seek>(source: &mut R, length: u64) -> Option<Self> {
        let moov = moov(source, length)?;
        let header = find(&moov, b"mvhd")?;
        let movie_timescale = match header.first()? {
            1 => four(header, 20)?,
            _ => four(header, 12)?,
        };
        boxes(&moov)
            .filter(|(id, _)| id == b"trak")
            .find_map(|(_, track)| Self::parse(track, movie_timescale))
            .map(|mut track| {
                if track.edits.is_empty() {
                    track.edits = itunes_gaps(&moov).into_iter().collect();
                }
                track.is_cut_off = ends_within(source, length).unwrap_or(true);
                track
            })
    }

    fn parse(track: &[u8], movie_timescale: u64) -> Option<Self> {
        let media = find(track, b"mdia")?;
        if find(media, b"hdlr")?.get(8..12)? != b"soun" {
            return None;
        }
        let header = find(media, b"mdhd")?;
        let timescale = match header.first()? {
            1 => four(header, 20)?,
            _ => four(header, 12)?,
        };
        let table = find(media, b"minf").and_then(|minf| find(minf, b"stbl"))?;
        let mut coding = [0; 4];
        coding.copy_from_slice(find(table, b"stsd")?.get(12..16)?);
        let total = find(table, b"stts").map_or(0, total);
        let edits = find(track, b"edts")
            .and_then(|edits| find(edits, b"elst"))
            .map(|list| edits(list, movie_timescale, timescale, total))
            .unwrap_or_default();
        Some(Self {
            coding,
            timescale,
            total,
            is_cut_off: false,
            edits,
        })
    }

    /// Silence for what a decoder left out that does not say where.
    pub(crate) fn fill(&self, audio: &mut Audio) {
        // Without a complaint nothing was left out.
        if self.timescale == 0 || self.is_cut_off || audio.warnings.is_empty() {
            return;
        }
        let rate = u128::from(audio.sample_rate);
        let total = u128::from(self.total) * rate / u128::from(self.timescale);
        let missing = usize::try_from(total)
            .unwrap_or(0)
            .saturating_sub(audio.len());
        if missing > 0 && missing < audio.len() && audio.push_silence(missing).is_ok() {
            audio.warnings.push(format!(
                "{missing} samples are missing against the container's length; ffmpeg does not say where, so silence was put \
                 at the end, and what follows the damage is earlier than it was"
            ));
        }
    }

    /// Keeps what is heard of what was decoded.
    pub(crate) fn apply(&self, audio: &mut Audio) {
        if self.edits.is_empty() || self.timescale == 0 {
            return;
        }
        let rate = u128::from(audio.sample_rate);
        let scale = u128::from(self.timescale);
        let samples = |units: u64| {
            usize::try_from((u128::from(units) * rate + scale / 2) / scale).unwrap_or(usize::MAX)
        };
        let length = audio.len();
        let ranges: Vec<Range<usize>> = self
            .edits
            .iter()
            .map(|(start, end)| {
                let end = end.map_or(length, samples).min(length);
                samples(*start).min(end)..end
            })
            .collect();
        let promised = self.edits.iter().filter_map(|(_, end)| *end).max();
        let promised = promised.map_or(0, samples);
        if promised > length + MOST_PADDING {
            audio.warnings.push(format!(
                "the edit list says {promised} samples, and {length} are there; all of them were read"
            ));
        }
        if let [range] = &ranges[..] {
            audio.keep(range.clone());
            return;
        }
        // An edit may be heard more than once; what that comes to is no more than was decoded.
        let mut left = length;
        for channel in &mut audio.channels {
            left = length;
            let mut heard = Vec::new();
            for range in &ranges {
                let count = range.len().min(left);
                heard.extend_from_slice(&channel[range.start..range.start + count]);
                left -= count;
            }
            *channel = heard;
        }
        if left == 0 && ranges.iter().map(Range::len).sum::<usize>() > length {
            audio
                .warnings
                .push("the edit list repeats parts of the sound; it was followed up to the sound's own length".into());
        }
    }
}

/// The table of contents, wherever it lies in the file.
fn moov<R: Read + Seek>(source: &mut R, length: u64) -> Option<Vec<u8>> {
    let mut at = 0_u64;
    for _ in 0..MOST_BOXES {
        source.seek(SeekFrom::Start(at)).ok()?;
        let mut header = [0_u8; 16];
        source.read_exact(&mut header[..8]).ok()?;
        let mut size = four(&header, 0)?;
        let mut header_bytes = 8;
        if size == 1 {
            source.read_exact(&mut header[8..]).ok()?;
            size = four(&header, 8)? << 32 | four(&header, 12)?;
            header_bytes = 16;
        } else if size == 0 {
            size = length.checked_sub(at)?;
        }
        let body = size.checked_sub(header_bytes)?;
        if &header[4..8] == b"moov" {
            let mut bytes = Vec::new();
            source
                .take(body.min(MOST_BYTES))
                .read_to_end(&mut bytes)
                .ok()?;
            return Some(bytes);
        }
        at = at.checked_add(size)?;
    }
    None
}

/// Whether the last box is longer than the file.
fn ends_within<R: Read + Seek>(source: &mut R, length: u64) -> Option<bool> {
    let mut at = 0_u64;
    for _ in 0..MOST_BOXES {
        if at >= length {
            return Some(at > length);
        }
        source.seek(SeekFrom::Start(at)).ok()?;
        let mut header = [0_u8; 16];
        source.read_exact(&mut header[..8]).ok()?;
        let size = match four(&header, 0)? {
            0 => return Some(false),
            1 => {
                source.read_exact(&mut header[8..]).ok()?;
                four(&header, 8)? << 32 | four(&header, 12)?
            }
            size => size,
        };
        at = at.checked_add(size.max(8))?;
    }
    None
}

fn boxes(bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let size = usize::try_from(four(rest, 0)?).ok()?;
        let id = rest.get(4..8)?;
        let id = [id[0], id[1], id[2], id[3]];
        let size = if size == 0 { rest.len() } else { size };
        let body = rest.get(8..size)?;
        rest = &rest[size..];
        Some((id, body))
    })
    .take(MOST_BOXES)
}

fn find<'a>(bytes: &'a [u8], id: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes)
        .find(|(found, _)| found == id)
        .map(|(_, body)| body)
}

fn four(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]).into())
}

/// The sum of all samples' durations.
fn total(table: &[u8]) -> u64 {
    let entries = table.get(8..).unwrap_or(&[]);
    entries.chunks_exact(8).fold(0, |total, entry| {
        let (count, each) = (four(entry, 0).unwrap_or(0), four(entry, 4).unwrap_or(0));
        total.saturating_add(count.saturating_mul(each))
    })
}

/// The edits that are heard. One that ends with the sound, up to the coarse clock it is told in, ends with it exactly.
fn edits(list: &[u8], movie_timescale: u64, timescale: u64, total: u64) -> Vec<(u64, Option<u64>)> {
    let is_wide = list.first() == Some(&1);
    let size = if is_wide { 20 } else { 12 };
    let entries = list.get(8..).unwrap_or(&[]).chunks_exact(size);
    let tick = timescale.div_ceil(movie_timescale.max(1));
    entries
        .take(MOST_EDITS)
        .filter_map(|entry| {
            let wide = |at| Some(four(entry, at)? << 32 | four(entry, at + 4)?);
            let (duration, start, is_empty) = if is_wide {
                let start = wide(8)?;
                (wide(0)?, start, start.cast_signed() < 0)
            } else {
                let start = four(entry, 4)?;
                (four(entry, 0)?, start, start > u64::from(u32::MAX >> 1))
            };
            if is_empty {
                // A wait before the sound, which is no part of it.
                return None;
            }
            if duration == 0 {
                return Some((start, None));
            }
            let units =
                u128::from(duration) * u128::from(timescale) / u128::from(movie_timescale.max(1));
            let end = start.saturating_add(u64::try_from(units).unwrap_or(u64::MAX));
            let end = if total > start && end.abs_diff(total) <= tick {
                total
            } else {
                end
            };
            Some((start, Some(end)))
        })
        .collect()
}

/// The gaps that iTunes notes in a text of its own, where it wrote no edit list.
fn itunes_gaps(moov: &[u8]) -> Option<(u64, Option<u64>)> {
    const NAME: &[u8] = b"iTunSMPB";
    let at = moov.windows(NAME.len()).position(|found| found == NAME)?;
    let text = moov.get(at + NAME.len()..)?;
    let data = text
        .windows(4)
        .take(64)
        .position(|found| found == b"data")?;
    let text = text.get(data + 12..)?;
    let text = std::str::from_utf8(text.get(..text.len().min(60))?).ok()?;
    let mut numbers = text
        .split_whitespace()
        .map(|number| u64::from_str_radix(number, 16));
    let (_, delay, _, length) = (
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
    );
    (delay < 16_384 && length > 0).then(|| (delay, delay.checked_add(length)))
}
