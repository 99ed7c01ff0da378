//! Bytes between frames that are no frames: rubbish that was put in, or frames that were lost. A count of frames that the
//! encoder noted tells them apart, and so does the frames' size where it is one and the same.

use super::header::Header;
use super::info::Info;
use crate::audio::Audio;
use netbend_dsp::number::{cut, nearest_f64};

/// Places where frames do not follow one another.
#[derive(Debug, Default)]
pub(super) struct Holes {
    holes: Vec<Hole>,
    /// The bitrate of all frames so far, unless they differ.
    bitrate: Option<usize>,
    is_variable: bool,
    frames: usize,
}

#[derive(Debug)]
struct Hole {
    /// The sample before which it lies.
    at: usize,
    bytes: usize,
}

impl Holes {
    pub(super) fn count(&mut self, header: &Header) {
        self.frames += 1;
        let first = *self.bitrate.get_or_insert(header.bitrate);
        self.is_variable |= first != header.bitrate;
    }

    pub(super) fn add(&mut self, at: usize, bytes: usize) {
        self.holes.push(Hole { at, bytes });
    }

    /// Puts silence where frames are missing, and says what is not known.
    pub(super) fn fill(&self, audio: &mut Audio, first: &Header, noted: Option<usize>) {
        if self.holes.is_empty() {
            return;
        }
        let bytes: usize = self.holes.iter().map(|hole| hole.bytes).sum();
        let Some(lost) = self.lost(first, noted) else {
            audio.warnings.push(format!(
                "{bytes} bytes between the frames are no sound and were skipped; whether sound was there is not known, so \
                 what follows may be earlier than it was"
            ));
            return;
        };
        let count: usize = lost.iter().sum();
        let samples = count * first.samples;
        if count == 0 || audio.check_room(samples).is_err() {
            audio.warnings.push(format!(
                "{bytes} bytes between the frames are no sound and were skipped"
            ));
            return;
        }
        for channel in &mut audio.channels {
            let mut filled = Vec::with_capacity(channel.len() + samples);
            let mut done = 0;
            for (hole, lost) in self.holes.iter().zip(&lost) {
                filled.extend_from_slice(&channel[done..hole.at]);
                filled.resize(filled.len() + lost * first.samples, 0.0);
                done = hole.at;
            }
            filled.extend_from_slice(&channel[done..]);
            *channel = filled;
        }
        audio.warnings.push(format!(
            "{bytes} bytes between the frames are damaged; silence of {samples} samples was put in their place, the first at \
             {:.2} s",
            nearest_f64(self.holes[0].at) / f64::from(audio.sample_rate.max(1))
        ));
    }

    /// Frames that each hole held, as far as that can be known.
    fn lost(&self, first: &Header, noted: Option<usize>) -> Option<Vec<usize>> {
        let by_size: Option<Vec<usize>> = self
            .holes
            .iter()
            .map(|hole| self.by_size(hole, first))
            .collect();
        let noted = noted.filter(|&noted| noted >= self.frames);
        let Some(missing) = noted.map(|noted| noted - self.frames) else {
            return by_size;
        };
        if let Some(lost) = by_size
            && missing > 0
            && lost.iter().sum::<usize>().abs_diff(missing) <= 1
        {
            return Some(lost);
        }
        // In proportion to the bytes.
        let bytes: usize = self.holes.iter().map(|hole| hole.bytes).sum();
        let mut behind = 0;
        let mut given = 0;
        let shares = self.holes.iter().map(|hole| {
            behind += hole.bytes;
            let until = (missing * behind + bytes / 2) / bytes.max(1);
            let share = until - given;
            given = until;
            share
        });
        Some(shares.collect())
    }

    /// Frames of one size fill a hole without a rest, but for the byte by which each may be longer.
    fn by_size(&self, hole: &Hole, first: &Header) -> Option<usize> {
        let bitrate = self.bitrate.filter(|_| !self.is_variable)?;
        let frame = nearest_f64(first.samples) * nearest_f64(bitrate) / 8.0 / f64::from(first.rate);
        let count = (nearest_f64(hole.bytes) / frame).round();
        let frames = cut::<usize>(count);
        let shortest = cut::<usize>(count * frame.floor());
        let padding = frames * if first.layer == 1 { 4 } else { 1 };
        (frames >= 1 && (shortest..=shortest + padding).contains(&hole.bytes)).then_some(frames)
    }
}

/// The frames that an encoder noted, if the stream was not cut off since.
pub(super) fn noted(info: Option<&Info>, is_cut_off: bool) -> Option<usize> {
    info.filter(|_| !is_cut_off)?
        .frames
        .filter(|&frames| frames > 0)
}
