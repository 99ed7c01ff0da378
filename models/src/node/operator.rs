//! The custom operator `netbend.Bend`: activation and program in, bent activation out.
//!
//! Runs inside ONNX Runtime on a pool thread. ONNX Runtime is told that the output may reuse the
//! input's memory, so an idle node costs a pointer comparison.
//!
//! A layer's activation is `[batch, feature, time, frequency]`. The latent vector, layer 0, is `[batch, value]`: each value is a
//! feature with a map of one by one, and transforms that have no meaning for it leave it alone. A waveform model's activation, its latent included, is
//! `[row, feature, step]` ([`sequence`]); what it was in the blocks before is a third input, where it can be shifted in time.

pub mod sequence;

use std::panic::{AssertUnwindSafe, catch_unwind};

use ort::operator::{
    ComputeContext, Kernel, KernelContext, Operator, OperatorDomain, OperatorInput, OperatorOutput,
};
use ort::value::TensorElementType;

use crate::bends::LATENT_LAYER;
use crate::bends::transform::{MapSize, Maps, Scratch};
use crate::node::activity;
use crate::node::program::{Entry, Program};

/// Operator domain.
pub const DOMAIN: &str = "netbend";
/// Operator name.
pub const NAME: &str = "Bend";
/// Integer attribute: the layer whose entries the node applies, 1-based, or 0 for the latent vector.
pub const LAYER_ATTRIBUTE: &str = "layer";

/// Integer attribute: the rows of the layer's maps when they are whole. What the node is given are the last of them, all where the
/// attribute is left out. Where the node has a third input, the steps by which a shift of 1 is late.
pub const ROWS_ATTRIBUTE: &str = "rows";

/// The operator domain to register with a session.
///
/// # Errors
/// What ONNX Runtime reports.
pub fn domain() -> ort::Result<OperatorDomain> {
    OperatorDomain::new(DOMAIN)?.add(BendOperator)
}

struct BendOperator;

struct BendKernel {
    layer: usize,
    /// Rows of a whole map; 0 where whatever comes is one.
    rows: usize,
    scratch: Scratch,
}

impl Operator for BendOperator {
    type Kernel<'attr> = BendKernel;

    const INPLACES: &[(u32, u32)] = &[(0, 0)];

    fn name(&self) -> &str {
        NAME
    }

    fn inputs(&self) -> impl IntoIterator<Item = OperatorInput> {
        [
            OperatorInput::required(TensorElementType::Float32),
            OperatorInput::required(TensorElementType::Float32),
            OperatorInput::optional(TensorElementType::Float32),
        ]
    }

    fn outputs(&self) -> impl IntoIterator<Item = OperatorOutput> {
        [OperatorOutput::required(TensorElementType::Float32)]
    }

    fn create_kernel<'attr>(&self, context: &KernelContext<'attr>) -> ort::Result<BendKernel> {
        let layer: i64 = context
            .get(LAYER_ATTRIBUTE)
            .ok_or_else(|| ort::Error::new("netbend.Bend needs the attribute `layer`"))?;
        let layer = usize::try_from(layer)
            .map_err(|_| ort::Error::new("netbend.Bend needs a `layer` of 0 or more"))?;
        let rows: Option<i64> = context.get(ROWS_ATTRIBUTE);
        Ok(BendKernel {
            layer,
            rows: rows
                .and_then(|rows| usize::try_from(rows).ok())
                .unwrap_or(0),
            scratch: Scratch::new(),
        })
    }
}

impl Kernel for BendKernel {
    fn compute(&mut self, context: &ComputeContext) -> ort::Result<()> {
        // ONNX Runtime calls this from C++; a panic must not cross that border.
        catch_unwind(AssertUnwindSafe(|| self.bend(context)))
            .unwrap_or_else(|_| Err(ort::Error::new("netbend.Bend failed")))
    }
}

