//! What one stream's encodings have in common. Pool thread.

/// The state of a stream that is encoded stride by stride; see
/// [`Bender::encode_stream`](crate::Bender::encode_stream).
///
/// It holds the rows of the encoder's stages that the next stride shares with those before: 0.5 MB for a stride of 4 frames of the model
/// that ships.
#[derive(Debug, Clone)]
pub struct EncoderHistory {
    /// Frames between two encodings.
    stride: usize,
    /// The newest frame of the window encoded last, if what was kept of it still holds.
    pub(super) newest: Option<i64>,
    /// SHA-256 of the model that encoded it.
    pub(super) model: String,
    /// The rows kept of each stage, `[feature, row, column]`, newest last; empty where none are.
    pub(super) kept: Vec<Vec<f32>>,
}

impl EncoderHistory {
    /// The state of a stream encoded every `stride` frames.
    pub fn new(stride: usize) -> Self {
        Self {
            stride,
            newest: None,
            model: String::new(),
            kept: Vec::new(),
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

    /// Whether what is kept is of the window just before the one whose newest frame is `newest`.
    pub(super) fn goes_on(&self, newest: i64, model: &str) -> bool {
        let next = self
            .newest
            .and_then(|before| before.checked_add_unsigned(self.stride as u64));
        next == Some(newest) && self.model == model
    }
}
