//! What can be asked of `netbend render`.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use netbend_audio_file::Format;

use crate::whole::whole;

/// Bends an audio file exactly as the plugin would; the output lines up with the input and has its
/// length.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Audio file to bend (WAV, FLAC, MP3, Ogg, AIFF, M4A, …; what Netbend does not read by itself goes through ffmpeg).
    pub(super) input: PathBuf,
    /// Audio file to write; its name says what: `.wav` or `.flac`.
    pub(super) output: PathBuf,
    /// How samples are written: wav16, wav24, wav32f, flac16 or flac24 [default: wav32f, or flac24 for `.flac`]. 16 bits are
    /// dithered.
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<Format>,
    /// The input is a loop: its end runs into its start, so does the output's, and automation begins anew with each pass.
    #[arg(long = "loop")]
    pub(super) is_loop: bool,
    /// Preset, or a plain network-bending file of transforms.
    #[arg(long, value_name = "FILE")]
    pub(super) preset: Option<PathBuf>,
    /// A model file, or the name of an installed model, to play whatever the preset says of name and hash.
    #[arg(long)]
    pub(super) model: Option<String>,
    /// Sets a parameter, e.g. `--set voice=0.5 --set slot_transform_1=ablate`; comes after the preset. `netbend parameters` lists
    /// them all.
    #[arg(long, value_name = "ID=VALUE")]
    pub(super) set: Vec<String>,
    /// Writes what --preset and --set make as a preset, when the sound is written.
    #[arg(long, value_name = "FILE")]
    pub(super) save_preset: Option<PathBuf>,
    /// Parameter values over time: lines of `seconds,id,value`.
    #[arg(long, value_name = "FILE.csv")]
    pub(super) automate: Option<PathBuf>,
    /// MIDI file whose notes play the pads, at its own tempi, or at --tempo where it has none.
    #[arg(long, value_name = "FILE.mid")]
    pub(super) notes: Option<PathBuf>,
    /// Audio file that the encoder hears in place of the input; turns the parameter `sidechain` on. It must have the input's rate; where
    /// it is shorter, silence follows.
    #[arg(long, value_name = "FILE")]
    pub(super) sidechain: Option<PathBuf>,
    /// Samples per block. Changes nothing but the time it takes.
    #[arg(long, default_value_t = 1_024, value_parser = whole(1..=1_048_576_u32, "samples"))]
    pub(super) block: u32,
    /// Beats per minute that modulators run at; the song begins where the input does.
    #[arg(long, default_value_t = 120.0, value_parser = tempo)]
    pub(super) tempo: f64,
    /// Mix the input to mono first.
    #[arg(long)]
    pub(super) mono: bool,
}

fn tempo(text: &str) -> Result<f64> {
    let range = 1.0..=1_000.0;
    let number = text.trim().parse().ok().filter(|bpm| range.contains(bpm));
    number.ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        anyhow!("expected beats per minute from {least} to {most}")
    })
}
