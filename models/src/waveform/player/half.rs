//! The sessions of one half. Pool thread.

use std::borrow::Cow;

use ort::session::{SessionInputValue, SessionOutputs};
use ort::value::TensorRef;

use crate::error::ModelError;
use crate::node::inject::PROGRAM_INPUT;
use crate::node::weight_inputs::expose;
use crate::node::weights::FoundWeight;
use crate::onnx::proto::GraphProto;
use crate::package::waveform::count;
use crate::package::waveform::{Half, NoiseTensor, StateTensor, WaveformManifest};
use crate::run::runtime::{Runtime, Session, output};
use crate::waveform::halves::HalfGraph;
use crate::waveform::inject::{PastTensors, inject};
use crate::waveform::noise;
use crate::waveform::past::Past;
use crate::waveform::run::Run;
use crate::waveform::states::States;

type Inputs<'v> = Vec<(Cow<'v, str>, SessionInputValue<'v>)>;

/// A half, with constant weights and with weights as inputs.
pub(super) struct HalfSessions {
    constant: Session,
    weighted: Session,
    /// The inputs of `weighted` that are weights, by their places among all of the model's.
    exposed: Vec<usize>,
    input: String,
    dims: [usize; 3],
    output: String,
    states: Vec<StateTensor>,
    pasts: Vec<PastTensors>,
    rest: States,
    noise: Vec<(u64, NoiseTensor)>,
    drawn: Vec<Vec<f32>>,
}

impl HalfSessions {
    pub(super) fn new(
        graph: &HalfGraph,
        half: Half,
        manifest: &WaveformManifest,
        (input, dims): (&String, [usize; 3]),
        output: &str,
        weights: &[FoundWeight],
        runtime: &Runtime,
    ) -> Result<Self, ModelError> {
        let mut model = graph.model.clone();
        let pasts = inject(&mut model, manifest, half)?;
        let constant = runtime.session(&model)?;
        let is_read = |weight: &FoundWeight| {
            let holds = |graph: &GraphProto| {
                let mut names = graph.initializer.iter().filter_map(|t| t.name.as_ref());
                names.any(|name| *name == weight.layer.tensor)
            };
            model.graph.as_ref().is_some_and(holds)
        };
        let own = weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| is_read(weight));
        let (exposed, own): (Vec<_>, Vec<_>) =
            own.map(|(place, weight)| (place, weight.clone())).unzip();
        expose(&mut model, &own);
        Ok(Self {
            constant,
            weighted: runtime.session(&model)?,
            exposed,
            input: input.clone(),
            dims,
            output: output.to_owned(),
            states: graph.states.clone(),
            rest: States {
                values: graph.rest.clone(),
                pasts: pasts.iter().map(|past| past.past.clone()).collect(),
            },
            pasts,
            drawn: (graph.noise.iter())
                .map(|(_, noise)| vec![0.0; count(&noise.shape)])
                .collect(),
            noise: graph.noise.clone(),
        })
    }

    /// Whether it reads the weight at that place among all of the model's.
    pub(super) fn reads(&self, place: usize) -> bool {
        self.exposed.contains(&place)
    }

    pub(super) fn rest(&self) -> States {
        self.rest.clone()
    }

    /// These states come of silence: before it rests, it was as it is there.
    pub(super) fn rested(&mut self, mut states: States) {
        states.pasts.iter_mut().for_each(Past::stand_still);
        self.rest.pasts = states.pasts;
    }

    /// Runs a block.
    ///
    /// # Errors
    /// What inference reports; the states are as they were then.
    pub(super) fn run(
        &mut self,
        states: &mut States,
        values: &[f32],
        run: Run<'_>,
        made: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let Run {
            program,
            weights,
            block,
            seed,
            noise: amounts,
        } = run;
        for ((place, noise), drawn) in self.noise.iter().zip(&mut self.drawn) {
            noise::fill(noise, *place, seed, block, amounts, drawn);
        }
        let words = program.words();
        let mut inputs: Inputs<'_> = vec![
            (
                self.input.as_str().into(),
                TensorRef::from_array_view((self.dims, values))?.into(),
            ),
            (
                PROGRAM_INPUT.into(),
                TensorRef::from_array_view(([words.len()], words))?.into(),
            ),
        ];
        for (state, values) in self.states.iter().zip(&states.values) {
            let tensor = TensorRef::from_array_view((state.shape.as_slice(), values.as_slice()))?;
            inputs.push((state.input.as_str().into(), tensor.into()));
        }
        for (past, before) in self.pasts.iter().zip(&states.pasts) {
            let tensor = TensorRef::from_array_view((past.shape, before.blocks()))?;
            inputs.push((past.input.as_str().into(), tensor.into()));
        }
        for ((_, noise), drawn) in self.noise.iter().zip(&self.drawn) {
            let tensor = TensorRef::from_array_view((noise.shape.as_slice(), drawn.as_slice()))?;
            inputs.push((noise.name.as_str().into(), tensor.into()));
        }
        let outputs = match weights {
            Some(weights) => {
                let layers: Vec<_> = weights.layers().collect();
                for &place in &self.exposed {
                    let (Some(layer), Some(values)) =
                        (layers.get(place), weights.values(place + 1))
                    else {
                        continue;
                    };
                    let tensor = TensorRef::from_array_view((layer.shape.as_slice(), values))?;
                    inputs.push((layer.tensor.as_str().into(), tensor.into()));
                }
                self.weighted.run(inputs)?
            }
            None => self.constant.run(inputs)?,
        };
        let taken = take(&outputs, &self.output, None)?;
        let next = self.states.iter().zip(&states.values);
        let next: Vec<&[f32]> = next
            .map(|(state, before)| take(&outputs, &state.output, Some(before.len())))
            .collect::<Result<_, _>>()?;
        let unbent = self.pasts.iter();
        let unbent: Vec<&[f32]> = unbent
            .map(|past| {
                take(
                    &outputs,
                    &past.output,
                    Some(past.shape[1..].iter().product()),
                )
            })
            .collect::<Result<_, _>>()?;
        made.clear();
        made.extend_from_slice(taken);
        // States that are no numbers would never become any again.
        let is_sane = |values: &&[f32]| values.iter().fold(0.0_f32, |sum, x| sum + x * 0.0) == 0.0;
        if next.iter().all(is_sane) {
            for (state, next) in states.values.iter_mut().zip(next) {
                state.copy_from_slice(next);
            }
            for (past, unbent) in states.pasts.iter_mut().zip(unbent) {
                past.push(unbent);
            }
        } else {
            states.clone_from(&self.rest);
        }
        Ok(())
    }
}

/// The numbers of an output.
fn take<'o>(
    outputs: &'o SessionOutputs<'_>,
    name: &str,
    len: Option<usize>,
) -> Result<&'o [f32], ModelError> {
    let (_, values) = output(outputs, name)?.try_extract_tensor::<f32>()?;
    match len {
        Some(len) if len != values.len() => Err(ModelError::Manifest(format!(
            "`{name}` holds {} numbers; expected {len}",
            values.len()
        ))),
        _ => Ok(values),
    }
}
