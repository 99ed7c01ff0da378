//! The chunks of a file.

mod chunk;
mod walk;

use std::io::{Read, Seek, SeekFrom};

use crate::error::Error;
pub(super) use chunk::Chunk;
use chunk::{Family, read_up_to};
use walk::Walk;

/// The first bytes of a Wave64 file.
const W64_RIFF: &[u8; 16] = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00";

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
        let walk = Walk::new(source, length, family, stated);
        let chunks = walk.run(first, warnings)?;
        Ok(Self { family, chunks })
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

/// Whether these are the first bytes of a Wave64 file.
pub(crate) fn is_wave64(start: &[u8]) -> bool {
    start.starts_with(W64_RIFF)
}
