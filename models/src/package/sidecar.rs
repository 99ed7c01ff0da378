//! The sidecar: a YAML file beside somebody else's model that says what the model's own file does not.
//!
//! `NAME.yaml` (or `NAME.yml`) beside `NAME.onnx` names the tensors and the scaling; it is the manifest's fields,
//! most of which may be left out. Windows and layers are found from the graph. Used only where the file's metadata
//! holds no [`manifest`](crate::package::manifest). What each field means is shown by [`template`](super::template()).
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

mod check;
pub(crate) mod latent;
mod read;
mod root;
pub(super) mod window;

pub use root::Sidecar;
pub use window::{Layout, Window};
