//! Notes through the real engine: pads hold slots on as their switches would, at blocks of any size, live as offline; and they let go.

#![allow(clippy::unwrap_used)] // A failed expectation is a failed test.

mod support;

use netbend::offline::preset::{Snapshot, apply, capture};
use netbend::offline::{KeyEvent, LatencyMode, Modulators, NetbendParams, Quality, Transport};
use netbend_dsp::signal::drum_loop_stereo;
use netbend_models::Preset;
use netbend_models::bends::pads::Pads;
use nice_plug::params::Params as _;
use support::sound::rms;
use support::{Instance, RATE, instance, open, tiny_engine};

const HOP: usize = 256;
const SECONDS: f32 = 1.0;
/// A bend on slot 1 that is heard, and one on slot 2.
const BENDS: &str = "transforms:\n- {layer: 2, transform: scalar-multiply, params: [0.2], features: all}\n- {layer: 3, transform: ablate, features: random, feature-param: 0.5}\n";

/// Notes at samples of the sound.
type Notes = Vec<(usize, KeyEvent)>;

fn on(key: u8, velocity: f32) -> KeyEvent {
    KeyEvent::On {
        key,
        channel: 9,
        id: None,
        velocity,
    }
}

fn off(key: u8) -> KeyEvent {
    KeyEvent::Off {
        key: Some(key),
        channel: Some(9),
        id: None,
    }
}

/// Both bends are set; of the slots' switches those in `on` are on.
fn set(on: [bool; 2], more: &str) -> NetbendParams {
    let params = NetbendParams::default();
    let preset = Preset::from_yaml(&format!("{BENDS}{more}"), "notes.yaml").unwrap();
    apply(&preset, &params).unwrap();
    for (id, on) in ["slot_on_1", "slot_on_2"].into_iter().zip(on) {
        put(&params, id, f32::from(u8::from(on)));
    }
    params
}

/// Puts a parameter to a position, 0–1.
fn put(params: &NetbendParams, id: &str, position: f32) {
    for (own, pointer, _) in params.param_map() {
        if own == id {
            // SAFETY: the pointer comes from `params`.
            unsafe { pointer._internal_set_normalized_value(position) };
        }
    }
}

struct Play<'a> {
    params: &'a NetbendParams,
    notes: &'a Notes,
    block: usize,
    live: bool,
    /// The sample before which the host resets.
    reset: Option<usize>,
}

impl Play<'_> {
    fn run(&self, instance: &mut Instance) -> Vec<f32> {
        let latency = instance.processor.latency_samples();
        let [mut left, mut right] = drum_loop_stereo(RATE, SECONDS, 3);
        for channel in [&mut left, &mut right] {
            channel.resize(channel.len() + latency, 0.0);
        }
        let mut modulators = Modulators::new(RATE, 2);
        let blocks = left
            .chunks_mut(self.block)
            .zip(right.chunks_mut(self.block));
        for (number, (l, r)) in blocks.enumerate() {
            let from = number * self.block;
            if self.reset == Some(from) {
                instance.processor.reset();
                modulators.reset();
            }
            let within = from..from + l.len();
            for (sample, note) in self.notes {
                if within.contains(sample) {
                    modulators.play(sample - from, *note);
                }
            }
            let controls = modulators.block(self.params, &Transport::default());
            let mut channels = [l, r];
            match self.live {
                true => {
                    instance.processor.live().process(&mut channels, controls);
                    // Slower than real time, so that nothing comes late.
                    std::thread::sleep(std::time::Duration::from_millis(12));
                }
                false => instance
                    .processor
                    .offline()
                    .process(&mut channels, controls),
            }
        }
        instance.processor.reset();
        left.split_off(latency)
    }
}

fn bounce(
    instance: &mut Instance,
    params: &NetbendParams,
    notes: &Notes,
    block: usize,
) -> Vec<f32> {
    Play {
        params,
        notes,
        block,
        live: false,
        reset: None,
    }
    .run(instance)
}

fn assert_same(one: &[f32], other: &[f32], said: &str) {
    let differs = one
        .iter()
        .zip(other)
        .position(|(a, b)| a.to_bits() != b.to_bits());
    assert_eq!(differs, None, "{said}");
    assert_eq!(one.len(), other.len(), "{said}");
}

