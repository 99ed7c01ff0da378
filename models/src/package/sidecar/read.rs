//! YAML to [`Sidecar`]: every value is checked as far as it can be without the graph. And from there to the
//! fields of a manifest.

use std::path::{Path, PathBuf};

use netbend_dsp::number::{low_bits, nearest_f32};
use serde_saphyr::Spanned;

use super::root::{Prior, Root, Tensors, Values};
use super::{Sidecar, Window};
use crate::error::ModelError;
use crate::package::manifest::{
    Decibels, FORMAT, LEAST_SEEN_FRAME, LatentPrior, Layer, Level, Manifest, NO_LEVEL,
};
use crate::text::read_text;
use crate::text::yaml::{self, Wrong};

/// Step of the level unless told otherwise, in decibels.
const STEP_DB: f64 = 6.0;
/// How the YAML reader begins what it says of a field that is not there.
const MISSING: &str = "missing field";
/// Version of a model whose sidecar names none.
const VERSION: &str = "0";

/// Endings of a sidecar's file name, in the order in which they are looked for.
const ENDINGS: [&str; 2] = ["yaml", "yml"];

impl Sidecar {
    /// The sidecar beside the model file `model`, if there is one.
    pub fn path_beside(model: &Path) -> Option<PathBuf> {
        ENDINGS
            .iter()
            .map(|ending| model.with_extension(ending))
            .find(|path| path.is_file())
    }

    /// Reads the sidecar at `path`.
    ///
    /// # Errors
    /// [`ModelError::Text`], [`ModelError::Sidecar`].
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        let text = read_text(path)?;
        Self::from_yaml(&text, &path.display().to_string())
    }

    /// Reads a sidecar. `file` names the text in errors.
    ///
    /// # Errors
    /// [`ModelError::Sidecar`] with the line of the first thing that is wrong.
    pub fn from_yaml(text: &str, file: &str) -> Result<Self, ModelError> {
        read(text, file)
    }
}

fn read(text: &str, file: &str) -> Result<Sidecar, ModelError> {
    let root: Root = yaml::read(text).map_err(|Wrong { line, message }| {
        // What is not there is on no line.
        let (line, message) = match message.find(MISSING) {
            Some(at) => (
                0,
                format!(
                    "{}; `netbend inspect --template` writes a file with all of them",
                    &message[at..]
                ),
            ),
            None => (line, message),
        };
        ModelError::Sidecar {
            file: file.to_owned(),
            line,
            message,
        }
    })?;
    let sidecar = Sidecar {
        file: file.to_owned(),
        root,
    };
    sidecar.check()?;
    Ok(sidecar)
}

impl Sidecar {
    /// The scale of decibels, whose ceiling is the reference unless told otherwise.
    pub(super) fn decibels(&self) -> Decibels {
        let found = &self.root.decibels.value;
        Decibels {
            floor_db: found.floor_db,
            reference_db: found.reference_db,
            ceiling_db: found.ceiling_db.unwrap_or(found.reference_db),
        }
    }

    /// Rate of the training audio in hertz.
    pub(crate) fn sample_rate(&self) -> u32 {
        u32::try_from(self.root.sample_rate.value).unwrap_or(0)
    }

    /// FFT length in samples.
    pub(crate) fn fft_size(&self) -> usize {
        low_bits::<usize>(self.root.fft_size.value)
    }

    /// The last frame of `window` that reaches the latent.
    ///
    /// # Errors
    /// [`ModelError::Sidecar`] where it lies outside.
    pub(crate) fn last_seen_frame(&self, window: &Window) -> Result<usize, ModelError> {
        let last = window.frames - 1;
        match &self.root.last_seen_frame {
            None => Ok(last),
            Some(found) => {
                let range = LEAST_SEEN_FRAME as u64..=last as u64;
                self.within("last_seen_frame", found, range)?;
                Ok(low_bits::<usize>(found.value))
            }
        }
    }

    fn last_seen_bin(&self, window: &Window) -> Result<usize, ModelError> {
        let last = window.bins - 1;
        match &self.root.last_seen_bin {
            None => Ok(last),
            Some(found) => {
                self.within("last_seen_bin", found, 0..=last as u64)?;
                Ok(low_bits::<usize>(found.value))
            }
        }
    }

