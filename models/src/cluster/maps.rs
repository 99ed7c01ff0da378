//! The activation maps of a model's decoder.

use ort::inputs;
use ort::value::TensorRef;

use crate::error::ModelError;
use crate::onnx::extract::subgraph;
use crate::onnx::proto::{Dimension, ValueInfoProto};
use crate::package::Package;
use crate::package::manifest::Layer;
use crate::run::runtime::{Runtime, Session, output};

/// A decoder that gives its layers' activations instead of the sound.
#[derive(Debug)]
pub struct ActivationMaps {
    session: Session,
    latent: String,
    latent_size: usize,
    layers: Vec<Layer>,
}

impl ActivationMaps {
    /// Cuts the decoder out of the model and makes its layers' tensors outputs. Layers of one feature are left out: there
    /// is nothing to tell apart.
    ///
    /// # Errors
    /// [`ModelError`] where the graph is not what its manifest states or ONNX Runtime refuses it.
    pub fn new(package: &Package, runtime: &Runtime) -> Result<Self, ModelError> {
        Self::of_layers(package, runtime, |layer| layer.features > 1)
    }

    /// As [`new`](Self::new), but no layer is left out.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn of_every_layer(package: &Package, runtime: &Runtime) -> Result<Self, ModelError> {
        Self::of_layers(package, runtime, |_| true)
    }

    fn of_layers(
        package: &Package,
        runtime: &Runtime,
        wanted: impl Fn(&Layer) -> bool,
    ) -> Result<Self, ModelError> {
        let manifest = package.manifest();
        let layers: Vec<Layer> = manifest
            .layers
            .iter()
            .filter(|layer| wanted(layer))
            .cloned()
            .collect();
        let fixed = |size: usize| Dimension::Fixed(size as i64);
        let batch = Dimension::Named("batch");
        let latent = ValueInfoProto::float_tensor(
            &manifest.tensors.latent,
            &[batch, fixed(manifest.latent_size)],
        );
        let outputs = layers
            .iter()
            .map(|layer| {
                let shape = [
                    batch,
                    fixed(layer.features),
                    fixed(layer.rows),
                    fixed(layer.columns),
                ];
                ValueInfoProto::float_tensor(&layer.tensor, &shape)
            })
            .collect();
        let decoder = subgraph(package.model(), vec![latent], outputs)?;
        Ok(Self {
            session: runtime.session(&decoder)?,
            latent: manifest.tensors.latent.clone(),
            latent_size: manifest.latent_size,
            layers,
        })
    }

    /// The layers whose maps are given.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Length of a latent.
    pub fn latent_size(&self) -> usize {
        self.latent_size
    }

    /// The maps of a batch of latents `[batch, latent_size]`: for each of [`layers`](Self::layers)
    /// `[batch, features, rows, columns]`.
    ///
    /// # Errors
    /// [`ModelError::Runtime`] where the latents have the wrong length or inference fails,
    /// [`ModelError::Manifest`] where a layer has another shape than stated.
    pub fn of(&mut self, latents: &[f32]) -> Result<Vec<Vec<f32>>, ModelError> {
        let batch = latents.len() / self.latent_size;
        let outputs = self.session.run(inputs![
            self.latent.as_str() =>
                TensorRef::from_array_view(([batch, self.latent_size], latents))?
        ])?;
        self.layers
            .iter()
            .map(|layer| {
                let (_, maps) = output(&outputs, &layer.tensor)?.try_extract_tensor::<f32>()?;
                let expected = batch * layer.features * layer.rows * layer.columns;
                if maps.len() != expected {
                    return Err(ModelError::Manifest(format!(
                        "layer {}: {expected} values stated, {} found",
                        layer.index,
                        maps.len()
                    )));
                }
                Ok(maps.to_vec())
            })
            .collect()
    }
}
