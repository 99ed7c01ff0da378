//! What variations are written to: decided and tried before any work begins.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use netbend_audio_file::refuse_inputs;

use super::arguments::Arguments;

/// Files in one folder.
pub(super) struct Outputs<'a> {
    folder: &'a Path,
}

impl<'a> Outputs<'a> {
    /// Makes the folder where it is missing, and checks every file that is to be written against every file that is read.
    ///
    /// # Errors
    /// Where the work would be in vain, or would destroy what it reads.
    pub(super) fn plan(arguments: &'a Arguments) -> Result<Self> {
        let outputs = Self {
            folder: &arguments.out,
        };
        let named = || arguments.out.display().to_string();
        std::fs::create_dir_all(&arguments.out).with_context(named)?;
        let read: [(&str, &Path); 2] = [
            ("the input", &arguments.input),
            ("the file of --preset", &arguments.preset),
        ];
        let files = (1..=arguments.count).flat_map(|number| outputs.of(number));
        for path in files.chain([outputs.sheet()]) {
            refuse_inputs(&path, &read).with_context(named)?;
        }
        netbend_atomic_file::check(&outputs.sheet()).with_context(named)?;
        Ok(outputs)
    }

    /// Sound and preset of variation `number`.
    pub(super) fn of(&self, number: u32) -> [PathBuf; 2] {
        ["wav", "yaml"].map(|ending| self.folder.join(format!("{number:02}.{ending}")))
    }

    /// The pictures.
    pub(super) fn sheet(&self) -> PathBuf {
        self.folder.join("sheet.png")
    }
}
