//! Putting the adapted graph together, node by node.

use std::collections::HashSet;

use super::layers::Found;
use super::parts::{Parts, is_standard};
use crate::onnx::proto::{
    AttributeProto, Dimension, GraphProto, INT64, ModelProto, NodeProto, TensorProto,
    ValueInfoProto,
};
use crate::package::manifest::{Layer, Manifest};
use crate::package::sidecar::{Layout, Window};

/// Names in the adapted graph.
pub(super) const SPECTROGRAM: &str = "netbend.spectrogram";
pub(super) const LATENT_MEAN: &str = "netbend.latent_mean";
pub(super) const LATENT_LOG_VARIANCE: &str = "netbend.latent_log_variance";
pub(super) const LATENT: &str = "netbend.latent";
pub(super) const DECODED: &str = "netbend.decoded";
/// The latent as the decoder takes it.
const LATENT_OWN: &str = "netbend.latent.own";

/// ONNX attribute type code of a list of integers.
const ATTRIBUTE_INTS: i32 = 7;
/// The IR version that is written: what is put together holds nothing that came later.
const IR_VERSION: i64 = 8;
/// Exchanges the last two axes.
const TURN: &[i64] = &[0, 1, 3, 2];

/// An adapted graph in the making; nodes are added in topological order.
pub(super) struct Builder {
    nodes: Vec<NodeProto>,
    initializers: Vec<TensorProto>,
    /// What the nodes of both parts compute so far.
    computed: HashSet<String>,
}

impl Builder {
    /// Begins with the weights of both parts.
    pub(super) fn new(parts: &Parts) -> Self {
        let mut seen = HashSet::new();
        let both = parts
            .encoder
            .initializer
            .iter()
            .chain(&parts.decoder.initializer);
        Self {
            nodes: Vec::new(),
            initializers: both
                .filter(|tensor| seen.insert(tensor.name.clone()))
                .cloned()
                .collect(),
            computed: HashSet::new(),
        }
    }

    /// From Netbend's window to the model's own input.
    pub(super) fn spectrogram(&mut self, own_name: &str, window: &Window) {
        let turned = match window.layout {
            Layout::TimeFrequency => SPECTROGRAM,
            Layout::FrequencyTime => {
                let turned = "netbend.spectrogram.turned";
                self.transpose(SPECTROGRAM, turned);
                turned
            }
        };
        self.reshape(turned, &window.own, own_name);
    }

    pub(super) fn encoder(&mut self, encoder: &GraphProto) {
        for node in &encoder.node {
            self.copy(node.clone());
        }
    }

    /// The flat mean, the latent, and the latent as the decoder takes it.
    pub(super) fn latent(&mut self, parts: &Parts) {
        let flat = [parts.latent_size];
        self.reshape(&parts.names.latent_mean, &flat, LATENT_MEAN);
        if let Some(name) = &parts.names.latent_log_variance {
            self.reshape(name, &flat, LATENT_LOG_VARIANCE);
        }
        self.add("Identity", &[LATENT_MEAN], LATENT, None);
        self.reshape(LATENT, &parts.latent_own, LATENT_OWN);
    }

    /// The decoder, which reads the latent under its new name.
    pub(super) fn decoder(&mut self, decoder: &GraphProto, latent: &str) {
        for node in &decoder.node {
            let mut node = node.clone();
            for name in node.input.iter_mut().filter(|name| *name == latent) {
                LATENT_OWN.clone_into(name);
            }
            self.copy(node);
        }
    }

    /// The layers as a manifest lists them. One whose maps are not `[batch, features, time, frequency]` is turned to
    /// be so, and turned back for whatever reads it.
    pub(super) fn layers(&mut self, found: &[Found], window: &Window) -> Vec<Layer> {
        let Window {
            frames,
            bins,
            layout,
            ..
        } = *window;
        (1..)
            .zip(found)
            .map(|(index, found)| {
                let (maps, turn) = match (found.own.as_slice(), layout) {
                    (&[features, rows, columns], Layout::TimeFrequency) => {
                        ([features, rows, columns], false)
                    }
                    (&[features, rows, columns], Layout::FrequencyTime) => {
                        ([features, columns, rows], true)
                    }
                    // Convolved over one axis alone: the one that is as long, or else the window's last.
                    (&[features, rows], _) if rows == frames && rows != bins => {
                        ([features, rows, 1], false)
                    }
                    (&[features, columns], Layout::TimeFrequency) => {
                        ([features, 1, columns], false)
                    }
                    (&[features, rows], Layout::FrequencyTime) => ([features, rows, 1], false),
                    // Not at all: every number is a feature.
                    (own, _) => ([own.iter().product(), 1, 1], false),
                };
                let mut tensor = found.tensor.clone();
                if turn || found.own.len() != maps.len() {
                    tensor = format!("netbend.layer.{index}");
                    self.wrap(found, &tensor, turn, &maps);
                }
                let [features, rows, columns] = maps;
                Layer {
                    index,
                    tensor,
                    features,
                    rows,
                    columns,
                    deviation: None,
                }
            })
            .collect()
    }

