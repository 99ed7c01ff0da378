use super::*;
use crate::modulation::{Clock, Transport};
use netbend_dsp::signal::{drum_loop_stereo, noise, sine};
use netbend_models::bends::modulation::{
    Follower, FollowerMode, Knob, Lfo, NoteValue, Polarity, Route, Shape, Target,
};

const RATE: f32 = 48_000.0;
const HOP: usize = 256;
/// No note, no pad.
const QUIET: Played = Played {
    slots: [0.0; netbend_models::bends::pads::PAD_SLOTS],
    freezes: false,
    lfos: [Begun {
        last: None,
        count: 0,
    }; 3],
    steps: [0; 2],
    notes: Begun {
        last: None,
        count: 0,
    },
    lit: 0,
};

/// Everything there is, with a route from each source.
fn busy() -> Modulation {
    let mut modulation = Modulation::default();
    modulation.lfos[0].shape = Shape::SampleHold;
    modulation.lfos[1].rate = Rate::Hertz(3.3);
    modulation.lfos[2].retrigger = Retrigger::Attack;
    modulation.sequencers[0].values = std::array::from_fn(|n| (n as f32 * 0.37).fract());
    modulation.sequencers[0].glide = 0.5;
    modulation.followers[0].band_high_hz = 300.0;
    modulation.followers[1].mode = FollowerMode::Attacks;
    for (place, from) in Source::all().take(8).enumerate() {
        assert!(modulation.routes.put(Route {
            from,
            to: Target::new(Knob::SlotAmount, place).unwrap(),
            depth: 0.5,
            polarity: Polarity::Bipolar,
        }));
    }
    modulation
}

/// The sources at every hop's end, where the sound comes in blocks.
fn run(modulation: &Modulation, sound: &[Vec<f32>; 2], block: usize) -> Vec<[f32; SOURCES]> {
    let mut generator = Generator::new(RATE, 2);
    let mut clock = Clock::new(RATE);
    let mut values = vec![generator.end_hop(modulation, [0.5; MACROS], &clock.now(), &QUIET)];
    let length = sound[0].len();
    for start in (0..length).step_by(block) {
        let seconds = start as f64 / f64::from(RATE);
        clock.begin_block(&Transport {
            is_playing: true,
            tempo: Some(174.0),
            beats: Some(seconds * 174.0 / 60.0),
            seconds: None,
        });
        let mut from = start;
        while from < (start + block).min(length) {
            let to = ((from / HOP + 1) * HOP).min(start + block).min(length);
            generator.hear(
                modulation,
                Incoming {
                    samples: to - from,
                    input: [&sound[0][from..to], &sound[1][from..to]],
                    sidechain: [&[], &[]],
                },
            );
            clock.advance(to - from);
            if to.is_multiple_of(HOP) {
                values.push(generator.end_hop(modulation, [0.5; MACROS], &clock.now(), &QUIET));
            }
            from = to;
        }
    }
    values
}

#[test]
fn every_source_is_the_same_at_blocks_of_any_size() {
    let sound = drum_loop_stereo(RATE, 1.5, 3);
    let modulation = busy();
    let one = run(&modulation, &sound, 1);
    assert_eq!(one.len(), 1 + sound[0].len() / HOP);
    for block in [32, 1_000, 333] {
        let other = run(&modulation, &sound, block);
        for (hop, (one, other)) in one.iter().zip(&other).enumerate() {
            let bits = |values: &[f32; SOURCES]| values.map(f32::to_bits);
            assert_eq!(bits(one), bits(other), "hop {hop}, blocks of {block}");
        }
    }
    // And everything but the macros moves.
    for source in Source::all()
        .take(8)
        .filter(|source| *source != Source::Sequencer(1))
    {
        let place = source.index();
        assert!(
            one.iter().any(|values| values[place] != one[0][place]),
            "{source:?}"
        );
    }
}

#[test]
fn a_follower_of_level_rises_with_the_sound_in_its_band_alone() {
    let mut modulation = busy();
    modulation.followers[0] = Follower {
        band_low_hz: 500.0,
        band_high_hz: 2_000.0,
        attack_ms: 5.0,
        ..Follower::default()
    };
    let level = |hertz: f32, amplitude: f32| {
        let channel = sine(RATE, 0.5, hertz, amplitude);
        let values = run(&modulation, &[channel.clone(), channel], 512);
        values[90][Source::Follower(0).index()]
    };
    // Full scale less 3 dB for the sine, over 48 dB.
    assert!(
        (level(1_000.0, 1.0) - 0.937).abs() < 0.02,
        "{}",
        level(1_000.0, 1.0)
    );
    assert!(
        (level(1_000.0, 0.1) - 0.52).abs() < 0.02,
        "{}",
        level(1_000.0, 0.1)
    );
    assert!(level(100.0, 1.0) < 0.5 && level(10_000.0, 1.0) < 0.5);
    assert_eq!(level(1_000.0, 0.0), 0.0);
}

