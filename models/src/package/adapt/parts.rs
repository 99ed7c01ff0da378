//! Somebody else's model taken apart: its halves, cut where the sidecar says.

use std::collections::HashSet;

use serde_saphyr::Spanned;

use super::batches::Batches;
use crate::error::ModelError;
use crate::onnx::check::{check, refusal};
use crate::onnx::extract::subgraph;
use crate::onnx::precision;
use crate::onnx::proto::{GraphProto, ModelProto, OperatorSetIdProto, ValueInfoProto};
use crate::onnx::shapes::Shapes;
use crate::onnx::sizes::settle;
use crate::package::sidecar::latent::{self, Latent, UNKNOWN};
use crate::package::sidecar::{Sidecar, Window};

/// The tensors' names in the model's own graph.
pub(super) struct Names {
    pub(super) spectrogram: String,
    pub(super) latent_mean: String,
    pub(super) latent_log_variance: Option<String>,
    pub(super) latent: String,
    pub(super) decoded: String,
}

/// A model taken apart.
pub(super) struct Parts {
    pub(super) names: Names,
    pub(super) window: Window,
    pub(super) encoder: GraphProto,
    pub(super) decoder: GraphProto,
    pub(super) decoder_shapes: Shapes,
    /// Shape of the latent where the decoder takes it, without the batch.
    pub(super) latent_own: Vec<usize>,
    pub(super) latent_size: usize,
}

impl Parts {
    pub(super) fn cut(model: &mut ModelProto, sidecar: &Sidecar) -> Result<Self, ModelError> {
        let whole = model
            .graph
            .as_mut()
            .ok_or_else(|| ModelError::Structure("the file holds no graph".into()))?;
        let window = sidecar.window(&whole.input)?;
        // What is wrong with a tensor is said of the part that needs it.
        if precision::is_needed(whole) {
            let _ = precision::to_single(whole);
        }
        let declared = sidecar.declared_batch(&whole.input);
        settle(whole, &sidecar.tensors().spectrogram().value, &window.own);
        let model = &*model;
        let whole = model.graph.iter().flat_map(|graph| &graph.node);
        let computed: HashSet<&str> = whole
            .flat_map(|node| node.output.iter().map(String::as_str))
            .collect();
        let named = sidecar.tensors();
        let mut stated = vec![
            ("latent", named.latent()),
            ("latent_mean", named.latent_mean()),
            ("decoded", named.decoded()),
        ];
        stated.extend(
            named
                .latent_log_variance()
                .map(|n| ("latent_log_variance", n)),
        );
        for (key, name) in stated {
            if name.value == UNKNOWN {
                let spectrogram = &sidecar.tensors().spectrogram().value;
                let decoded = &named.decoded().value;
                let message = not_filled_in(key, model, spectrogram, &window, decoded);
                return Err(sidecar.wrong(name, message));
            }
            if name.value.is_empty() || !computed.contains(name.value.as_str()) {
                let message = format!(
                    "tensors.{key} `{}` found; expected a tensor that a node of the graph computes (`netbend inspect \
                     --template` lists them)",
                    name.value
                );
                return Err(sidecar.wrong(name, message));
            }
        }
        let own = |name: &Spanned<String>| name.value.clone();
        let names = Names {
            spectrogram: own(named.spectrogram()),
            latent_mean: own(named.latent_mean()),
            latent_log_variance: named.latent_log_variance().map(own),
            latent: own(named.latent()),
            decoded: own(named.decoded()),
        };
        let encoded: Vec<&str> = std::iter::once(names.latent_mean.as_str())
            .chain(names.latent_log_variance.as_deref())
            .collect();
        let encoder = cut(model, &names.spectrogram, &encoded)?;
        let decoder = cut(model, &names.latent, &[&names.decoded])?;
        let reads_latent = |part: &GraphProto| {
            let mut nodes = part.node.iter();
            nodes.any(|node| node.input.contains(&names.latent))
        };
        if reads_latent(&encoder) || !reads_latent(&decoder) {
            let message = format!(
                "tensors.latent `{}` found; expected what the decoder starts from and the encoder does not need",
                names.latent
            );
            return Err(sidecar.wrong(named.latent(), message));
        }

        let infer = |part: &GraphProto, from: &str, own: &[usize]| {
            Batches::infer(part, from, own, &names.spectrogram, declared)
        };
        let shapes = infer(&encoder, &names.spectrogram, &window.own)?;
        let shape_of = |shapes: &Batches, name: &Spanned<String>| {
            shapes.item(&name.value).ok_or_else(|| {
                let message = format!(
                    "`{}` does not begin with the batch: {:?} for 2 windows, {:?} for 3; {}",
                    name.value,
                    shapes.two.of(&name.value).unwrap_or(&[]),
                    shapes.three.of(&name.value).unwrap_or(&[]),
                    super::batches::remedy(&names.spectrogram)
                );
                sidecar.wrong(name, message)
            })
        };
        let mean_own = shape_of(&shapes, named.latent_mean())?;
        let latent_own = match names.latent == names.latent_mean {
            true => mean_own.clone(),
            // What lies between the mean and the latent may be sampling, which is left out.
            false => cut(model, &names.spectrogram, &[&names.latent])
                .and_then(|to_latent| infer(&to_latent, &names.spectrogram, &window.own))
                .ok()
                .and_then(|shapes| shapes.item(&names.latent))
                .unwrap_or_else(|| mean_own.clone()),
        };
        let latent_size: usize = mean_own.iter().product();
        if latent_own.iter().product::<usize>() != latent_size {
            let message = format!(
                "`{}` holds {latent_own:?}, tensors.latent_mean `{}` {mean_own:?}; expected as many numbers",
                names.latent, names.latent_mean
            );
            return Err(sidecar.wrong(named.latent(), message));
        }
        let decoder_shapes = infer(&decoder, &names.latent, &latent_own)?;
        let decoded_own = shape_of(&decoder_shapes, named.decoded())?;
        let long = |dims: &[usize]| -> Vec<usize> {
            dims.iter().copied().filter(|&dim| dim != 1).collect()
        };
        if long(&decoded_own) != long(&window.own) {
            let message = format!(
                "`{}` holds {decoded_own:?} for each window; expected the shape of the input, {:?}",
                names.decoded, window.own
            );
            return Err(sidecar.wrong(named.decoded(), message));
        }
        Ok(Self {
            names,
            window,
            encoder,
            decoder,
            decoder_shapes: decoder_shapes.two,
            latent_own,
            latent_size,
        })
    }
}

