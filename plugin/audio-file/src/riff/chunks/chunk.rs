//! One chunk: how its header is written, and where its content lies.

use std::io::{Read, Seek, SeekFrom};

use netbend_dsp::number::low_bits;

use crate::error::Error;

/// What a size says that was not known when it was written.
const NOT_KNOWN: u32 = u32::MAX;
/// The last bytes of Wave64's names.
const W64_TAIL: &[u8; 12] = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";
/// Chunks that are found in WAV files: what tells a header from sound.
const KNOWN: [&[u8; 4]; 30] = [
    b"fmt ", b"data", b"fact", b"LIST", b"smpl", b"inst", b"cue ", b"acid", b"bext", b"JUNK",
    b"junk", b"PAD ", b"ds64", b"iXML", b"axml", b"chna", b"ID3 ", b"id3 ", b"PEAK", b"plst",
    b"cart", b"strc", b"DISP", b"FLLR", b"_PMX", b"umid", b"levl", b"labl", b"minf", b"afsp",
];

/// Where one chunk's content lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::riff) struct Chunk {
    pub(in crate::riff) id: [u8; 4],
    pub(in crate::riff) start: u64,
    /// As far as the file goes.
    pub(in crate::riff) length: u64,
}

/// How chunks are written in one member of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Riff,
    Rifx,
    Rf64,
    Wave64,
}

impl Family {
    pub(super) fn header_bytes(self) -> u64 {
        if self == Self::Wave64 { 24 } else { 8 }
    }

    pub(super) fn padded(self, length: u64) -> u64 {
        let to = if self == Self::Wave64 { 8 } else { 2 };
        length.saturating_add(to - 1) / to * to
    }
}

/// One chunk's header, as it is written.
pub(super) struct Header {
    pub(super) id: [u8; 4],
    /// Length of the content, or `None` where the header does not know it.
    pub(super) length: Option<u64>,
    /// Whether it looks like a header at all.
    pub(super) is_plausible: bool,
}

impl Header {
    pub(super) fn is_known(&self) -> bool {
        KNOWN.contains(&&self.id)
    }

    /// Reads the header at a place, or `None` where the source ends before it does. `data_bytes` is how long the sound is, where 32 bits do
    /// not hold it.
    pub(super) fn read<R: Read + Seek>(
        source: &mut R,
        at: u64,
        family: Family,
        data_bytes: Option<u64>,
    ) -> Result<Option<Self>, Error> {
        let count = low_bits::<usize>(family.header_bytes());
        let mut bytes = [0_u8; 24];
        source.seek(SeekFrom::Start(at))?;
        if read_up_to(source, &mut bytes[..count])? < count {
            return Ok(None);
        }
        let id = [bytes[0], bytes[1], bytes[2], bytes[3]];
        let is_text = id.iter().all(|byte| (0x20..0x7f).contains(byte));
        if family == Family::Wave64 {
            let mut size = [0; 8];
            size.copy_from_slice(&bytes[16..24]);
            let size = u64::from_le_bytes(size);
            let is_plausible = is_text && &bytes[4..16] == W64_TAIL;
            return Ok(Some(Self {
                id,
                length: size.checked_sub(24),
                is_plausible,
            }));
        }
        let size = [bytes[4], bytes[5], bytes[6], bytes[7]];
        let size = match family {
            Family::Rifx => u32::from_be_bytes(size),
            _ => u32::from_le_bytes(size),
        };
        let length = match (size, family) {
            (NOT_KNOWN, Family::Rf64) if &id == b"data" => data_bytes,
            (NOT_KNOWN, _) => None,
            (size, _) => Some(u64::from(size)),
        };
        Ok(Some(Self {
            id,
            length,
            is_plausible: is_text,
        }))
    }
}

/// Fills `bytes` as far as the source goes.
pub(super) fn read_up_to<R: Read>(source: &mut R, bytes: &mut [u8]) -> Result<usize, Error> {
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
