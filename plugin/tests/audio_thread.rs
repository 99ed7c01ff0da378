//! What the audio thread promises, with the real engine behind it: it never allocates or frees, it
//! falls back to the aligned dry signal when the worker is late, and it finds its way back.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use std::sync::atomic::Ordering;
use std::time::Duration;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use kit::changes;
use kit::routes::twenty_routes;
use kit::waveform_model;
use netbend::offline::preset::apply;
use netbend::offline::{
    Controls, EngineState, FormatReader, LatencyMode, Modulators, NetbendParams, Resources,
    StereoMode, Transport,
};
use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::bends::BendTarget;
use netbend_models::bends::drift::Drift;
use netbend_models::bends::latent_play::{LatentPlay, LatentSource};
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::{Preset, Runtime};
use nice_plug::params::Params as _;
use prost::Message as _;
use support::{RATE, engine_with, instance, open_for, resources};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

/// No output is louder, whatever the gain: +12 dBFS.
const LOUDEST: f32 = 3.981_071_7;
/// The transform and its inverse lose no more than this (dB relative to the signal).
const NULL_DB: f32 = -120.0;

/// Controls that change with every question, over every transform, layer, selection and way of latent play.
fn wild(step: usize) -> Controls {
    let mut controls = Controls::default();
    for (slot, state) in controls.slots.iter_mut().enumerate() {
        state.target = BendTarget {
            layer: ((step + slot) % 6) as u16,
            transform: TransformKind::ALL[(step / 3 + slot) % TransformKind::ALL.len()],
            relative: step.is_multiple_of(2),
            selection: [
                SelectionKind::All,
                SelectionKind::Random,
                SelectionKind::Cluster,
                SelectionKind::SoundCluster,
                SelectionKind::Part,
            ][(step + slot) % 5],
            cluster: 1,
            part: None,
            inverted: (step / 2 + slot).is_multiple_of(3),
            seed: step as u32,
            drift: Drift::new((step % 3) as f32).after(step as f64),
        };
        state.amount = ((step * 7 + slot) % 11) as f32 / 10.0;
        state.share = (step % 5) as f32 / 4.0;
        state.parameters = [2.0, 0.3];
    }
    for (slot, state) in controls.weights.iter_mut().enumerate() {
        *state = changes::weight((2 * step + slot) as u64);
    }
    controls.latent = LatentPlay {
        freeze: (step / 40) % 3 == 1,
        source: LatentSource::ALL[(step / 5) % 2],
        blend: ((step * 3) % 8) as f32 / 7.0,
        seed: (step / 11) as u32,
        rate_hz: 0.02 + (step % 10) as f32 / 3.0,
        ..LatentPlay::default()
    };
    controls.voice = (step % 7) as f32 / 6.0;
    controls.stereo = [StereoMode::Linked, StereoMode::Dual][(step / 2) % 2];
    controls.sidechain = step % 5 < 2;
    controls.shape.smoothing = (step % 3) as f32 / 2.0;
    controls.shape.band.low_hz = (step % 50) as f32 * 30.0;
    controls.auto_gain = !step.is_multiple_of(5);
    controls.transient_lock = (step % 6) as f32 / 5.0;
    controls.mix = (step % 4) as f32 / 3.0;
    controls.bypass = step.is_multiple_of(97);
    controls
}

#[test]
fn processing_and_resetting_never_allocate_or_free_whatever_the_controls_do() {
    let mut instance = instance(LatencyMode::Live);
    let [left, right] = drum_loop_stereo(RATE, 8.0, 3);
    let (mut left, mut right) = (left, right);
    // The sidechain is silent for a while, connected or not, and so is the input.
    let [beside, _] = drum_loop_stereo(RATE, 4.0, 4);
    left[150_000..170_000].fill(0.0);
    right[150_000..170_000].fill(0.0);
    let sizes = [1, 64, 17, 512, 255, 1_024, 3, 4_096];
    let (mut start, mut block) = (0, 0);
    while start < left.len() {
        let end = (start + sizes[block % sizes.len()]).min(left.len());
        let (l, r) = (&mut left[start..end], &mut right[start..end]);
        let heard = &beside[start.min(beside.len())..end.min(beside.len())];
        let heard = [heard, &heard[..heard.len() / 2]];
        let connected = &heard[..block % 3];
        assert_no_alloc(|| {
            let mut channels = [l, r];
            instance
                .processor
                .live()
                .process_with_sidechain(&mut channels, connected, |_| wild(block));
            if block % 200 == 199 {
                instance.processor.reset();
            }
        });
        if block % 8 == 0 {
            // About real time, so that bent hops come too.
            std::thread::sleep(Duration::from_millis(5));
        }
        start = end;
        block += 1;
    }
    assert!(
        left.iter()
            .chain(&right)
            .all(|x| x.is_finite() && x.abs() <= 2.0)
    );
    assert_eq!(instance.status.state(), EngineState::Ready);
}

