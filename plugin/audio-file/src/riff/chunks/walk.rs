//! From one chunk to the next, and a search where that fails.

use std::io::{Read, Seek, SeekFrom};

use super::chunk::{Chunk, Family, Header, read_up_to};
use crate::error::Error;

/// Chunks looked at: a hostile file may consist of empty ones.
const MOST_CHUNKS: usize = 10_000;
/// Bytes searched at once.
const SEARCHED: usize = 1 << 16;

/// A walk from chunk to chunk.
pub(super) struct Walk<'a, R> {
    source: &'a mut R,
    length: u64,
    family: Family,
    /// How long the sound is, where 32 bits do not hold it.
    data_bytes: Option<u64>,
    /// Where the file ends as its own header has it.
    stated: Option<u64>,
    chunks: Vec<Chunk>,
}

impl<'a, R: Read + Seek> Walk<'a, R> {
    /// Through a file of `length` bytes, which ends at `stated` as its own header has it.
    pub(super) fn new(source: &'a mut R, length: u64, family: Family, stated: Option<u64>) -> Self {
        Self {
            source,
            length,
            family,
            data_bytes: None,
            stated,
            chunks: Vec::new(),
        }
    }

    /// From the chunk at `first` on.
    pub(super) fn run(
        mut self,
        first: u64,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<Chunk>, Error> {
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
        Ok(self.chunks)
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
        if at.saturating_add(self.family.header_bytes()) > self.length {
            return Ok(None);
        }
        Header::read(self.source, at, self.family, self.data_bytes)
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
            self.data_bytes = Some(number(8));
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
