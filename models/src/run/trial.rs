//! A model is run before it is called good: with one, two and three windows at once.
//!
//! What a graph says of itself is not enough: it may have been exported for as many windows as the example held, compute each window from those beside
//! it, or give numbers that are none. Offline; it takes as long as loading the model and some thirty windows.

use ort::inputs;
use ort::value::TensorRef;

use crate::error::ModelError;
use crate::error::fault::contained;
use crate::onnx::proto::ModelProto;
use crate::package::Package;
use crate::package::halves::split;
use crate::package::manifest::Manifest;
use crate::run::bender::Bender;
use crate::run::runtime::output;
use crate::run::runtime::{Runtime, Session};

/// Windows that are tried, alone and beside one another.
const WINDOWS: usize = 3;
/// By how much a window may differ from itself alone, as a share of the largest value: batches are summed in other orders.
const TOLERANCE: f32 = 1e-3;
/// What to do where a batch is fixed.
const DYNAMIC: &str = "export it again with a dynamic batch axis (dynamic_axes with dynamo=False, dynamic_shapes with dynamo=True), and with \
     model.eval()";

/// Runs a model as whoever plays it would, its streams of `strides` frames included.
///
/// # Errors
/// [`ModelError`] saying what does not run, or which windows do not come out as they do alone.
pub fn run_once(package: &Package, runtime: &Runtime, strides: &[usize]) -> Result<(), ModelError> {
    contained(|| {
        let manifest = package.manifest();
        let (encoder, decoder) = split(package.model(), manifest)?;
        let windows = windows(manifest.frames, manifest.bins);
        let latents = Half::encoder(&encoder, manifest, runtime)?.try_with(&windows)?;
        Half::decoder(&decoder, manifest, runtime)?.try_with(&latents)?;
        // The file as any other runtime runs it.
        Half::whole(package.model(), manifest, runtime)?.try_with(&windows)?;
        let mut bender = Bender::new(package, runtime)?;
        for &stride in strides {
            bender.prepare_stream(stride)?;
        }
        Ok(())
    })
}

/// As [`run_once`], of a file that holds the decoder alone of a model with this manifest.
///
/// # Errors
/// As [`run_once`].
pub fn run_decoder_once(
    decoder: &ModelProto,
    manifest: &Manifest,
    runtime: &Runtime,
) -> Result<(), ModelError> {
    contained(|| {
        let latent = |n: usize| (0..manifest.latent_size).map(move |k| 2.0 * noise(n, k) - 1.0);
        let latents: Vec<Vec<f32>> = (0..WINDOWS).map(|n| latent(n).collect()).collect();
        Half::decoder(decoder, manifest, runtime)?.try_with(&latents)?;
        Ok(())
    })
}

/// The encoder or the decoder of a model.
struct Half<'m> {
    what: &'static str,
    session: Session,
    input: &'m str,
    output: &'m str,
    /// The shape of the input for one window.
    own: Vec<usize>,
    /// Values of the output for one window.
    size: usize,
}

