//! An autoencoder over small windows whose decoder runs through many operators, drawn by a seed: what mutants are made of.

use netbend_models::onnx::proto::{
    AttributeProto, FLOAT, FLOAT16, INT64, ModelProto, NodeProto, TensorProto,
};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::tiny_model::{self, floats, node};

/// Frames of a window.
pub const FRAMES: usize = 8;
/// Bins of a frame.
pub const BINS: usize = 5;
const LATENT: usize = 4;
const FEATURES: i64 = 2;

/// A graph in the making: each step takes maps `[batch, 2, 8, 5]` to maps of that shape.
pub struct Chain {
    /// The nodes so far.
    pub nodes: Vec<NodeProto>,
    /// Their constants.
    pub weights: Vec<TensorProto>,
    now: String,
}

/// How many steps there are to draw from.
pub const STEPS: usize = 66;

impl Chain {
    /// A chain that begins with the tensor `start`.
    pub fn new(start: &str) -> Self {
        Self {
            nodes: Vec::new(),
            weights: Vec::new(),
            now: start.into(),
        }
    }

    fn name(&self, what: &str) -> String {
        format!("{what}.{}", self.nodes.len() + self.weights.len())
    }

    fn weight(&mut self, dims: &[i64]) -> String {
        let name = self.name("w");
        self.weights.push(floats(&name, dims));
        name
    }

    fn ones(&mut self, dims: &[i64]) -> String {
        let name = self.weight(dims);
        let count: i64 = dims.iter().product();
        let ones = (0..count).flat_map(|_| 1.0_f32.to_le_bytes());
        self.weights.last_mut().unwrap().raw_data = Some(ones.collect());
        name
    }

    fn integers(&mut self, dims: &[i64], values: &[i64]) -> String {
        let name = self.name("i");
        self.weights.push(TensorProto {
            name: Some(name.clone()),
            dims: dims.to_vec(),
            data_type: Some(INT64),
            int64_data: values.to_vec(),
            ..TensorProto::default()
        });
        name
    }

    fn push(&mut self, operator: &str, inputs: &[&str], attributes: Vec<AttributeProto>) -> String {
        let output = self.name(operator);
        let mut made = node(operator, inputs, &output, &[]);
        made.attribute = attributes;
        self.nodes.push(made);
        output
    }

    /// One node that reads the maps first.
    fn apply(&mut self, operator: &str, more: &[&str], attributes: Vec<AttributeProto>) {
        let now = self.now.clone();
        let inputs: Vec<&str> = std::iter::once(now.as_str())
            .chain(more.iter().copied())
            .collect();
        self.now = self.push(operator, &inputs, attributes);
    }