    /// Puts `tensor`, a layer's maps in Netbend's order, between the layer and its readers.
    fn wrap(&mut self, found: &Found, tensor: &str, turn: bool, maps: &[usize]) {
        let written_by = |node: &NodeProto| node.output.contains(&found.tensor);
        let Some(position) = self.nodes.iter().position(written_by) else {
            return;
        };
        let behind = self.nodes.split_off(position + 1);
        let own = format!("{tensor}.own");
        for name in &mut self.nodes[position].output {
            if *name == found.tensor {
                name.clone_from(&own);
            }
        }
        if turn {
            self.transpose(&own, tensor);
            self.transpose(tensor, &found.tensor);
        } else {
            self.reshape(&own, maps, tensor);
            self.reshape(tensor, &found.own, &found.tensor);
        }
        self.nodes.extend(behind);
    }

    /// From the model's own output to Netbend's window.
    pub(super) fn decoded(&mut self, own_name: &str, parts: &Parts) {
        let Window { frames, bins, .. } = parts.window;
        match parts.window.layout {
            Layout::TimeFrequency => self.reshape(own_name, &[1, frames, bins], DECODED),
            Layout::FrequencyTime => {
                let shaped = "netbend.decoded.turned";
                self.reshape(own_name, &[1, bins, frames], shaped);
                self.transpose(shaped, DECODED);
            }
        }
    }

    pub(super) fn model(self, model: &ModelProto, manifest: &Manifest) -> ModelProto {
        let fixed = |size: usize| Dimension::Fixed(size as i64);
        let batch = Dimension::Named("batch");
        let window = [
            batch,
            fixed(1),
            fixed(manifest.frames),
            fixed(manifest.bins),
        ];
        let latent = [batch, fixed(manifest.latent_size)];
        let mut outputs = vec![
            ValueInfoProto::float_tensor(DECODED, &window),
            ValueInfoProto::float_tensor(LATENT_MEAN, &latent),
        ];
        if !manifest.tensors.latent_log_variance.is_empty() {
            outputs.push(ValueInfoProto::float_tensor(LATENT_LOG_VARIANCE, &latent));
        }
        let graph = GraphProto {
            name: Some(manifest.name.clone()),
            node: self.nodes,
            initializer: self.initializers,
            input: vec![ValueInfoProto::float_tensor(SPECTROGRAM, &window)],
            output: outputs,
            ..GraphProto::default()
        };
        ModelProto {
            ir_version: Some(IR_VERSION),
            producer_name: Some("netbend".to_owned()),
            producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            graph: Some(graph),
            opset_import: model
                .opset_import
                .iter()
                .filter(|import| is_standard(import))
                .cloned()
                .collect(),
            metadata_props: Vec::new(),
            functions: Vec::new(),
        }
    }

    /// Adds a node of one of the parts, unless the other part has it too.
    fn copy(&mut self, node: NodeProto) {
        let known = node.output.iter().any(|name| self.computed.contains(name));
        if !known {
            self.computed.extend(node.output.iter().cloned());
            self.nodes.push(node);
        }
    }

    fn add(&mut self, operator: &str, inputs: &[&str], output: &str, ints: Option<(&str, &[i64])>) {
        let attribute = ints.map(|(name, ints)| AttributeProto {
            name: Some(name.to_owned()),
            ints: ints.to_vec(),
            r#type: Some(ATTRIBUTE_INTS),
            ..AttributeProto::default()
        });
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|&name| name.to_owned()).collect(),
            output: vec![output.to_owned()],
            op_type: Some(operator.to_owned()),
            attribute: attribute.into_iter().collect(),
            ..NodeProto::default()
        });
    }

    /// `input` with its last two axes exchanged.
    fn transpose(&mut self, input: &str, output: &str) {
        self.add("Transpose", &[input], output, Some(("perm", TURN)));
    }

    /// `input` in the shape `own`, the batch in front.
    fn reshape(&mut self, input: &str, own: &[usize], output: &str) {
        let shape_name = format!("netbend.shape.{}", self.nodes.len());
        let own = own.iter().map(|&size| size as i64);
        // 0 takes the axis over from the input: the batch, whatever it is.
        let shape: Vec<i64> = std::iter::once(0).chain(own).collect();
        self.initializers.push(TensorProto {
            name: Some(shape_name.clone()),
            dims: vec![shape.len() as i64],
            data_type: Some(INT64),
            int64_data: shape,
            ..TensorProto::default()
        });
        self.add("Reshape", &[input, &shape_name], output, None);
    }
}
