//! The last minute of a stream, in memory that is written by the audio thread and read by whoever keeps some of it.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

use netbend_dsp::number::{cut, low_bits};

use super::bars::Bars;
use super::files::Kept;

/// How much is remembered.
const SECONDS: f64 = 60.0;
/// Frames of the longest block. There is room for two beyond the minute, into which the audio thread may write while the rest is read.
const MARGIN: usize = 65_536;
/// The last minute of one stream.
pub struct Ring {
    channels: usize,
    sample_rate: f32,
    /// Frames that there is room for.
    frames: usize,
    /// What went in and what came out, as bits, `[frame][channel]`.
    input: Box<[AtomicU32]>,
    output: Box<[AtomicU32]>,
    /// Frames that were played.
    played: AtomicU64,
    tempo: AtomicU64,
    beats: AtomicU64,
}

impl Ring {
    /// Room for a minute of so many channels. The system gives the memory when it is written to. Not for the audio thread.
    pub fn new(sample_rate: f32, channels: usize) -> Self {
        let frames = cut::<usize>((SECONDS * f64::from(sample_rate)).ceil()) + 2 * MARGIN;
        let usual = Bars::default();
        Self {
            channels,
            sample_rate,
            frames,
            input: zeros(frames * channels),
            output: zeros(frames * channels),
            played: AtomicU64::new(0),
            tempo: AtomicU64::new(usual.tempo.to_bits()),
            beats: AtomicU64::new(usual.beats.to_bits()),
        }
    }

    /// Whether it is for a stream of that rate and so many channels.
    pub fn is_for(&self, sample_rate: f32, channels: usize) -> bool {
        (self.sample_rate, self.channels) == (sample_rate, channels)
    }

    /// Frames of a second.
    pub fn sample_rate(&self) -> f32 {
        self.sample_rate
    }

    /// Remembers what goes in with the next block. Audio thread.
    ///
    /// # Real-time safety
    /// Atomic stores, as in the next two; never allocates, locks or panics.
    pub fn hear(&self, channels: &[&mut [f32]]) {
        self.write(&self.input, channels);
    }

    /// Remembers what came of it. Audio thread.
    pub fn play(&self, channels: &[&mut [f32]]) {
        self.write(&self.output, channels);
        let frames = channels.first().map_or(0, |channel| channel.len());
        let played = self.played.load(Ordering::Relaxed);
        self.played
            .store(played.wrapping_add(frames as u64), Ordering::Release);
    }

    /// Remembers how long a bar is. Audio thread.
    pub fn follow(&self, bars: Bars) {
        self.tempo.store(bars.tempo.to_bits(), Ordering::Relaxed);
        self.beats.store(bars.beats.to_bits(), Ordering::Relaxed);
    }

    /// How long a bar is now.
    pub fn bars(&self) -> Bars {
        let read = |bits: &AtomicU64| f64::from_bits(bits.load(Ordering::Relaxed));
        Bars {
            tempo: read(&self.tempo),
            beats: read(&self.beats),
        }
    }

    /// The last `frames` that were heard, and what they were made of `latency` frames before; `None` where so many have not been played, or
    /// are not remembered. Any thread but the audio thread.
    pub fn last(&self, frames: usize, latency: usize) -> Option<Kept> {
        let end = self.played.load(Ordering::Acquire);
        let first = end.checked_sub((frames.checked_add(latency)?) as u64)?;
        let most = self.frames - 2 * MARGIN;
        if frames == 0 || end - first > most as u64 {
            return None;
        }
        let copy = |from: &[AtomicU32], first: u64| -> Vec<f32> {
            let mut samples = Vec::with_capacity(frames * self.channels);
            for frame in 0..frames as u64 {
                let place = self.place(first + frame);
                let row = from.get(place..place + self.channels).unwrap_or(&[]);
                samples.extend(
                    row.iter()
                        .map(|x| f32::from_bits(x.load(Ordering::Relaxed))),
                );
            }
            samples
        };
        let kept = Kept {
            channels: self.channels,
            sample_rate: self.sample_rate,
            dry: copy(&self.input, first),
            bent: copy(&self.output, end - frames as u64),
        };
        // What was read must not have been written over meanwhile.
        fence(Ordering::Acquire);
        let now = self.played.load(Ordering::Relaxed);
        (now - first + MARGIN as u64 <= self.frames as u64).then_some(kept)
    }

    fn place(&self, frame: u64) -> usize {
        low_bits::<usize>(frame % self.frames as u64) * self.channels
    }