/// What is said of a name that a template left to be filled in.
fn not_filled_in(
    key: &str,
    model: &ModelProto,
    spectrogram: &str,
    window: &Window,
    decoded: &str,
) -> String {
    let none =
        "no tensor was found through which everything passes, and what skips the latent has to go";
    let found = match &model.graph {
        Some(graph) => latent::find(graph, spectrogram, &window.own, decoded),
        None => Latent::Asked(Vec::new()),
    };
    let mut refusals = (model.graph.iter().flat_map(|graph| &graph.node)).filter_map(refusal);
    let expected = match &found {
        Latent::Asked(candidates) if candidates.is_empty() => match refusals.next() {
            Some(refusal) => format!("{none}; besides, {refusal}"),
            None => none.to_owned(),
        },
        Latent::Asked(candidates) => format!("one of {}", latent::list(candidates)),
        Latent::Found { latent, .. } => format!("`{latent}`, as it seems"),
    };
    format!(
        "tensors.{key} is not filled in; expected the tensor that the decoder starts from: {expected}"
    )
}

/// The part of the graph between two cuts, checked as a whole model is.
fn cut(model: &ModelProto, from: &str, to: &[&str]) -> Result<GraphProto, ModelError> {
    let named = |name: &str| ValueInfoProto::float_tensor(name, &[]);
    let mut part = subgraph(
        model,
        vec![named(from)],
        to.iter().map(|name| named(name)).collect(),
    )?;
    // Exporters declare domains that no node uses; one that uses them is refused all the same.
    part.opset_import.retain(is_standard);
    if let Some(graph) = part.graph.as_mut()
        && precision::is_needed(graph)
    {
        precision::to_single(graph)?;
    }
    check(&part)?;
    part.graph
        .ok_or_else(|| ModelError::Structure("the file holds no graph".into()))
}

pub(crate) fn is_standard(import: &OperatorSetIdProto) -> bool {
    matches!(import.domain.as_deref().unwrap_or(""), "" | "ai.onnx")
}