#[test]
fn attacks_are_followed_and_begin_a_cycle_anew() {
    let mut modulation = busy();
    modulation.followers[1] = Follower {
        mode: FollowerMode::Attacks,
        attack_ms: 0.0,
        release_ms: 50.0,
        ..Follower::default()
    };
    modulation.lfos[2] = Lfo {
        shape: Shape::SawUp,
        rate: Rate::Note(NoteValue::WHOLE),
        retrigger: Retrigger::Attack,
        ..Lfo::default()
    };
    let mut channel = noise(RATE, 1.0, 1e-4, 1);
    for stroke in [HOP * 40, HOP * 100] {
        for (n, x) in noise(RATE, 0.05, 0.5, 2).into_iter().enumerate() {
            channel[stroke + n] += x;
        }
    }
    let values = run(&modulation, &[channel.clone(), channel], 512);
    let follower = |hop: usize| values[hop][Source::Follower(1).index()];
    let saw = |hop: usize| values[hop][Source::Lfo(2).index()];
    for stroke in [40, 100] {
        assert_eq!(
            (follower(stroke + 1), saw(stroke + 1)),
            (1.0, 0.0),
            "stroke {stroke}"
        );
        assert!(
            follower(stroke) < 0.1 && saw(stroke) > 0.1,
            "before stroke {stroke}"
        );
    }
    let tau = f64::from(follower(60)) / f64::from(follower(50));
    let expected = (-10.0 * HOP as f64 / f64::from(RATE) / 0.05).exp();
    assert!((tau - expected).abs() < 0.01, "{tau} for {expected}");
}

#[test]
fn a_jump_of_the_transport_gives_the_phase_it_has_there() {
    let modulation = busy();
    let mut generator = Generator::new(RATE, 2);
    let mut clock = Clock::new(RATE);
    let mut at = |beats: f64| {
        clock.begin_block(&Transport {
            is_playing: true,
            tempo: Some(120.0),
            beats: Some(beats),
            seconds: None,
        });
        clock.advance(HOP);
        let values = generator.end_hop(&modulation, [0.0; MACROS], &clock.now(), &QUIET);
        let timed = [
            Source::Lfo(0),
            Source::Lfo(1),
            Source::Sequencer(0),
            Source::Wander,
        ];
        timed.map(|source| values[source.index()])
    };
    let first = [at(8.0), at(9.25)];
    assert_ne!(first[0], first[1]);
    assert_eq!([at(8.0), at(9.25)], first, "the loop's second time");
    let hop_beats = HOP as f64 / f64::from(RATE) * 2.0;
    let lfo = &modulation.lfos[1];
    let seconds = (8.0 + hop_beats) / 2.0;
    assert_eq!(at(8.0)[1], lfo::value(lfo, seconds * f64::from(3.3_f32), 0));
}

#[test]
fn notes_and_pads_begin_oscillators_anew_and_take_sequencers_on() {
    let mut modulation = busy();
    for (lfo, retrigger) in
        modulation
            .lfos
            .iter_mut()
            .zip([Retrigger::Note, Retrigger::Free, Retrigger::Free])
    {
        *lfo = Lfo {
            shape: Shape::SawUp,
            rate: Rate::Hertz(1.0),
            retrigger,
            ..Lfo::default()
        };
    }
    let values = std::array::from_fn(|n| n as f32 / 16.0);
    for (own, retrigger) in modulation
        .sequencers
        .iter_mut()
        .zip([Retrigger::Note, Retrigger::Free])
    {
        (own.values, own.glide, own.retrigger) = (values, 0.0, retrigger);
        own.step = Rate::Hertz(1.0);
    }
    let at = |seconds: f64| Time {
        beats: 2.0 * seconds,
        seconds,
    };
    let now = |seconds: f64| Now {
        song: at(seconds + 0.75),
        free: at(seconds),
    };
    let begun = |seconds: f64, count: i64| Begun {
        last: Some(at(seconds)),
        count,
    };
    let mut generator = Generator::new(RATE, 2);
    let mut moved = |seconds: f64, played: &Played| {
        let values = generator.end_hop(&modulation, [0.0; MACROS], &now(seconds), played);
        let sources = [
            Source::Lfo(0),
            Source::Lfo(1),
            Source::Sequencer(0),
            Source::Sequencer(1),
        ];
        sources.map(|source| values[source.index()])
    };
    // Before the first note as the song.
    assert_eq!(moved(0.5, &QUIET), [0.25, 0.5, 0.0, 0.0]);
    let mut played = QUIET;
    (played.notes, played.steps[1]) = (begun(2.25, 3), 5);
    assert_eq!(moved(2.5, &played), [0.25, 0.5, 2.0 / 16.0, 7.0 / 16.0]);
    (played.lfos[0], played.lfos[1]) = (begun(1.0, 1), begun(2.375, 1));
    let [by_note, by_pad, ..] = moved(2.5, &played);
    assert_eq!((by_note, by_pad), (0.25, 0.125), "the later one counts");
}