    /// Goes on through step `step` of [`STEPS`].
    pub fn step(&mut self, step: usize) {
        match step {
            0..=11 => {
                let unary = [
                    "Relu",
                    "Sigmoid",
                    "Tanh",
                    "Erf",
                    "Softplus",
                    "HardSwish",
                    "Exp",
                    "Neg",
                    "Identity",
                    "Selu",
                    "Elu",
                    "Celu",
                ];
                self.apply(unary[step], &[], Vec::new());
            }
            12 => self.apply("LeakyRelu", &[], vec![float("alpha", 0.1)]),
            13 => self.apply(
                "HardSigmoid",
                &[],
                vec![float("alpha", 0.2), float("beta", 0.5)],
            ),
            14..=17 => {
                let other = self.ones(&[FEATURES, 1, 1]);
                self.apply(
                    ["Add", "Sub", "Mul", "Div"][step - 14],
                    &[&other],
                    Vec::new(),
                );
            }
            18 => {
                let slope = self.weight(&[FEATURES, 1, 1]);
                self.apply("PRelu", &[&slope], Vec::new());
            }
            19 => {
                let (low, high) = (self.weight(&[]), self.ones(&[]));
                self.apply("Clip", &[&low, &high], Vec::new());
            }
            20 => {
                self.apply("Transpose", &[], vec![list("perm", &[0, 1, 3, 2])]);
                self.apply("Transpose", &[], vec![list("perm", &[0, 1, 3, 2])]);
            }
            21 => {
                // Back to the shape that was there, computed as exporters do.
                let shape = self.push("Shape", &[&self.now.clone()], Vec::new());
                let first = self.integers(&[], &[0]);
                let batch = self.push("Gather", &[&shape, &first], Vec::new());
                let axis = self.integers(&[1], &[0]);
                let batch = self.push("Unsqueeze", &[&batch, &axis], Vec::new());
                let rest = self.integers(&[3], &[FEATURES, FRAMES as i64, BINS as i64]);
                let whole = self.push("Concat", &[&batch, &rest], vec![int("axis", 0)]);
                self.apply("Flatten", &[], vec![int("axis", 1)]);
                self.apply("Reshape", &[&whole], Vec::new());
            }
            22 => {
                let axes = self.integers(&[1], &[1]);
                self.apply("Unsqueeze", &[&axes], Vec::new());
                self.apply("Squeeze", &[&axes], Vec::new());
            }
            23 => {
                let now = self.now.clone();
                self.apply("Concat", &[&now], vec![int("axis", 2)]);
                self.slice(&[0], &[FRAMES as i64], &[2], &[1]);
            }
            24 | 25 => {
                let pads = self.integers(&[8], &[0, 0, 1, 2, 0, 0, 0, 1]);
                let mode = ["constant", "reflect"][step - 24];
                self.apply("Pad", &[&pads], vec![text("mode", mode)]);
                self.slice(
                    &[1, 2],
                    &[1 + FRAMES as i64, 2 + BINS as i64],
                    &[2, 3],
                    &[1, 1],
                );
            }
            26 => {
                let order = self.integers(&[2], &[1, 0]);
                self.apply("Gather", &[&order], vec![int("axis", 1)]);
            }
            27 | 28 => {
                let name = self.name("scales");
                let scales = [1.0_f32, 1.0, 2.0, 2.0];
                let raw = scales.iter().flat_map(|x| x.to_le_bytes()).collect();
                let mut tensor = floats(&name, &[4]);
                tensor.raw_data = Some(raw);
                self.weights.push(tensor);
                let mode = ["nearest", "linear"][step - 27];
                self.apply("Resize", &["", &name], vec![text("mode", mode)]);
                let pool = vec![list("kernel_shape", &[2, 2]), list("strides", &[2, 2])];
                self.apply(["MaxPool", "AveragePool"][step - 27], &[], pool);
            }
            29 => {
                let same = vec![
                    list("kernel_shape", &[3, 3]),
                    list("pads", &[1, 1, 1, 1]),
                    int("ceil_mode", 0),
                ];
                self.apply("AveragePool", &[], same);
            }
            30 | 31 => {
                let groups = 1 + (step as i64 - 30);
                let weight = self.weight(&[FEATURES, FEATURES / groups, 3, 3]);
                let bias = self.weight(&[FEATURES]);
                let attributes = vec![
                    list("pads", &[1, 1, 1, 1]),
                    int("group", groups),
                    list("dilations", &[1, 1]),
                ];
                self.apply("Conv", &[&weight, &bias], attributes);
            }
            32 | 33 => {
                let groups = 1 + (step as i64 - 32);
                let weight = self.weight(&[FEATURES, FEATURES / groups, 3, 3]);
                let bias = self.weight(&[FEATURES]);
                let attributes = vec![
                    list("pads", &[1, 1, 1, 1]),
                    int("group", groups),
                    list("output_padding", &[0, 0]),
                    list("strides", &[1, 1]),
                ];
                self.apply("ConvTranspose", &[&weight, &bias], attributes);
            }
            34 => {
                let parts: Vec<String> = (0..4).map(|_| self.ones(&[FEATURES])).collect();
                let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
                self.apply("BatchNormalization", &parts, vec![float("epsilon", 1e-5)]);
            }
            35 => {
                let (scale, shift) = (self.ones(&[FEATURES]), self.weight(&[FEATURES]));
                self.apply(
                    "InstanceNormalization",
                    &[&scale, &shift],
                    vec![float("epsilon", 1e-5)],
                );
            }
            36 => {
                let (scale, shift) = (self.ones(&[BINS as i64]), self.weight(&[BINS as i64]));
                self.apply(
                    "LayerNormalization",
                    &[&scale, &shift],
                    vec![int("axis", -1), float("epsilon", 1e-5)],
                );
            }
            37 => self.apply("Softmax", &[], vec![int("axis", -1)]),
            38 => {
                let square = self.weight(&[BINS as i64, BINS as i64]);
                self.apply("MatMul", &[&square], Vec::new());
            }
            39 => {
                let mean = self.push(
                    "ReduceMean",
                    &[&self.now.clone()],
                    vec![list("axes", &[2, 3]), int("keepdims", 1)],
                );
                self.apply("Sub", &[&mean], Vec::new());
            }
            40 => {
                self.apply("Cast", &[], vec![int("to", i64::from(FLOAT16))]);
                self.apply("Cast", &[], vec![int("to", i64::from(FLOAT))]);
            }
            41 => {
                let level = self.weight(&[]);
                let below = self.push("Less", &[&self.now.clone(), &level], Vec::new());
                let above = self.push("Not", &[&below], Vec::new());
                let mask = self.push("Cast", &[&above], vec![int("to", i64::from(FLOAT))]);
                self.apply("Mul", &[&mask], Vec::new());
            }
            42 => {
                // Whole numbers, to a factor of 1.
                let shape = self.push("Shape", &[&self.now.clone()], Vec::new());
                let at = self.integers(&[], &[2]);
                let rows = self.push("Gather", &[&shape, &at], Vec::new());
                let eight = self.integers(&[], &[8]);
                let one = self.push("Div", &[&rows, &eight], Vec::new());
                let three = self.integers(&[], &[3]);
                let one = self.push("Mod", &[&one, &three], Vec::new());
                let factor = self.push("Cast", &[&one], vec![int("to", i64::from(FLOAT))]);
                self.apply("Mul", &[&factor], Vec::new());
            }
            43 => {
                let now = self.now.clone();
                let four = self.push("Concat", &[&now, &now], vec![int("axis", 1)]);
                let wide = self.push(
                    "DepthToSpace",
                    &[&four],
                    vec![int("blocksize", 2), text("mode", "CRD")],
                );
                let both = self.push("Concat", &[&wide, &wide], vec![int("axis", 1)]);
                self.now = both;
                self.slice(&[0, 0], &[FRAMES as i64, BINS as i64], &[2, 3], &[1, 1]);
            }
            other => self.everyday(other - 44),
        }
    }

