//! Reading: which of the readers a file goes to.

mod reader;
mod unknown;

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::path::Path;
use std::sync::Arc;

use crate::audio::Audio;
use crate::error::Error;
use crate::ffmpeg::Input;
use crate::limits::MAX_COMPRESSED;
use crate::packets::{self, Trouble};
use crate::sniff::{self, Kind, OggStream, START_BYTES};
use crate::{aiff, caf, ffmpeg, flac_blocks, flac_tail, mp4, mpeg, ogg, riff};
use reader::{Reader, Source};

/// Bytes of a FLAC file's head in which chunks are looked for.
const FLAC_HEAD: u64 = 8 << 20;
/// Samples that a last block may hold beyond the sound.
const MOST_PADDING: usize = 1 << 14;

/// Reads the file at `path`, whatever its name says it is.
///
/// # Errors
/// Where it is no regular file, no audio, broken, too long, or of a kind that needs `ffmpeg` and there is none.
pub fn read(path: &Path) -> Result<Audio, Error> {
    let about = std::fs::metadata(path)?;
    if about.is_dir() {
        return Err(Error::NotAudio("a folder".into()));
    }
    if !about.is_file() {
        return Err(Error::NotAudio("a pipe or a device".into()));
    }
    let length = about.len();
    let file = File::open(path)?;
    let audio = Reader {
        source: BufReader::with_capacity(1 << 16, file),
        length,
        input: Some(Input::File(path)),
        is_within: false,
    }
    .read()?;
    finished(audio)
}

/// Reads a file that is in memory, as far as that goes without `ffmpeg`.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(bytes: &[u8]) -> Result<Audio, Error> {
    let audio = Reader {
        source: Cursor::new(Arc::from(bytes)),
        length: bytes.len() as u64,
        input: None,
        is_within: false,
    }
    .read()?;
    finished(audio)
}

fn finished(mut audio: Audio) -> Result<Audio, Error> {
    if audio.is_empty() {
        return Err(Error::damaged("the file holds no sound: 0 samples"));
    }
    audio.silence_non_finite();
    Ok(audio)
}

