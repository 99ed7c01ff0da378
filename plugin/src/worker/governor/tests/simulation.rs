//! Streams on machines that are too slow: what the governor does for them, and that it is not heard as clicks.

use netbend_dsp::signal::{drum_loop_stereo, noise, sine};
use netbend_models::bends::transform::TransformKind;

use super::rig::{RATE, Rig, shipped, tiny};
use crate::report::quality::Quality;
use crate::stream::controls::Controls;
use crate::stream::latency::LatencyMode;

const BLOCK: usize = 64;

/// One bend in the difference voice, with phases that iterate.
fn bent() -> Controls {
    let mut controls = Controls::default();
    let slot = &mut controls.slots[0];
    slot.target.layer = 1;
    slot.target.transform = TransformKind::ScalarMultiply;
    slot.parameters[0] = 1.5;
    slot.share = 1.0;
    slot.amount = 1.0;
    controls
}

fn sound(seconds: f32) -> Vec<f32> {
    noise(RATE, seconds, 0.2, 5)
}

/// The levels in the order in which they came, each once.
fn course(rig: &Rig) -> Vec<Quality> {
    let mut course: Vec<_> = rig.qualities.iter().map(|(_, quality)| *quality).collect();
    course.dedup();
    course
}

/// From `from` to `to` in the first four seconds, then staying there until `end`, and with time to spare from then on.
fn load(from: f64, to: f64, end: f64) -> impl Fn(f64) -> f64 {
    move |time| match time {
        _ if time >= end => 0.3,
        _ => from + (to - from) * (time / 4.0).min(1.0),
    }
}

#[test]
fn a_machine_with_time_to_spare_is_left_alone() {
    for mode in LatencyMode::ALL {
        let mut rig = Rig::new(tiny(), mode);
        rig.play(&sound(4.0), BLOCK, bent(), |_| 0.6);
        assert_eq!(course(&rig), [Quality::Full], "{mode:?}");
        assert_eq!((rig.misses(), rig.dropped), (0, 0));
    }
}

#[test]
fn a_machine_that_grows_too_slow_saves_in_order_and_misses_nothing() {
    for mode in LatencyMode::ALL {
        for slow in [1.3, 1.5] {
            let mut rig = Rig::new(tiny(), mode);
            rig.play(&sound(24.0), BLOCK, bent(), load(0.5, slow, 8.0));
            let named = format!("{mode:?}, {slow}");
            assert_eq!((rig.misses(), rig.dropped), (0, 0), "{named}");
            let course = course(&rig);
            let most = course.iter().max().copied().unwrap();
            if slow < 1.4 {
                assert_eq!(most, Quality::CachedClean, "{named}: {course:?}");
            }
            assert_eq!(course.last(), Some(&Quality::Full), "{named}");
            let up: Vec<_> = course.iter().take_while(|e| **e < most).collect();
            assert!(up.is_sorted(), "{named}: {course:?}");
        }
    }
}

#[test]
fn a_machine_that_is_too_slow_at_once_drops_nothing() {
    for mode in LatencyMode::ALL {
        for slow in [1.3, 2.0] {
            let mut rig = Rig::new(tiny(), mode);
            let step = |time: f64| if time < 8.0 { slow } else { 0.3 };
            let input = sound(30.0);
            let (first, rest) = input.split_at(3 * RATE as usize);
            rig.play(first, BLOCK, bent(), step);
            let early = rig.misses();
            rig.play(rest, BLOCK, bent(), step);
            let named = format!("{mode:?}, {slow}: {:?}", course(&rig));
            assert_eq!(rig.dropped, 0, "{named}");
            // What was late before a level was found that fits: parts of a few strides.
            let stride = mode.stride_frames() as u64;
            assert!(early <= 2 * stride, "{named}: {early} misses");
            assert_eq!(rig.misses(), early, "{named}");
            assert_eq!(course(&rig).last(), Some(&Quality::Full), "{named}");
        }
    }
}

#[test]
fn twice_too_slow_a_machine_saves_all_there_is_before_it_drops_sound() {
    let mut rig = Rig::new(tiny(), LatencyMode::Tight);
    rig.play(&sound(10.0), BLOCK, bent(), |_| 4.0);
    let (_, last) = rig.qualities.last().unwrap();
    assert_eq!(*last, Quality::EveryFourthStride);
    // Two strides were begun before the last level.
    let saved = rig.qualities.iter().position(|(_, e)| e == last).unwrap();
    assert!(saved <= 3, "{:?}", course(&rig));
    println!(
        "4×: {} of {} strides dropped, {} misses",
        rig.dropped,
        rig.qualities.len(),
        rig.misses()
    );
    assert!(
        rig.dropped * 4 < rig.qualities.len(),
        "{} dropped",
        rig.dropped
    );
}

