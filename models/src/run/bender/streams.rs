//! What streams ask of a model: the latent of a window of which most was encoded before, and the newest frames of a decoded one.
//! Pool thread.

use netbend_dsp::number::signed;

use super::decoder::Weights;
use super::stride_encoder::StrideEncoder;
use super::{Bender, EncoderHistory};
use crate::error::ModelError;
use crate::incremental::stride_plan::StridePlan;
use crate::node::program::Program;
use crate::run::runtime::Runtime;
use crate::run::weights::BendableWeights;

/// Frames before the last seen that streams ask for: a stride of Live and of Tight. Those of Studio are too many for a session of their own to be
/// worth its memory: it was 3 % faster.
const STREAMED: [usize; 2] = [4, 16];

impl Bender {
    /// As [`encode`](Self::encode) for the one window `[frames, bins]` of a stream, keeping in `history` what the next stride's encoding
    /// shares with this one. The window's newest frame (of those that reach the latent) is number `newest` of the stream.
    ///
    /// Equal to [`encode`](Self::encode) within 1e-5, whatever came before. Only the rows that the stride adds are computed, if the window before was
    /// a stride older and nothing was [forgotten](EncoderHistory::forget); otherwise everything is, and more: 1.8 times a whole window's work for a stride of 4
    /// frames of the model that ships. Where the encoder's structure or the stride do not allow it, windows are encoded whole.
    ///
    /// A stride that was not [prepared](Self::prepare_stream) is, which takes as long as loading a model.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    pub fn encode_stream(
        &mut self,
        history: &mut EncoderHistory,
        newest: i64,
        window: &[f32],
        latents: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        self.prepare_stream(history.stride())?;
        let whole = window.len() == self.window_len();
        let mut encoders = self.stride_encoders.iter_mut();
        match encoders.find(|(stride, _)| *stride == history.stride()) {
            Some((_, Some(encoder))) if whole => {
                encoder.encode(history, newest, &self.model, window, latents)?;
                self.windows.encoded += 1;
                Ok(())
            }
            _ => self.encode(window, latents),
        }
    }

    /// Makes the sessions that encode a stream every `stride` frames. Not while sound is waited for: it takes some ten milliseconds.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where ONNX Runtime refuses them.
    pub fn prepare_stream(&mut self, stride: usize) -> Result<(), ModelError> {
        let mut strides = self.stride_encoders.iter();
        if strides.any(|(prepared, _)| *prepared == stride) {
            return Ok(());
        }
        let mut encoder = match (&self.encoder_chain, Runtime::loaded()) {
            (Some(chain), Some(runtime)) => {
                StrideEncoder::new(&self.encoder_graph, chain, stride, &self.manifest, runtime)?
            }
            _ => None,
        };
        if let Some(encoder) = &mut encoder {
            // The first runs are slower than the rest.
            let (mut history, mut latent) = (EncoderHistory::new(stride), Vec::new());
            let silence = vec![0.0; self.window_len()];
            for newest in [0, signed(stride)] {
                encoder.encode(&mut history, newest, &self.model, &silence, &mut latent)?;
            }
        }
        self.stride_encoders.push((stride, encoder));
        Ok(())
    }

    /// Makes the sessions for the frames that streams of short strides ask for. One that ONNX Runtime refuses is done without.
    pub(super) fn prepare_usual_tails(&mut self) {
        for rows in STREAMED {
            let first_frame = self.manifest.last_seen_frame.saturating_sub(rows);
            let _ = self.prepare_tail(first_frame);
        }
    }

    /// Makes the session that [`decode_from`](Self::decode_from) uses for `first_frame`, with constant weights, in place of one for any first
    /// frame. Those that streams of short strides ask for are made at load. Not while sound is waited for: it takes some ten milliseconds.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where ONNX Runtime refuses it.
    pub fn prepare_tail(&mut self, first_frame: usize) -> Result<(), ModelError> {
        let Some(runtime) = Runtime::loaded() else {
            return Ok(());
        };
        if self.decoder.prepare(first_frame, &self.manifest, runtime)? {
            // The first run is slower than the rest.
            let latents = vec![0.0; 2 * self.manifest.latent_size];
            let mut windows = Vec::new();
            let before = self.windows;
            self.decode_from(first_frame, None, &latents, &Program::new(), &mut windows)?;
            self.windows = before;
        }
        Ok(())
    }

    /// How many rows of each stage of the encoder are computed for a stride of a stream that goes on, the frames that the first one reads in
    /// front; none where whole windows are. For tests: what is not computed is what is saved.
    #[doc(hidden)]
    pub fn encoded_rows(&self, stride: usize) -> Vec<usize> {
        let chain = self.encoder_chain.as_ref();
        let plan = chain.and_then(|chain| StridePlan::new(chain, stride));
        plan.map_or(Vec::new(), |plan| {
            let stages = plan.stages.iter().map(|stage| stage.new);
            std::iter::once(plan.frames).chain(stages).collect()
        })
    }

    /// As [`encoded_rows`](Self::encoded_rows), of the decoder, for the frames from `first_frame` on of the item `item` that `program` bends.
    #[doc(hidden)]
    pub fn decoded_rows(&self, first_frame: usize, program: &Program, item: usize) -> Vec<usize> {
        self.decoder.rows(first_frame, program, item)
    }

    /// As [`decode`](Self::decode), for the frames from `first_frame` on alone: `[batch, frames − first_frame, bins]`. Bent `weights`
    /// take the place of the model's.
    ///
    /// Equal to the same rows of [`decode`](Self::decode) within 1e-5. What is computed is as much as those rows can see through the
    /// layers and through the program's bends.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn decode_from(
        &mut self,
        first_frame: usize,
        weights: Option<&BendableWeights>,
        latents: &[f32],
        program: &Program,
        windows: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let weights = weights.map_or(Weights::Own, Weights::Bent);
        self.decode_with(first_frame, weights, latents, program, windows)
    }
}
