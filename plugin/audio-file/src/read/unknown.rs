//! Files of no kind that their first bytes tell: sound may follow on rubbish (a cut download, a stream taken in the middle, a disk's
//! empty sectors).

use std::io::Cursor;
use std::sync::Arc;

use super::reader::{Reader, Source};
use crate::audio::Audio;
use crate::error::Error;
use crate::ffmpeg::{self, Input};
use crate::limits::MAX_COMPRESSED;
use crate::mpeg;
use crate::sniff::{self, Kind, START_BYTES};

/// Bytes of a stream in which the first frame is looked for where nothing else is known.
const SEARCHED: u64 = 1 << 20;

impl<R: Source> Reader<'_, R> {
    /// Looks for sound behind the beginning.
    pub(super) fn unknown(mut self) -> Result<Audio, Error> {
        let Some(first) = self.first_sign()? else {
            let what = "a file of zero bytes, as a copy leaves it that was broken off";
            return Err(Error::NotAudio(what.into()));
        };
        let start = self.bytes(first, SEARCHED)?;
        if let Some(at) = sniff::embedded(&start)
            && !self.is_within
        {
            return self.within(first + at as u64);
        }
        // A file may begin with zeros itself.
        let is_within = self.is_within;
        for at in (first.saturating_sub(3)..=first).filter(|&at| at > 0 && !is_within) {
            let start = self.bytes(at, START_BYTES as u64)?;
            if matches!(
                sniff::kind(&start, self.length),
                Kind::Mp4 | Kind::Caf | Kind::Matroska | Kind::Foreign(_)
            ) {
                return self.within(at);
            }
        }
        if let Ok(Some(_)) = mpeg::read(&start, true) {
            let stream = self.whole()?;
            if let Some(audio) = mpeg::read(&stream, true)? {
                return Ok(audio);
            }
        }
        if let Some(at) = sniff::adts(&start)
            && !self.is_within
        {
            return self.within(first + at as u64);
        }
        if let Some(input) = self.input.as_ref().filter(|_| ffmpeg::is_there())
            && let Ok(mut audio) = ffmpeg::read_rare(input)
        {
            audio.through_ffmpeg = Some("a file of a kind that Netbend does not know".into());
            return Ok(audio);
        }
        Err(Error::NotAudio("no kind of file that is known".into()))
    }

    /// The first byte that is not zero.
    fn first_sign(&mut self) -> Result<Option<u64>, Error> {
        let mut at = 0;
        loop {
            let block = self.bytes(at, SEARCHED)?;
            if let Some(place) = block.iter().position(|&byte| byte != 0) {
                return Ok(Some(at + place as u64));
            }
            if block.is_empty() {
                return Ok(None);
            }
            at += block.len() as u64;
        }
    }

    /// The file that begins at a place of this one.
    fn within(mut self, at: u64) -> Result<Audio, Error> {
        if self.length - at > MAX_COMPRESSED {
            return Err(Error::TooLong);
        }
        let bytes: Arc<[u8]> = Arc::from(self.bytes(at, MAX_COMPRESSED)?);
        let mut audio = Reader {
            length: bytes.len() as u64,
            source: Cursor::new(Arc::clone(&bytes)),
            input: self.input.map(|_| Input::Bytes(bytes)),
            is_within: true,
        }
        .read()?;
        let said = format!("the file begins with {at} bytes that are no sound; they were skipped");
        audio.warnings.insert(0, said);
        Ok(audio)
    }
}
