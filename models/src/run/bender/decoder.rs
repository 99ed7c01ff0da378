//! The decoder: sessions that compute the last rows of its layers, as many as are wanted. Pool thread.

mod path;
mod tail;
mod weights;

use ort::value::TensorRef;

use super::inputs::{Inputs, decoder_inputs};
use super::output_bend::OutputBend;
use crate::error::ModelError;
use crate::incremental::decoder_chain::DecoderChain;
use crate::incremental::dynamic_tail::{cut_name, cuts, make_dynamic, rows_name};
use crate::incremental::static_tail::static_tail;
use crate::node::inject::{Rows, add_program, inject_with_rows};
use crate::node::program::Program;
use crate::onnx::proto::ModelProto;
use crate::onnx::shapes::Shapes;
use crate::package::manifest::{Layer, Manifest};
use crate::run::runtime::output;
use crate::run::runtime::{Runtime, Session};
use crate::run::weights::decoder::WeightedDecoder;
use netbend_dsp::number::signed;
use path::{Path, select};
use tail::Tail;
pub(super) use weights::Weights;

/// The decoder's sessions.
pub(super) struct Decoder {
    /// As cut out of the model, for sessions that are made later.
    model: ModelProto,
    shapes: Shapes,
    /// How its rows depend on each other, where that can be followed.
    chain: Option<DecoderChain>,
    /// Computes any rows, with constant weights.
    any: Session,
    /// Names of the inputs of `any` that say which.
    cuts: Vec<String>,
    /// As `any`, with weights as inputs.
    pub(super) weighted: WeightedDecoder,
    /// Made for their rows; the longest first.
    tails: Vec<Tail>,
    /// Bends the layer that is the decoder's output, where there is one.
    output: Option<OutputBend>,
    /// Whether there are bend nodes.
    bends: bool,
    computed: Vec<f32>,
}

impl Decoder {
    /// # Errors
    /// [`ModelError`] where the graph does not have the shape its manifest states or ONNX Runtime refuses it.
    pub(super) fn new(
        model: ModelProto,
        shapes: Shapes,
        chain: Option<DecoderChain>,
        manifest: &Manifest,
        runtime: &Runtime,
        bends: bool,
    ) -> Result<Self, ModelError> {
        if chain.is_some() {
            let (model, shapes) = (model.clone(), shapes.clone());
            // What ONNX Runtime does not take in parts it may take whole.
            if let Ok(cut) = Self::of_chain(model, shapes, chain, manifest, runtime, bends) {
                return Ok(cut);
            }
        }
        Self::of_chain(model, shapes, None, manifest, runtime, bends)
    }

    fn of_chain(
        model: ModelProto,
        shapes: Shapes,
        chain: Option<DecoderChain>,
        manifest: &Manifest,
        runtime: &Runtime,
        bends: bool,
    ) -> Result<Self, ModelError> {
        let mut any = model.clone();
        let mut names = Vec::new();
        if let Some(chain) = &chain {
            make_dynamic(&mut any, chain);
            names.extend((0..=chain.stages()).map(cut_name));
        }
        let rows = |layer: &Layer| {
            let stage = chain.as_ref().and_then(|chain| chain.stage_of(layer.index));
            stage.map_or(Rows::Fixed(signed(layer.rows)), |stage| {
                Rows::Named(rows_name(stage))
            })
        };
        let left = put_bends(&mut any, manifest, bends, rows)?;
        Ok(Self {
            output: left.map(|layer| OutputBend::new(layer, manifest)),
            any: runtime.session(&any)?,
            weighted: WeightedDecoder::new(any, &manifest.layers, runtime)?,
            cuts: names,
            tails: Vec::new(),
            model,
            shapes,
            chain,
            bends,
            computed: Vec::new(),
        })
    }

    /// Makes the session for the frames from `first_frame` on, where there is none and it would compute less than whole windows. Whether it
    /// made one.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where ONNX Runtime refuses the graph.
    pub(super) fn prepare(
        &mut self,
        first_frame: usize,
        manifest: &Manifest,
        runtime: &Runtime,
    ) -> Result<bool, ModelError> {
        let Some(chain) = &self.chain else {
            return Ok(false);
        };
        if first_frame == 0 || first_frame >= manifest.frames {
            return Ok(false);
        }
        let starts = chain.starts(first_frame, &Program::new(), 0);
        if self.tails.iter().any(|tail| tail.starts == starts) {
            return Ok(false);
        }
        let layers = &manifest.layers;
        let mut model = static_tail(&self.model, chain, layers, &self.shapes, &starts)?;
        let whole = |layer: &Layer| {
            let start = chain.stage_of(layer.index).map_or(0, |stage| starts[stage]);
            Rows::Fixed(signed(layer.rows - start))
        };
        put_bends(&mut model, manifest, self.bends, whole)?;
        let session = runtime.session(&model)?;
        self.tails.push(Tail { starts, session });
        self.tails.sort_by(|a, b| a.starts.cmp(&b.starts));
        Ok(true)
    }