    fn write(&self, to: &[AtomicU32], channels: &[&mut [f32]]) {
        let played = self.played.load(Ordering::Relaxed);
        for (number, channel) in channels.iter().take(self.channels).enumerate() {
            for (frame, sample) in (0_u64..).zip(channel.iter()) {
                let place = self.place(played + frame) + number;
                if let Some(own) = to.get(place) {
                    own.store(sample.to_bits(), Ordering::Relaxed);
                }
            }
        }
    }
}

/// Zeros that the system has not given yet: memory of nothing but zeros is asked for as such.
fn zeros(count: usize) -> Box<[AtomicU32]> {
    let zeros = vec![0_u32; count].into_boxed_slice();
    let zeros = Box::into_raw(zeros) as *mut [AtomicU32];
    // SAFETY: an atomic number has the size, the alignment and the bits of the number, and nobody else has these.
    unsafe { Box::from_raw(zeros) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    const RATE: f32 = 1_000.0;

    /// Plays frames `range` in blocks of that size; what comes out is what went in and a half.
    fn play(ring: &Ring, range: std::ops::Range<u32>, block: usize) {
        let frames: Vec<f32> = range.map(|n| n as f32).collect();
        for block in frames.chunks(block) {
            let (mut left, mut right) = (block.to_vec(), block.iter().map(|x| -x).collect());
            let right: &mut Vec<f32> = &mut right;
            ring.hear(&[&mut left, right]);
            left.iter_mut()
                .chain(right.iter_mut())
                .for_each(|x| *x += 0.5);
            ring.play(&[&mut left, right]);
        }
    }

    fn expected(range: std::ops::Range<u32>, more: f32) -> Vec<f32> {
        range
            .flat_map(|n| [n as f32 + more, -(n as f32) + more])
            .collect()
    }

    #[test]
    fn what_was_heard_last_stands_beside_what_it_was_made_of() {
        for block in [1, 7, 512, 4_096] {
            let ring = Ring::new(RATE, 2);
            assert!(ring.last(1, 0).is_none(), "nothing was played");
            play(&ring, 0..200_000, block);
            let kept = ring.last(30, 20).unwrap();
            assert_eq!(kept.bent, expected(199_970..200_000, 0.5));
            assert_eq!(kept.dry, expected(199_950..199_980, 0.0));
            // A whole minute, around the end of the memory.
            let kept = ring.last(59_980, 20).unwrap();
            assert_eq!(kept.bent, expected(140_020..200_000, 0.5));
            assert_eq!(kept.dry, expected(140_000..199_980, 0.0));
            for (frames, latency) in [(60_000, 1), (0, 0), (usize::MAX, 1), (1, usize::MAX)] {
                assert!(ring.last(frames, latency).is_none());
            }
        }
    }

    #[test]
    fn what_has_not_been_heard_is_not_kept() {
        let ring = Ring::new(RATE, 2);
        play(&ring, 0..100, 10);
        assert!(ring.last(90, 20).is_none());
        assert_eq!(ring.last(80, 20).unwrap().dry, expected(0..80, 0.0));
    }

    #[test]
    fn how_long_a_bar_is_goes_along() {
        let ring = Ring::new(RATE, 1);
        assert_eq!(ring.bars(), Bars::default());
        let told = Bars::told(Some(174.0), Some((7, 8)));
        ring.follow(told);
        assert_eq!(ring.bars(), told);
    }

    /// What is kept while the audio thread plays on is whole, or is not kept.
    #[test]
    fn nothing_torn_is_kept() {
        let ring = std::sync::Arc::new(Ring::new(RATE, 2));
        play(&ring, 0..130_000, 512);
        let own = std::sync::Arc::clone(&ring);
        let writer = std::thread::spawn(move || play(&own, 130_000..2_000_000, 512));
        let mut count = 0;
        while !writer.is_finished() {
            let Some(kept) = ring.last(50_000, 1_000) else {
                continue;
            };
            count += 1;
            let first = kept.dry[0] as u32;
            assert_eq!(kept.dry, expected(first..first + 50_000, 0.0));
            assert_eq!(kept.bent, expected(first + 1_000..first + 51_000, 0.5));
        }
        writer.join().unwrap();
        println!("{count} kept meanwhile");
        let kept = ring.last(50_000, 1_000).unwrap();
        assert_eq!(kept.bent, expected(1_950_000..2_000_000, 0.5));
    }
}
