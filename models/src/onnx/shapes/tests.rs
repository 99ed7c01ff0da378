use super::super::proto::AttributeProto;
use super::*;

fn ints(name: &str, ints: &[i64]) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        ints: ints.to_vec(),
        ..AttributeProto::default()
    }
}

fn int(name: &str, i: i64) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        i: Some(i),
        ..AttributeProto::default()
    }
}

fn text(name: &str, s: &str) -> AttributeProto {
    AttributeProto {
        name: Some(name.into()),
        s: Some(s.into()),
        ..AttributeProto::default()
    }
}

fn sized(dims: &[usize]) -> Known {
    Known::shaped(dims.to_vec())
}

fn numbers(values: &[f64]) -> Known {
    Known {
        dims: vec![values.len()],
        values: Some(values.to_vec()),
        whole: Some(INT64),
    }
}

fn shape_of(operator: &str, inputs: &[Known], attributes: &[AttributeProto]) -> Vec<usize> {
    known_of(operator, inputs, attributes).unwrap().dims
}

fn known_of(
    operator: &str,
    inputs: &[Known],
    attributes: &[AttributeProto],
) -> Result<Known, Refusal> {
    let inputs = Inputs(inputs.iter().map(Some).collect(), Vec::new());
    let outputs = operators::outputs_of(operator, 1, &inputs, &Attributes(attributes))?;
    Ok(outputs.into_iter().next().unwrap())
}

/// Expected sizes are those PyTorch gives.
#[test]
fn convolutions_have_the_sizes_of_their_formula() {
    let x = sized(&[2, 8, 17, 33]);
    let weights = sized(&[16, 8, 3, 5]);
    let strided = [ints("strides", &[2, 2]), ints("pads", &[1, 2, 1, 2])];
    assert_eq!(
        shape_of("Conv", &[x.clone(), weights.clone()], &strided),
        [2, 16, 9, 17]
    );
    let wide = [ints("dilations", &[2, 3])];
    assert_eq!(
        shape_of("Conv", &[x.clone(), weights.clone()], &wide),
        [2, 16, 13, 21]
    );
    let same = [text("auto_pad", "SAME_UPPER"), ints("strides", &[2, 2])];
    assert_eq!(
        shape_of("Conv", &[x.clone(), weights], &same),
        [2, 16, 9, 17]
    );
    let grouped = sized(&[16, 2, 3, 3]);
    assert_eq!(
        shape_of("Conv", &[x.clone(), grouped], &[int("group", 4)]),
        [2, 16, 15, 31]
    );

    let turned = sized(&[8, 4, 4, 5]);
    let strided = [
        ints("strides", &[2, 2]),
        ints("pads", &[1, 2, 1, 2]),
        ints("output_padding", &[0, 1]),
    ];
    assert_eq!(
        shape_of("ConvTranspose", &[x.clone(), turned.clone()], &strided),
        [2, 4, 34, 66]
    );
    assert_eq!(
        shape_of("ConvTranspose", &[x.clone(), turned], &[int("group", 2)]),
        [2, 8, 20, 37]
    );
    let pool = [ints("kernel_shape", &[2, 2]), ints("strides", &[2, 2])];
    assert_eq!(
        shape_of("MaxPool", std::slice::from_ref(&x), &pool),
        [2, 8, 8, 16]
    );
    let up = [pool.as_slice(), &[int("ceil_mode", 1)]].concat();
    assert_eq!(
        shape_of("AveragePool", std::slice::from_ref(&x), &up),
        [2, 8, 9, 17]
    );
    let scales = numbers(&[1.0, 1.0, 2.0, 1.5]);
    assert_eq!(
        shape_of("Resize", &[x.clone(), numbers(&[]), scales], &[]),
        [2, 8, 34, 49]
    );
    assert_eq!(shape_of("GlobalAveragePool", &[x], &[]), [2, 8, 1, 1]);
}

#[test]
fn sizes_are_followed_through_the_nodes_that_compute_them() {
    let x = sized(&[2, 8, 17, 33]);
    let shape = known_of("Shape", std::slice::from_ref(&x), &[]).unwrap();
    let scalar = Known {
        dims: vec![],
        values: Some(vec![0.0]),
        whole: Some(INT64),
    };
    let batch = known_of("Gather", &[shape.clone(), scalar], &[]).unwrap();
    let batch = known_of("Unsqueeze", &[batch, numbers(&[0.0])], &[]).unwrap();
    let wanted = known_of("Concat", &[batch, numbers(&[-1.0])], &[int("axis", 0)]).unwrap();
    assert_eq!(
        shape_of("Reshape", &[x.clone(), wanted], &[]),
        [2, 8 * 17 * 33]
    );
    let last = known_of(
        "Slice",
        &[shape, numbers(&[-2.0]), numbers(&[i64::MAX as f64])],
        &[],
    )
    .unwrap();
    assert_eq!(last, numbers(&[17.0, 33.0]));
    assert_eq!(
        known_of("Mul", &[last, numbers(&[2.0])], &[]).unwrap(),
        numbers(&[34.0, 66.0])
    );
    assert_eq!(
        shape_of("Reshape", &[x, numbers(&[0.0, 4.0, 2.0, -1.0])], &[]),
        [2, 4, 2, 561]
    );
}

