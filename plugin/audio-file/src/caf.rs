//! What a CAF file says besides its sound, and whether it ends before that.

use std::io::{Read, Seek, SeekFrom};

/// Chunks looked at.
const MOST_CHUNKS: usize = 1_000;

/// What there is to say of a file.
pub(crate) fn warnings<R: Read + Seek>(source: &mut R, length: u64) -> Vec<String> {
    let mut warnings = Vec::new();
    let mut has_marks = false;
    let mut at = 8_u64;
    for _ in 0..MOST_CHUNKS {
        let mut header = [0_u8; 12];
        if source.seek(SeekFrom::Start(at)).is_err() || source.read_exact(&mut header).is_err() {
            break;
        }
        let mut size = [0; 8];
        size.copy_from_slice(&header[4..]);
        has_marks |= [&b"mark"[..], b"inst", b"regn"].contains(&&header[..4]);
        // Sound whose length was not known goes up to the end.
        let Ok(size) = u64::try_from(i64::from_be_bytes(size)) else {
            break;
        };
        at = match at.checked_add(12).and_then(|at| at.checked_add(size)) {
            Some(at) => at,
            None => break,
        };
        if at > length {
            warnings.push(crate::ogg::CUT_OFF.into());
            break;
        }
    }
    if has_marks {
        warnings.push("loop points and markers of a CAF file are not kept".into());
    }
    warnings
}
