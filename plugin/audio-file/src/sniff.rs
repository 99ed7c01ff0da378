//! What a file is, by its first bytes.

mod magic;

use magic::{FOREIGN, OTHERS};

/// Bytes to look at.
pub(crate) const START_BYTES: usize = 4_096;

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// WAV, RF64, BW64, Wave64.
    Riff,
    /// AIFF or AIFF-C.
    Aiff,
    /// MPEG audio, perhaps behind tags.
    Mpeg,
    /// AAC in ADTS frames.
    Adts,
    /// MPEG-4 and QuickTime.
    Mp4,
    /// FLAC.
    Flac,
    /// Ogg, with what its first stream is.
    Ogg(OggStream),
    /// Apple's Core Audio Format.
    Caf,
    /// Matroska, WebM.
    Matroska,
    /// Sound that only `ffmpeg` reads, with its name.
    Foreign(&'static str),
    /// No sound, with what it is.
    Other(String),
    /// Nothing known.
    Unknown,
}

/// The coding of an Ogg file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OggStream {
    Vorbis,
    Flac,
    Opus,
    Speex,
    Unknown,
}

impl Kind {
    /// Whether this is sound beyond doubt: two bytes of an MPEG frame are not enough.
    pub(crate) fn is_certainly_audio(&self, start: &[u8]) -> bool {
        match self {
            Self::Other(_) | Self::Unknown | Self::Adts => false,
            Self::Mpeg => start.starts_with(b"ID3"),
            // Films, mostly; those that are sound say so in their names.
            Self::Mp4 => start.get(8..11) == Some(b"M4A"),
            Self::Matroska => false,
            Self::Foreign(what) => !what.contains("video"),
            _ => true,
        }
    }
}

/// What a file is that begins with `start` and has `length` bytes.
pub(crate) fn kind(start: &[u8], length: u64) -> Kind {
    if length == 0 {
        return Kind::Other("an empty file".into());
    }
    let at = |place: usize, text: &[u8]| {
        start
            .get(place..)
            .is_some_and(|rest| rest.starts_with(text))
    };
    let begins = |text: &[u8]| at(0, text);
    if [&b"RIFF"[..], b"RIFX", b"RF64", b"BW64"]
        .iter()
        .any(|id| begins(id))
    {
        return riff(start);
    }
    if crate::riff::is_wave64(start) {
        return Kind::Riff;
    }
    if begins(b"FORM") {
        return match start.get(8..12) {
            Some(b"AIFF" | b"AIFC") => Kind::Aiff,
            Some(b"8SVX") => Kind::Foreign("an 8SVX file"),
            Some(b"16SV") => Kind::Foreign("a 16SV file"),
            Some(b"MAUD") => Kind::Foreign("a MAUD file"),
            _ => Kind::Other("an IFF file that is no AIFF".into()),
        };
    }
    if begins(b"OggS") {
        return Kind::Ogg(ogg(start));
    }
    if at(4, b"ftyp") || at(4, b"moov") || at(4, b"mdat") || at(4, b"wide") || at(4, b"free") {
        return match start.get(8..12) {
            Some(b"heic" | b"heix" | b"mif1" | b"avif") if at(4, b"ftyp") => {
                Kind::Other("a HEIF picture".into())
            }
            _ => Kind::Mp4,
        };
    }
    for (magic, kind) in [
        (&b"fLaC"[..], Kind::Flac),
        (b"caff", Kind::Caf),
        (b"\x1a\x45\xdf\xa3", Kind::Matroska),
    ] {
        if begins(magic) {
            return kind;
        }
    }
    if let Some((_, _, what)) = FOREIGN.iter().find(|(place, magic, _)| at(*place, magic)) {
        return Kind::Foreign(what);
    }
    if let Some((_, _, what)) = OTHERS.iter().find(|(place, magic, _)| at(*place, magic)) {
        return Kind::Other((*what).into());
    }
    if is_onnx(start) {
        return Kind::Other(
            "an ONNX model, which bends sound and holds none; it goes with --model".into(),
        );
    }
    if at(8, b"{\"") && start.get(4..8) == Some(&[0; 4]) {
        return Kind::Other("a safetensors file (a model's weights)".into());
    }
    if begins(b"ID3") {
        // What follows a tag is looked for by whoever reads it.
        return Kind::Mpeg;
    }
    if is_utf_16(start) {
        return Kind::Other("a text file".into());
    }
    if start.len() >= 2 && start[0] == 0xff {
        if start[1] & 0xf6 == 0xf0 {
            return Kind::Adts;
        }
        if start[1] & 0xe0 == 0xe0 && start[1] & 0x06 != 0 {
            return Kind::Mpeg;
        }
    }
    if start.len() as u64 >= length && start.iter().all(|&byte| byte == 0) {
        return Kind::Other("a file of zero bytes, as a copy leaves it that was broken off".into());
    }
    if is_text(start) {
        return Kind::Other(text(start).into());
    }
    Kind::Unknown
}

/// A protocol buffer that begins with a small version and the name of what wrote it, or with the graph.
fn is_onnx(start: &[u8]) -> bool {
    let Some([0x08, 1..=32, tag, length, rest @ ..]) = start.get(..8).map(|_| start) else {
        return false;
    };
    match tag {
        0x12 => rest
            .get(..usize::from(*length))
            .is_some_and(|name| name.iter().all(|byte| (0x20..0x7f).contains(byte))),
        0x3a => true,
        _ => false,
    }
}

