//! Models that somebody broke on purpose: structural mutants, each made by its seed.

use std::path::Path;

use netbend_models::node::program::Program;
use netbend_models::onnx::proto::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto};
use netbend_models::package::sidecar::Sidecar;
use netbend_models::{Bender, ModelError, Package, Runtime};
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use super::many_operators::{Chain, STEPS, drawn, float, int, list, of_steps, text};
use super::{own_models, stream_models, tiny_model};

/// Whole numbers at the edges of what code expects.
const EXTREMES: &[i64] = &[
    i64::MIN,
    i64::MIN + 1,
    -(1 << 32),
    i32::MIN as i64,
    -1_000_000,
    -65_537,
    -9,
    -2,
    -1,
    0,
    1,
    2,
    3,
    7,
    8,
    9,
    64,
    65,
    255,
    1_000,
    4_097,
    65_535,
    65_536,
    65_537,
    1_000_000,
    1 << 24,
    i32::MAX as i64,
    1 << 32,
    1 << 53,
    i64::MAX - 1,
    i64::MAX,
];
const FLOATS: &[f32] = &[
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::MAX,
    f32::MIN,
    1e30,
    -1e30,
    1e9,
    1e-45,
    -0.0,
    0.0,
    -1.0,
    0.5,
    2.0,
    1e6,
];
const TEXTS: &[&str] = &[
    "",
    "SAME_UPPER",
    "SAME_LOWER",
    "VALID",
    "NOTSET",
    "reflect",
    "edge",
    "wrap",
    "cubic",
    "linear",
    "nearest",
    "align_corners",
    "tf_crop_and_resize",
    "asymmetric",
    "tanh",
    "DCR",
    "CRD",
    "floor",
    "\0",
    "not_larger",
];
const OPERATORS: &[&str] = &[
    "Add",
    "AveragePool",
    "BatchNormalization",
    "Cast",
    "Clip",
    "Concat",
    "Constant",
    "Conv",
    "ConvTranspose",
    "DepthToSpace",
    "Div",
    "Dropout",
    "Flatten",
    "Gather",
    "Gelu",
    "Gemm",
    "GlobalAveragePool",
    "Identity",
    "InstanceNormalization",
    "LayerNormalization",
    "Less",
    "MatMul",
    "Max",
    "MaxPool",
    "Mod",
    "Mul",
    "Neg",
    "Not",
    "PRelu",
    "Pad",
    "Pow",
    "ReduceMean",
    "Relu",
    "Reshape",
    "Resize",
    "Shape",
    "Slice",
    "Softmax",
    "Squeeze",
    "Sub",
    "Transpose",
    "Unsqueeze",
    "Expand",
    "Tile",
    "ConstantOfShape",
    "Loop",
    "Split",
    "Upsample",
];
const ATTRIBUTES: &[&str] = &[
    "axis",
    "axes",
    "group",
    "pads",
    "strides",
    "dilations",
    "kernel_shape",
    "output_padding",
    "output_shape",
    "auto_pad",
    "ceil_mode",
    "storage_order",
    "perm",
    "to",
    "blocksize",
    "mode",
    "epsilon",
    "alpha",
    "value",
    "value_ints",
    "keepdims",
    "allowzero",
    "starts",
    "ends",
    "training_mode",
    "coordinate_transformation_mode",
    "count_include_pad",
    "transA",
    "fmod",
];

/// A mutant: its bytes, and the sidecar it is read with.
pub struct Mutant {
    /// The model's file.
    pub bytes: Vec<u8>,
    /// Nothing was broken: it must run.
    pub whole: bool,
    sidecar: Option<&'static str>,
}

/// What a corpus holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Model files.
    Model,
    /// Manifests, as JSON.
    Manifest,
}

