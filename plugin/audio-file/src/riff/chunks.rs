//! The chunks of a file, by walking from one to the next, and by searching where that fails.

use std::io::{Read, Seek, SeekFrom};

use crate::error::Error;
use netbend_dsp::number::low_bits;

/// Chunks looked at: a hostile file may consist of empty ones.
const MOST_CHUNKS: usize = 10_000;
/// What a size says that was not known when it was written.
const NOT_KNOWN: u32 = u32::MAX;
/// The first and last bytes of Wave64's names.
const W64_RIFF: &[u8; 16] = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00";
const W64_TAIL: &[u8; 12] = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";
/// Chunks that are found in WAV files: what tells a header from sound.
const KNOWN: [&[u8; 4]; 30] = [
    b"fmt ", b"data", b"fact", b"LIST", b"smpl", b"inst", b"cue ", b"acid", b"bext", b"JUNK",
    b"junk", b"PAD ", b"ds64", b"iXML", b"axml", b"chna", b"ID3 ", b"id3 ", b"PEAK", b"plst",
    b"cart", b"strc", b"DISP", b"FLLR", b"_PMX", b"umid", b"levl", b"labl", b"minf", b"afsp",
];
/// Bytes searched at once.
const SEARCHED: usize = 1 << 16;

/// Where one chunk's content lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) id: [u8; 4],
    pub(super) start: u64,
    /// As far as the file goes.
    pub(super) length: u64,
}

/// How chunks are written in one member of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Riff,
    Rifx,
    Rf64,
    Wave64,
}

impl Family {
    fn header_bytes(self) -> u64 {
        if self == Self::Wave64 { 24 } else { 8 }
    }

    fn padded(self, length: u64) -> u64 {
        let to = if self == Self::Wave64 { 8 } else { 2 };
        length.saturating_add(to - 1) / to * to
    }
}

/// One chunk's header, as it is written.
struct Header {
    id: [u8; 4],
    /// Length of the content, or `None` where the header does not know it.
    length: Option<u64>,
    /// Whether it looks like a header at all.
    is_plausible: bool,
}

impl Header {
    fn is_known(&self) -> bool {
        KNOWN.contains(&&self.id)
    }
}

/// The chunks of a file, in its order.
pub(super) struct Chunks {
    family: Family,
    chunks: Vec<Chunk>,
}

impl Chunks {
    pub(super) fn find<R: Read + Seek>(
        source: &mut R,
        length: u64,
        warnings: &mut Vec<String>,
    ) -> Result<Self, Error> {
        let mut start = [0_u8; 40];
        source.seek(SeekFrom::Start(0))?;
        let read = read_up_to(source, &mut start)?;
        let little = u32::from_le_bytes([start[4], start[5], start[6], start[7]]);
        let (family, first, stated) = match &start[..4] {
            b"RIFX" => (Family::Rifx, 12, Some(8 + u64::from(little.swap_bytes()))),
            b"RF64" | b"BW64" => (Family::Rf64, 12, None),
            b"riff" => {
                let mut stated = [0; 8];
                stated.copy_from_slice(&start[16..24]);
                (Family::Wave64, 40, Some(u64::from_le_bytes(stated)))
            }
            _ => (Family::Riff, 12, Some(8 + u64::from(little))),
        };
        if (read as u64) < first {
            return Err(Error::damaged("a WAV file that ends within its header"));
        }
        let walk = Walk {
            source,
            length,
            family,
            sizes: Sizes::default(),
            stated,
            chunks: Vec::new(),
        };
        walk.run(first, warnings)
    }

    pub(super) fn is_big_endian(&self) -> bool {
        self.family == Family::Rifx
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Chunk> {
        self.chunks.iter()
    }

    pub(super) fn all<'a>(&'a self, id: &'a [u8; 4]) -> impl Iterator<Item = &'a Chunk> {
        self.iter().filter(move |chunk| &chunk.id == id)
    }

    pub(super) fn first(&self, id: &[u8; 4]) -> Option<&Chunk> {
        self.iter().find(|chunk| &chunk.id == id)
    }
}

/// Sizes of 64 bits, where 32 do not hold them.
#[derive(Default)]
struct Sizes {
    data: Option<u64>,
}

struct Walk<'a, R> {
    source: &'a mut R,
    length: u64,
    family: Family,
    sizes: Sizes,
    /// Where the file ends as its own header has it.
    stated: Option<u64>,
    chunks: Vec<Chunk>,
}

