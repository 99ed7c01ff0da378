//! What each transform costs on the layers of the shipped model, for a share of the features, through the operator:
//! `cargo bench -p netbend-models`.

use divan::Bencher;
use divan::counter::ItemsCount;
use netbend_models::bends::transform::MAX_PARAMETERS;
use netbend_models::bends::transform::{Scratch, TransformKind};
use netbend_models::node::operator;
use netbend_models::node::program::{Entry, Program};

/// `[features, rows, columns]` of layers 1 to 4 of `drums`.
const LAYERS: [[usize; 3]; 4] = [[128, 8, 33], [64, 17, 65], [32, 32, 129], [16, 64, 257]];
/// Shares of the features, in percent; at least one is bent.
const PERCENT: [usize; 3] = [3, 25, 100];
/// Where the parameters' knobs stand: a slot's default.
const KNOB: f32 = 0.7;
const LAYER: usize = 1;

fn main() {
    divan::main();
}

fn cases() -> impl Iterator<Item = Case> {
    TransformKind::ALL.into_iter().flat_map(|kind| {
        LAYERS.into_iter().zip(1..).flat_map(move |(shape, layer)| {
            PERCENT.map(|percent| Case {
                kind,
                layer,
                shape,
                percent,
            })
        })
    })
}

#[derive(Clone, Copy)]
struct Case {
    kind: TransformKind,
    layer: usize,
    shape: [usize; 3],
    percent: usize,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:15} layer {} {:3} %",
            self.kind.name(),
            self.layer,
            self.percent
        )
    }
}

#[divan::bench(args = cases(), sample_count = 50, sample_size = 4)]
fn transform(bencher: Bencher<'_, '_>, case: &Case) {
    let [features, rows, columns] = case.shape;
    let bent = (features * case.percent / 100).max(1);
    let mut parameters = [0.0; MAX_PARAMETERS];
    for (value, range) in parameters.iter_mut().zip(case.kind.parameters()) {
        *value = range.value(KNOB);
    }
    let selected: Vec<f32> = (0..bent).map(|feature| feature as f32).collect();
    let mut program = Program::new();
    program.push(&Entry {
        layer: LAYER,
        item: 0,
        transform: case.kind,
        amount: 1.0,
        parameters,
        features: &selected,
    });
    let maps: Vec<f32> = (0..features * rows * columns)
        .map(|n| (n * 37 % 101) as f32 / 101.0)
        .collect();
    let mut scratch = Scratch::new();
    bencher
        .counter(ItemsCount::new(bent * rows * columns))
        // Bent again and again, values would end as subnormals or infinities.
        .with_inputs(|| maps.clone())
        .bench_local_refs(|maps| {
            let shape = [1, features, rows, columns];
            operator::apply(LAYER, program.words(), shape, maps, &mut scratch);
        });
}
