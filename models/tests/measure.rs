//! The yardsticks: arithmetic counted from the graph, and what the runtime can do.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

use std::path::Path;
use std::time::Instant;

use kit::tiny_model;
use netbend_models::Package;
use netbend_models::package::work::Work;
use netbend_models::run::measure::{peak_gflops, runtime_version};
use prost::Message as _;

fn work(stride: usize, first_frame: usize) -> Work {
    let bytes = tiny_model::model().encode_to_vec();
    let package = Package::from_bytes(Path::new("tiny.onnx"), &bytes).unwrap();
    Work::of(&package, stride, first_frame).unwrap()
}

/// Figures worked out by hand from the tiny model's shapes.
#[test]
fn work_is_what_the_shapes_say() {
    let convolution = 2 * 5 * 19 * 25 * 27;
    let seed = 4 * 792;
    let live = work(4, 120);
    assert_eq!(live.encode, convolution + 190 * 4);
    assert_eq!(live.decode, seed + 3 * 8 * 33 * 16 * 17);
    // One of the five rows of the only convolution is new.
    assert_eq!(live.encode_stride, convolution / 5 + 190 * 4);
    // Five frames, all from the last row of the seed's eight.
    assert_eq!(live.decode_stride, seed / 8 + 5 * 3 * 33 * 17);
}

#[test]
fn longer_strides_need_more_and_never_more_than_the_whole() {
    let strides = [(4, 120), (16, 108), (64, 44), (128, 0)].map(|(s, first)| work(s, first));
    for pair in strides.windows(2) {
        assert!(pair[0].encode_stride <= pair[1].encode_stride);
        assert!(pair[0].decode_stride < pair[1].decode_stride);
    }
    let [.., all] = strides;
    assert_eq!(all.encode_stride, all.encode);
    // All but the frames that do not reach the latent.
    assert_eq!(all.decode_stride, all.decode - 3 * 3 * 33 * 17);
}

#[test]
fn the_runtime_says_its_version_and_multiplies() {
    let runtime = kit::runtime();
    let version = runtime_version(runtime.library()).unwrap();
    assert!(version.starts_with("1."), "{version}");
    let started = Instant::now();
    let gflops = peak_gflops(runtime, 1, || started.elapsed()).unwrap();
    assert!(gflops.is_finite() && gflops > 0.1, "{gflops}");
}