impl<R: Read + Seek> Walk<'_, R> {
    fn run(mut self, first: u64, warnings: &mut Vec<String>) -> Result<Chunks, Error> {
        let mut at = first;
        let mut previous = first;
        let mut searched = false;
        while self.chunks.len() < MOST_CHUNKS {
            let Some(header) = self.header(at)? else {
                if self.is_complete() || searched {
                    break;
                }
                searched = true;
                match self.search(previous)? {
                    Some(found) => at = self.astray(found, warnings),
                    None => break,
                }
                continue;
            };
            let body = at + self.family.header_bytes();
            let left = self.length.saturating_sub(body);
            let overruns = header.length.is_none_or(|length| length > left);
            let is_data = &header.id == b"data";
            if !header.is_plausible || (overruns && !is_data && !self.is_complete()) {
                // Not a chunk, or one that would swallow what has not been found yet.
                if self.is_complete() || searched {
                    break;
                }
                searched = true;
                match self.search(previous.min(at))? {
                    Some(found) => at = self.astray(found, warnings),
                    None => break,
                }
                continue;
            }
            if self.is_complete() && self.is_past_the_end(at) && !header.is_known() {
                break;
            }
            let length = if is_data {
                self.data_length(&header, body, warnings)?
            } else {
                header.length.unwrap_or(left).min(left)
            };
            if &header.id == b"ds64" {
                self.read_sizes(body, length)?;
            }
            self.chunks.push(Chunk {
                id: header.id,
                start: body,
                length,
            });
            previous = body;
            at = self.after(body, length)?;
        }
        self.check_stated(warnings);
        Ok(Chunks {
            family: self.family,
            chunks: self.chunks,
        })
    }

    fn has(&self, id: &[u8; 4]) -> bool {
        self.chunks.iter().any(|chunk| &chunk.id == id)
    }

    fn is_complete(&self) -> bool {
        self.has(b"fmt ") && self.has(b"data")
    }

    fn is_past_the_end(&self, at: u64) -> bool {
        self.stated.is_some_and(|stated| at >= stated)
    }

    /// The header at a place, or `None` where the file has no room for one.
    fn header(&mut self, at: u64) -> Result<Option<Header>, Error> {
        let count = low_bits::<usize>(self.family.header_bytes());
        if at.saturating_add(count as u64) > self.length {
            return Ok(None);
        }
        let mut bytes = [0_u8; 24];
        self.source.seek(SeekFrom::Start(at))?;
        if read_up_to(self.source, &mut bytes[..count])? < count {
            return Ok(None);
        }
        let id = [bytes[0], bytes[1], bytes[2], bytes[3]];
        let is_text = id.iter().all(|byte| (0x20..0x7f).contains(byte));
        if self.family == Family::Wave64 {
            let mut size = [0; 8];
            size.copy_from_slice(&bytes[16..24]);
            let size = u64::from_le_bytes(size);
            let is_plausible = is_text && &bytes[4..16] == W64_TAIL;
            return Ok(Some(Header {
                id,
                length: size.checked_sub(24),
                is_plausible,
            }));
        }
        let size = [bytes[4], bytes[5], bytes[6], bytes[7]];
        let size = match self.family {
            Family::Rifx => u32::from_be_bytes(size),
            _ => u32::from_le_bytes(size),
        };
        let length = match (size, self.family) {
            (NOT_KNOWN, Family::Rf64) if &id == b"data" => self.sizes.data,
            (NOT_KNOWN, _) => None,
            (size, _) => Some(u64::from(size)),
        };
        Ok(Some(Header {
            id,
            length,
            is_plausible: is_text,
        }))
    }

    /// Where the next chunk begins: behind the padding, unless that was forgotten.
    fn after(&mut self, body: u64, length: u64) -> Result<u64, Error> {
        let end = body + length;
        let padded = body + self.family.padded(length);
        if padded == end {
            return Ok(end);
        }
        let known = |header: Option<Header>| header.is_some_and(|header| header.is_known());
        if !known(self.header(padded)?) && known(self.header(end)?) {
            return Ok(end);
        }
        Ok(padded)
    }

    /// How much of the file is sound.
    fn data_length(
        &mut self,
        header: &Header,
        body: u64,
        warnings: &mut Vec<String>,
    ) -> Result<u64, Error> {
        let left = self.length.saturating_sub(body);
        match header.length {
            Some(0) if left > 0 => {
                if self.leads_to_the_end(body)? {
                    return Ok(0);
                }
                warnings.push(
                    "the header says 0 bytes of sound, as a recorder leaves it that was stopped; everything up to the end of \
                     the file was read"
                        .into(),
                );
                Ok(left)
            }
            Some(length) if length <= left => Ok(length),
            Some(length) => {
                warnings.push(format!(
                    "the header says {length} bytes of sound, and {left} are there; all of them were read"
                ));
                Ok(left)
            }
            None => {
                warnings.push(
                    "the header does not say how long the sound is; everything up to the end of the file was read".into(),
                );
                Ok(left)
            }
        }
    }

    /// Whether chunks follow from here one after the other exactly to the end of the file.
    fn leads_to_the_end(&mut self, mut at: u64) -> Result<bool, Error> {
        for _ in 0..MOST_CHUNKS {
            if at.saturating_add(1) >= self.length {
                return Ok(at <= self.length.saturating_add(1));
            }
            let Some(header) = self.header(at)? else {
                return Ok(false);
            };
            let (true, Some(length)) = (header.is_known(), header.length) else {
                return Ok(false);
            };
            at = (at + self.family.header_bytes()).saturating_add(self.family.padded(length));
        }
        Ok(false)
    }

    fn read_sizes(&mut self, body: u64, length: u64) -> Result<(), Error> {
        let mut sizes = [0_u8; 16];
        self.source.seek(SeekFrom::Start(body))?;
        if length >= 16 && read_up_to(self.source, &mut sizes)? == 16 {
            let number = |at: usize| {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&sizes[at..at + 8]);
                u64::from_le_bytes(bytes)
            };
            self.stated = Some(number(0))
                .filter(|&size| size > 0)
                .map(|size| size.saturating_add(8));
            self.sizes.data = Some(number(8));
        }
        Ok(())
    }

    /// Goes on at a chunk that was searched for.
    fn astray(&self, found: u64, warnings: &mut Vec<String>) -> u64 {
        warnings.push(
            "a chunk before the sound has a wrong size; the chunks behind it were searched for"
                .into(),
        );
        found
    }

    /// The next `fmt ` or `data`, whichever is missing, at `from` or behind it.
    fn search(&mut self, from: u64) -> Result<Option<u64>, Error> {
        let missing: Vec<&[u8; 4]> = [b"fmt ", b"data"]
            .into_iter()
            .filter(|id| !self.has(id))
            .collect();
        let header_bytes = self.family.header_bytes();
        let mut block = vec![0_u8; SEARCHED];
        let mut at = from;
        loop {
            self.source.seek(SeekFrom::Start(at))?;
            let read = read_up_to(self.source, &mut block)?;
            for place in 0..read.saturating_sub(7) {
                if !missing.iter().any(|id| block[place..].starts_with(*id)) {
                    continue;
                }
                let here = at + place as u64;
                let header = self.header(here)?;
                let fits = header.is_some_and(|header| {
                    let left = self.length - here - header_bytes;
                    let is_format = &header.id == b"fmt ";
                    header.is_plausible
                        && match header.length {
                            Some(length) if is_format => {
                                (14..=256).contains(&length) && length <= left
                            }
                            Some(length) => length <= left,
                            None => !is_format,
                        }
                });
                if fits {
                    return Ok(Some(here));
                }
            }
            if read < SEARCHED {
                return Ok(None);
            }
            at += (SEARCHED - 7) as u64;
        }
    }

    /// Says where the file's own size is wrong in a way that other programs will stumble over.
    fn check_stated(&self, warnings: &mut Vec<String>) {
        let Some(stated) = self.stated else { return };
        let data_end = self
            .chunks
            .iter()
            .filter(|chunk| &chunk.id == b"data")
            .map(|chunk| chunk.start + chunk.length)
            .max();
        if warnings.is_empty()
            && let Some(end) = data_end
            && (stated < end || stated > self.length.saturating_add(8))
        {
            warnings.push(format!(
                "the header says the file is {stated} bytes long, and it is {}; its chunks were believed instead",
                self.length
            ));
        }
    }
}

/// Fills `bytes` as far as the source goes.
fn read_up_to<R: Read>(source: &mut R, bytes: &mut [u8]) -> Result<usize, Error> {
    let mut read = 0;
    while read < bytes.len() {
        match source.read(&mut bytes[read..]) {
            Ok(0) => break,
            Ok(count) => read += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(read)
}

/// Whether these are the first bytes of a Wave64 file.
pub(crate) fn is_wave64(start: &[u8]) -> bool {
    start.starts_with(W64_RIFF)
}