impl BendKernel {
    fn bend(&mut self, context: &ComputeContext) -> ort::Result<()> {
        let missing = || ort::Error::new("netbend.Bend needs an activation and a program");
        let activation = context.input(0)?.ok_or_else(missing)?;
        let program = context.input(1)?.ok_or_else(missing)?;
        let before = context.input(2)?;
        let (_, words) = program.try_extract_tensor::<f32>()?;
        let (source, shape) = {
            let (shape, data) = activation.try_extract_tensor::<f32>()?;
            (data.as_ptr(), shape.to_vec())
        };
        let (is_sequence, [batch, features, rows, columns]) = match *shape.as_slice() {
            [batch, features, rows, columns] => (false, [batch, features, rows, columns]),
            [batch, features, steps] => (true, [batch, features, steps, 1]),
            [batch, values] => (false, [batch, values, 1, 1]),
            _ => {
                return Err(ort::Error::new(
                    "netbend.Bend needs an activation of rank 4 or 3, or a latent of rank 2",
                ));
            }
        };
        let mut output = context.output(0, shape)?.ok_or_else(missing)?;
        let (_, maps) = output.try_extract_tensor_mut::<f32>()?;
        if !std::ptr::eq(source, maps.as_ptr()) {
            // SAFETY: `source` points to the input tensor, which ONNX Runtime keeps alive during the
            // call and which has the output's shape; where the two are not the same memory
            // (`INPLACES`) they do not overlap.
            unsafe { std::ptr::copy_nonoverlapping(source, maps.as_mut_ptr(), maps.len()) };
        }
        let shape = [batch, features, rows, columns].map(|size| usize::try_from(size).unwrap_or(0));
        if is_sequence {
            let [rows, features, steps, _] = shape;
            let shape = [rows, features, steps];
            let before = match &before {
                Some(before) => sequence::Before {
                    blocks: before.try_extract_tensor::<f32>()?.1,
                    whole: self.rows,
                },
                None => sequence::Before::default(),
            };
            sequence::apply(self.layer, words, shape, before, maps, &mut self.scratch);
        } else {
            apply_to_tail(self.layer, words, shape, self.rows, maps, &mut self.scratch);
        }
        Ok(())
    }
}

/// Applies the entries of `layer` to `maps`, shaped `[batch, feature, time, frequency]`. Entries that
/// do not fit the shape are skipped, as are transforms that have no meaning for the latent vector where `layer` is 0. The
/// cost grows with the number of selected features alone. Then the pictures are taken that watches ask for.
///
/// # Real-time safety
/// As [`TransformKind::apply`](crate::bends::transform::TransformKind::apply), where nothing is watched; a picture allocates.
pub fn apply(
    layer: usize,
    words: &[f32],
    shape: [usize; 4],
    maps: &mut [f32],
    scratch: &mut Scratch,
) {
    apply_to_tail(layer, words, shape, shape[2], maps, scratch);
}

/// As [`apply`], to maps that are the last rows of maps of `whole_rows` rows
/// ([`TransformKind::apply_to_tail`](crate::bends::transform::TransformKind::apply_to_tail)).
///
/// # Real-time safety
/// As [`apply`].
pub fn apply_to_tail(
    layer: usize,
    words: &[f32],
    shape: [usize; 4],
    whole_rows: usize,
    maps: &mut [f32],
    scratch: &mut Scratch,
) {
    let [batch, features, rows, columns] = shape;
    let size = MapSize { rows, columns };
    let meaningful = |entry: &Entry<'_>| {
        entry.layer == layer
            && entry.item < batch
            && (layer != LATENT_LAYER || entry.transform.acts_on_latent())
    };
    for entry in Program::entries(words).filter(meaningful) {
        let values = features * rows * columns;
        if let Some(maps) = maps.get_mut(entry.item * values..(entry.item + 1) * values) {
            let maps = Maps::new(maps, size, entry.features);
            let Entry {
                transform,
                parameters,
                amount,
                ..
            } = entry;
            transform.apply_to_tail(maps, whole_rows, parameters, amount, scratch);
        }
    }
    let watches = Program::watches(words);
    activity::picture(layer, watches, shape, whole_rows.max(rows), maps);
}