impl Kind {
    /// The kind of that name.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "model" => Some(Self::Model),
            "manifest" => Some(Self::Manifest),
            _ => None,
        }
    }

    /// The files of its corpus in `tests/corpora`, by name.
    pub fn corpus(self) -> Vec<(String, Vec<u8>)> {
        let name = if self == Self::Model {
            "model"
        } else {
            "model-manifest"
        };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../corpora")
            .join(name);
        let entries =
            std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let mut files: Vec<_> = entries
            .map(|entry| {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                (name, std::fs::read(&path).unwrap())
            })
            .collect();
        files.sort();
        files
    }

    /// A file of the corpus as a model: a manifest is put into one.
    pub fn as_model(self, content: Vec<u8>) -> Vec<u8> {
        if self == Self::Model {
            return content;
        }
        let mut model = of_steps(&[]);
        model.metadata_props[0].value = Some(String::from_utf8_lossy(&content).into_owned());
        model.to_bytes()
    }

    /// A file of the corpus with some bytes changed, of that seed.
    pub fn mutant(self, corpus: &[(String, Vec<u8>)], seed: u64) -> Mutant {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut bytes = corpus
            .choose(&mut rng)
            .map_or_else(Vec::new, |(_, content)| content.clone());
        for _ in 0..rng.random_range(1..6) {
            match rng.random_range(0..4) {
                0 if self == Self::Manifest => number(&mut bytes, &mut rng),
                0 | 1 => {
                    // A piece of another.
                    if let Some((_, other)) = corpus.choose(&mut rng)
                        && !other.is_empty()
                    {
                        let from = rng.random_range(0..other.len());
                        let piece = &other[from..(from + rng.random_range(1..40)).min(other.len())];
                        let at = rng.random_range(0..=bytes.len());
                        let end = (at + rng.random_range(0..40)).min(bytes.len());
                        bytes.splice(at..end, piece.iter().copied());
                    }
                }
                _ => damage(&mut bytes, &mut rng),
            }
        }
        Mutant {
            bytes: self.as_model(bytes),
            whole: false,
            sidecar: None,
        }
    }
}

/// One number of a text becomes another.
fn number(bytes: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    let digits: Vec<usize> = (0..bytes.len())
        .filter(|&n| bytes[n].is_ascii_digit())
        .collect();
    if let Some(&start) = digits.choose(rng) {
        let end = (start..bytes.len())
            .find(|&n| !bytes[n].is_ascii_digit())
            .unwrap_or(bytes.len());
        let other = match rng.random_range(0..3) {
            0 => format!("{:e}", FLOATS.choose(rng).unwrap()),
            _ => extreme(rng).to_string(),
        };
        bytes.splice(start..end, other.into_bytes());
    }
}

/// What became of it.
#[derive(Debug)]
pub enum Outcome {
    /// Refused before ONNX Runtime saw it.
    Refused(ModelError),
    /// Refused by ONNX Runtime, or while it was loaded.
    Unloadable(ModelError),
    /// Loaded, and failed when it ran.
    Failed(ModelError),
    /// Loaded and run.
    Ran,
}

/// The mutant of that seed. `large` is a model of real size, of which a few are made where there is one.
pub fn mutant(seed: u64, large: Option<&ModelProto>) -> Mutant {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut sidecar = None;
    let mut model = match rng.random_range(0..100) {
        0..10 => tiny_model::model(),
        10..22 => stream_models::streamed(),
        22..30 => stream_models::whole(),
        30..34 => {
            sidecar = Some(own_models::PLAIN);
            own_models::plain()
        }
        34..38 => {
            sidecar = Some(own_models::MAPS);
            own_models::maps(true)
        }
        38..40 => large.cloned().unwrap_or_else(tiny_model::model),
        _ => drawn(&mut rng),
    };
    // Every twentieth is whole: what is not broken must run.
    let changes = match rng.random_range(0..20) {
        0 => 0,
        1..14 => 1,
        14..18 => 2,
        _ => rng.random_range(3..8),
    };
    for _ in 0..changes {
        change(&mut model, &mut rng);
    }
    let mut bytes = model.to_bytes();
    let damaged = rng.random_range(0..12) == 0;
    if damaged {
        damage(&mut bytes, &mut rng);
    }
    Mutant {
        bytes,
        whole: changes == 0 && !damaged,
        sidecar,
    }
}

impl Mutant {
    /// Loads it and runs it, as the plugin does: whole windows, streams, batches of one to three.
    pub fn run(&self, runtime: &Runtime) -> Outcome {
        let path = Path::new("mutant.onnx");
        let package = match self.sidecar {
            None => Package::from_bytes(path, &self.bytes),
            Some(text) => Sidecar::from_yaml(text, "mutant.yaml")
                .and_then(|sidecar| Package::with_sidecar(path, &self.bytes, &sidecar)),
        };
        run(package, runtime)
    }
}

/// Makes a model ready and runs it.
pub fn run(package: Result<Package, ModelError>, runtime: &Runtime) -> Outcome {
    let package = match package {
        Ok(package) => package,
        Err(error) => return Outcome::Refused(error),
    };
    let mut bender = match Bender::new(&package, runtime) {
        Ok(bender) => bender,
        Err(error) => return Outcome::Unloadable(error),
    };
    drop(package);
    match ran(&mut bender) {
        Ok(()) => Outcome::Ran,
        Err(error) => Outcome::Failed(error),
    }
}

