//! A recording on its way to a file: written beside it under another name, and renamed once it is whole.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use hound::{SampleFormat, WavSpec, WavWriter};
use netbend_dsp::number::cut;

/// Frames a WAV file of two floats can hold, with room for its head.
const MOST_FRAMES: u32 = (u32::MAX - 4_096) / 8;
/// Frames after which the head is put right, so that even a program that dies leaves something to hear.
const FLUSH: u32 = 96_000;

/// Files of this process, so that each has a name of its own.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A file that grows.
pub struct Recording {
    writer: WavWriter<BufWriter<File>>,
    part: PathBuf,
    folder: PathBuf,
    name: String,
    frames: u32,
    failed: Option<hound::Error>,
}

impl Recording {
    /// Begins a recording that will be `name` and a number, in that folder.
    ///
    /// # Errors
    /// Where nothing can be written there.
    pub fn begin(folder: &Path, name: &str, sample_rate: f32) -> Result<Self, hound::Error> {
        fs::create_dir_all(folder)?;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let part = folder.join(format!(".netbend-{}-{count}.part", std::process::id()));
        let spec = WavSpec {
            channels: 2,
            sample_rate: cut(sample_rate.round()),
            bits_per_sample: 32,
            sample_format: SampleFormat::Float,
        };
        Ok(Self {
            writer: WavWriter::create(&part, spec)?,
            part,
            folder: folder.to_owned(),
            name: name.to_owned(),
            frames: 0,
            failed: None,
        })
    }

    /// Adds a frame. What goes wrong is told at the end.
    pub fn push(&mut self, frame: [f32; 2]) {
        if self.failed.is_some() || self.is_full() {
            return;
        }
        self.failed = self.write(frame).err();
    }

    /// Whether the file can hold no more, or cannot be written any more.
    pub fn is_over(&self) -> bool {
        self.is_full() || self.failed.is_some()
    }

    /// Puts the file in its place, and says where that is. A name that is there stays what it is.
    ///
    /// # Errors
    /// Where it could not be written.
    pub fn end(self) -> Result<PathBuf, hound::Error> {
        let path = free(&self.folder, &self.name);
        let written = match self.failed {
            Some(error) => Err(error),
            None => self.writer.finalize(),
        };
        let placed = written.and_then(|()| {
            fs::rename(&self.part, &path)?;
            Ok(path)
        });
        if placed.is_err() {
            let _ = fs::remove_file(&self.part);
        }
        placed
    }

    fn is_full(&self) -> bool {
        self.frames >= MOST_FRAMES
    }

    fn write(&mut self, frame: [f32; 2]) -> Result<(), hound::Error> {
        for sample in frame {
            self.writer.write_sample(sample)?;
        }
        self.frames += 1;
        if self.frames.is_multiple_of(FLUSH) {
            self.writer.flush()?;
        }
        Ok(())
    }
}

/// A path that nothing lies at.
fn free(folder: &Path, name: &str) -> PathBuf {
    let mut number = 1u32;
    loop {
        let path = folder.join(format!("{name} {number}.wav"));
        if !path.exists() || number == u32::MAX {
            return path;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    #[test]
    fn what_was_heard_is_written_bit_for_bit_and_replaces_nothing() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("recordings");
        let frames: Vec<[f32; 2]> = (0..100_000u32)
            .map(|n| [n as f32 * 1e-5, -1.25 + n as f32 * 1e-6])
            .collect();
        for number in 1..=2 {
            let mut recording = Recording::begin(&folder, "break bent", 44_100.0).unwrap();
            frames.iter().for_each(|frame| recording.push(*frame));
            assert!(!recording.is_over());
            assert!(!folder.join(format!("break bent {number}.wav")).exists());
            let path = recording.end().unwrap();
            assert_eq!(path, folder.join(format!("break bent {number}.wav")));
            let mut reader = hound::WavReader::open(path).unwrap();
            assert_eq!(reader.spec().sample_rate, 44_100);
            let samples: Vec<f32> = reader.samples().map(Result::unwrap).collect();
            assert_eq!(samples, frames.concat());
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 2, "nothing is left");
    }

    #[test]
    fn where_nothing_can_be_written_it_is_said() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(Recording::begin(&file, "x", 48_000.0).is_err());
    }
}
