//! The sidecar: a YAML file beside somebody else's model that says what the model's own file does not.
//!
//! `NAME.yaml` (or `NAME.yml`) beside `NAME.onnx` names the tensors and the scaling; it is the manifest's fields,
//! most of which may be left out. Windows and layers are found from the graph. Used only where the file's metadata
//! holds no [`manifest`](crate::manifest). What each field means is shown by [`template`].
//!
//! | field | default |
//! |---|---|
//! | `netbend` | 1, the format |
//! | `name`, `version`, `licence` | the file's name, `0`, nothing |
//! | `sample_rate`, `fft_size` | to be given |
//! | `hop` | a quarter of `fft_size`, and nothing else |
//! | `frames`, `bins`, `layout` | from the shape of the graph's input |
//! | `last_seen_frame`, `last_seen_bin` | the last ones |
//! | `decibels` | `floor_db` and `reference_db` to be given; `ceiling_db` is `reference_db` |
//! | `level` | `none`, or `window-peak` with `level_step_db` (6) |
//! | `tensors` | `spectrogram`, `latent`, `decoded` to be given; `latent_mean` is `latent`, `latent_log_variance` nothing |
//! | `latent_prior` | mean 0, standard deviation 1 |
//! | `layers` | found: the ends of the decoder's convolutions, but for the one that gives the output |

pub(crate) mod latent;
mod read;
mod template;
mod window;

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::error::ModelError;
use crate::text::read_text;
pub use template::template;
pub use window::{Layout, Window};

/// Endings of a sidecar's file name, in the order in which they are looked for.
const ENDINGS: [&str; 2] = ["yaml", "yml"];

/// A sidecar whose every value is possible, whatever the model.
#[derive(Debug)]
pub struct Sidecar {
    file: String,
    root: Root,
}

/// The file's root.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Root {
    netbend: Option<Spanned<u64>>,
    name: Option<Spanned<String>>,
    version: Option<Spanned<String>>,
    licence: Option<String>,
    sample_rate: Spanned<u64>,
    fft_size: Spanned<u64>,
    hop: Option<Spanned<u64>>,
    frames: Option<Spanned<u64>>,
    bins: Option<Spanned<u64>>,
    layout: Option<Spanned<String>>,
    last_seen_frame: Option<Spanned<u64>>,
    last_seen_bin: Option<Spanned<u64>>,
    decibels: Spanned<Decibels>,
    level: Option<Spanned<String>>,
    level_step_db: Option<Spanned<f64>>,
    tensors: Spanned<Tensors>,
    latent_prior: Option<Spanned<Prior>>,
    layers: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decibels {
    floor_db: f32,
    reference_db: f32,
    ceiling_db: Option<f32>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tensors {
    spectrogram: Spanned<String>,
    latent: Spanned<String>,
    decoded: Spanned<String>,
    latent_mean: Option<Spanned<String>>,
    latent_log_variance: Option<Spanned<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Prior {
    mean: Values,
    std: Values,
}

/// One number for every dimension of the latent, or one for each.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Values {
    Same(f32),
    Each(Vec<f32>),
}

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
        read::read(text, file)
    }

    fn error<T>(&self, at: &Spanned<T>, message: impl Into<String>) -> ModelError {
        ModelError::Sidecar {
            file: self.file.clone(),
            line: at.referenced.line(),
            message: message.into(),
        }
    }
}
