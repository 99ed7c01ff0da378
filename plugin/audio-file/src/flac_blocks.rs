//! The blocks before a FLAC file's sound, of which those that hold chunks of a WAV file matter here: `flac
//! --keep-foreign-metadata` puts each into an APPLICATION block with the id `riff`.

use crate::marks::Marks;

/// The kind of block that belongs to applications.
pub(crate) const APPLICATION: u8 = 2;
/// The application that stores chunks.
pub(crate) const RIFF: &[u8; 4] = b"riff";

/// The content of the first block, which says how the sound is stored.
pub(crate) fn stream_info(start: &[u8]) -> Option<&[u8]> {
    let at = crate::mpeg::id3v2_bytes(start).unwrap_or(0);
    let blocks = start.get(at..)?.strip_prefix(b"fLaC")?;
    (blocks.first()? & 0x7f == 0)
        .then(|| blocks.get(4..38))
        .flatten()
}

/// The chunks in the blocks of a FLAC file's first bytes.
pub(crate) fn marks(start: &[u8]) -> Marks {
    let mut marks = Marks::default();
    let mut at = crate::mpeg::id3v2_bytes(start).unwrap_or(0);
    if start.get(at..at + 4) != Some(b"fLaC") {
        return marks;
    }
    at += 4;
    while let Some(header) = start.get(at..at + 4) {
        let length =
            usize::from(header[1]) << 16 | usize::from(header[2]) << 8 | usize::from(header[3]);
        let Some(body) = start.get(at + 4..at + 4 + length) else {
            break;
        };
        if header[0] & 0x7f == APPLICATION
            && let Some(chunk) = body.strip_prefix(RIFF)
            && chunk.len() > 8
        {
            let id = [chunk[0], chunk[1], chunk[2], chunk[3]];
            let size = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]) as usize;
            if let Some(content) = chunk.get(8..8 + size) {
                marks.add(id, content.to_vec());
            }
        }
        if header[0] & 0x80 != 0 {
            break;
        }
        at += 4 + length;
    }
    marks
}
