//! Ogg files in which pages are missing or damaged. Whatever is whole is read by symphonia as it is; here the rest is cut at
//! its holes into streams of their own, each decoded from a fresh start, and put where its granule positions say.
//!
//! A page's checksum says whether it is whole, its number whether others are missing before it.

mod page;

use std::io::Cursor;

use crate::audio::Audio;
use crate::error::Error;
use crate::packets::{self, Trouble};
use netbend_dsp::number::nearest_f64;
use page::{Page, pages};

/// What is said of a file that ends before its sound does.
pub(crate) const CUT_OFF: &str = "the end of the file is missing; what is there was read";
/// A gap that is believed.
const MOST_GAP_SECONDS: usize = 600;
/// A gap before the first sound that is believed: one that is longer belongs to a stream that was cut out of another.
const MOST_LEAD_SECONDS: usize = 10;

/// What is known of a file's pages.
pub(crate) struct Pages<'a> {
    links: Vec<Link<'a>>,
    /// Whether the file ends before a stream does.
    pub(crate) is_cut_off: bool,
}

/// One of the files that are chained.
#[derive(Default)]
struct Link<'a> {
    serial: u32,
    /// The pages up to the end of the codec's headers.
    head: Vec<Page<'a>>,
    /// Pages of sound, cut where some are missing.
    pieces: Vec<Vec<Page<'a>>>,
    headers_left: usize,
}

impl<'a> Pages<'a> {
    /// Looks through a whole file.
    pub(crate) fn find(stream: &'a [u8]) -> Self {
        let mut links: Vec<Link<'_>> = Vec::new();
        let mut is_cut_off = false;
        let mut number = 0;
        for page in pages(stream) {
            if page.is_first() {
                if links
                    .last()
                    .is_some_and(|link| link.pieces.is_empty() && link.headers_left > 0)
                    && links
                        .last()
                        .is_some_and(|link| link.head.iter().all(Page::is_first))
                {
                    // Another stream beside it, of which nothing is read.
                    continue;
                }
                links.push(Link::begin(&page));
                number = page.number();
                is_cut_off = true;
                continue;
            }
            let Some(link) = links.last_mut().filter(|link| link.serial == page.serial()) else {
                continue;
            };
            let is_next = page.number() <= number.wrapping_add(1);
            number = page.number();
            is_cut_off = !page.is_last();
            link.add(page, is_next);
        }
        Self { links, is_cut_off }
    }

    /// Whether pages are missing between others.
    pub(crate) fn has_holes(&self) -> bool {
        self.links
            .iter()
            .any(|link| link.pieces.len() > 1 || link.pieces.first().is_some_and(Vec::is_empty))
    }

    /// Decodes the pieces, with silence between them.
    pub(crate) fn read(
        &self,
        decode: &dyn Fn(Vec<u8>) -> Result<Piece, Error>,
    ) -> Result<Audio, Error> {
        let mut whole = Audio::default();
        let mut missing = Missing::default();
        for link in &self.links {
            link.read(decode, &mut whole, &mut missing)?;
        }
        missing.tell(&mut whole);
        if self.is_cut_off {
            whole.warnings.push(CUT_OFF.into());
        }
        Ok(whole)
    }
}

/// What one piece came to.
pub(crate) struct Piece {
    pub(crate) audio: Audio,
    /// The sample that it begins with, where the decoder knows it.
    pub(crate) begins: Option<i64>,
}

/// Decodes a piece with symphonia.
pub(crate) fn decode(bytes: Vec<u8>) -> Result<Piece, Error> {
    match packets::read_placed(Box::new(Cursor::new(bytes))) {
        Ok((audio, begins)) => Ok(Piece { audio, begins }),
        Err(Trouble::Failed(error)) => Err(error),
        Err(Trouble::NotItsKind(why)) => Err(Error::unsupported(why)),
    }
}

#[derive(Default)]
struct Missing {
    samples: usize,
    first: Option<usize>,
    /// Whether a piece could not be placed.
    is_unplaced: bool,
}