#[test]
fn without_notes_nothing_changes_and_a_held_pad_is_the_slots_switch() {
    let mut instance = instance(LatencyMode::Tight);
    let resting = bounce(&mut instance, &set([false, false], ""), &vec![], 512);
    let [dry, _] = drum_loop_stereo(RATE, SECONDS, 3);
    assert!(rms(&resting) > 0.0);
    let bent = bounce(&mut instance, &set([true, false], ""), &vec![], 512);
    assert!(bent != resting && dry.len() == bent.len());
    // Held from the first sample on it is the switch, to the bit.
    let held = vec![(0, on(36, 1.0))];
    let off_params = set([false, false], "");
    assert_same(
        &bounce(&mut instance, &off_params, &held, 512),
        &bent,
        "held",
    );
    // Where the switch is on, a pad adds nothing, however softly it is played.
    let soft = vec![(0, on(36, 0.25))];
    assert_same(
        &bounce(&mut instance, &set([true, false], ""), &soft, 512),
        &bent,
        "switch and pad",
    );
    // Notes that no pad has do nothing.
    let others = vec![(0, on(60, 1.0)), (0, on(35, 1.0)), (9_000, on(44, 1.0))];
    assert_same(
        &bounce(&mut instance, &off_params, &others, 512),
        &resting,
        "other notes",
    );
}

#[test]
fn a_pad_scales_the_amount_by_how_hard_it_is_played_unless_it_is_told_not_to() {
    let mut instance = instance(LatencyMode::Tight);
    let soft = vec![(0, on(37, 0.5))];
    let params = set([false, false], "");
    let found = bounce(&mut instance, &params, &soft, 512);
    let half = set([false, true], "");
    put(&half, "slot_amount_2", 0.5);
    assert_same(
        &found,
        &bounce(&mut instance, &half, &vec![], 512),
        "half the amount",
    );
    let whole = set([false, true], "");
    let flat = set([false, false], "pads:\n  pad-2: {velocity: false}\n");
    assert_same(
        &bounce(&mut instance, &flat, &soft, 512),
        &bounce(&mut instance, &whole, &vec![], 512),
        "velocity off",
    );
}

/// Pads held across blocks, two of one slot, taps within a hop, ends that come before their beginnings, all at odd samples.
fn busy() -> (NetbendParams, Notes) {
    let params = set(
        [false, false],
        "pads:\n  pad-3: {action: slot-1}\n  pad-4: {action: freeze}\n  pad-5: {action: lfos}\n  pad-6: {action: step-1}\nvoice: 0.4\nmodulation:\n  lfo-1: {shape: saw-up, hertz: 3}\n  lfo-2: {shape: sample-hold, rate: 1/8, retrigger: note}\n  sequencer-1: {values: [0, 1, 0.5, 0.2], length: 4, hertz: 0.5}\n  routes:\n  - {from: lfo-1, to: slot_parameter_1, depth: 0.4}\n  - {from: lfo-2, to: slot_percentage_2, depth: 0.5}\n  - {from: sequencer-1, to: mix, depth: -0.5}\n",
    );
    let notes = vec![
        (100, off(36)),
        (3_001, on(36, 0.7)),
        (5_119, on(38, 0.9)),
        (5_120, off(38)),
        (9_000, on(40, 1.0)),
        (9_001, off(40)),
        (12_345, off(36)),
        (14_000, on(37, 1.0)),
        (16_000, on(41, 0.3)),
        (20_000, on(39, 1.0)),
        (30_000, off(39)),
        (31_000, off(37)),
        (31_000, off(41)),
        (40_000, on(41, 1.0)),
    ];
    (params, notes)
}

#[test]
fn a_bounce_with_notes_is_the_same_at_blocks_of_any_size() {
    let mut instance = instance(LatencyMode::Tight);
    let (params, notes) = busy();
    let one = bounce(&mut instance, &params, &notes, 1);
    for block in [32, 1_000, 333] {
        let other = bounce(&mut instance, &params, &notes, block);
        assert_same(&one, &other, &format!("blocks of {block}"));
    }
    assert!(bounce(&mut instance, &params, &vec![], 1_000) != one);
}

