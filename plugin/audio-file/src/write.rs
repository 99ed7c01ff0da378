//! Writing.

mod flac;
mod wav;

use std::io::Write as _;
use std::path::Path;

use crate::audio::Audio;
use crate::dither::Quantizer;
use crate::error::Error;
use crate::output::Format;
use netbend_atomic_file::Replacement;

/// What there is to say of a file written.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Written {
    /// Samples beyond full scale, which integers cannot hold: they were clipped. 0 for floats.
    pub clipped: usize,
    /// The largest magnitude among all samples.
    pub peak: f32,
}

/// Writes `audio` with its marks. A file that is there is replaced when the new one is complete.
///
/// # Errors
/// Where it cannot be written; then what was there is as it was.
pub fn write(audio: &Audio, path: &Path, format: Format) -> Result<Written, Error> {
    let mut file = Replacement::begin(path)?;
    let written = measure(audio, format);
    if format.is_flac() {
        file.write_all(&flac::encode(audio, format)?)?;
    } else {
        wav::write(audio, format, &mut file)?;
    }
    file.commit()?;
    Ok(written)
}

fn measure(audio: &Audio, format: Format) -> Written {
    let samples = || audio.channels.iter().flatten().map(|sample| sample.abs());
    Written {
        clipped: match format.bits() {
            Some(_) => samples().filter(|&magnitude| magnitude > 1.0).count(),
            None => 0,
        },
        peak: samples().fold(0.0, f32::max),
    }
}

/// The quantizer of a format with integers.
fn quantizer(audio: &Audio, format: Format) -> Option<Quantizer> {
    format.bits().map(|bits| Quantizer::new(bits, audio))
}
