//! What is kept, as files: bent, dry, and the preset.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use hound::{SampleFormat, WavSpec, WavWriter};
use netbend_dsp::number::{cut, low_bits};

/// How files end that are kept together.
const ENDINGS: [&str; 3] = [" bent.wav", " dry.wav", ".yaml"];
/// Files of this process, so that each has a name of its own.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Two sounds of one length, sample beside sample, `[frame][channel]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// How many channels there are.
    pub channels: usize,
    /// Frames of a second.
    pub sample_rate: f32,
    /// What had been processed.
    pub dry: Vec<f32>,
    /// What was heard.
    pub bent: Vec<f32>,
}

/// Writes what is kept beside each other into `folder`: bent, dry, preset. Names are `name` and a number that none of them has yet; each file is
/// written under another name first. Where the bent sound lies.
///
/// # Errors
/// Where it cannot be written.
pub fn keep(folder: &Path, name: &str, kept: &Kept, preset: Option<&str>) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let mut number = 1u32;
    let path = |number: u32, ending: &str| folder.join(format!("{name} {number}{ending}"));
    while number < u32::MAX && ENDINGS.iter().any(|ending| path(number, ending).exists()) {
        number += 1;
    }
    let [bent, dry, text] = ENDINGS.map(|ending| path(number, ending));
    write(&dry, kept, &kept.dry)?;
    write(&bent, kept, &kept.bent)?;
    if let Some(preset) = preset {
        netbend_atomic_file::replace(&text, preset.as_bytes())?;
    }
    Ok(bent)
}

/// Writes a sound of 32-bit floats to where it belongs, once it is whole.
fn write(path: &Path, kept: &Kept, samples: &[f32]) -> io::Result<()> {
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let part = path.with_file_name(format!(".netbend-{}-{count}.part", std::process::id()));
    let written = written(&part, kept, samples).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

fn written(part: &Path, kept: &Kept, samples: &[f32]) -> io::Result<()> {
    let spec = WavSpec {
        channels: low_bits::<u16>(kept.channels),
        sample_rate: cut(kept.sample_rate.round()),
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let said = |error: hound::Error| match error {
        hound::Error::IoError(error) => error,
        other => io::Error::other(other),
    };
    let mut writer: WavWriter<BufWriter<File>> = WavWriter::create(part, spec).map_err(said)?;
    for sample in samples {
        writer.write_sample(*sample).map_err(said)?;
    }
    writer.finalize().map_err(said)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

    use super::*;

    fn kept(channels: usize) -> Kept {
        Kept {
            channels,
            sample_rate: 44_100.0,
            dry: (0..20).map(|n| n as f32 * 0.01).collect(),
            bent: (0..20).map(|n| 1.5 - n as f32 * 0.1).collect(),
        }
    }

    #[test]
    fn what_is_kept_lies_together_under_one_number_bit_for_bit() {
        for channels in [1, 2] {
            let home = tempfile::tempdir().unwrap();
            let folder = home.path().join("Kept");
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("break 1.yaml"), "mine").unwrap();
            let kept = kept(channels);
            let path = keep(&folder, "break", &kept, Some("mix: 1\n")).unwrap();
            assert_eq!(path, folder.join("break 2 bent.wav"));
            for (name, samples) in [
                ("break 2 bent.wav", &kept.bent),
                ("break 2 dry.wav", &kept.dry),
            ] {
                let mut reader = hound::WavReader::open(folder.join(name)).unwrap();
                let spec = reader.spec();
                assert_eq!(usize::from(spec.channels), channels);
                assert_eq!((spec.sample_rate, spec.bits_per_sample), (44_100, 32));
                let found: Vec<f32> = reader.samples().map(Result::unwrap).collect();
                assert_eq!(found, *samples);
            }
            let text = fs::read_to_string(folder.join("break 2.yaml")).unwrap();
            assert_eq!(text, "mix: 1\n");
            assert_eq!(fs::read_dir(&folder).unwrap().count(), 4);
        }
    }

    #[test]
    fn where_nothing_can_be_written_it_is_said() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(keep(&file, "x", &kept(2), None).is_err());
    }
}
