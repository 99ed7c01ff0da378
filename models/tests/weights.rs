//! Weight bending: the formulas, what comes back when a bend goes off, and what the decoder makes of bent
//! weights.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::path::Path;

use kit::{naive_weights, tiny_model};
use netbend_models::bends::weights::{LARGEST, WeightBend, WeightFrame, WeightTransform};
use netbend_models::node::program::Program;
use netbend_models::node::weights::weight_layers;
use netbend_models::onnx::proto::{AttributeProto, FLOAT, FLOAT16, ModelProto};
use netbend_models::run::weights::BendableWeights;
use netbend_models::{Bender, Package};
use prost::Message as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Rounding of single precision, relative to the larger of weight and deviation.
const TOLERANCE: f64 = 1e-6;

fn package(model: &ModelProto) -> Package {
    Package::from_bytes(Path::new("tiny.onnx"), &model.encode_to_vec()).unwrap()
}

fn weights() -> BendableWeights {
    BendableWeights::of(&package(&tiny_model::model())).unwrap()
}

fn bend(layer: u16, transform: WeightTransform, share: f32, amount: f32) -> WeightFrame {
    WeightFrame {
        layer,
        transform,
        seed: 7,
        share,
        amount,
    }
}

/// The points of every tensor, bit by bit.
fn bits(weights: &BendableWeights) -> Vec<Vec<u32>> {
    (1..=weights.layers().len())
        .map(|layer| {
            let values = weights.values(layer).unwrap();
            values.iter().map(|x| x.to_bits()).collect()
        })
        .collect()
}

/// The tiny model with the weights (not the biases) of its decoder stored as float16 behind casts, as the
/// shipped model has them.
fn half_model() -> ModelProto {
    let mut model = tiny_model::model();
    let graph = model.graph.as_mut().unwrap();
    for name in ["d1.w", "d2.w"] {
        let tensor = graph
            .initializer
            .iter_mut()
            .find(|tensor| tensor.name.as_deref() == Some(name))
            .unwrap();
        let raw = tensor.raw_data.take().unwrap();
        let halves = raw.as_chunks::<4>().0.iter().flat_map(|bytes| {
            // Cut to ten bits of fraction; the formula's numbers lie well within a half's exponents.
            let bits = f32::from_le_bytes(*bytes).to_bits();
            let exponent = (bits >> 23 & 0xff).saturating_sub(127 - 15);
            let half = bits >> 16 & 0x8000 | exponent << 10 | bits >> 13 & 0x3ff;
            (half as u16).to_le_bytes()
        });
        tensor.raw_data = Some(halves.collect());
        tensor.data_type = Some(FLOAT16);
        let float = format!("{name}.float");
        for node in &mut graph.node {
            for input in &mut node.input {
                if input == name {
                    input.clone_from(&float);
                }
            }
        }
        let mut cast = tiny_model::node("Cast", &[name], &float, &[]);
        cast.attribute = vec![AttributeProto {
            name: Some("to".into()),
            i: Some(FLOAT.into()),
            r#type: Some(2),
            ..AttributeProto::default()
        }];
        graph.node.insert(0, cast);
    }
    model
}

#[test]
fn a_model_that_runs_says_of_its_weights_what_its_file_says() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("drums.onnx");
    let package = Package::load(&shipped).unwrap();
    let bender = Bender::new(&package, kit::runtime()).unwrap();
    let running: Vec<_> = bender.weights().layers().map(|layer| &layer.role).collect();
    let layers = weight_layers(&package).unwrap();
    let listed: Vec<_> = layers.iter().map(|layer| &layer.role).collect();
    assert_eq!(running, listed);
    let said: Vec<_> = listed.iter().map(ToString::to_string).collect();
    assert!(
        said.iter().any(
            |words| words == "layer 2: kernel of the transposed convolution, 128 → 64 features"
        )
    );
    // Every bendable layer has weights of its own.
    for layer in &package.manifest().layers {
        assert!(listed.iter().any(|role| role.layer == Some(layer.index)));
    }
}

#[test]
fn the_decoders_weights_are_listed_and_nothing_else() {
    for model in [tiny_model::model(), half_model()] {
        let layers = weight_layers(&package(&model)).unwrap();
        let listed: Vec<_> = layers
            .iter()
            .map(|layer| (layer.number, layer.name.as_str(), layer.shape.as_slice()))
            .collect();
        assert_eq!(
            listed,
            [
                (1, "d1.w", &[4, 792][..]),
                (2, "d1.b", &[792]),
                (3, "d2.w", &[3, 1, 16, 17]),
                (4, "d2.b", &[1]),
            ]
        );
        assert!(layers[..3].iter().all(|layer| layer.deviation > 0.01));
        assert_eq!(layers[3].deviation, 0.0);
    }
}

