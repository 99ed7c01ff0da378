//! What to change in a model whose operators Netbend does not run: one line for each.
//!
//! Everyday exports hold such operators where a network does what a window at a time cannot show, or where an exporter was told to
//! optimise, to quantise or not to trace.

/// Operators and what to do about them.
const REMEDIES: &[(&[&str], &str)] = &[
    (
        &[
            "Bernoulli",
            "Multinomial",
            "RandomNormal",
            "RandomNormalLike",
            "RandomUniform",
            "RandomUniformLike",
        ],
        "it samples: in the sidecar, name as `latent_mean` what goes into the sampling and as `latent` what comes out of it, and it is left \
         out; or export with model.eval() and without it",
    ),
    (
        &[
            "ArgMax",
            "ArgMin",
            "TopK",
            "OneHot",
            "ScatterElements",
            "GatherElements",
        ],
        "where it chooses from a codebook (VQ-VAE), name as `latent_mean` in the sidecar what goes into the choice and as `latent` what comes out \
         of it, and it is left out; otherwise write the network without it",
    ),
    (
        &["GRU", "LSTM", "RNN"],
        "it is recurrent: put convolutions over the frames in its place, or keep it between `latent_mean` and `latent`, where it is left out",
    ),
    (
        &[
            "If",
            "Loop",
            "Scan",
            "SequenceAt",
            "SequenceConstruct",
            "SequenceEmpty",
            "SequenceInsert",
            "SplitToSequence",
            "ConcatFromSequence",
            "Optional",
            "OptionalGetElement",
            "OptionalHasElement",
        ],
        "the graph holds control flow: export with torch.onnx.export on a plain module (no torch.jit.script), with constant sizes in place of \
         `if` and `for` over tensors",
    ),
    (
        &[
            "ConvInteger",
            "DequantizeLinear",
            "DynamicQuantizeLinear",
            "MatMulInteger",
            "QLinearConv",
            "QLinearMatMul",
            "QuantizeLinear",
        ],
        "the model is quantised: export the float model",
    ),
    (
        &["Attention", "RotaryEmbedding", "TensorScatter"],
        "export with opset_version=18 to 22, where attention is written as MatMul and Softmax",
    ),
    (
        &["Einsum"],
        "write the sum as torch.matmul, with permute and reshape around it",
    ),
    (
        &[
            "ScatterND",
            "Scatter",
            "GatherND",
            "NonZero",
            "Compress",
            "Unique",
            "IsNaN",
            "IsInf",
        ],
        "write what is indexed or assigned by a tensor as slices of constant ends, torch.cat or torch.where",
    ),
    (
        &[
            "GridSample",
            "AffineGrid",
            "RoiAlign",
            "MaxRoiPool",
            "MaxUnpool",
            "DeformConv",
            "Col2Im",
        ],
        "put convolutions and nn.Upsample in its place",
    ),
    (
        &[
            "STFT",
            "DFT",
            "HannWindow",
            "HammingWindow",
            "BlackmanWindow",
            "MelWeightMatrix",
        ],
        "Netbend gives the spectrogram itself: export the network from the spectrogram on, without the transform in front of it",
    ),
    (
        &[
            "CumSum",
            "Trilu",
            "EyeLike",
            "Hardmax",
            "Det",
            "LRN",
            "Shrink",
            "LpPool",
            "GlobalLpPool",
            "ReduceLogSum",
            "ReduceLogSumExp",
            "Xor",
            "Swish",
        ],
        "write it in operators that Netbend runs, or export with opset_version=18",
    ),
];

/// Domains of operators that are not standard ONNX, and what to do about them.
const DOMAINS: &[(&str, &str)] = &[
    (
        "com.microsoft",
        "they come from ONNX Runtime's optimiser or quantiser: take the file as it was exported, without optimisation",
    ),
    (
        "ai.onnx.ml",
        "Netbend runs networks, not other kinds of learning: export the network alone",
    ),
    (
        "org.pytorch.aten",
        "the exporter fell back to PyTorch's own operators: export with a newer PyTorch, or write that part in other operators",
    ),
    (
        "ai.onnx.preview.training",
        "the file is one for training: export with model.eval()",
    ),
];

/// What is said of a file with functions of its own.
pub(super) const FUNCTIONS: &str = "it defines functions of its own; export with PyTorch 2.6 or newer (dynamo=True, optimize=True), or write them into \
     the graph with onnx.inliner.inline_local_functions";

/// What to do about an operator that Netbend does not run.
pub(super) fn remedy(domain: &str, operator: &str) -> &'static str {
    let standard = matches!(domain, "" | "ai.onnx");
    let by_domain = DOMAINS.iter().find(|(name, _)| *name == domain);
    if let Some((_, remedy)) = by_domain {
        return remedy;
    }
    if !standard {
        return FUNCTIONS_OR_OWN;
    }
    let known = REMEDIES.iter().find(|(names, _)| names.contains(&operator));
    known.map_or(OTHERWISE, |(_, remedy)| remedy)
}

/// For a domain that is not known.
const FUNCTIONS_OR_OWN: &str = "only standard ONNX runs: if it is a function of the file, write it into the graph with \
     onnx.inliner.inline_local_functions; if it is an operator of your own, write it in standard ones";

/// For an operator that is not known.
const OTHERWISE: &str = "put another layer in its place; docs/your-own-model.md lists what runs";

#[cfg(test)]
mod tests {
    use super::super::check::operators::operator;
    use super::*;

    #[test]
    fn every_operator_has_a_remedy_of_one_line_or_runs() {
        for (names, remedy) in REMEDIES {
            assert!(!remedy.contains('\n') && !remedy.contains("  "), "{remedy}");
            for name in *names {
                assert!(operator(name).is_none(), "`{name}` runs");
                assert_eq!(super::remedy("", name), *remedy);
            }
        }
        assert!(remedy("com.microsoft", "FusedConv").contains("without optimisation"));
        assert!(remedy("pkg.mine", "Wave").contains("inline_local_functions"));
        assert_eq!(remedy("ai.onnx", "Nonsense"), OTHERWISE);
    }
}