impl<R: Source> Reader<'_, R> {
    fn read(mut self) -> Result<Audio, Error> {
        let start = self.bytes(0, START_BYTES as u64)?;
        match sniff::kind(&start, self.length) {
            Kind::Riff => self.riff(),
            Kind::Aiff => match aiff::read(&mut self.source, self.length)? {
                aiff::Aiff::Samples(audio) => Ok(audio),
                aiff::Aiff::Foreign(coding) => self.foreign(&format!("an AIFF file in {coding}")),
            },
            Kind::Mpeg => self.mpeg(&start),
            Kind::Flac => self.flac(),
            Kind::Mp4 => self.mp4(),
            Kind::Ogg(stream @ (OggStream::Vorbis | OggStream::Flac)) => self.ogg(match stream {
                OggStream::Flac => "FLAC in Ogg",
                _ => "Ogg Vorbis",
            }),
            Kind::Ogg(OggStream::Opus) => self.ogg_foreign("Opus"),
            Kind::Ogg(OggStream::Speex) => self.ogg_foreign("Speex"),
            Kind::Ogg(OggStream::Unknown) => self.foreign("an Ogg file of an unknown coding"),
            Kind::Adts => self.packets("AAC"),
            Kind::Caf => {
                let warnings = caf::warnings(&mut self.source, self.length);
                let mut audio = self.packets("a CAF file")?;
                audio.warnings.extend(warnings);
                Ok(audio)
            }
            Kind::Matroska => self.packets("a Matroska or WebM file"),
            Kind::Foreign(what) => self.foreign(what),
            Kind::Other(what) => Err(Error::NotAudio(what)),
            Kind::Unknown => self.unknown(),
        }
    }

    fn riff(mut self) -> Result<Audio, Error> {
        match riff::read(&mut self.source, self.length)? {
            riff::Riff::Samples(audio) => Ok(audio),
            riff::Riff::Stream {
                bytes,
                marks,
                warnings,
            } => {
                let mut audio = stream(bytes)?;
                audio.marks = marks;
                audio.warnings.splice(0..0, warnings);
                Ok(audio)
            }
            riff::Riff::Foreign {
                coding,
                frames,
                marks,
            } => {
                let mut audio = self.packets(&format!("a WAV file in {coding}"))?;
                // Blocks are full; the header says how much of the last one is sound.
                let padding = audio.len().saturating_sub(frames);
                if frames > 0 && padding < MOST_PADDING {
                    audio.keep(0..frames);
                }
                audio.marks = marks;
                Ok(audio)
            }
        }
    }

    fn mpeg(mut self, start: &[u8]) -> Result<Audio, Error> {
        // A tag may stand before anything.
        if let Some(tag) = mpeg::id3v2_bytes(start) {
            let behind = self.bytes(tag as u64, START_BYTES as u64)?;
            match sniff::kind(&behind, self.length) {
                Kind::Flac => return self.flac(),
                Kind::Mpeg | Kind::Unknown => {}
                Kind::Adts => return self.packets("AAC"),
                Kind::Other(what) if behind.iter().any(|&byte| byte != 0) => {
                    return Err(Error::NotAudio(format!("a tag with {what} behind it")));
                }
                _ => {}
            }
        }
        let stream = self.whole()?;
        match mpeg::read(&stream, true)? {
            Some(audio) => Ok(audio),
            None => self.foreign("an MP3 file of a rare kind, or none at all"),
        }
    }

    fn flac(mut self) -> Result<Audio, Error> {
        let head = self.bytes(0, FLAC_HEAD)?;
        let info = flac_blocks::stream_info(&head).and_then(flac_tail::Info::parse);
        let whole = match info {
            Some(info) => {
                let from = self.length.saturating_sub(flac_tail::TAIL_BYTES);
                let tail = self.bytes(from, flac_tail::TAIL_BYTES)?;
                packets::read_flac(self.again()?, &tail, &info).ok()
            }
            None => None,
        };
        let mut audio = match whole.filter(|audio| !audio.is_empty()) {
            Some(audio) => audio,
            None => self.packets("FLAC")?,
        };
        audio.marks = flac_blocks::marks(&head);
        Ok(audio)
    }

    fn ogg(mut self, what: &str) -> Result<Audio, Error> {
        if self.length > MAX_COMPRESSED {
            return self.packets(what);
        }
        let stream = self.whole()?;
        let pages = ogg::Pages::find(&stream);
        if pages.has_holes() {
            let audio = pages.read(&ogg::decode)?;
            if !audio.is_empty() {
                return Ok(audio);
            }
        }
        drop(stream);
        self.packets(what)
    }

    fn ogg_foreign(mut self, what: &str) -> Result<Audio, Error> {
        if self.input.is_none() || !ffmpeg::is_there() || self.length > MAX_COMPRESSED {
            return self.foreign(what);
        }
        let stream = self.whole()?;
        let pages = ogg::Pages::find(&stream);
        if pages.has_holes() {
            let decode = |bytes| {
                let audio = ffmpeg::read(&Input::Bytes(Arc::from(bytes)), true)?;
                Ok(ogg::Piece {
                    audio,
                    begins: None,
                })
            };
            let mut audio = pages.read(&decode)?;
            if !audio.is_empty() {
                audio.through_ffmpeg = Some(what.to_owned());
                return Ok(audio);
            }
        }
        let is_cut_off = pages.is_cut_off;
        let mut audio = self.foreign(what)?;
        if is_cut_off {
            audio.warnings.push(ogg::CUT_OFF.into());
        }
        Ok(audio)
    }

    fn mp4(mut self) -> Result<Audio, Error> {
        let track = mp4::Track::find(&mut self.source, self.length);
        let Some(track) = track else {
            return self.packets("an MPEG-4 file");
        };
        let coding = String::from_utf8_lossy(&track.coding).trim_end().to_owned();
        let mut audio = self.decoded(&format!("an MPEG-4 file in `{coding}`"), false)?;
        if audio.through_ffmpeg.is_some() {
            track.fill(&mut audio);
        }
        track.apply(&mut audio);
        Ok(audio)
    }
}

/// A compressed stream that lay in a WAV file.
fn stream(bytes: Vec<u8>) -> Result<Audio, Error> {
    let start = &bytes[..bytes.len().min(START_BYTES)];
    match sniff::kind(start, bytes.len() as u64) {
        Kind::Flac | Kind::Ogg(OggStream::Vorbis | OggStream::Flac) => {
            match packets::read(Box::new(Cursor::new(bytes)), false) {
                Ok(audio) => Ok(audio),
                Err(Trouble::Failed(error)) => Err(error),
                Err(Trouble::NotItsKind(why)) => Err(Error::unsupported(why)),
            }
        }
        // The header of a WAV file says nothing of an encoder's delay, and nobody looks for it.
        _ => mpeg::read(&bytes, false)?.ok_or_else(|| {
            Error::damaged(
                "a WAV file whose sound is said to be compressed, and is no stream that is known",
            )
        }),
    }
}
