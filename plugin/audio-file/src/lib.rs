//! Audio files in and out of the command line.
//!
//! [`read`] decides by content, never by name, what a file is. WAV and its relatives (RF64, BW64, Wave64, AIFF) go through
//! tolerant readers of our own: no library believes a broken header only as far as the data goes. MPEG audio is framed here
//! and decoded by symphonia, as is everything else that symphonia decodes as its container means it; the rest is handed to
//! `ffmpeg` where that is on the PATH.
//!
//! [`write()`] makes WAV or FLAC, whole or not at all (`netbend_atomic_file`). Chunks that describe a loop ([`Marks`]) travel along.
//!
//! Nothing here runs on an audio thread.

#![cfg_attr(
    not(test),
    deny(
        clippy::cast_lossless,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss
    )
)]

mod aiff;
mod audio;
mod caf;
mod crc;
mod dither;
mod error;
mod ffmpeg;
mod flac_blocks;
mod flac_tail;
mod folder;
mod limits;
mod marks;
mod mp4;
mod mpeg;
mod ogg;
mod output;
mod packets;
mod pcm;
mod read;
mod riff;
mod sniff;
mod write;

pub use audio::Audio;
pub use error::Error;
pub use folder::{ENDINGS, Found, find};
pub use limits::MAX_SAMPLES;
pub use marks::{Mark, Marks};
pub use output::{Format, refuse_inputs};
pub use read::{read, read_bytes};
pub use write::{Written, write};
