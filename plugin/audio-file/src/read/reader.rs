//! A file's bytes, and the decoders of others that it goes to: symphonia, else `ffmpeg`.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use symphonia::core::io::MediaSource;

use crate::audio::Audio;
use crate::error::Error;
use crate::ffmpeg::{self, Input};
use crate::limits::MAX_COMPRESSED;
use crate::packets::{self, Trouble};

/// A file that is read.
pub(super) struct Reader<'a, R> {
    pub(super) source: R,
    pub(super) length: u64,
    /// Where `ffmpeg` finds it, if it may be asked.
    pub(super) input: Option<Input<'a>>,
    /// Whether something lay before this in the file.
    pub(super) is_within: bool,
}

impl<R: Source> Reader<'_, R> {
    /// The whole file once more.
    pub(super) fn again(&mut self) -> Result<Box<dyn MediaSource>, Error> {
        match &self.input {
            Some(input) => input.open(),
            None => Ok(Box::new(Cursor::new(self.bytes(0, u64::MAX)?))),
        }
    }

    /// Through symphonia, else through ffmpeg.
    pub(super) fn packets(self, what: &str) -> Result<Audio, Error> {
        self.decoded(what, true)
    }

    pub(super) fn decoded(self, what: &str, follows_edits: bool) -> Result<Audio, Error> {
        let input = self.input.clone();
        let input = input.as_ref();
        match packets::read(self.into_source()?, false) {
            Ok(audio) if !audio.is_empty() => Ok(audio),
            Ok(_) => through_ffmpeg(input, what, follows_edits),
            Err(Trouble::NotItsKind(_)) => match through_ffmpeg(input, what, follows_edits) {
                Err(Error::Unsupported(why)) => {
                    // Better than nothing, and said to be.
                    let half = match input {
                        Some(input) => packets::read(input.open()?, true).ok(),
                        None => None,
                    };
                    match half {
                        Some(audio) => Ok(audio),
                        _ => Err(Error::Unsupported(why)),
                    }
                }
                other => other,
            },
            Err(Trouble::Failed(Error::TooLong)) => Err(Error::TooLong),
            Err(Trouble::Failed(why)) => match through_ffmpeg(input, what, follows_edits) {
                Ok(audio) => Ok(audio),
                Err(_) => Err(why),
            },
        }
    }

    pub(super) fn foreign(self, what: &str) -> Result<Audio, Error> {
        through_ffmpeg(self.input.as_ref(), what, true)
    }

    pub(super) fn into_source(mut self) -> Result<Box<dyn MediaSource>, Error> {
        self.source.seek(SeekFrom::Start(0))?;
        Ok(self.source.boxed())
    }

    pub(super) fn whole(&mut self) -> Result<Vec<u8>, Error> {
        if self.length > MAX_COMPRESSED {
            return Err(Error::TooLong);
        }
        self.bytes(0, MAX_COMPRESSED)
    }

    /// At most `most` bytes from a place on.
    pub(super) fn bytes(&mut self, at: u64, most: u64) -> Result<Vec<u8>, Error> {
        self.source.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::new();
        (&mut self.source).take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

fn through_ffmpeg(
    input: Option<&Input<'_>>,
    what: &str,
    follows_edits: bool,
) -> Result<Audio, Error> {
    let Some(input) = input.filter(|_| ffmpeg::is_there()) else {
        return Err(Error::unsupported(format!(
            "this is {what}, which Netbend does not read by itself; install ffmpeg, or convert the file to WAV or FLAC"
        )));
    };
    let mut audio = ffmpeg::read(input, follows_edits)?;
    audio.through_ffmpeg = Some(what.to_owned());
    Ok(audio)
}

/// Where bytes come from.
pub(super) trait Source: Read + Seek {
    fn boxed(self) -> Box<dyn MediaSource>;
}

impl Source for BufReader<File> {
    fn boxed(self) -> Box<dyn MediaSource> {
        Box::new(self.into_inner())
    }
}

impl Source for Cursor<Arc<[u8]>> {
    fn boxed(self) -> Box<dyn MediaSource> {
        Box::new(self)
    }
}