/// Where a file of sound begins within other bytes.
pub(crate) fn embedded(bytes: &[u8]) -> Option<usize> {
    (0..bytes.len()).find(|&at| {
        let rest = &bytes[at..];
        let behind = rest.get(8..12);
        match rest[0] {
            b'R' => {
                [&b"RIFF"[..], b"RF64", b"RIFX"]
                    .iter()
                    .any(|id| rest.starts_with(id))
                    && behind == Some(b"WAVE")
            }
            b'F' => rest.starts_with(b"FORM") && matches!(behind, Some(b"AIFF" | b"AIFC")),
            b'O' => rest.starts_with(b"OggS\0\x02"),
            b'f' => rest.starts_with(b"fLaC") && rest.get(5..8) == Some(b"\0\0\x22"),
            _ => false,
        }
    })
}

/// Where frames of AAC follow one another.
pub(crate) fn adts(bytes: &[u8]) -> Option<usize> {
    let length = |at: usize| {
        let header = bytes.get(at..at + 7)?;
        let is_sync = header[0] == 0xff && header[1] & 0xf6 == 0xf0 && header[2] >> 2 & 15 < 13;
        let length = usize::from(header[3] & 3) << 11
            | usize::from(header[4]) << 3
            | usize::from(header[5]) >> 5;
        (is_sync && length > 7).then_some(length)
    };
    (0..bytes.len()).find(|&at| {
        let mut next = at;
        (0..4).all(|_| match length(next) {
            Some(length) => {
                next += length;
                true
            }
            None => false,
        })
    })
}

fn riff(start: &[u8]) -> Kind {
    match start.get(8..12) {
        Some(b"WAVE") => Kind::Riff,
        Some(b"AVI ") => Kind::Foreign("an AVI video"),
        Some(b"WEBP") => Kind::Other("a WebP picture".into()),
        Some(b"RMID") => Kind::Other("a MIDI file, which holds notes and no sound".into()),
        Some(b"sfbk") => Kind::Other("a SoundFont".into()),
        _ => Kind::Other("a RIFF file that is no WAV".into()),
    }
}

fn ogg(start: &[u8]) -> OggStream {
    let has = |text: &[u8]| {
        start[..start.len().min(512)]
            .windows(text.len())
            .any(|found| found == text)
    };
    if has(b"OpusHead") {
        OggStream::Opus
    } else if has(b"\x01vorbis") {
        OggStream::Vorbis
    } else if has(b"\x7fFLAC") {
        OggStream::Flac
    } else if has(b"Speex   ") {
        OggStream::Speex
    } else {
        OggStream::Unknown
    }
}

fn is_text(start: &[u8]) -> bool {
    let cut_off = 3;
    let whole = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) if error.valid_up_to() + cut_off >= start.len() => {
            std::str::from_utf8(&start[..error.valid_up_to()]).unwrap_or("")
        }
        Err(_) => return false,
    };
    !whole.is_empty() && !whole.chars().any(|c| c.is_control() && !c.is_whitespace())
}

/// UTF-16, as Windows writes it: its first bytes could also begin a frame of MPEG audio.
fn is_utf_16(start: &[u8]) -> bool {
    let turn: fn([u8; 2]) -> u16 = match start.get(..2) {
        Some(b"\xff\xfe") => u16::from_le_bytes,
        Some(b"\xfe\xff") => u16::from_be_bytes,
        _ => return false,
    };
    let units = start[2..]
        .chunks_exact(2)
        .take(100)
        .map(|pair| turn([pair[0], pair[1]]));
    char::decode_utf16(units).all(|c| c.is_ok_and(|c| !c.is_control() || c.is_whitespace()))
}

fn text(start: &[u8]) -> &'static str {
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        Some(b'<') => "a text file (HTML or XML)",
        Some(b'{') => "a text file (JSON)",
        _ => "a text file",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is_is_seen_by_its_first_bytes() {
        let said = |start: &[u8]| match kind(start, start.len() as u64) {
            Kind::Other(what) => what,
            kind => format!("{kind:?}"),
        };
        assert_eq!(said(b"\x89PNG\r\n\x1a\n"), "a PNG picture");
        assert_eq!(said("läuft\n".as_bytes()), "a text file");
        assert_eq!(said(b"\xff\xfek\0i\0"), "a text file");
        assert_eq!(said(b""), "an empty file");
        assert_eq!(
            said(&[0; 100]),
            "a file of zero bytes, as a copy leaves it that was broken off"
        );
        assert_eq!(said(b"RIFF\0\0\0\0WAVEfmt "), "Riff");
        assert_eq!(said(b"RIFF\0\0\0\0WEBPVP8 "), "a WebP picture");
        assert_eq!(said(b"\xff\xfb\x90\x64"), "Mpeg");
        assert_eq!(said(b"\xff\xf1\x50\x80"), "Adts");
        assert_eq!(said(b"\0\0\0\x1cftypM4A "), "Mp4");
        assert_eq!(
            said(b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead"),
            "Ogg(Opus)"
        );
    }
}