#[test]
fn values_are_moved_where_the_operator_says() {
    let x = sized(&[2, 8, 17, 33]);
    let one = |operator: &str, attributes: &[AttributeProto]| {
        shape_of(operator, std::slice::from_ref(&x), attributes)
    };
    assert_eq!(
        one("Transpose", &[ints("perm", &[0, 1, 3, 2])]),
        [2, 8, 33, 17]
    );
    assert_eq!(one("Flatten", &[int("axis", 2)]), [16, 561]);
    assert_eq!(
        one("Unsqueeze", &[ints("axes", &[1, 5])]),
        [2, 1, 8, 17, 33, 1]
    );
    assert_eq!(one("DepthToSpace", &[int("blocksize", 2)]), [2, 2, 34, 66]);
    let crop = [
        ints("starts", &[1, -30]),
        ints("ends", &[-1, 99]),
        ints("axes", &[2, 3]),
    ];
    assert_eq!(one("Slice", &crop), [2, 8, 15, 30]);
    let back = [
        numbers(&[-1.0]),
        numbers(&[-99.0]),
        numbers(&[3.0]),
        numbers(&[-2.0]),
    ];
    assert_eq!(
        shape_of("Slice", &[&[x.clone()][..], &back].concat(), &[]),
        [2, 8, 17, 17]
    );
    assert_eq!(
        one("Pad", &[ints("pads", &[0, 0, 1, 0, 0, 0, 0, -3])]),
        [2, 8, 18, 30]
    );
    assert_eq!(
        one("ReduceMean", &[ints("axes", &[-1]), int("keepdims", 0)]),
        [2, 8, 17]
    );
    let bias = sized(&[8, 1, 1]);
    assert_eq!(shape_of("Add", &[x.clone(), bias], &[]), [2, 8, 17, 33]);
    let thin = sized(&[2, 1, 17, 1]);
    assert_eq!(
        shape_of("Squeeze", &[thin], &[ints("axes", &[1, 3])]),
        [2, 17]
    );
    let both = [sized(&[2, 561]), sized(&[40, 561])];
    assert_eq!(shape_of("Gemm", &both, &[int("transB", 1)]), [2, 40]);
    assert_eq!(
        shape_of("MatMul", &[x, sized(&[33, 7])], &[]),
        [2, 8, 17, 7]
    );
}

#[test]
fn what_cannot_be_is_refused_with_what_was_found() {
    let x = sized(&[2, 8, 17, 33]);
    let refusal = |operator: &str, inputs: &[Known], attributes: &[AttributeProto]| {
        known_of(operator, inputs, attributes)
            .and_then(within_limits)
            .unwrap_err()
            .to_string()
    };
    let one_window = refusal("Reshape", &[x.clone(), numbers(&[1.0, 4488.0])], &[]);
    assert!(one_window.contains("dynamic batch axis"), "{one_window}");
    for (operator, inputs, attributes) in [
        ("Conv", vec![x.clone(), sized(&[16, 7, 3, 3])], vec![]),
        ("Conv", vec![x.clone(), sized(&[16, 8, 99, 3])], vec![]),
        (
            "Conv",
            vec![x.clone(), sized(&[16, 8, 3, 3])],
            vec![ints("strides", &[0, 1])],
        ),
        (
            "Conv",
            vec![x.clone(), sized(&[16, 8, 3, 3])],
            vec![ints("pads", &[-1, 1, 1, 1])],
        ),
        (
            "ConvTranspose",
            vec![x.clone(), sized(&[8, 4, 3, 3])],
            vec![ints("strides", &[i64::MAX, 2])],
        ),
        ("Add", vec![x.clone(), sized(&[3, 1, 1])], vec![]),
        (
            "Slice",
            vec![x.clone()],
            vec![ints("starts", &[0]), ints("ends", &[1, 2])],
        ),
        (
            "Transpose",
            vec![x.clone()],
            vec![ints("perm", &[0, 0, 1, 2])],
        ),
        (
            "Pad",
            vec![x.clone()],
            vec![ints("pads", &[0, 0, 0, 0, 0, 0, 0, i64::MAX])],
        ),
        (
            "Resize",
            vec![x.clone(), numbers(&[]), numbers(&[1.0, 1.0, 1e9, 1e9])],
            vec![],
        ),
        (
            "Gather",
            vec![x.clone(), numbers(&[0.0])],
            vec![int("axis", 9)],
        ),
        ("Unsqueeze", vec![x.clone()], vec![ints("axes", &[9])]),
        ("Softmaxx", vec![x.clone()], vec![]),
        ("Relu", vec![], vec![]),
    ] {
        let refused = refusal(operator, &inputs, &attributes);
        assert!(!refused.is_empty());
    }
}
