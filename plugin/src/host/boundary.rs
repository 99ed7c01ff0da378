//! What hosts call. It stands between them and nice-plug's objects, and makes whatever they pass safe for the plugin.
//!
//! nice-plug 0.4.2 takes much on trust: it reads through null channels, keeps the render mode of the set-up before, takes a saved
//! state's values as they are, ignores the VST3's sidechain when it chooses channels, and lets go of no event handler. The
//! boundary is a thin object of our own around each of nice-plug's; nice-plug does the rest. See `docs/decisions/boundary.md`.
//!
//! | module | thread | what it is |
//! |---|---|---|
//! | `buses` | audio | buffers that are all there, whatever was passed |
//! | [`state`] | main | a saved state made whole, or refused |
//! | `clap` | both | the CLAP: entry, factory, plugin, extensions |
//! | `vst3` | both | the VST3: factory, component, view |
//! | `audio_unit` | both | the Audio Unit around the CLAP, on macOS |
//!
//! # Real-time safety
//! What runs in `process` never allocates, locks, waits, logs or panics. Memory for it is made when the host sets the plugin up.

#[cfg(target_os = "macos")]
mod audio_unit;
mod buses;
mod clap;
mod parameter_id;
pub mod state;
pub mod vst3;

use crate::host::hosted::Hosted;

/// The longest piece that a block is played in, in samples: longer ones are cut, so that a host may announce any length.
const LONGEST_PIECE: usize = 65_536;

/// A saved state for the plugin: mended, with everything that was changed told to the user. `None` where it is refused, which the user is
/// told too. Main thread.
fn opened(saved: &[u8], hosted: &Hosted) -> Option<Vec<u8>> {
    match state::mend(saved) {
        Ok(mended) => {
            hosted.status.set_notices(mended.notices);
            Some(mended.json)
        }
        Err(error) => {
            hosted.status.set_notices(vec![error.to_string()]);
            None
        }
    }
}

/// A state that the plugin saved, as it may be kept: it always loads again. Main thread.
fn kept(saved: &[u8]) -> Option<Vec<u8>> {
    state::mend(saved).ok().map(|mended| mended.json)
}
