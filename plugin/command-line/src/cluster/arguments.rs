//! What can be asked of `netbend cluster`.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::whole::whole;

/// Finds clusters of features that act alike and writes them into a model.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A model file, or the name of an installed model.
    pub(super) model: String,
    /// The model's learned metric [default: MODEL.metric.onnx beside the model].
    #[arg(long, value_name = "FILE")]
    pub(super) metric: Option<PathBuf>,
    /// Folder of audio to find clusters on; may be given more than once. Without it, latents are drawn at random; a waveform model plays
    /// drum loops.
    #[arg(long, value_name = "FOLDER")]
    pub(super) data: Vec<PathBuf>,
    /// Windows of audio, or random latents. A waveform model plays a quarter of a second for each, 16 s at most.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = whole(1..=1_000_000_u32, "windows"))]
    pub(super) samples: u32,
    /// What counts as alike: 0 = the learned metric of the maps alone, as in the paper; 1 = what ablating each feature alone does to
    /// onsets and sustain, for which no metric is needed; between, both by that share [default: 0.5, or 1 where there is no metric].
    #[arg(long, value_name = "0..1", value_parser = share)]
    pub(super) effect: Option<f64>,
    /// Seed of every draw.
    #[arg(long, default_value_t = 1, value_parser = whole(0..=u64::MAX, ""))]
    pub(super) seed: u64,
    /// Model file to write [default: the model itself].
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Also write the clusters as a network-bending cluster file.
    #[arg(long, value_name = "FILE")]
    pub(super) yaml: Option<PathBuf>,
    /// Folder of audio to measure what each cluster carries on; may be given more than once [default: what the clusters were
    /// found on].
    #[arg(long, value_name = "FOLDER")]
    pub(super) describe_on: Vec<PathBuf>,
    /// Take the clusters from a network-bending cluster file instead of finding them. They are described with --describe-on only.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["metric", "data", "samples", "effect", "seed"])]
    pub(super) import: Option<PathBuf>,
    /// Only measure how strong each layer's activation is, which thresholds count in; the clusters stay as they are.
    #[arg(long, conflicts_with_all = ["metric", "effect", "yaml", "describe_on", "import", "sound"])]
    pub(super) deviations_only: bool,
    /// Find the clusters of this sound instead, as *Learn* does in the plugin; the model stays as it is.
    #[arg(long, value_name = "AUDIO", conflicts_with_all = ["data", "samples", "out", "import"])]
    pub(super) sound: Option<PathBuf>,
    /// Where in the sound the window of 0.7 s begins.
    #[arg(long, value_name = "SECONDS", requires = "sound", default_value_t = 0.0, value_parser = seconds)]
    pub(super) at: f64,
}

fn seconds(text: &str) -> Result<f64> {
    match text.parse() {
        Ok(seconds) if (0.0..1e6).contains(&seconds) => Ok(seconds),
        _ => bail!("expected seconds from 0 to 1000000"),
    }
}

fn share(text: &str) -> Result<f64> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => bail!("expected a number from 0 to 1"),
    }
}