    /// Steps through what everyday exports hold beside.
    fn everyday(&mut self, step: usize) {
        let now = self.now.clone();
        match step {
            0..=7 => {
                let unary = [
                    "Abs", "Ceil", "Cos", "Floor", "Round", "Sign", "Sin", "Softsign",
                ];
                self.apply(unary[step], &[], Vec::new());
            }
            8 => {
                // Above 0, or there is no logarithm.
                self.apply("Exp", &[], Vec::new());
                self.apply("Log", &[], Vec::new());
                self.apply("Exp", &[], Vec::new());
                self.apply("Reciprocal", &[], Vec::new());
            }
            9 => self.apply("ThresholdedRelu", &[], vec![float("alpha", 0.1)]),
            10 => self.apply("LogSoftmax", &[], vec![int("axis", -1)]),
            11 => self.apply("LpNormalization", &[], vec![int("axis", 1), int("p", 2)]),
            12 => {
                let lengths = self.integers(&[2], &[1, FEATURES - 1]);
                let first = self.push("Split", &[&now, &lengths], vec![int("axis", 1)]);
                let second = format!("{first}.second");
                let node = self.nodes.last_mut().unwrap();
                node.output.push(second.clone());
                self.now = self.push("Concat", &[&second, &first], vec![int("axis", 1)]);
            }
            13 => {
                let axes = self.integers(&[2], &[2, 3]);
                let sum = self.push("ReduceSum", &[&now, &axes], vec![int("keepdims", 1)]);
                self.apply("Sub", &[&sum], Vec::new());
            }
            14..=16 => {
                let reduction = ["ReduceL2", "ReduceMax", "ReduceSumSquare"][step - 14];
                let axes = vec![list("axes", &[1]), int("keepdims", 1)];
                let reduced = self.push(reduction, &[&now], axes);
                self.apply("Mul", &[&reduced], Vec::new());
            }
            17 => {
                let pooled = self.push("GlobalMaxPool", &[&now], Vec::new());
                let shape = self.push("Shape", &[&now], Vec::new());
                let wide = self.push("Expand", &[&pooled, &shape], Vec::new());
                self.now = self.push("Mean", &[&now, &wide, &now], Vec::new());
            }
            18 => {
                let times = self.integers(&[4], &[1, 1, 2, 1]);
                self.apply("Tile", &[&times], Vec::new());
                self.slice(&[0], &[FRAMES as i64], &[2], &[1]);
            }
            19 => {
                let level = self.weight(&[]);
                let above = self.push("Greater", &[&now, &level], Vec::new());
                let below = self.push("LessOrEqual", &[&now, &level], Vec::new());
                let all = self.push("Or", &[&above, &below], Vec::new());
                let both = self.push("And", &[&all, &above], Vec::new());
                let sum = self.push("Sum", &[&now, &now], Vec::new());
                self.now = self.push("Where", &[&both, &sum, &now], Vec::new());
            }
            20 => {
                // A ramp over the rows, from sizes.
                let shape = self.push("Shape", &[&now], Vec::new());
                let at = self.integers(&[], &[2]);
                let rows = self.push("Gather", &[&shape, &at], Vec::new());
                let (start, step) = (self.integers(&[], &[0]), self.integers(&[], &[1]));
                let ramp = self.push("Range", &[&start, &rows, &step], Vec::new());
                let ramp = self.push("Cast", &[&ramp], vec![int("to", i64::from(FLOAT))]);
                let column = self.integers(&[2], &[-1, 1]);
                let ramp = self.push("Reshape", &[&ramp, &column], Vec::new());
                let zeros = self.push("ConstantOfShape", &[&shape], Vec::new());
                let most = self.push("Max", &[&ramp, &zeros], Vec::new());
                self.now = self.push("Min", &[&now, &most], Vec::new());
            }
            _ => {
                self.slice(&[0, 0], &[4, 4], &[2, 3], &[1, 1]);
                self.apply("SpaceToDepth", &[], vec![int("blocksize", 2)]);
                self.apply("DepthToSpace", &[], vec![int("blocksize", 2)]);
                let pads = self.integers(&[8], &[0, 0, 0, 0, 0, 0, 4, 1]);
                self.apply("Pad", &[&pads], Vec::new());
            }
        }
    }