fn ran(bender: &mut Bender) -> Result<(), ModelError> {
    bender.prepare_stream(4)?;
    let window = vec![0.5; bender.window_len()];
    let (mut latent, mut windows) = (Vec::new(), Vec::new());
    bender.encode(&window, &mut latent)?;
    bender.decode(&latent.repeat(3), &Program::new(), &mut windows)
}

fn damage(bytes: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
    if bytes.is_empty() {
        return;
    }
    match rng.random_range(0..3) {
        0 => bytes.truncate(rng.random_range(0..bytes.len())),
        1 => {
            for _ in 0..rng.random_range(1..6) {
                let place = rng.random_range(0..bytes.len());
                bytes[place] ^= 1 << rng.random_range(0..8);
            }
        }
        _ => {
            let (from, to) = (
                rng.random_range(0..bytes.len()),
                rng.random_range(0..bytes.len()),
            );
            let len = rng.random_range(0..64).min(bytes.len() - from.max(to));
            bytes.copy_within(from..from + len, to);
        }
    }
}

fn extreme(rng: &mut ChaCha8Rng) -> i64 {
    // Half of them small, so that what is odd but allowed is tried as well.
    match rng.random_range(0..2) {
        0 => rng.random_range(-2..6),
        _ => *EXTREMES.choose(rng).unwrap(),
    }
}

fn change(model: &mut ModelProto, rng: &mut ChaCha8Rng) {
    match rng.random_range(0..100) {
        0..4 => return of_manifest(model, rng),
        4 => {
            let version = rng.random_range(5..25);
            model.opset_import[0].version = Some(version);
            return;
        }
        5 => {
            model.ir_version = Some(extreme(rng));
            return;
        }
        _ => {}
    }
    let Some(graph) = &mut model.graph else {
        return;
    };
    match rng.random_range(0..100) {
        0..34 => of_attribute(graph, rng),
        34..58 => of_weight(graph, rng),
        58..74 => of_wiring(graph, rng),
        74..92 => of_nodes(graph, rng),
        92..96 => grown(graph, rng),
        _ => of_names(graph, rng),
    }
}

fn of_manifest(model: &mut ModelProto, rng: &mut ChaCha8Rng) {
    let Some(text) = model
        .metadata_props
        .first_mut()
        .and_then(|p| p.value.as_mut())
    else {
        return;
    };
    let Ok(mut value) = serde_json::from_str::<serde_json::Value>(text) else {
        return;
    };
    let mut leaves = Vec::new();
    collect(&value, String::new(), &mut leaves);
    if let Some(place) = leaves.choose(rng).and_then(|leaf| value.pointer_mut(leaf)) {
        *place = match rng.random_range(0..6) {
            0 => serde_json::json!(1e39),
            1 => serde_json::Value::Null,
            2 => "decoded".into(),
            3 => serde_json::json!(-0.5),
            _ => extreme(rng).into(),
        };
    }
    *text = value.to_string();
}

/// The places of everything in a JSON value that holds nothing else.
fn collect(value: &serde_json::Value, at: String, leaves: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            (map.iter()).for_each(|(key, inner)| collect(inner, format!("{at}/{key}"), leaves));
        }
        serde_json::Value::Array(items) => {
            (items.iter().enumerate())
                .for_each(|(n, inner)| collect(inner, format!("{at}/{n}"), leaves));
        }
        _ => leaves.push(at),
    }
}

fn some_attribute(rng: &mut ChaCha8Rng) -> AttributeProto {
    let name = ATTRIBUTES.choose(rng).unwrap();
    match rng.random_range(0..5) {
        0 | 1 => int(name, extreme(rng)),
        2 => {
            let ints: Vec<i64> = (0..rng.random_range(0..9)).map(|_| extreme(rng)).collect();
            list(name, &ints)
        }
        3 => float(name, *FLOATS.choose(rng).unwrap()),
        _ => text(name, TEXTS.choose(rng).unwrap()),
    }
}