impl<'m> Half<'m> {
    fn encoder(
        model: &ModelProto,
        manifest: &'m Manifest,
        runtime: &Runtime,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            what: "encoder",
            session: runtime.session(model)?,
            input: &manifest.tensors.spectrogram,
            output: &manifest.tensors.latent_mean,
            own: vec![1, manifest.frames, manifest.bins],
            size: manifest.latent_size,
        })
    }

    /// Both, joined.
    fn whole(
        model: &ModelProto,
        manifest: &'m Manifest,
        runtime: &Runtime,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            what: "graph",
            output: &manifest.tensors.decoded,
            size: manifest.frames * manifest.bins,
            ..Self::encoder(model, manifest, runtime)?
        })
    }

    fn decoder(
        model: &ModelProto,
        manifest: &'m Manifest,
        runtime: &Runtime,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            what: "decoder",
            session: runtime.session(model)?,
            input: &manifest.tensors.latent,
            output: &manifest.tensors.decoded,
            own: vec![manifest.latent_size],
            size: manifest.frames * manifest.bins,
        })
    }

    /// What it makes of each of `items`, alone.
    fn try_with(&mut self, items: &[Vec<f32>]) -> Result<Vec<Vec<f32>>, ModelError> {
        let what = self.what;
        let first = items.first().map_or(&[][..], Vec::as_slice);
        let mut run: Vec<Result<Vec<f32>, ModelError>> = vec![self.run(first)];
        for count in 2..=items.len() {
            let together = items[..count].concat();
            run.push(self.run(&together));
        }
        let refused = |text: String| ModelError::Structure(text);
        if let Some(bad) = run.iter().position(Result::is_err) {
            let runs = run.iter().position(Result::is_ok);
            let error = run.swap_remove(bad);
            return match (runs, error) {
                (Some(runs), Err(error)) => Err(refused(format!(
                    "its {what} runs {} at once, but not {} ({}); {DYNAMIC}",
                    runs + 1,
                    bad + 1,
                    one_line(&error)
                ))),
                (_, error) => error.map(|_| Vec::new()).map_err(|error| {
                    refused(format!("its {what} does not run: {}", one_line(&error)))
                }),
            };
        }
        let alone = items
            .iter()
            .map(|item| self.run(item))
            .collect::<Result<Vec<_>, _>>()?;
        let all = || alone.iter().flatten();
        let odd = all().filter(|value| !value.is_finite()).count();
        if odd > 0 {
            return Err(refused(format!(
                "its {what} gives {odd} of {} values that are no numbers for ordinary windows; look for a division by 0, a logarithm of 0 or an \
                 overflow in the network",
                all().count()
            )));
        }
        let largest = all().fold(0.0_f32, |most, value| most.max(value.abs()));
        let most = TOLERANCE * largest.max(1e-6);
        let differ = |a: &[f32], b: &[f32]| {
            let mut pairs = a.iter().zip(b);
            let apart = |a: f32, b: f32| (a - b).is_nan() || (a - b).abs() > most;
            a.len() != b.len() || pairs.any(|(a, b)| apart(*a, *b))
        };
        for (count, together) in (1..).zip(run) {
            let together = together?;
            if count == 1 {
                if differ(&together, &alone[0]) {
                    return Err(refused(format!(
                        "its {what} gives something else each time: it samples, or drops out; export with model.eval() and without sampling"
                    )));
                }
                continue;
            }
            for (place, item) in together.chunks_exact(self.size.max(1)).enumerate() {
                if differ(item, &alone[place]) {
                    return Err(refused(format!(
                        "its {what} makes something else of window {} of {count} than of that window alone; export with model.eval(), so that batch \
                         normalisation takes the statistics of training, and compute nothing across the batch",
                        place + 1
                    )));
                }
            }
        }
        Ok(alone)
    }

    fn run(&mut self, values: &[f32]) -> Result<Vec<f32>, ModelError> {
        let each = self.own.iter().product::<usize>().max(1);
        let batch = values.len() / each;
        let shape: Vec<usize> = std::iter::once(batch)
            .chain(self.own.iter().copied())
            .collect();
        let outputs = self.session.run(inputs![
            self.input => TensorRef::from_array_view((shape, values))?
        ])?;
        let (_, values) = output(&outputs, self.output)?.try_extract_tensor::<f32>()?;
        if values.len() != batch * self.size {
            return Err(ModelError::Manifest(format!(
                "its {} gives {} values for {batch} windows; expected {}",
                self.what,
                values.len(),
                batch * self.size
            )));
        }
        Ok(values.to_vec())
    }
}

/// What ONNX Runtime says may be long and of several lines.
fn one_line(error: &ModelError) -> String {
    let said = error.to_string();
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Three windows that are not alike: noise, a chord and a stroke, in network units.
fn windows(frames: usize, bins: usize) -> Vec<Vec<f32>> {
    let value = |kind: usize, frame: usize, bin: usize| match kind {
        0 => 0.8 * noise(frame, bin),
        1 if bin % 16 == 3 => 0.9,
        1 => 0.1,
        _ if frame == frames / 2 => 1.0,
        _ => 0.3 * (1.0 - bin as f32 / bins as f32),
    };
    let window =
        |kind: usize| (0..frames * bins).map(move |place| value(kind, place / bins, place % bins));
    (0..WINDOWS).map(|kind| window(kind).collect()).collect()
}

/// A number from 0 to 1 for two others, always the same.
fn noise(a: usize, b: usize) -> f32 {
    let mut bits = (a as u32).wrapping_mul(0x9e37_79b9) ^ (b as u32).wrapping_mul(0x85eb_ca6b);
    bits ^= bits >> 15;
    bits = bits.wrapping_mul(0x2c1b_3c6d);
    bits ^= bits >> 12;
    (bits >> 8) as f32 / (1 << 24) as f32
}
