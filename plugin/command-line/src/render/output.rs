//! What a render writes, and where: decided and tried before any work begins.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use netbend_audio_file::{Audio, Format, refuse_inputs, write};

use super::arguments::Arguments;
use crate::print::note;
use crate::replace::{check_ending, refuse_waiting};

/// Where the render goes.
pub(super) struct Output {
    path: PathBuf,
    format: Format,
}

impl Output {
    /// Checks every file that is to be written against every file that is read, and whether it can be written.
    ///
    /// # Errors
    /// Where the render would be in vain, or would destroy what it reads.
    pub(super) fn plan(arguments: &Arguments) -> Result<Self> {
        let path = &arguments.output;
        let named = |path: &Path| path.display().to_string();
        let format = Format::of_output(path, arguments.format).with_context(|| named(path))?;
        let mut read: Vec<(&str, &Path)> = vec![("the input", &arguments.input)];
        for (name, file) in [
            ("the file of --preset", &arguments.preset),
            ("the file of --automate", &arguments.automate),
            ("the file of --notes", &arguments.notes),
            ("the file of --sidechain", &arguments.sidechain),
        ] {
            read.extend(file.as_deref().map(|file| (name, file)));
        }
        let written = std::iter::once(path).chain(&arguments.save_preset);
        for path in read
            .iter()
            .map(|(_, path)| *path)
            .chain(written.map(PathBuf::as_path))
        {
            refuse_waiting(path)?;
        }
        refuse_inputs(path, &read)?;
        if let Some(preset) = &arguments.save_preset {
            let others = [&read[..], &[("the output", path.as_path())]].concat();
            refuse_inputs(preset, &others).context("--save-preset")?;
            check_ending(preset, &["yaml", "yml"], "a preset").context("--save-preset")?;
            netbend_atomic_file::check(preset)
                .with_context(|| format!("--save-preset: {}", named(preset)))?;
        }
        netbend_atomic_file::check(path).with_context(|| named(path))?;
        Ok(Self {
            path: path.clone(),
            format,
        })
    }

    /// Writes what was rendered of `input`, whose loop points and markers stay true, as length and rate did.
    ///
    /// # Errors
    /// Where it cannot be written; then a file that was there is as it was.
    pub(super) fn write(self, channels: Vec<Vec<f32>>, input: &Audio) -> Result<()> {
        let mut audio = Audio::new(input.sample_rate, channels);
        audio.marks = input.marks.clone();
        let named = || self.path.display().to_string();
        let written = write(&audio, &self.path, self.format).with_context(named)?;
        if written.clipped > 0 {
            let over_db = 20.0 * written.peak.log10();
            note!(
                "netbend: warning: {}: {} samples are above full scale and were clipped, the loudest by {over_db:.1} dB; turn it down \
                 with --set 'gain=-{:.0} dB', or write --format wav32f",
                named(),
                written.clipped,
                over_db.ceil().max(1.0)
            );
        }
        Ok(())
    }
}