    fn slice(&mut self, starts: &[i64], ends: &[i64], axes: &[i64], steps: &[i64]) {
        let lists: Vec<String> = [starts, ends, axes, steps]
            .iter()
            .map(|values| self.integers(&[values.len() as i64], values))
            .collect();
        let lists: Vec<&str> = lists.iter().map(String::as_str).collect();
        self.apply("Slice", &lists, Vec::new());
    }
}

/// A model whose decoder takes `steps` in that order.
pub fn of_steps(steps: &[usize]) -> ModelProto {
    let mut model = tiny_model::model();
    let mut manifest = tiny_model::manifest();
    for (key, value) in [
        ("fft_size", 64),
        ("hop", 16),
        ("bins", BINS),
        ("frames", FRAMES),
        ("last_seen_frame", FRAMES - 1),
        ("latent_size", LATENT),
    ] {
        manifest[key] = value.into();
    }
    manifest["name"] = "many".into();
    manifest["layers"] = serde_json::json!([
        {"index": 1, "tensor": "decoder_1", "features": FEATURES, "rows": FRAMES, "columns": BINS},
        {"index": 2, "tensor": "decoder_2", "features": 1, "rows": FRAMES, "columns": BINS}]);
    manifest["clusters"] = serde_json::json!([{"layer": 1, "clusters": [[0], [1]]}]);
    model.metadata_props[0].value = Some(manifest.to_string());
    let mut chain = Chain::new("decoder_1");
    for &step in steps {
        chain.step(step);
    }
    let window = (FRAMES * BINS) as i64;
    let graph = model.graph.as_mut().unwrap();
    graph.node = vec![
        node("Flatten", &["spectrogram"], "flat", &[]),
        node("Gemm", &["flat", "mean.w"], "latent_mean", &[]),
        node("Identity", &["latent_mean"], "latent", &[]),
        node("Gemm", &["latent", "d1.w", "d1.b"], "d1", &[]),
        node("Reshape", &["d1", "d1.shape"], "d1.maps", &[]),
        node("Relu", &["d1.maps"], "decoder_1", &[]),
    ];
    graph.node.extend(chain.nodes);
    graph.node.push(node(
        "Conv",
        &[&chain.now, "d2.w", "d2.b"],
        "decoder_2",
        &[],
    ));
    graph
        .node
        .push(node("Identity", &["decoder_2"], "decoded", &[]));
    graph.initializer = vec![
        floats("mean.w", &[window, LATENT as i64]),
        floats("d1.w", &[LATENT as i64, FEATURES * window]),
        floats("d1.b", &[FEATURES * window]),
        TensorProto {
            name: Some("d1.shape".into()),
            dims: vec![4],
            data_type: Some(INT64),
            int64_data: vec![-1, FEATURES, FRAMES as i64, BINS as i64],
            ..TensorProto::default()
        },
        floats("d2.w", &[1, FEATURES, 1, 1]),
        floats("d2.b", &[1]),
    ];
    graph.initializer.extend(chain.weights);
    graph
        .output
        .retain(|output| output.name.as_deref() != Some("latent_log_variance"));
    model
}

/// A model of up to eight steps.
pub fn drawn(rng: &mut ChaCha8Rng) -> ModelProto {
    let count = rng.random_range(1..=8);
    let steps: Vec<usize> = (0..count).map(|_| rng.random_range(0..STEPS)).collect();
    of_steps(&steps)
}

/// An attribute that is a whole number.
pub fn int(name: &str, i: i64) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        i: Some(i),
        r#type: Some(2),
        ..AttributeProto::default()
    }
}

/// An attribute that is a list of whole numbers.
pub fn list(name: &str, ints: &[i64]) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        ints: ints.to_vec(),
        r#type: Some(7),
        ..AttributeProto::default()
    }
}

/// An attribute that is a number.
pub fn float(name: &str, f: f32) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        f: Some(f),
        r#type: Some(1),
        ..AttributeProto::default()
    }
}

/// An attribute that is a text.
pub fn text(name: &str, s: &str) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        s: Some(s.into()),
        r#type: Some(3),
        ..AttributeProto::default()
    }
}
