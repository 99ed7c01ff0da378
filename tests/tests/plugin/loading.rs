//! What a host learns before it makes a sound.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};

use netbend_tests::built;
use netbend_tests::host::Bundle;

use crate::fixture;

#[test]
fn the_bundle_presents_one_audio_effect_for_mono_and_stereo() {
    let bundle = Bundle::open(&built::clap()).unwrap();
    let [descriptor] = &bundle.descriptors()[..] else {
        panic!("expected one plugin: {:?}", bundle.descriptors());
    };
    assert_eq!(descriptor.id, built::CLAP_ID);
    assert_eq!(descriptor.name, "Netbend");
    assert_eq!(descriptor.version, env!("CARGO_PKG_VERSION"));
    for feature in ["audio-effect", "stereo", "mono"] {
        assert!(
            descriptor.features.iter().any(|f| f == feature),
            "{feature}: {descriptor:?}"
        );
    }
}

#[test]
fn both_bundles_carry_the_runtime_and_a_model() {
    let beside_clap = built::resources();
    let inside_vst3 = built::folder().join("Netbend.vst3/Contents/Resources");
    for folder in [beside_clap, inside_vst3] {
        let library = format!("{DLL_PREFIX}onnxruntime{DLL_SUFFIX}");
        for file in [&library[..], "models/drums.onnx"] {
            assert!(
                folder.join(file).is_file(),
                "{file} in {}",
                folder.display()
            );
        }
    }
}

#[test]
fn stereo_comes_first_and_mono_is_offered() {
    let layouts = fixture::plugin().layouts().unwrap();
    let channels: Vec<_> = layouts
        .iter()
        .map(|layout| (layout.input_channels, layout.output_channels))
        .collect();
    assert_eq!(channels, [(2, 2), (1, 1)]);
}

#[test]
fn every_layout_activates_at_every_usual_rate() {
    let mut plugin = fixture::plugin();
    for channels in [1, 2] {
        plugin.set_channels(channels).unwrap();
        for sample_rate in [22_050.0, 44_100.0, 48_000.0, 88_200.0, 96_000.0, 192_000.0] {
            plugin.activate(sample_rate, 512).unwrap();
            assert!(
                plugin.latency().unwrap() > 0,
                "{channels} channels at {sample_rate} Hz"
            );
        }
    }
}