    /// The names of the tensors in the model's own graph.
    pub(crate) fn tensors(&self) -> Names<'_> {
        Names(&self.root.tensors.value)
    }

    /// The layers that are named, if any are.
    pub(crate) fn layers(&self) -> Option<&[Spanned<String>]> {
        self.root
            .layers
            .as_ref()
            .map(|layers| layers.value.as_slice())
    }

    /// An error at one of the sidecar's names.
    pub(crate) fn wrong(&self, at: &Spanned<String>, message: String) -> ModelError {
        self.error(at, message)
    }

    /// The manifest of the model at `path`, once its window, latent and layers are known. `tensors` are the names
    /// in the graph it describes.
    ///
    /// # Errors
    /// [`ModelError::Sidecar`], [`ModelError::Manifest`].
    pub(crate) fn manifest(
        &self,
        path: &Path,
        window: &Window,
        latent_size: usize,
        tensors: crate::package::manifest::Tensors,
        layers: Vec<Layer>,
    ) -> Result<Manifest, ModelError> {
        let root = &self.root;
        let text = |found: &Option<Spanned<String>>, default: &str| {
            found
                .as_ref()
                .map_or_else(|| default.to_owned(), |found| found.value.clone())
        };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let level = text(&root.level, NO_LEVEL);
        let step_db = match level.as_str() {
            NO_LEVEL => 0.0,
            _ => nearest_f32(root.level_step_db.as_ref().map_or(STEP_DB, |s| s.value)),
        };
        let manifest = Manifest {
            netbend: FORMAT,
            name: text(&root.name, &stem),
            version: text(&root.version, VERSION),
            sample_rate: self.sample_rate(),
            fft_size: self.fft_size(),
            hop: self.fft_size() / 4,
            bins: window.bins,
            frames: window.frames,
            last_seen_frame: self.last_seen_frame(window)?,
            last_seen_bin: Some(self.last_seen_bin(window)?),
            decibels: self.decibels(),
            level: Level {
                kind: level,
                step_db,
            },
            tensors,
            latent_size,
            latent_prior: self.latent_prior(latent_size)?,
            layers,
            clusters: Vec::new(),
            parts: Vec::new(),
            licence: root.licence.clone().unwrap_or_default(),
            training: serde_json::Value::Null,
        };
        manifest.check()?;
        Ok(manifest)
    }

    fn latent_prior(&self, latent_size: usize) -> Result<Option<LatentPrior>, ModelError> {
        let Some(found) = &self.root.latent_prior else {
            return Ok(None);
        };
        let values = |name: &str, values: &Values| {
            match values {
            Values::Same(value) => Ok(vec![*value; latent_size]),
            Values::Each(values) if values.len() == latent_size => Ok(values.clone()),
            Values::Each(values) => Err(self.error(
                found,
                format!(
                    "latent_prior.{name} has {} values; expected one, or the latent's {latent_size}",
                    values.len()
                ),
            )),
        }
        };
        let Prior { mean, std } = &found.value;
        Ok(Some(LatentPrior {
            mean: values("mean", mean)?,
            std: values("std", std)?,
        }))
    }
}

/// The names of the tensors in the model's own graph.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a>(&'a Tensors);

impl<'a> Names<'a> {
    pub(crate) fn spectrogram(&self) -> &'a Spanned<String> {
        &self.0.spectrogram
    }

    pub(crate) fn latent(&self) -> &'a Spanned<String> {
        &self.0.latent
    }

    /// What the encoder gives: the latent itself in a plain autoencoder.
    pub(crate) fn latent_mean(&self) -> &'a Spanned<String> {
        self.0.latent_mean.as_ref().unwrap_or(&self.0.latent)
    }

    pub(crate) fn latent_log_variance(&self) -> Option<&'a Spanned<String>> {
        self.0.latent_log_variance.as_ref()
    }

    pub(crate) fn decoded(&self) -> &'a Spanned<String> {
        &self.0.decoded
    }
}
