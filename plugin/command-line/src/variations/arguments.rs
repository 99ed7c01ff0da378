//! What can be asked of `netbend variations`.

use std::path::PathBuf;

use crate::whole::whole;

/// Makes stochastic variations of a preset: other draws, other seeds, nearby values; each a sound and a preset, and a sheet with a picture
/// of each.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Audio file to bend (WAV, FLAC, MP3, Ogg, AIFF, M4A, …).
    pub(super) input: PathBuf,
    /// What is varied: a preset, or a plain network-bending file of transforms.
    #[arg(long, value_name = "FILE")]
    pub(super) preset: PathBuf,
    /// How many.
    #[arg(long, default_value_t = 32, value_parser = whole(1..=999_u32, "variations"))]
    pub(super) count: u32,
    /// Folder for `01.wav`, `01.yaml` … and `sheet.png`; it is made where it is missing.
    #[arg(long, value_name = "FOLDER")]
    pub(super) out: PathBuf,
    /// Draws them: the same seed, preset and sound give the same variations.
    #[arg(long, default_value_t = 1, value_parser = whole(0..=u32::MAX, ""))]
    pub(super) seed: u32,
}