/// The parameters themselves, as a host automates them: all eight slots, both weight slots and the rest move in every block.
#[test]
fn automating_every_parameter_never_allocates_or_frees() {
    let mut instance = instance(LatencyMode::Live);
    let params = NetbendParams::default();
    let pointers: Vec<_> = params
        .param_map()
        .into_iter()
        .map(|(id, pointer, _)| (id, pointer))
        .filter(|(id, _)| id != "latency")
        .collect();
    let of = |prefix: &str| {
        pointers
            .iter()
            .filter(|(id, _)| id.starts_with(prefix))
            .count()
    };
    assert_eq!((of("slot_"), of("weight_")), (8 * 13, 2 * 6));
    let [mut left, mut right] = drum_loop_stereo(RATE, 4.0, 3);
    for (block, (l, r)) in left.chunks_mut(480).zip(right.chunks_mut(480)).enumerate() {
        assert_no_alloc(|| {
            for (place, (_, pointer)) in pointers.iter().enumerate() {
                let value = ((block * 7 + place * 13) % 17) as f32 / 16.0;
                // SAFETY: the pointer comes from `params`, which outlives the loop; no host holds it.
                unsafe { pointer._internal_set_normalized_value(value) };
            }
            let beside = [[0.3; 480]; 2];
            instance
                .processor
                .live()
                .process_with_sidechain(&mut [l, r], &beside, |_| params.controls());
        });
        if block % 4 == 0 {
            // About real time, so that bent hops come too.
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    assert!(left.iter().chain(&right).all(|x| x.is_finite()));
    assert_eq!(instance.status.state(), EngineState::Ready);
}

/// Twenty routes from every kind of modulator, under a transport that jumps, while the modulators themselves are changed.
#[test]
fn modulators_never_allocate_or_free() {
    let mut instance = instance(LatencyMode::Live);
    let params = NetbendParams::default();
    let preset = Preset::from_yaml(&twenty_routes(), "twenty.yaml").unwrap();
    apply(&preset, &params).unwrap();
    let mut modulators = Modulators::new(RATE, 2);
    let [mut left, mut right] = drum_loop_stereo(RATE, 4.0, 3);
    for (block, (l, r)) in left.chunks_mut(480).zip(right.chunks_mut(480)).enumerate() {
        if block % 50 == 49 {
            params.modulation.put_text(String::new());
            params.modulation.replace(preset.modulation);
        }
        assert_no_alloc(|| {
            let transport = Transport {
                is_playing: block % 90 < 80,
                tempo: (block % 3 > 0).then_some(174.0),
                beats: Some((block % 60) as f64 * 0.029),
                seconds: None,
            };
            let beside = [[0.3; 480]; 2];
            instance.processor.live().process_with_sidechain(
                &mut [l, r],
                &beside,
                modulators.block(&params, &transport),
            );
            if block % 200 == 199 {
                modulators.reset();
            }
        });
        if block % 4 == 0 {
            // About real time, so that bent hops come too.
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    assert!(left.iter().chain(&right).all(|x| x.is_finite()));
    assert_eq!(instance.status.state(), EngineState::Ready);
}

/// A waveform model's stream carries samples: it allocates as little, live and at another rate than the model's.
#[test]
fn the_audio_thread_of_a_waveform_model_never_allocates() {
    let folder = tempfile::tempdir().unwrap();
    Runtime::load(&[resources()]).unwrap();
    let models = folder.path().join("models");
    std::fs::create_dir(&models).unwrap();
    let kind = waveform_model::Kind {
        rate: 44_100,
        noise: 0.1,
        ..waveform_model::Kind::default()
    };
    let model = waveform_model::model(kind).encode_to_vec();
    std::fs::write(models.join("echo.onnx"), model).unwrap();
    let format = FormatReader::default().format(&Resources::at(folder.path()), "echo");
    let engine = engine_with(folder.path(), "echo");
    let mut instance = open_for(format, engine, LatencyMode::Live);
    let [mut left, mut right] = drum_loop_stereo(RATE, 6.0, 3);
    for (block, (l, r)) in left.chunks_mut(480).zip(right.chunks_mut(480)).enumerate() {
        if block % 250 == 249 {
            assert_no_alloc(|| instance.processor.reset());
        }
        assert_no_alloc(|| {
            let beside = [[0.3; 480]; 2];
            instance.processor.live().process_with_sidechain(
                &mut [l, r],
                &beside,
                |done: usize| wild(block * 480 + done),
            );
        });
        // About real time, and then the worker falls behind.
        if block % 200 < 150 {
            std::thread::sleep(Duration::from_millis(8));
        }
    }
    assert!(left.iter().chain(&right).all(|x| x.is_finite()));
    assert_eq!(instance.status.state(), EngineState::Ready);
}

/// With nothing bent, bent and dry sound are the same: whatever comes late, the output must null.
#[test]
fn a_worker_that_is_late_or_catches_up_leaves_no_trace_in_an_unbent_signal() {
    for mode in LatencyMode::ALL {
        let mut instance = instance(mode);
        let latency = instance.processor.latency_samples();
        let [input, _] = drum_loop_stereo(RATE, 30.0, 5);
        let (mut left, mut right) = (input.clone(), input.clone());
        let block = 480;
        for (index, (l, r)) in left
            .chunks_mut(block)
            .zip(right.chunks_mut(block))
            .enumerate()
        {
            instance
                .processor
                .live()
                .process(&mut [l, r], |_| Controls::default());
            // Real time for a while, then as fast as it goes: the worker falls behind and is left.
            if (index / 200) % 2 == 0 {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        let count = input.len() - latency;
        let error: f64 = (0..count)
            .map(|n| f64::from(left[latency + n] - input[n]).powi(2))
            .sum();
        let power: f64 = input[..count].iter().map(|x| f64::from(*x).powi(2)).sum();
        let null_db = 10.0 * (error / power).log10() as f32;
        let misses = instance.status.misses.load(Ordering::Relaxed);
        println!("{mode:?}: {misses} late hops, null {null_db:.1} dB");
        assert!(
            null_db <= NULL_DB,
            "{mode:?}: null {null_db} dB after {misses} late hops"
        );
        assert!(
            misses > 0,
            "{mode:?}: the worker was never late, so this proved nothing"
        );
        drop(instance.engine);
    }
}

/// After the worker fell behind, an offline stretch gives exactly what an undisturbed run gives.
#[test]
fn a_reset_makes_the_next_run_the_same_as_the_first() {
    let mut instance = instance(LatencyMode::Tight);
    let [input, _] = drum_loop_stereo(RATE, 3.0, 7);
    let mut run = |offline: bool| {
        let (mut left, mut right) = (input.clone(), input.clone());
        for (block, (l, r)) in left.chunks_mut(333).zip(right.chunks_mut(333)).enumerate() {
            match offline {
                true => instance
                    .processor
                    .offline()
                    .process(&mut [l, r], |done| wild((block * 333 + done) / 4_000)),
                false => instance
                    .processor
                    .live()
                    .process(&mut [l, r], |done| wild((block * 333 + done) / 4_000)),
            };
        }
        instance.processor.reset();
        left
    };
    let first = run(true);
    let disturbed = run(false);
    let again = run(true);
    assert!(first == again, "two offline runs differ");
    assert!(
        first != disturbed,
        "the live run at full speed was not disturbed, so this proved little"
    );
}

/// Samples no converter makes come out finite, and the sound after them is as if they had been silence.
#[test]
fn bad_samples_come_out_finite_and_leave_nothing_behind() {
    const BAD: [f32; 5] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e38, -1e38];
    const FROM: usize = 20_000;
    for offline in [true, false] {
        let mut instance = instance(LatencyMode::Live);
        let latency = instance.processor.latency_samples();
        let [input, _] = drum_loop_stereo(RATE, 2.0, 9);
        let (mut left, mut right) = (input.clone(), input.clone());
        left[FROM..FROM + BAD.len()].copy_from_slice(&BAD);
        let controls = Controls {
            mix: 0.5,
            gain: 15.0,
            ..Controls::default()
        };
        for (l, r) in left.chunks_mut(100).zip(right.chunks_mut(100)) {
            match offline {
                true => instance
                    .processor
                    .offline()
                    .process(&mut [l, r], |_| controls),
                false => instance.processor.live().process(&mut [l, r], |_| controls),
            };
        }
        assert!(
            left.iter().chain(&right).all(|x| x.is_finite()),
            "offline: {offline}"
        );
        let clean_from = FROM + 2 * latency;
        for n in clean_from..left.len() {
            let expected = (controls.gain * input[n - latency]).clamp(-LOUDEST, LOUDEST);
            assert!(
                (left[n] - expected).abs() < 1e-3,
                "offline: {offline}, sample {n}"
            );
        }
    }
}
