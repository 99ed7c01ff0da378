//! An encoder that computes, for each stride, only the rows it adds. Pool thread.

use std::borrow::Cow;

use ort::session::SessionInputValue;
use ort::value::TensorRef;

use super::encoder_history::EncoderHistory;
use crate::error::ModelError;
use crate::incremental::encoder_chain::EncoderChain;
use crate::incremental::encoder_graph::{held_name, kept_name, refill, step};
use crate::incremental::stride_plan::{StagePlan, StridePlan};
use crate::onnx::proto::ModelProto;
use crate::package::manifest::Manifest;
use crate::run::runtime::output;
use crate::run::runtime::{Runtime, Session};

/// The sessions for one stride, and their memory.
pub(super) struct StrideEncoder {
    plan: StridePlan,
    stages: Vec<StageRows>,
    step: Session,
    refill: Session,
    bins: usize,
    spectrogram: String,
    latent_mean: String,
}

/// The rows of one stage of which some are kept.
struct StageRows {
    plan: StagePlan,
    features: usize,
    columns: usize,
    /// Input of the step: older rows.
    held: String,
    /// Output of the step: new rows.
    new: String,
    /// Output of the refill: everything kept.
    kept: String,
    /// The held rows, where they do not lie one after the other: `[feature, row, column]`.
    gathered: Vec<f32>,
}

impl StrideEncoder {
    /// The sessions for windows `stride` frames apart; `None` where nothing of one is left in the next.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where ONNX Runtime refuses a graph.
    pub(super) fn new(
        encoder: &ModelProto,
        chain: &EncoderChain,
        stride: usize,
        manifest: &Manifest,
        runtime: &Runtime,
    ) -> Result<Option<Self>, ModelError> {
        let Some(plan) = StridePlan::new(chain, stride) else {
            return Ok(None);
        };
        let stages = chain.outputs().zip(&plan.stages).enumerate();
        let stages = stages
            .filter(|(_, (_, rows))| rows.held > 0)
            .map(|(place, (output, rows))| StageRows {
                plan: *rows,
                features: output.features,
                columns: output.columns,
                held: held_name(place),
                new: output.name.clone(),
                kept: kept_name(place),
                gathered: Vec::new(),
            })
            .collect();
        Ok(Some(Self {
            stages,
            step: runtime.session(&step(encoder, chain, &plan)?)?,
            refill: runtime.session(&refill(encoder, chain, &plan, stride)?)?,
            plan,
            bins: manifest.bins,
            spectrogram: manifest.tensors.spectrogram.clone(),
            latent_mean: manifest.tensors.latent_mean.clone(),
        }))
    }

    /// Encodes `window`, whose newest frame is number `newest` of the stream, to `latents`: from what `history` has kept, or whole. A stream
    /// that is not of this encoder's stride and model has kept nothing.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where the window is too short or inference fails.
    pub(super) fn encode(
        &mut self,
        history: &mut EncoderHistory,
        newest: i64,
        model: &str,
        window: &[f32],
        latents: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let goes_on = history.goes_on(newest, model) && self.fits(&history.kept);
        history.forget(); // until this has succeeded
        let Some(frames) = window.get(..self.plan.used * self.bins) else {
            return Err(ModelError::Runtime(format!(
                "a window of {} values; at least {} frames of {} are needed",
                window.len(),
                self.plan.used,
                self.bins
            )));
        };
        if goes_on {
            self.step(&mut history.kept, frames, latents)?;
        } else {
            self.refill(&mut history.kept, frames, latents)?;
            model.clone_into(&mut history.model);
        }
        history.newest = Some(newest);
        Ok(())
    }

    fn fits(&self, kept: &[Vec<f32>]) -> bool {
        let lengths = self.stages.iter().map(StageRows::kept_len);
        kept.iter().map(Vec::len).eq(lengths)
    }

    fn step(
        &mut self,
        kept: &mut [Vec<f32>],
        frames: &[f32],
        latents: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let newest = &frames[frames.len() - self.plan.frames * self.bins..];
        let shape = [1, 1, self.plan.frames, self.bins];
        let mut inputs: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = vec![(
            Cow::from(self.spectrogram.as_str()),
            TensorRef::from_array_view((shape, newest))?.into(),
        )];
        for (stage, kept) in self.stages.iter_mut().zip(kept.iter()) {
            let shape = [1, stage.features, stage.plan.held, stage.columns];
            stage.gather(kept);
            let held = stage.held_rows(kept);
            let tensor = TensorRef::from_array_view((shape, held))?;
            inputs.push((Cow::from(stage.held.as_str()), tensor.into()));
        }
        let outputs = self.step.run(inputs)?;
        for (stage, kept) in self.stages.iter().zip(kept) {
            let (_, new) = output(&outputs, &stage.new)?.try_extract_tensor::<f32>()?;
            stage.keep(kept, new);
        }
        let (_, mean) = output(&outputs, &self.latent_mean)?.try_extract_tensor::<f32>()?;
        latents.clear();
        latents.extend_from_slice(mean);
        Ok(())
    }

    fn refill(
        &mut self,
        kept: &mut Vec<Vec<f32>>,
        frames: &[f32],
        latents: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let shape = [1, 1, self.plan.used, self.bins];
        let outputs = self.refill.run(ort::inputs![
            self.spectrogram.as_str() => TensorRef::from_array_view((shape, frames))?
        ])?;
        kept.resize(self.stages.len(), Vec::new());
        for (stage, kept) in self.stages.iter().zip(kept) {
            let (_, rows) = output(&outputs, &stage.kept)?.try_extract_tensor::<f32>()?;
            kept.clear();
            kept.extend_from_slice(rows);
        }
        let (_, mean) = output(&outputs, &self.latent_mean)?.try_extract_tensor::<f32>()?;
        latents.clear();
        latents.extend_from_slice(mean);
        Ok(())
    }
}

impl StageRows {
    fn kept_len(&self) -> usize {
        self.features * self.plan.kept() * self.columns
    }

    /// Gathers the rows of `kept` that the next step reads, where they do not lie one after the other.
    fn gather(&mut self, kept: &[f32]) {
        self.gathered.clear();
        if self.plan.phases > 1 {
            for rows in kept.chunks_exact(self.plan.phases * self.columns) {
                // Of one row for each of as many strides the oldest; the turn of the others comes.
                self.gathered.extend_from_slice(&rows[..self.columns]);
            }
        }
    }

    /// What [`gather`](Self::gather) has gathered out of `kept`.
    fn held_rows<'k>(&'k self, kept: &'k [f32]) -> &'k [f32] {
        if self.plan.phases > 1 {
            &self.gathered
        } else {
            kept
        }
    }

    /// Appends `new` rows to `kept`, which loses as many at the front.
    fn keep(&self, kept: &mut [f32], new: &[f32]) {
        let length = self.plan.kept() * self.columns;
        let added = self.plan.new * self.columns;
        let maps = kept
            .chunks_exact_mut(length.max(1))
            .zip(new.chunks_exact(added.max(1)));
        for (kept, new) in maps {
            match length.checked_sub(added) {
                Some(stay) => {
                    kept.copy_within(added.., 0);
                    kept[stay..].copy_from_slice(new);
                }
                None => kept.copy_from_slice(&new[added - length..]),
            }
        }
    }
}
