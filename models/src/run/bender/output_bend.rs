//! Bends of the layer that is the decoder's output, on what was read from the session. Pool thread.

use crate::bends::transform::Scratch;
use crate::node::operator::apply_to_tail;
use crate::node::program::Program;
use crate::package::manifest::{Layer, Manifest};

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

    /// Bends the last `rows` frames of decoded windows, `[batch, rows, bins]`, one feature each, by the program's entries for the layer.
    pub(super) fn bend(&mut self, program: &Program, rows: usize, windows: &mut [f32]) {
        let Some(batch) = windows.len().checked_div(rows * self.bins) else {
            return;
        };
        apply_to_tail(
            self.layer,
            program.words(),
            [batch, 1, rows, self.bins],
            self.frames,
            windows,
            &mut self.scratch,
        );
    }
}
