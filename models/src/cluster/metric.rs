//! The learned metric of a model: an ONNX file that turns activation maps into points of ten dimensions.

use std::path::{Path, PathBuf};

use ort::inputs;
use ort::value::TensorRef;
use serde::Deserialize;

use crate::error::ModelError;
use crate::error::fault::contained;
use crate::onnx::budget::follow;
use crate::onnx::check::check;
use crate::onnx::extract::subgraph;
use crate::onnx::limits;
use crate::onnx::proto::{Dimension, ModelProto, ValueInfoProto};
use crate::package::manifest::{Layer, Manifest};
use crate::package::{METRIC_KEY, read};
use crate::run::runtime::{Runtime, Session, output};

/// The format this version reads.
const FORMAT: u32 = 1;
/// Maps that are embedded at once: enough to keep the processor busy, few enough for layer 4's 64 × 257.
const MAPS_AT_ONCE: usize = 128;

/// Where the metric of the model at `model` lies unless another place is named: `NAME.metric.onnx` beside it.
pub fn metric_path(model: &Path) -> PathBuf {
    model.with_extension("metric.onnx")
}

#[derive(Debug, Clone, Deserialize)]
struct Description {
    format: u32,
    model: String,
    version: String,
    embedding_size: usize,
    layers: Vec<LayerDescription>,
}

#[derive(Debug, Clone, Deserialize)]
struct LayerDescription {
    layer: usize,
    maps: String,
    embedding: String,
    features: usize,
    rows: usize,
    columns: usize,
}

/// The metric of one model, ready to run.
#[derive(Debug)]
pub struct Metric {
    embedding_size: usize,
    layers: Vec<(LayerDescription, Session)>,
}

impl Metric {
    /// Reads and checks the metric at `path` and holds it against the model it is to be used with.
    ///
    /// # Errors
    /// As [`Package::load`](crate::Package::load); [`ModelError::Metric`] where the file is no metric or belongs to
    /// another model.
    pub fn load(path: &Path, manifest: &Manifest, runtime: &Runtime) -> Result<Self, ModelError> {
        Self::from_bytes(&read(path)?, manifest, runtime)
    }

    /// As [`load`](Self::load), of a file held in memory.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_bytes(
        content: &[u8],
        manifest: &Manifest,
        runtime: &Runtime,
    ) -> Result<Self, ModelError> {
        let model = ModelProto::read(content)?;
        check(&model)?;
        let description = describe(&model, manifest)?;
        let layers = manifest
            .layers
            .iter()
            .filter(|layer| layer.features > 1)
            .map(|layer| {
                let described = description.layer(layer)?;
                let session =
                    layer_session(&model, &described, description.embedding_size, runtime)?;
                Ok((described, session))
            })
            .collect::<Result<_, ModelError>>()?;
        Ok(Self {
            embedding_size: description.embedding_size,
            layers,
        })
    }

    /// Dimensions of an embedding.
    pub fn embedding_size(&self) -> usize {
        self.embedding_size
    }

    /// Embeds maps `[n, rows, columns]` of a layer to `[n, embedding_size]`.
    ///
    /// # Errors
    /// [`ModelError::Metric`] for a layer it does not know, [`ModelError::Runtime`] where inference fails.
    pub fn embed(&mut self, layer: &Layer, maps: &[f32]) -> Result<Vec<f32>, ModelError> {
        let (described, session) = self
            .layers
            .iter_mut()
            .find(|(described, _)| described.layer == layer.index)
            .ok_or_else(|| ModelError::Metric(format!("it lacks layer {}", layer.index)))?;
        let map = layer.rows * layer.columns;
        let mut embeddings = Vec::with_capacity(maps.len() / map * self.embedding_size);
        for part in maps.chunks(MAPS_AT_ONCE * map) {
            let shape = [part.len() / map, 1, layer.rows, layer.columns];
            let outputs = session.run(inputs![
                described.maps.as_str() => TensorRef::from_array_view((shape, part))?
            ])?;
            let (_, values) =
                output(&outputs, &described.embedding)?.try_extract_tensor::<f32>()?;
            if values.len() != shape[0] * self.embedding_size {
                return Err(ModelError::Metric(format!(
                    "layer {}: {} values for {} maps; expected {} each",
                    layer.index,
                    values.len(),
                    shape[0],
                    self.embedding_size
                )));
            }
            embeddings.extend_from_slice(values);
        }
        Ok(embeddings)
    }
}

impl Description {
    fn layer(&self, layer: &Layer) -> Result<LayerDescription, ModelError> {
        let found = self
            .layers
            .iter()
            .find(|described| described.layer == layer.index)
            .ok_or_else(|| ModelError::Metric(format!("it lacks layer {}", layer.index)))?;
        let sizes = [found.features, found.rows, found.columns];
        if sizes != [layer.features, layer.rows, layer.columns] {
            return Err(ModelError::Metric(format!(
                "layer {} is {} features of {} × {} in the metric, {} of {} × {} in the model",
                layer.index,
                found.features,
                found.rows,
                found.columns,
                layer.features,
                layer.rows,
                layer.columns
            )));
        }
        Ok(found.clone())
    }
}

fn describe(model: &ModelProto, manifest: &Manifest) -> Result<Description, ModelError> {
    let json = model.metadata(METRIC_KEY).ok_or_else(|| {
        ModelError::Metric(format!(
            "the metadata has no `{METRIC_KEY}` entry; expected a file made by `python -m netbend_training metric`"
        ))
    })?;
    let description: Description =
        serde_json::from_str(json).map_err(|error| ModelError::Metric(error.to_string()))?;
    if description.format != FORMAT {
        return Err(ModelError::Metric(format!(
            "format {} found, {FORMAT} expected; update Netbend",
            description.format
        )));
    }
    if (&description.model, &description.version) != (&manifest.name, &manifest.version) {
        return Err(ModelError::Metric(format!(
            "it belongs to model `{}` {}, not to `{}` {}",
            description.model, description.version, manifest.name, manifest.version
        )));
    }
    if !(1..=1_024).contains(&description.embedding_size) {
        return Err(ModelError::Metric(format!(
            "embeddings of {} dimensions; expected 1 to 1024",
            description.embedding_size
        )));
    }
    Ok(description)
}

fn layer_session(
    model: &ModelProto,
    layer: &LayerDescription,
    embedding_size: usize,
    runtime: &Runtime,
) -> Result<Session, ModelError> {
    let fixed = |size: usize| Dimension::Fixed(size as i64);
    let batch = Dimension::Named("batch");
    let maps = ValueInfoProto::float_tensor(
        &layer.maps,
        &[batch, fixed(1), fixed(layer.rows), fixed(layer.columns)],
    );
    let embedding = ValueInfoProto::float_tensor(&layer.embedding, &[batch, fixed(embedding_size)]);
    let part = subgraph(model, vec![maps], vec![embedding])?;
    if let Some(graph) = &part.graph {
        let dims = [limits::BATCH, 1, layer.rows, layer.columns];
        let shapes = follow("metric", graph, &layer.maps, &dims)?;
        let expected = [limits::BATCH, embedding_size];
        if shapes.of(&layer.embedding) != Some(&expected) {
            return Err(ModelError::Metric(format!(
                "layer {}: `{}` is {:?} for {} maps; expected {expected:?}",
                layer.layer,
                layer.embedding,
                shapes.of(&layer.embedding).unwrap_or_default(),
                limits::BATCH
            )));
        }
    }
    contained(|| runtime.session(&part))
}
