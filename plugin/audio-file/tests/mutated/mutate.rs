//! Mutations of WAV files, and what reading one may cost.

use std::io;
use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

/// What one file may take to be read.
const PATIENCE: Duration = Duration::from_secs(5);
/// Samples that a byte may become: an 8-bit mono file has one, ADPCM and MP3 have more.
const MOST_SAMPLES_PER_BYTE: usize = 64;
/// Bytes that matter to a reader: sizes at the edges, names of chunks.
const WORDS: [&[u8]; 20] = [
    b"RIFF",
    b"RF64",
    b"WAVE",
    b"fmt ",
    b"data",
    b"ds64",
    b"LIST",
    b"adtl",
    b"smpl",
    b"cue ",
    b"\xff\xff\xff\xff",
    b"\xff\xff\xff\x7f",
    b"\0\0\0\0",
    b"\x01\0",
    b"\x03\0",
    b"\xfe\xff",
    b"\x55\0",
    b"\x4f\x67",
    b"\0\x80",
    b"\xff\xff",
];

/// The files that mutations begin with.
pub struct Seeds(Vec<Vec<u8>>);

impl Seeds {
    /// Every file of a folder, in the order of their names.
    pub fn load(folder: &Path) -> io::Result<Self> {
        let mut paths = std::fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<Vec<_>>>()?;
        paths.sort();
        let files = paths.iter().map(std::fs::read);
        Ok(Self(files.collect::<io::Result<_>>()?))
    }

    /// The file with this number; the same for the same seed.
    pub fn mutated(&self, seed: u64, number: u64) -> Vec<u8> {
        let mut draw = Draw(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ number);
        let mut file = self.0[draw.below(self.0.len())].clone();
        for _ in 0..=draw.below(3) {
            mutate(&mut file, &mut draw, &self.0);
        }
        file
    }
}

fn mutate(file: &mut Vec<u8>, draw: &mut Draw, all: &[Vec<u8>]) {
    // Headers matter most.
    let bound = if draw.below(2) > 0 { 64 } else { usize::MAX };
    let at = draw.below(file.len().min(bound).max(1));
    match draw.below(8) {
        0 if !file.is_empty() => file[at] ^= 1 << draw.below(8),
        1 if !file.is_empty() => file[at] = draw.next() as u8,
        2 => {
            let word = WORDS[draw.below(WORDS.len())];
            let end = (at + word.len()).min(file.len());
            file.splice(at.min(end)..end, word.iter().copied());
        }
        3 => {
            let length = draw.below(file.len() + 1);
            file.truncate(length);
        }
        4 => {
            let end = (at + draw.below(32)).min(file.len());
            file.drain(at.min(end)..end);
        }
        5 => {
            let word = WORDS[draw.below(WORDS.len())];
            let at = at.min(file.len());
            file.splice(at..at, word.iter().copied());
        }
        6 => {
            let other = &all[draw.below(all.len())];
            let from = draw.below(other.len().max(1));
            let length = draw.below(file.len() + 1);
            file.truncate(length);
            file.extend(&other[from.min(other.len())..]);
        }
        _ => {
            let end = (at + draw.below(64)).min(file.len());
            let copied = file[at.min(end)..end].to_vec();
            file.extend(copied);
        }
    }
}

/// How one reading went.
pub struct Outcome {
    /// Whether there was sound in it.
    pub was_read: bool,
    /// How long it took.
    pub took: Duration,
}

/// Reads a file, and says what was wrong with the reader.
pub fn trial(file: &[u8]) -> Result<Outcome, String> {
    let start = Instant::now();
    let result =
        catch_unwind(|| netbend_audio_file::read_bytes(file)).map_err(|_| "the reader panicked")?;
    let took = start.elapsed();
    if took > PATIENCE {
        return Err(format!("the reader took {took:?}"));
    }
    if let Ok(audio) = &result {
        let samples = audio.len() * audio.channels.len();
        if samples > MOST_SAMPLES_PER_BYTE * file.len() {
            return Err(format!("{} bytes became {samples} samples", file.len()));
        }
        if !audio
            .channels
            .iter()
            .flatten()
            .all(|sample| sample.is_finite())
        {
            return Err("a sample is no number".into());
        }
    }
    Ok(Outcome {
        was_read: result.is_ok(),
        took,
    })
}

/// SplitMix64.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}
