//! Looking into the network: every layer is seen, the sound stays as it is to the bit, and what is soloed and muted is what a preset's bend of the
//! same features is.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::sync::Arc;

use netbend::offline::{Controls, Engine, EngineState, LatencyMode, Resources, Scope, Status};
use netbend_dsp::signal::noise;
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::{BendFrame, BendTarget};
use netbend_models::{Manifest, Package};
use support::sound::{drums, null_db};
use support::{Instance, RATE, open, resources};

const BLOCK: usize = 480;
/// More columns than are kept.
const COLUMNS: usize = 48;
/// Values of the latent and features of the layers of the shipped model.
const FEATURES: [usize; 6] = [256, 128, 64, 32, 16, 1];

/// An instance that can be looked into.
fn looked_into(mode: LatencyMode) -> (Instance, Arc<Scope>) {
    let (status, scope) = (Arc::new(Status::default()), Arc::new(Scope::default()));
    let at = Resources::at(resources());
    let engine = Engine::spawn(at, "drums".into(), Arc::clone(&status), Arc::clone(&scope));
    (open((engine, status), mode), scope)
}

fn bent() -> Controls {
    let mut controls = Controls {
        voice: 0.5,
        ..Controls::default()
    };
    for (slot, layer) in controls.slots.iter_mut().zip([2, 3]) {
        slot.target.layer = layer;
        slot.target.transform = TransformKind::Ablate;
        slot.target.selection = SelectionKind::Random;
        slot.share = 0.25;
        slot.amount = 1.0;
    }
    controls
}

/// Features of each layer that are seen, how loud the loudest is now and ever was, and how many are bent.
fn seen(scope: &Scope) -> Vec<(usize, usize, f32, usize)> {
    scope.maps.read(|now| {
        let of_layer = now.layers.iter().map(|layer| {
            let backs = (0..COLUMNS).flat_map(|back| {
                (0..layer.features).flat_map(move |feature| layer.levels(feature, back))
            });
            let bent = (0..layer.features).filter(|&feature| layer.is_bent(feature));
            (
                layer.layer,
                layer.features,
                backs.fold(0.0, f32::max),
                bent.count(),
            )
        });
        of_layer.collect()
    })
}

#[test]
fn an_open_view_shows_every_layer_and_changes_no_bit() {
    let input = drums(2.0);
    for mode in LatencyMode::ALL {
        let (mut instance, scope) = looked_into(mode);
        // Bends come and go, so that the network is asked and not asked.
        let moving = |sample: usize| match sample / 24_000 % 2 {
            0 => bent(),
            _ => Controls::default(),
        };
        for controls in [
            &(|_| bent()) as &dyn Fn(usize) -> Controls,
            &|_| Controls::default(),
            &moving,
        ] {
            scope.maps.set_open(false);
            let closed = instance.bounce(&input, BLOCK, controls);
            scope.maps.set_open(true);
            let open = instance.bounce(&input, BLOCK, controls);
            assert!(
                closed == open,
                "{mode:?}: {:.1} dB apart",
                null_db(&closed, &open)
            );
        }
        scope.maps.set_open(true);
        instance.bounce(&input, BLOCK, |_| bent());
        let layers = seen(&scope);
        let expected = [0, 0, 16, 8, 0, 0];
        assert_eq!(layers.len(), FEATURES.len(), "{mode:?}: {layers:?}");
        for (place, (layer, features, loudest, bent)) in layers.into_iter().enumerate() {
            assert_eq!((layer, features), (place, FEATURES[place]), "{mode:?}");
            // A share of the layer's peak of late, which may lie before what is kept.
            assert!(
                (0.5..=1.0).contains(&loudest),
                "{mode:?}, layer {layer}: {loudest}"
            );
            assert_eq!(bent, expected[place], "{mode:?}, layer {layer}");
        }
    }
}

/// What the features of layer 1 do now.
fn now(scope: &Scope) -> Vec<f32> {
    scope.maps.read(|now| {
        let layer = now.layers.iter().find(|layer| layer.layer == 1).unwrap();
        let features = 0..layer.features;
        features.map(|feature| layer.level(feature)).collect()
    })
}

#[test]
fn a_network_that_was_never_asked_is_seen_and_follows_the_sound() {
    for mode in LatencyMode::ALL {
        let (mut instance, scope) = looked_into(mode);
        scope.maps.set_open(true);
        let mut seen_of = |input: &[f32]| {
            let heard = instance.bounce(input, BLOCK, |_| Controls::default());
            assert!(null_db(input, &heard) < -120.0, "{mode:?}");
            assert_eq!(instance.status.state(), EngineState::Ready, "{mode:?}");
            assert_eq!(seen(&scope).len(), FEATURES.len(), "{mode:?}");
            now(&scope)
        };
        let drums = seen_of(&drums(1.5));
        let noise = seen_of(&noise(RATE, 1.5, 0.2, 3));
        let apart = drums.iter().zip(&noise).map(|(a, b)| (a - b).abs());
        assert!(apart.fold(0.0, f32::max) > 0.1, "{mode:?}: nothing moves");
    }
}

#[test]
fn a_closed_view_sees_nothing() {
    let input = drums(1.0);
    let (mut instance, scope) = looked_into(LatencyMode::Tight);
    instance.bounce(&input, BLOCK, |_| bent());
    assert!(seen(&scope).is_empty());
    // Even where nothing is bent, an open one does; and silence is no picture.
    scope.maps.set_open(true);
    instance.bounce(&vec![0.0; 48_000], BLOCK, |_| Controls::default());
    assert!(seen(&scope).is_empty());
    instance.bounce(&input, BLOCK, |_| Controls::default());
    assert_eq!(seen(&scope).len(), FEATURES.len());
}

fn ablated(layer: u16, cluster: u16, inverted: bool) -> BendFrame {
    BendFrame {
        target: BendTarget {
            layer,
            transform: TransformKind::Ablate,
            selection: SelectionKind::Cluster,
            cluster,
            inverted,
            ..BendTarget::default()
        },
        share: 1.0,
        amount: 1.0,
        ..BendFrame::default()
    }
}

fn manifest() -> Manifest {
    let package = Package::load(&resources().join("models/drums.onnx")).unwrap();
    package.manifest().clone()
}

#[test]
fn solo_and_mute_of_every_cluster_of_every_layer_are_the_bends_of_a_preset() {
    let input = drums(0.7);
    let (mut instance, _) = looked_into(LatencyMode::Tight);
    let manifest = manifest();
    let free = instance.bounce(&input, BLOCK, |_| bent());
    let mut heard = 0;
    for layer in 1..=manifest.layers.len() {
        let count = manifest
            .layer_clusters(layer)
            .map_or(0, |group| group.clusters.len());
        for cluster in 0..count {
            for inverted in [true, false] {
                let bend = ablated(layer as u16, cluster as u16, inverted);
                instance.engine.isolate(vec![bend]);
                let isolated = instance.bounce(&input, BLOCK, |_| bent());
                instance.engine.isolate(Vec::new());
                instance.engine.set_fixed_bends(vec![(9, bend)]);
                let preset = instance.bounce(&input, BLOCK, |_| bent());
                instance.engine.set_fixed_bends(Vec::new());
                assert!(
                    isolated == preset,
                    "layer {layer}, cluster {cluster}, {inverted}"
                );
                heard += usize::from(null_db(&free, &isolated) > -60.0);
            }
        }
    }
    assert!(heard > 20, "only {heard} are heard");
    // And nothing of it is left.
    assert!(instance.bounce(&input, BLOCK, |_| bent()) == free);
}