fn of_attribute(graph: &mut GraphProto, rng: &mut ChaCha8Rng) {
    let with: Vec<usize> = (0..graph.node.len())
        .filter(|&n| !graph.node[n].attribute.is_empty())
        .collect();
    let any = rng.random_range(0..graph.node.len().max(1));
    let place = match with.choose(rng) {
        Some(&place) if rng.random_range(0..8) != 0 => place,
        _ => any,
    };
    let Some(node) = graph.node.get_mut(place) else {
        return;
    };
    if node.attribute.is_empty() || rng.random_range(0..10) == 0 {
        node.attribute.push(some_attribute(rng));
        return;
    }
    let count = node.attribute.len();
    let at = rng.random_range(0..count);
    if rng.random_range(0..12) == 0 {
        let again = node.attribute[at].clone();
        node.attribute.push(again);
        return;
    }
    if rng.random_range(0..12) == 0 {
        node.attribute.remove(at);
        return;
    }
    let attribute = &mut node.attribute[at];
    match rng.random_range(0..12) {
        0 => attribute.r#type = Some(rng.random_range(0..14)),
        1 => attribute.i = None,
        2 => attribute.name = Some((*ATTRIBUTES.choose(rng).unwrap()).into()),
        3 => attribute.ints.clear(),
        _ => {}
    }
    if let Some(i) = &mut attribute.i {
        *i = extreme(rng);
    }
    if let Some(f) = &mut attribute.f {
        *f = *FLOATS.choose(rng).unwrap();
    }
    if let Some(s) = &mut attribute.s {
        *s = TEXTS.choose(rng).unwrap().as_bytes().to_vec();
    }
    if let Some(tensor) = &mut attribute.t {
        of_tensor(tensor, rng);
    }
    match rng.random_range(0..6) {
        0 => attribute.ints.push(extreme(rng)),
        1 => drop(attribute.ints.pop()),
        _ => {
            for value in &mut attribute.ints {
                if rng.random_range(0..2) == 0 {
                    *value = extreme(rng);
                }
            }
        }
    }
}

fn of_weight(graph: &mut GraphProto, rng: &mut ChaCha8Rng) {
    let count = graph.initializer.len();
    if count > 0 {
        // The small ones hold sizes.
        let small: Vec<usize> = (0..count)
            .filter(|&n| !graph.initializer[n].int64_data.is_empty())
            .collect();
        let any = rng.random_range(0..count);
        let place = match small.choose(rng) {
            Some(&place) if rng.random_range(0..2) == 0 => place,
            _ => any,
        };
        of_tensor(&mut graph.initializer[place], rng);
    }
}

fn of_tensor(tensor: &mut TensorProto, rng: &mut ChaCha8Rng) {
    match rng.random_range(0..11) {
        0 => {
            if let Some(dim) = tensor.dims.choose(rng).copied() {
                let at = tensor.dims.iter().position(|&d| d == dim).unwrap();
                tensor.dims[at] = extreme(rng);
            }
        }
        1 => tensor.dims.push(1),
        2 => tensor.dims.reverse(),
        3 => tensor.dims.clear(),
        4 => tensor.data_type = Some(rng.random_range(0..18)),
        5 => {
            // The same numbers as a list.
            if let Some(raw) = tensor.raw_data.take() {
                let floats = raw
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .map(|b| f32::from_le_bytes(*b));
                tensor.float_data = floats.collect();
            }
        }
        6 => {
            // Half precision, in the list of 32-bit integers.
            if let Some(raw) = tensor.raw_data.take() {
                tensor.data_type = Some(10);
                tensor.int32_data = vec![rng.random_range(-1..70_000); raw.len() / 4];
            }
        }
        7 => {
            tensor.dims.push(2);
            let again = tensor.raw_data.clone().unwrap_or_default();
            if let Some(raw) = &mut tensor.raw_data {
                raw.extend(again);
            }
            tensor.int64_data.extend(tensor.int64_data.clone());
        }
        _ => {
            if let Some(value) = tensor.int64_data.choose(rng).copied() {
                let at = tensor.int64_data.iter().position(|&v| v == value).unwrap();
                tensor.int64_data[at] = extreme(rng);
            } else if let Some(raw) = &mut tensor.raw_data
                && raw.len() >= 4
            {
                let at = rng.random_range(0..raw.len() / 4) * 4;
                raw[at..at + 4].copy_from_slice(&FLOATS.choose(rng).unwrap().to_le_bytes());
            }
        }
    }
}

fn names(graph: &GraphProto) -> Vec<String> {
    let weights = graph
        .initializer
        .iter()
        .filter_map(|tensor| tensor.name.clone());
    let outputs = graph
        .node
        .iter()
        .flat_map(|node| node.output.iter().cloned());
    weights
        .chain(outputs)
        .chain(["spectrogram".into()])
        .collect()
}

fn of_wiring(graph: &mut GraphProto, rng: &mut ChaCha8Rng) {
    let names = names(graph);
    let count = graph.node.len();
    if count == 0 {
        return;
    }
    let node = &mut graph.node[rng.random_range(0..count)];
    let name = names.choose(rng).unwrap().clone();
    let inputs = node.input.len();
    match rng.random_range(0..8) {
        0 => node.input.push(name),
        1 => drop(node.input.pop()),
        2 if inputs > 0 => node.input.swap(0, inputs - 1),
        3 if inputs > 0 => node.input[rng.random_range(0..inputs)].clear(),
        4 => node.output.push(format!("{name}.more")),
        5 if !node.output.is_empty() => node.output[0] = name,
        _ if inputs > 0 => node.input[rng.random_range(0..inputs)] = name,
        _ => {}
    }
}

