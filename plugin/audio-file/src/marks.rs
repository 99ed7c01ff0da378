//! Chunks that describe a loop and travel from the file read to the file written: loop points and root note (`smpl`), tempo
//! and beats (`acid`), slices (`strc`), markers (`cue `) and their names (`LIST`/`adtl`), key range (`inst`), broadcast times
//! (`bext`), a recorder's notes (`iXML`), title and artist (`LIST`/`INFO`).
//!
//! The output has the input's length and rate, so every position in them stays true.

/// Ids of the chunks that travel; of `LIST` only those of type `adtl` and `INFO`.
const TRAVELLERS: [&[u8; 4]; 8] = [
    b"smpl", b"acid", b"cue ", b"LIST", b"inst", b"bext", b"iXML", b"strc",
];
/// Bytes that one chunk, and all together, may have: markers are small.
const MOST_BYTES: usize = 1 << 20;
const MOST_BYTES_TOGETHER: usize = 4 << 20;
/// Where `bext` keeps its version and, from version 2 on, five loudness figures of two bytes.
const BEXT_VERSION: usize = 346;
const BEXT_LOUDNESS: std::ops::Range<usize> = 412..422;
/// A loudness that is not stated.
const NOT_STATED: [u8; 2] = 0x7fff_u16.to_le_bytes();

/// One chunk as it stands in a WAV file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The chunk's id.
    pub id: [u8; 4],
    /// Its content, without the padding byte.
    pub body: Vec<u8>,
}

/// The chunks of a file that travel, in the file's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(Vec<Mark>);

impl Marks {
    /// Whether a chunk with this id may travel and is small enough to be looked at.
    pub(crate) fn wants(id: &[u8; 4], length: u64) -> bool {
        TRAVELLERS.contains(&id) && length <= MOST_BYTES as u64
    }

    /// Adds a chunk, if it is one that travels.
    pub(crate) fn add(&mut self, id: [u8; 4], mut body: Vec<u8>) {
        let is_other_list = &id == b"LIST" && !matches!(body.get(..4), Some(b"adtl" | b"INFO"));
        let together: usize = self.0.iter().map(|mark| mark.body.len()).sum();
        if !Self::wants(&id, body.len() as u64)
            || is_other_list
            || body.is_empty()
            || together + body.len() > MOST_BYTES_TOGETHER
        {
            return;
        }
        if &id == b"bext" {
            forget_loudness(&mut body);
        }
        self.0.push(Mark { id, body });
    }

    /// The chunks.
    pub fn iter(&self) -> impl Iterator<Item = &Mark> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What was measured of the input is not true of the output.
fn forget_loudness(body: &mut [u8]) {
    let version = body
        .get(BEXT_VERSION..BEXT_VERSION + 2)
        .map_or(0, |bytes| u16::from_le_bytes([bytes[0], bytes[1]]));
    if version >= 2
        && let Some(loudness) = body.get_mut(BEXT_LOUDNESS)
    {
        for figure in loudness.chunks_exact_mut(2) {
            figure.copy_from_slice(&NOT_STATED);
        }
    }
}
