//! Plays sound through presets with the built command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use netbend_tests::audio::Audio;
use tempfile::TempDir;

use super::child;
use crate::bundle::Bundles;

/// How often a render is tried: a machine that is busy may not load a model in time.
const TRIES: usize = 3;
/// What the command line then says.
const IN_VAIN: &str = "took longer than";

/// Plays with one command line and one model.
pub struct Player {
    /// The command line.
    pub command_line: PathBuf,
    resources: OsString,
    /// In place of the one that presets name.
    model: Option<PathBuf>,
    folder: TempDir,
}

impl Player {
    /// A player with what was bundled; `NETBEND_RESOURCES` tells of other resources.
    ///
    /// # Errors
    /// Where there is no room for what is played.
    pub fn new(bundles: &Bundles, model: Option<PathBuf>) -> Result<Self> {
        let resources = std::env::var_os("NETBEND_RESOURCES");
        Ok(Self {
            command_line: bundles.command_line.clone(),
            resources: resources.unwrap_or_else(|| bundles.resources.clone().into()),
            model,
            folder: tempfile::tempdir()?,
        })
    }

    /// The model's file, as far as it is known here: the one given, or the one that ships.
    pub fn model(&self) -> PathBuf {
        let shipped = || Path::new(&self.resources).join("models/drums.onnx");
        self.model.clone().unwrap_or_else(shipped)
    }

    /// A file of this name in a folder of the player's own.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Plays `input` through a preset, or through nothing, and returns what came out and the seconds that processors worked for it, where the
    /// system says so. `name` is that of a file that no other render has at the same time.
    ///
    /// # Errors
    /// Where the command line refuses.
    pub fn play(
        &self,
        input: &Path,
        preset: Option<&Path>,
        name: &str,
    ) -> Result<(Audio, Option<f64>)> {
        let output = self.file(name);
        let mut command = Command::new(&self.command_line);
        command.arg("render").arg(input).arg(&output);
        command.args(["--format", "wav32f"]);
        if let Some(preset) = preset {
            command.arg("--preset").arg(preset);
        }
        if let Some(model) = &self.model {
            command.arg("--model").arg(model);
        }
        command.env("NETBEND_RESOURCES", &self.resources);
        let mut ended = child::run(&mut command)?;
        for _ in 1..TRIES {
            if ended.status.success() || !ended.said.contains(IN_VAIN) {
                break;
            }
            ended = child::run(&mut command)?;
        }
        if !ended.status.success() {
            bail!("netbend render ended with {}: {}", ended.status, ended.said);
        }
        let sound = Audio::read_wav(&output).with_context(|| output.display().to_string())?;
        std::fs::remove_file(&output)?;
        Ok((sound, ended.worked.map(|worked| worked.as_secs_f64())))
    }
}
