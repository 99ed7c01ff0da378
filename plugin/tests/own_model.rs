//! Models that are not Netbend's own through the real engine: other FFT sizes, windows and layouts null without a
//! bend, bend, and keep the latency that is reported.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use kit::own_models::{MAPS, PLAIN, maps, plain};
use netbend::offline::{
    Controls, EngineState, FormatReader, LatencyMode, Processor, Resources, Status, StreamShape,
};
use netbend_models::bends::latent_play::{LatentPlay, LatentSource};
use netbend_models::bends::transform::TransformKind;
use netbend_models::{ModelFormat, Runtime};
use prost::Message as _;
use support::sound::{drums, null_db, rms};
use support::{Instance, RATE, engine_with, open_for, resources};
use tempfile::TempDir;

/// What two transforms and 32-bit floats leave of a null.
const NULL_DB: f64 = -120.0;
const BLOCK: usize = 480;

/// A resource folder with both models.
fn models() -> TempDir {
    // Once loaded, the library serves every folder.
    Runtime::load(&[resources()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let models = folder.path().join("models");
    std::fs::create_dir(&models).unwrap();
    for (name, model, sidecar) in [("plain", plain(), PLAIN), ("maps", maps(true), MAPS)] {
        std::fs::write(models.join(format!("{name}.onnx")), model.encode_to_vec()).unwrap();
        std::fs::write(models.join(format!("{name}.yaml")), sidecar).unwrap();
    }
    folder
}

fn format(folder: &Path, model: &str) -> ModelFormat {
    FormatReader::default().format(&Resources::at(folder), model)
}

fn instance(folder: &Path, model: &str, mode: LatencyMode) -> Instance {
    open_for(format(folder, model), engine_with(folder, model), mode)
}

fn bending(layer: u16, factor: f32) -> Controls {
    let mut controls = Controls::default();
    let slot = &mut controls.slots[0];
    slot.target.layer = layer;
    slot.target.transform = TransformKind::ScalarMultiply;
    slot.parameters[0] = factor;
    slot.amount = 1.0;
    controls
}

#[test]
fn models_of_other_sizes_null_and_bend_in_every_mode() {
    let folder = models();
    let input = drums(1.5);
    for (model, layers, fft_size, strides) in [
        ("plain", 3, 2_048, [2, 4, 16, 32]),
        ("maps", 2, 512, [2, 4, 16, 16]),
    ] {
        for (mode, stride) in LatencyMode::ALL.into_iter().zip(strides) {
            let mut instance = instance(folder.path(), model, mode);
            let overlap = if mode == LatencyMode::Studio {
                stride / 4
            } else {
                0
            };
            let latency = fft_size + (2 * stride + overlap) * fft_size / 4;
            let reported = instance.status.latency_samples.load(Ordering::Relaxed);
            assert_eq!(reported as usize, latency, "{model} {mode:?}");
            assert_eq!(instance.processor.latency_samples(), latency);

            // `bounce` cuts the reported latency off: that it nulls is that it is the true one.
            let idle = instance.bounce(&input, BLOCK, |_| Controls::default());
            let null = null_db(&input, &idle);
            assert!(
                null < NULL_DB,
                "{model} {mode:?}: {null:.1} dB with nothing bent"
            );
            for layer in 1..=layers {
                let same = instance.bounce(&input, BLOCK, |_| bending(layer, 1.0));
                let null = null_db(&input, &same);
                assert!(
                    null < NULL_DB,
                    "{model} {mode:?}, layer {layer}: {null:.1} dB at 1 ×"
                );
                let bent = instance.bounce(&input, BLOCK, |_| bending(layer, -2.0));
                let change = null_db(&input, &bent);
                assert!(
                    change > -30.0,
                    "{model} {mode:?}, layer {layer}: {change:.1} dB at −2 ×"
                );
                assert!(bent.iter().all(|x| x.abs() < 8.0));
            }
            assert_eq!(instance.status.misses.load(Ordering::Relaxed), 0);
        }
    }
}

/// A step of the controls is heard where it is, whatever the frame: the time frames carry is right too.
#[test]
fn a_step_is_heard_within_a_hop_of_where_it_is() {
    let folder = models();
    let input = drums(1.0);
    for (model, hop) in [("plain", 512), ("maps", 128)] {
        for mode in LatencyMode::ALL {
            let mut instance = instance(folder.path(), model, mode);
            let step = 23_456;
            let stepped = instance.bounce(&input, BLOCK, |sample| {
                bending(1, if sample < step { 1.0 } else { -2.0 })
            });
            let bent = instance.bounce(&input, BLOCK, |_| bending(1, -2.0));
            // A frame's length before and after it, each is the other; in Direct, where a survey hears half a window, once its level has come.
            let settles = match mode {
                LatencyMode::Direct => 20,
                LatencyMode::Live | LatencyMode::Tight | LatencyMode::Studio => 5,
            };
            let (before, after) = (step - 5 * hop, step + settles * hop);
            let early = null_db(&input[..before], &stepped[..before]);
            assert!(
                early < -100.0,
                "{model} {mode:?}: {early:.1} dB before the step"
            );
            let change = null_db(&input[after..], &stepped[after..]);
            let whole = null_db(&input[after..], &bent[after..]);
            assert!(
                (change - whole).abs() < 1.0,
                "{model} {mode:?}: {change:.1}, {whole:.1} dB"
            );
        }
    }
}

#[test]
fn the_models_voice_and_latent_play_run() {
    let folder = models();
    let input = drums(2.0);
    for model in ["plain", "maps"] {
        let mut instance = instance(folder.path(), model, LatencyMode::Tight);
        let voice = Controls {
            voice: 1.0,
            ..Controls::default()
        };
        let free = instance.bounce(&input, BLOCK, |_| voice);
        assert!(rms(&free) > 1e-4 && free.iter().all(|x| x.is_finite()));
        for latent in [
            LatentPlay {
                freeze: true,
                ..LatentPlay::default()
            },
            LatentPlay {
                source: LatentSource::Walk,
                blend: 0.7,
                ..LatentPlay::default()
            },
        ] {
            let playing = Controls { latent, ..voice };
            let played = instance.bounce(&input, BLOCK, |_| playing);
            assert!(played.iter().all(|x| x.is_finite()));
            assert!(
                null_db(&free, &played) > -40.0,
                "{model}: {latent:?} changes nothing"
            );
        }
        assert_eq!(instance.status.state(), EngineState::Ready);
    }
}

fn wait_for(status: &Status, state: EngineState) {
    let started = Instant::now();
    while status.state() != state {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "{}",
            status.text().problem
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn a_model_on_a_stream_of_another_shape_passes_dry_and_says_so_until_it_is_reopened() {
    let folder = models();
    let input = drums(1.0);
    let mut instance = instance(folder.path(), "plain", LatencyMode::Tight);
    let bent = instance.bounce(&input, BLOCK, |_| bending(1, -2.0));
    assert!(null_db(&input, &bent) > -30.0);

    instance.engine.set_model("maps".into());
    wait_for(&instance.status, EngineState::Failed);
    let problem = instance.status.text().problem;
    for words in ["maps", "512", "2048"] {
        assert!(problem.contains(words), "{problem}");
    }
    let dry = instance.bounce(&input, BLOCK, |_| bending(1, -2.0));
    assert!(null_db(&input, &dry) < NULL_DB, "it should pass dry");

    let shape = StreamShape::new(format(folder.path(), "maps"), RATE, LatencyMode::Tight).unwrap();
    let exchange = instance.engine.open(shape, 2);
    let status = Arc::clone(&instance.status);
    wait_for(&status, EngineState::Ready);
    instance.processor =
        Processor::new(shape.geometry, 2, shape.stride_frames, exchange, status).unwrap();
    instance.processor.reset();
    let bent = instance.bounce(&input, BLOCK, |_| bending(1, -2.0));
    assert!(null_db(&input, &bent) > -30.0);
    assert!(instance.status.text().model.starts_with("maps 3"));
}

/// What a host does when it loads a state with another model: model and stream change at once, and not a hop is dry.
#[test]
fn a_bounce_right_after_model_and_stream_changed_is_whole() {
    let folder = models();
    let input = drums(1.0);
    let mode = LatencyMode::Live;
    let expected =
        instance(folder.path(), "maps", mode).bounce(&input, BLOCK, |_| bending(2, -2.0));
    for _ in 0..3 {
        let mut instance = instance(folder.path(), "plain", mode);
        instance.bounce(&input[..4_800], BLOCK, |_| Controls::default());
        let shape = StreamShape::new(format(folder.path(), "maps"), RATE, mode).unwrap();
        instance.engine.set_model("maps".into());
        let exchange = instance.engine.open(shape, 2);
        let status = Arc::clone(&instance.status);
        instance.processor =
            Processor::new(shape.geometry, 2, shape.stride_frames, exchange, status).unwrap();
        instance.processor.reset();
        let bounced = instance.bounce(&input, BLOCK, |_| bending(2, -2.0));
        assert_eq!(bounced, expected);
    }
}

#[test]
fn facts_are_read_again_where_a_file_changed() {
    let folder = models();
    let mut reader = FormatReader::default();
    let resources = Resources::at(folder.path());
    assert_eq!(reader.format(&resources, "maps").last_seen_frame, 31);
    assert_eq!(reader.format(&resources, "nowhere"), ModelFormat::default());
    let sidecar = folder.path().join("models/maps.yaml");
    std::fs::write(&sidecar, format!("{MAPS}last_seen_frame: 20\n")).unwrap();
    assert_eq!(reader.format(&resources, "maps").last_seen_frame, 20);
    std::fs::write(&sidecar, "nonsense").unwrap();
    assert_eq!(reader.format(&resources, "maps"), ModelFormat::default());
    let shipped = reader.format(&Resources::at(support::resources()), "drums");
    assert_eq!(shipped, ModelFormat::default());
}