#[test]
fn every_transform_is_its_formula_on_every_share_of_points() {
    let mut weights = weights();
    let layers: Vec<_> = weights.layers().cloned().collect();
    for layer in &layers {
        let number = layer.number as u16;
        weights.set(&[]);
        let original = weights.values(layer.number).unwrap().to_vec();
        let sigma = f64::from(layer.deviation);
        for transform in WeightTransform::ALL {
            for share in [0.001, 0.01, 0.1, 0.29, 0.5, 0.77, 0.999, 1.0] {
                for part in [-1.0, -0.6, -0.001, 0.25, 0.5, 1.0] {
                    let bend = bend(number, transform, share, part * transform.amount_limit());
                    weights.set(&[bend]);
                    let bent = weights.values(layer.number).unwrap();
                    for (index, &bent) in bent.iter().enumerate() {
                        let expected = naive_weights::point(&bend, sigma, &original, index);
                        let scale = expected.abs().max(original[index].abs().into()).max(sigma);
                        assert!(
                            (f64::from(bent) - expected).abs() <= TOLERANCE * scale,
                            "{bend:?} {}, point {index}: {bent} for {expected}",
                            layer.name
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn only_the_points_of_the_mask_change() {
    let mut weights = weights();
    let original = weights.values(1).unwrap().to_vec();
    let n = original.len();
    for (share, m) in [(0.0003, 0), (0.0004, 1), (0.01, 31), (0.5, n / 2), (1.0, n)] {
        weights.set(&[bend(1, WeightTransform::Offset, share, 1.0)]);
        let bent = weights.values(1).unwrap().iter().zip(&original);
        let changed: Vec<_> = bent.enumerate().filter(|(_, (a, b))| a != b).collect();
        let indices: Vec<_> = changed.iter().map(|(index, _)| *index).collect();
        let expected: Vec<_> = (0..m).map(|k| k * n / m).collect();
        assert_eq!(indices, expected, "{share}");
    }
}

#[test]
fn what_goes_off_or_changes_leaves_nothing_behind_in_200_changes() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let package = package(&tiny_model::model());
    let original = bits(&weights());
    for run in 0..4 {
        let mut moving = weights();
        let mut bends = [bend(1, WeightTransform::Offset, 0.0, 0.0); 3];
        for change in 0..200 {
            let mut draw = |count: u32| random.next_u32() % count;
            if draw(8) == 0 {
                bends.swap(0, 1);
            }
            let place = draw(3) as usize;
            let slot = &mut bends[place];
            match draw(6) {
                // The last numbers name no tensor.
                0 => slot.layer = draw(7) as u16,
                1 => slot.transform = WeightTransform::ALL[draw(6) as usize],
                2 => slot.share = [0.0, 0.005, 0.1, 0.37, 0.5, 0.93, 1.0][draw(7) as usize],
                3 => slot.seed = draw(3),
                4 => slot.amount = 0.0,
                _ => {
                    let limit = slot.transform.amount_limit();
                    slot.amount = limit * (draw(2_001) as f32 / 1_000.0 - 1.0);
                }
            }
            moving.set(&bends);
            let mut fresh = BendableWeights::of(&package).unwrap();
            fresh.set(&bends);
            assert!(
                bits(&moving) == bits(&fresh),
                "run {run}, change {change}: {bends:?}"
            );
            assert_eq!(fresh.would_change(&bends), fresh.is_bent());
        }
        moving.set(&[]);
        assert!(bits(&moving) == original && !moving.is_bent());
    }
}

/// Every pair of transforms, one after the other on one tensor, each on its own share.
#[test]
fn bends_of_one_tensor_chain_in_order() {
    let mut weights = weights();
    let layer = weights.layers().nth(2).unwrap().clone();
    let sigma = f64::from(layer.deviation);
    let original: Vec<f64> = weights
        .values(3)
        .unwrap()
        .iter()
        .map(|&x| x.into())
        .collect();
    let naive = |bend: &WeightFrame, values: &[f64]| -> Vec<f64> {
        let point = |index| naive_weights::point(bend, sigma, values, index);
        (0..values.len()).map(point).collect()
    };
    for first in WeightTransform::ALL {
        for second in WeightTransform::ALL {
            for shares in [[1.0, 1.0], [0.3, 0.71], [1.0, 0.1], [0.1, 1.0]] {
                let bends = [
                    bend(3, first, shares[0], 0.7),
                    bend(3, second, shares[1], -0.4),
                ];
                weights.set(&bends);
                let expected = naive(&bends[1], &naive(&bends[0], &original));
                for (bent, expected) in weights.values(3).unwrap().iter().zip(expected) {
                    let error = (f64::from(*bent) - expected).abs();
                    assert!(
                        error <= 4.0 * TOLERANCE * expected.abs().max(sigma),
                        "{bends:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn no_bend_makes_a_weight_infinite() {
    let mut weights = weights();
    for transform in WeightTransform::ALL {
        for amount in [f32::MAX, f32::MIN, f32::INFINITY, f32::NAN, 1e-40] {
            for share in [1.0, f32::INFINITY, f32::NAN, -1.0] {
                weights.set(&[bend(1, transform, share, amount); 9]);
                let mut values = weights.values(1).unwrap().iter();
                assert!(
                    values.all(|x| x.abs() <= LARGEST),
                    "{transform:?} {amount} {share}"
                );
            }
        }
    }
}

/// A decoded window, with weights bent or not.
fn decode(bender: &mut Bender, bends: &[WeightFrame]) -> Vec<f32> {
    let mut window = Vec::new();
    bender
        .decode_weighted(bends, &[0.7, -0.3, 0.2, 1.1], &Program::new(), &mut window)
        .unwrap();
    window
}

/// The last layer is linear: with its weights times 3 the output is, its bias apart.
#[test]
fn the_decoder_runs_with_the_bent_weights() {
    for model in [tiny_model::model(), half_model()] {
        let mut bender = Bender::new(&package(&model), kit::runtime()).unwrap();
        let clean = decode(&mut bender, &[]);
        let bias = bender.weights().values(4).unwrap()[0];
        let bent = decode(&mut bender, &[bend(3, WeightTransform::Multiply, 1.0, 2.0)]);
        for (clean, bent) in clean.iter().zip(&bent) {
            let expected = bias + 3.0 * (clean - bias);
            assert!((bent - expected).abs() < 1e-5, "{bent} for {expected}");
        }
        assert!(clean != bent);
        // Rolled by less than half a place nothing is changed: what differs is how the sums are rounded.
        let same = decode(&mut bender, &[bend(3, WeightTransform::Roll, 1.0, 1e-6)]);
        let error = clean.iter().zip(&same).map(|(a, b)| (a - b).abs());
        assert!(error.fold(0.0, f32::max) < 1e-6);
    }
}

#[test]
fn a_decoder_whose_bends_go_off_decodes_as_if_there_had_been_none() {
    let mut bender = Bender::new(&package(&half_model()), kit::runtime()).unwrap();
    let clean = decode(&mut bender, &[]);
    let first = bend(1, WeightTransform::Randomise, 0.5, 0.9);
    let bent = decode(&mut bender, &[first]);
    for transform in WeightTransform::ALL {
        for layer in 1..=4 {
            let bends = [bend(layer, transform, 1.0, 0.5), first];
            let both = decode(&mut bender, &bends);
            assert!(both.iter().all(|x| x.is_finite()));
            assert!(decode(&mut bender, &[first]) == bent, "{bends:?}");
            assert!(decode(&mut bender, &[]) == clean, "{bends:?}");
        }
    }
    // What changes nothing never reaches the second decoder.
    for idle in [
        bend(0, WeightTransform::Offset, 1.0, 1.0),
        bend(5, WeightTransform::Offset, 1.0, 1.0),
        bend(u16::MAX, WeightTransform::Offset, 1.0, 1.0),
        bend(1, WeightTransform::Offset, 0.0, 1.0),
        bend(1, WeightTransform::Offset, 1.0, 0.0),
        bend(4, WeightTransform::Offset, 0.9, 1.0),
        bend(1, WeightTransform::Offset, 1.0, f32::NAN),
    ] {
        assert!(!bender.bends_weights(&[idle]), "{idle:?}");
        assert!(decode(&mut bender, &[idle]) == clean);
    }
}

#[test]
fn weights_and_features_are_bent_together() {
    use netbend_models::bends::transform::TransformKind;
    use netbend_models::bends::{Bend, Draw, Selection};
    let mut bender = Bender::new(&package(&tiny_model::model()), kit::runtime()).unwrap();
    let weight = WeightBend {
        layer: 2,
        transform: WeightTransform::Multiply,
        share: 1.0,
        amount: 1.5,
        seed: 1,
    };
    let feature = Bend {
        layer: 2,
        transform: TransformKind::ScalarMultiply,
        parameters: vec![2.0],
        relative: false,
        selection: Selection::All,
        cluster_share: 1.0,
        inverted: false,
        draw: Draw::default(),
        amount: 1.0,
    };
    let alone = decode(&mut bender, &[weight.to_frame()]);
    let mut programs = bender.program_builder();
    programs.add(0, 0, &feature.to_frame(1));
    let mut both = Vec::new();
    let latent = [0.7, -0.3, 0.2, 1.1];
    bender
        .decode_weighted(&[weight.to_frame()], &latent, programs.program(), &mut both)
        .unwrap();
    assert!(
        alone
            .iter()
            .zip(&both)
            .all(|(alone, both)| 2.0 * alone == *both)
    );
    // A batch runs with the same weights throughout.
    let latents = latent.repeat(2);
    bender
        .decode_weighted(&[weight.to_frame()], &latents, &Program::new(), &mut both)
        .unwrap();
    let (first, second) = both.split_at(alone.len());
    assert!(first == second);
}
