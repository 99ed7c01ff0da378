//! What one stream's encodings have in common. Worker thread.

/// The state of a stream that is encoded stride by stride; see
/// [`Bender::encode_stream`](crate::Bender::encode_stream).
#[derive(Debug, Clone)]
pub struct EncoderStream {
    /// Frames between two encodings.
    stride: usize,
    /// The newest frame of the window encoded last, if what was kept of it still holds.
    pub(super) newest: Option<i64>,
}

impl EncoderStream {
    /// The state of a stream encoded every `stride` frames.
    pub fn new(stride: usize) -> Self {
        Self {
            stride,
            newest: None,
        }
    }

    /// Frames between two encodings.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// What was kept holds no more: frames that were encoded have changed, or their level has.
    pub fn forget(&mut self) {
        self.newest = None;
    }
}
