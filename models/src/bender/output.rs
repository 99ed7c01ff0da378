//! Bends of the layer that is the decoder's output, on what was read from the session. Worker thread.

use crate::manifest::{Layer, Manifest};
use crate::operator::apply;
use crate::program::Program;
use crate::transform::Scratch;

/// That layer.
#[derive(Debug)]
pub(super) struct OutputBend {
    layer: usize,
    frames: usize,
    bins: usize,
    scratch: Scratch,
}

impl OutputBend {
    pub(super) fn new(layer: &Layer, manifest: &Manifest) -> Self {
        Self {
            layer: layer.index,
            frames: manifest.frames,
            bins: manifest.bins,
            scratch: Scratch::new(),
        }
    }

    /// Bends decoded windows `[batch, frames, bins]`, one feature each, by the program's entries for the layer.
    pub(super) fn bend(&mut self, program: &Program, windows: &mut [f32]) {
        let Some(batch) = windows.len().checked_div(self.frames * self.bins) else {
            return;
        };
        let shape = [batch, 1, self.frames, self.bins];
        apply(
            self.layer,
            program.words(),
            shape,
            windows,
            &mut self.scratch,
        );
    }
}