/// A small model, so that a busy machine has time for it: while a machine is short of time, less is done than in a bounce.
#[test]
fn a_bounce_with_notes_is_what_was_heard() {
    let folder = tempfile::tempdir().unwrap();
    let mut instance = open(tiny_engine(folder.path()), LatencyMode::Studio);
    let params = NetbendParams::default();
    let preset = "transforms:\n- {layer: 1, transform: invert, features: all}\n- {layer: 1, transform: rotate, params: [90], features: all}\nvoice: 0.4\n";
    apply(&Preset::from_yaml(preset, "tiny.yaml").unwrap(), &params).unwrap();
    put(&params, "slot_on_1", 0.0);
    put(&params, "slot_on_2", 0.0);
    let notes = vec![
        (3_001, on(36, 0.7)),
        (9_000, on(37, 1.0)),
        (9_001, off(37)),
        (12_345, off(36)),
        (20_000, on(37, 0.2)),
        (30_001, off(37)),
    ];
    let offline = bounce(&mut instance, &params, &notes, 1_000);
    assert!(offline != bounce(&mut instance, &params, &vec![], 1_000));
    let live = Play {
        params: &params,
        notes: &notes,
        block: 480,
        live: true,
        reset: None,
    };
    let status = std::sync::Arc::clone(&instance.status);
    let misses = || status.misses.load(std::sync::atomic::Ordering::Relaxed);
    let before = misses();
    let heard = live.run(&mut instance);
    assert_eq!(misses(), before, "the machine is too busy for this test");
    assert_eq!(status.quality(), Quality::Full);
    assert_same(&heard, &offline, "live");
}

#[test]
fn a_press_is_heard_within_a_hop_of_where_it_lies_and_a_release_ends_it() {
    let mut instance = instance(LatencyMode::Live);
    let params = set([false, false], "");
    let resting = bounce(&mut instance, &params, &vec![], 512);
    for (press, release) in [(10_000, 20_000), (12_345, 12_345 + HOP), (8_191, 24_577)] {
        let notes = vec![(press, on(36, 1.0)), (release, off(36))];
        let found = bounce(&mut instance, &params, &notes, 512);
        let differs = |n: &usize| found[*n].to_bits() != resting[*n].to_bits();
        let first = (0..found.len()).find(differs).unwrap();
        // A frame is as long as four hops: what is centred a hop later begins to be heard before.
        let window = 4 * HOP;
        assert!(
            first + window >= press && first <= press + HOP,
            "pressed at {press}, heard at {first}"
        );
        let last = (0..found.len()).rev().find(differs).unwrap();
        println!("pressed at {press}, heard from {first}; let go at {release}, heard until {last}");
        assert!(last >= press, "let go at {release}, heard until {last}");
        // What the network remembers and the loudness of what was bent fade; most of it is gone at once.
        let error = |range: std::ops::Range<usize>| {
            let difference: Vec<f32> = range.map(|n| found[n] - resting[n]).collect();
            rms(&difference)
        };
        let while_held = error(press..release);
        assert!(while_held > 1e-3, "{while_held}");
    }
}

#[test]
fn everything_lets_go_at_a_choke_and_at_a_reset() {
    let mut instance = instance(LatencyMode::Tight);
    let params = set([false, false], "");
    let ended = |end: KeyEvent| vec![(0, on(36, 1.0)), (20_480, end)];
    let released = bounce(&mut instance, &params, &ended(off(36)), 512);
    let choke = KeyEvent::Off {
        key: None,
        channel: None,
        id: None,
    };
    let choked = bounce(&mut instance, &params, &ended(choke), 512);
    assert_same(&choked, &released, "choke");
    let mut play = |notes: Notes| {
        let play = Play {
            params: &params,
            notes: &notes,
            block: 512,
            live: false,
            reset: Some(20_480),
        };
        play.run(&mut instance)[20_480..].to_vec()
    };
    let held = play(vec![(0, on(36, 1.0)), (20_479, on(37, 1.0))]);
    assert_same(&held, &play(vec![]), "reset");
}

#[test]
fn a_preset_brings_its_pads_along_and_one_without_keeps_the_notes_alone() {
    let params = set(
        [true, false],
        "pads:\n  pad-1: {note: 60, action: freeze}\n  pad-8: {velocity: false}\n",
    );
    let text = capture(&params).unwrap().to_yaml();
    let preset = Preset::from_yaml(&text, "again.yaml").unwrap();
    let other = NetbendParams::default();
    apply(&preset, &other).unwrap();
    assert_eq!(other.pads.pads(), params.pads.pads());
    assert_eq!(capture(&other).unwrap().to_yaml(), text);
    let plain = Preset::from_yaml(BENDS, "plain.yaml").unwrap();
    Snapshot::with_preset(&plain, &other).unwrap().put(&other);
    let mut expected = Pads::default();
    expected.0[0].note = 60;
    assert_eq!(other.pads.pads(), expected);
    // Where all is as at first, nothing is said of pads.
    apply(&plain, &NetbendParams::default()).unwrap();
    let fresh = capture(&NetbendParams::default()).unwrap().to_yaml();
    assert!(!fresh.contains("pads"), "{fresh}");
}