    /// Decodes `latents`, `[batch, latent_size]`, to the frames from `first_frame` on of their windows: `[batch, frames − first_frame, bins]`.
    ///
    /// What computes an item, and with it the item's last bits, depends on `first_frame` and the item's own bends, not on the items beside
    /// it.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where the latents have the wrong length or inference fails.
    pub(super) fn decode(
        &mut self,
        manifest: &Manifest,
        first_frame: usize,
        weights: Weights<'_>,
        latents: &[f32],
        program: &Program,
        windows: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let size = manifest.latent_size;
        let batch = latents.len() / size;
        let first_frame = first_frame.min(manifest.frames);
        let paths: Vec<Path> = (0..batch)
            .map(|item| self.path(first_frame, weights, program, item))
            .collect();
        let frame = (manifest.frames - first_frame) * manifest.bins;
        windows.clear();
        let Some(first) = paths.first() else {
            // An empty batch is refused, or answered, by ONNX Runtime.
            let path = self.path(first_frame, weights, program, 0);
            return self.run(
                manifest,
                first_frame,
                &path,
                weights,
                latents,
                program,
                windows,
            );
        };
        if paths.iter().all(|path| path == first) {
            return self.run(
                manifest,
                first_frame,
                first,
                weights,
                latents,
                program,
                windows,
            );
        }
        windows.resize(batch * frame, 0.0);
        let (mut part, mut own, mut decoded) = (Vec::new(), Program::new(), Vec::new());
        for (place, path) in paths.iter().enumerate() {
            if paths[..place].contains(path) {
                continue;
            }
            let items: Vec<usize> = (place..batch)
                .filter(|&item| paths[item] == *path)
                .collect();
            part.clear();
            for &item in &items {
                part.extend_from_slice(&latents[item * size..(item + 1) * size]);
            }
            select(program, &items, &mut own);
            decoded.clear();
            self.run(
                manifest,
                first_frame,
                path,
                weights,
                &part,
                &own,
                &mut decoded,
            )?;
            for (&item, decoded) in items.iter().zip(decoded.chunks_exact(frame.max(1))) {
                windows[item * frame..(item + 1) * frame].copy_from_slice(decoded);
            }
        }
        Ok(())
    }

    /// What computes item `item` of a batch.
    fn path(
        &self,
        first_frame: usize,
        weights: Weights<'_>,
        program: &Program,
        item: usize,
    ) -> Path {
        let chain = self.chain.as_ref();
        Path::choose(chain, &self.tails, first_frame, weights, program, item)
    }

    /// How many rows of the seed and of each stage are computed for the frames from `first_frame` on of item `item`; none where whole windows are.
    pub(super) fn rows(&self, first_frame: usize, program: &Program, item: usize) -> Vec<usize> {
        let Some(chain) = &self.chain else {
            return Vec::new();
        };
        match self.path(first_frame, Weights::Own, program, item) {
            Path::Tail(place) => chain.rows(&self.tails[place].starts),
            Path::Any(starts) => chain.rows(&starts),
        }
    }

    /// Decodes items that all take one path, and appends them to `windows`.
    #[allow(clippy::too_many_arguments)] // They are a decode's, and the path.
    fn run(
        &mut self,
        manifest: &Manifest,
        first_frame: usize,
        path: &Path,
        weights: Weights<'_>,
        latents: &[f32],
        program: &Program,
        windows: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let batch = latents.len() / manifest.latent_size;
        let inputs = decoder_inputs(manifest, latents, program)?;
        let (starts, outputs) = match path {
            Path::Tail(place) => {
                let tail = &mut self.tails[*place];
                (&tail.starts, tail.session.run(inputs)?)
            }
            Path::Any(starts) => {
                let cuts = self.chain.as_ref().map(|chain| cuts(chain, starts));
                let cuts = cuts.unwrap_or_default();
                let mut inputs: Inputs<'_> = inputs;
                for (name, cut) in self.cuts.iter().zip(cuts.chunks_exact(1)) {
                    let tensor = TensorRef::from_array_view(([1_usize], cut))?;
                    inputs.push((name.as_str().into(), tensor.into()));
                }
                let outputs = match weights {
                    Weights::Own => self.any.run(inputs)?,
                    Weights::Set => self.weighted.run(None, inputs)?,
                    Weights::Bent(weights) => self.weighted.run(Some(weights), inputs)?,
                };
                (starts, outputs)
            }
        };
        let (frames, bins) = (manifest.frames, manifest.bins);
        let begins = starts.last().copied().unwrap_or(0);
        let rows = frames - begins;
        let decoded = output(&outputs, &manifest.tensors.decoded)?;
        let (_, decoded) = decoded.try_extract_tensor::<f32>()?;
        if decoded.len() != batch * rows * bins {
            return Err(ModelError::Manifest(format!(
                "{batch} windows of {rows} × {bins} stated, {} values found",
                decoded.len()
            )));
        }
        let before = first_frame - begins;
        if before == 0 {
            let place = windows.len();
            windows.extend_from_slice(decoded);
            if let Some(output) = &mut self.output {
                output.bend(program, rows, &mut windows[place..]);
            }
            return Ok(());
        }
        self.computed.clear();
        self.computed.extend_from_slice(decoded);
        if let Some(output) = &mut self.output {
            output.bend(program, rows, &mut self.computed);
        }
        for window in self.computed.chunks_exact((rows * bins).max(1)) {
            windows.extend_from_slice(&window[before * bins..]);
        }
        Ok(())
    }
}

/// Puts the bend nodes, or the program alone, into a decoder.
fn put_bends<'m>(
    model: &mut ModelProto,
    manifest: &'m Manifest,
    bends: bool,
    rows: impl Fn(&Layer) -> Rows,
) -> Result<Option<&'m Layer>, ModelError> {
    if bends {
        return inject_with_rows(model, &manifest.tensors.latent, &manifest.layers, rows);
    }
    add_program(model)?;
    Ok(None)
}