#[test]
fn levels_do_not_go_to_and_fro() {
    for mode in [LatencyMode::Direct, LatencyMode::Live, LatencyMode::Studio] {
        for slow in [0.9, 1.3, 1.7, 2.2] {
            let mut rig = Rig::new(tiny(), mode);
            rig.play(&sound(30.0), BLOCK, bent(), |_| slow);
            let qualities: Vec<_> = rig.qualities.iter().map(|(_, quality)| *quality).collect();
            let moves = qualities
                .windows(2)
                .filter(|pair| pair[0] != pair[1])
                .count();
            println!(
                "{mode:?} {slow}: {moves} moves {:?} {} misses",
                course(&rig),
                rig.misses()
            );
            assert!(
                moves <= 8,
                "{mode:?}, {slow}: {moves} moves in half a minute"
            );
        }
    }
}

#[test]
fn who_waits_for_the_worker_gets_everything() {
    let mut rig = Rig::new(tiny(), LatencyMode::Tight);
    rig.offline = true;
    rig.play(&sound(4.0), BLOCK, bent(), |_| 4.0);
    assert_eq!(course(&rig), [Quality::Full]);
    // Saving ends where the host begins to wait.
    rig.offline = false;
    rig.play(&sound(4.0), BLOCK, bent(), |_| 4.0);
    assert!(rig.qualities.last().unwrap().1 > Quality::Full);
    let strides = rig.qualities.len();
    rig.offline = true;
    rig.play(&sound(4.0), BLOCK, bent(), |_| 4.0);
    let later: Vec<_> = rig.qualities.iter().skip(strides + 1).collect();
    assert!(later.iter().all(|(_, quality)| *quality == Quality::Full));
}

#[test]
fn the_same_strides_lead_to_the_same_qualities() {
    let run = || {
        let mut rig = Rig::new(tiny(), LatencyMode::Live);
        let output = rig.play(&sound(6.0), BLOCK, bent(), load(0.5, 2.0, 4.0));
        (rig.qualities, output)
    };
    assert!(run() == run());
}

/// The largest step between two samples.
fn largest_step(samples: &[f32]) -> f32 {
    let steps = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    steps.fold(0.0, f32::max)
}

/// Low tones beating against each other over soft noise, faded in and out.
fn tones(seconds: f32) -> Vec<f32> {
    let mut mix = noise(RATE, seconds, 0.005, 1);
    for (hz, amplitude) in [(110.0, 0.2), (110.7, 0.1), (221.3, 0.1), (331.0, 0.05)] {
        let tone = sine(RATE, seconds, hz, amplitude);
        mix.iter_mut().zip(tone).for_each(|(sum, x)| *sum += x);
    }
    let (count, fade) = (mix.len(), 4_410);
    for n in 0..fade {
        let gain = n as f32 / fade as f32;
        mix[n] *= gain;
        mix[count - 1 - n] *= gain;
    }
    mix
}

#[test]
fn no_change_of_quality_clicks() {
    const SECONDS: f32 = 2.0;
    /// The largest step while levels change at every stride, as a multiple of the largest while they rest.
    const LIMIT: f32 = 2.0;
    let rig = |mode: LatencyMode, input: &[f32], controls, forced| {
        let mut rig = Rig::new(shipped(), mode);
        rig.forced = Some(forced);
        let output = rig.play(input, BLOCK, controls, |_| 0.01);
        assert_eq!(rig.misses(), 0);
        largest_step(&output)
    };
    let rests: [fn(usize) -> Quality; 5] = [
        |_| Quality::Full,
        |_| Quality::Coarser,
        |_| Quality::CachedClean,
        |_| Quality::EverySecondStride,
        |_| Quality::EveryFourthStride,
    ];
    let moves: [fn(usize) -> Quality; 3] = [
        |stride| Quality::at([0, 1, 2, 3, 4, 3, 2, 1][stride % 8]),
        |stride| Quality::at([0, 4][stride % 2]),
        |stride| Quality::at([0, 4, 4, 4, 4, 2, 0, 3, 3][stride % 9]),
    ];
    let drums = drum_loop_stereo(RATE, SECONDS, 3)[0].clone();
    for (name, input) in [("tones", tones(SECONDS)), ("drums", drums)] {
        for mode in LatencyMode::ALL {
            let voices: &[f32] = match mode {
                LatencyMode::Direct | LatencyMode::Live => &[0.0, 0.5],
                LatencyMode::Tight | LatencyMode::Studio => &[0.5],
            };
            for &voice in voices {
                let mut controls = Controls { voice, ..bent() };
                controls.slots[0].target.layer = 2;
                let all = rests.map(|forced| rig(mode, &input, controls, forced));
                let rest = all.into_iter().fold(0.0, f32::max);
                let moved = moves.map(|forced| rig(mode, &input, controls, forced));
                let moved = moved.into_iter().fold(0.0, f32::max);
                println!(
                    "{name} {mode:?} voice {voice}: at rest {all:.4?}, moved {moved:.4} ({:.2} ×)",
                    moved / rest
                );
                assert!(
                    moved <= LIMIT * rest,
                    "{name}, {mode:?}: {moved} over {rest}"
                );
            }
        }
    }
}