impl Missing {
    fn tell(&self, audio: &mut Audio) {
        if let Some(first) = self.first {
            audio.warnings.push(format!(
                "{} samples are missing in the middle, the first at {:.2} s; silence was put in their place",
                self.samples,
                nearest_f64(first) / f64::from(audio.sample_rate.max(1))
            ));
        }
        if self.is_unplaced || self.first.is_none() {
            audio.warnings.push(
                "parts of the file are damaged and were left out; what follows them may be earlier than it was".into(),
            );
        }
    }
}

impl<'a> Link<'a> {
    fn begin(first: &Page<'a>) -> Self {
        let body = first.body();
        // What is left of the codec's headers behind the first packet.
        let headers_left = if body.starts_with(b"\x01vorbis") {
            2
        } else if body.starts_with(b"\x7fFLAC") {
            // The count may say that it is not known: then they end with the first frame.
            body.get(7..9).map_or(0, |count| {
                usize::from(u16::from_be_bytes([count[0], count[1]]))
            })
        } else {
            1
        };
        Self {
            serial: first.serial(),
            head: vec![first.clone()],
            pieces: Vec::new(),
            headers_left,
        }
    }

    fn add(&mut self, page: Page<'a>, is_next: bool) {
        if self.headers_left > 0 {
            self.headers_left = self.headers_left.saturating_sub(page.packets_ended());
            self.head.push(page);
            return;
        }
        if self.pieces.is_empty() {
            // An empty piece stands for a hole before the first.
            self.pieces.push(Vec::new());
            if is_next {
                self.pieces[0].push(page);
                return;
            }
        }
        match self.pieces.last_mut() {
            Some(last) if is_next => last.push(page),
            _ => self.pieces.push(vec![page]),
        }
    }

    fn read(
        &self,
        decode: &dyn Fn(Vec<u8>) -> Result<Piece, Error>,
        whole: &mut Audio,
        missing: &mut Missing,
    ) -> Result<(), Error> {
        let base = whole.len();
        let mut origin = None;
        for pages in self.pieces.iter().filter(|pages| !pages.is_empty()) {
            let bytes = self
                .head
                .iter()
                .chain(pages)
                .flat_map(|page| page.bytes)
                .copied();
            let piece = match decode(bytes.collect()) {
                Ok(piece) if !piece.audio.is_empty() => piece,
                Err(Error::TooLong) => return Err(Error::TooLong),
                _ => continue,
            };
            let rate = piece.audio.sample_rate as usize;
            if whole.channels.is_empty() {
                *whole = Audio::with_shape(piece.audio.sample_rate, piece.audio.channels.len())?;
            }
            if piece.audio.sample_rate != whole.sample_rate {
                return Err(Error::unsupported(format!(
                    "the file changes its rate on the way, from {} to {rate} Hz; convert it to one rate first",
                    whole.sample_rate
                )));
            }
            let begins = piece.begins.or_else(|| {
                let end = pages.iter().rev().find_map(Page::granule)?;
                Some(end - i64::try_from(piece.audio.len()).ok()?)
            });
            let zero = *origin.get_or_insert_with(|| {
                let lead = begins.unwrap_or(0);
                let has_hole = self.pieces.first().is_some_and(Vec::is_empty);
                if has_hole
                    && usize::try_from(lead).is_ok_and(|lead| lead < MOST_LEAD_SECONDS * rate)
                {
                    0
                } else {
                    lead
                }
            });
            match begins {
                Some(begins) => {
                    let place = usize::try_from(begins - zero)
                        .unwrap_or(0)
                        .saturating_add(base);
                    let gap = place.saturating_sub(whole.len());
                    if gap > MOST_GAP_SECONDS * rate {
                        missing.is_unplaced = true;
                    } else if gap > 0 {
                        missing.first.get_or_insert(whole.len());
                        missing.samples += gap;
                        whole.push_silence(gap)?;
                    }
                }
                None => missing.is_unplaced = true,
            }
            let count = piece.audio.channels.len();
            whole.push(&piece.audio.interleaved(), count)?;
            let said = piece.audio.warnings.into_iter();
            whole
                .warnings
                .extend(said.filter(|warning| warning != CUT_OFF));
        }
        Ok(())
    }
}