fn of_nodes(graph: &mut GraphProto, rng: &mut ChaCha8Rng) {
    let count = graph.node.len();
    if count < 2 {
        return;
    }
    let place = rng.random_range(0..count);
    match rng.random_range(0..7) {
        0 => drop(graph.node.remove(place)),
        1 => graph.node.swap(place, (place + 1) % count),
        2 => {
            let again = graph.node[place].clone();
            graph.node.insert(place, again);
        }
        3 | 4 => graph.node[place].op_type = Some((*OPERATORS.choose(rng).unwrap()).into()),
        _ => {
            // One more between a node and its readers.
            let behind = graph.node[place].output[0].clone();
            let through = format!("{behind}.through");
            for node in &mut graph.node[place + 1..] {
                for input in node.input.iter_mut().filter(|input| **input == behind) {
                    input.clone_from(&through);
                }
            }
            let mut input = vec![behind];
            let names = names(graph);
            while rng.random_range(0..2) == 0 {
                input.push(names.choose(rng).unwrap().clone());
            }
            let attribute = (0..rng.random_range(0..3))
                .map(|_| some_attribute(rng))
                .collect();
            let node = NodeProto {
                input,
                output: vec![through],
                op_type: Some((*OPERATORS.choose(rng).unwrap()).into()),
                attribute,
                ..NodeProto::default()
            };
            graph.node.insert(place + 1, node);
        }
    }
}

/// Grows a tensor from small to large, in a few steps.
fn grown(graph: &mut GraphProto, rng: &mut ChaCha8Rng) {
    let names = names(graph);
    let mut now = names.choose(rng).unwrap().clone();
    let mut made = Vec::new();
    for n in 0..rng.random_range(1..30) {
        let name = format!("grown.{n}");
        made.push(NodeProto {
            input: vec![now.clone(), now],
            output: vec![name.clone()],
            op_type: Some("Concat".into()),
            attribute: vec![int("axis", rng.random_range(0..2))],
            ..NodeProto::default()
        });
        now = name;
    }
    let mean = NodeProto {
        input: vec![now],
        output: vec!["grown.mean".into()],
        op_type: Some("ReduceMean".into()),
        attribute: vec![int("keepdims", 0)],
        ..NodeProto::default()
    };
    made.push(mean);
    let place = rng.random_range(0..graph.node.len());
    if let Some(node) = graph.node[place..]
        .iter_mut()
        .find(|node| !node.output.is_empty())
    {
        let kept = node.output[0].clone();
        let inner = format!("{kept}.inner");
        node.output[0].clone_from(&inner);
        let add = NodeProto {
            input: vec![inner, "grown.mean".into()],
            output: vec![kept],
            op_type: Some("Add".into()),
            ..NodeProto::default()
        };
        graph.node.insert(place + 1, add);
        for node in made.into_iter().rev() {
            graph.node.insert(place + 1, node);
        }
    }
    // Or through another chain of operators beside.
    if rng.random_range(0..3) == 0 {
        let mut chain = Chain::new("decoder_1");
        chain.step(rng.random_range(0..STEPS));
        graph.node.extend(chain.nodes);
        graph.initializer.extend(chain.weights);
    }
}

fn of_names(graph: &mut GraphProto, rng: &mut ChaCha8Rng) {
    let odd = [
        "",
        "netbend.program",
        "latent.bent",
        "decoder_1.unbent",
        "decoded",
        "latent",
        "a\0b",
        "\u{202e}x",
        "d1.maps",
    ];
    let name = match rng.random_range(0..6) {
        0 => "n".repeat(300),
        _ => (*odd.choose(rng).unwrap()).into(),
    };
    let names = names(graph);
    let old = names.choose(rng).unwrap().clone();
    let everywhere = rng.random_range(0..2) == 0;
    let nodes = graph.node.iter_mut();
    let places = nodes.flat_map(|node| node.input.iter_mut().chain(&mut node.output));
    for place in places.filter(|place| **place == old) {
        place.clone_from(&name);
    }
    for tensor in graph.initializer.iter_mut().filter(|_| everywhere) {
        if tensor.name.as_ref() == Some(&old) {
            tensor.name = Some(name.clone());
        }
    }
}
