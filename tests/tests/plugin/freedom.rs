//! Ports that are missing or without samples are silence; blocks may have no samples, or more than announced.

use std::time::Instant;

use clack_host::events::event_types::ParamValueEvent;
use clack_host::prelude::{ClapId, Pckn};
use netbend_tests::audio::Audio;
use netbend_tests::bus::Bus;
use netbend_tests::host::{Plugin, param_id};
use netbend_tests::{alone, measure};

use crate::fixture;

const RATE: u32 = 48_000;
const BLOCK: usize = 512;
const BEND: [(&str, &str); 2] = [("slot_layer_1", "2"), ("slot_transform_1", "Ablate")];

/// What a host puts on a port.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Port {
    /// Samples.
    Sound,
    /// Samples, all zero.
    Silence,
    /// Channels without samples.
    NullAddresses,
    /// One channel with zeros, the others without samples.
    Hole,
    /// Channels without an array of addresses.
    NullArray,
    /// No channels.
    Empty,
    /// Nothing: the block has fewer ports.
    Missing,
}

const ABSENT: [Port; 5] = [
    Port::NullAddresses,
    Port::Hole,
    Port::NullArray,
    Port::Empty,
    Port::Missing,
];

fn ready(settings: &[(&str, &str)], channels: usize, announced: usize) -> Plugin {
    let mut plugin = fixture::bending(&[&BEND, settings].concat());
    plugin.set_channels(channels as u32).unwrap();
    plugin.activate(f64::from(RATE), announced as u32).unwrap();
    plugin
}

/// A stretch of a sound as a port.
fn port(kind: Port, channels: &mut [Vec<f32>], range: std::ops::Range<usize>) -> Option<Bus<'_>> {
    let count = channels.len();
    if matches!(kind, Port::Silence | Port::Hole) {
        channels
            .iter_mut()
            .for_each(|channel| channel[range.clone()].fill(0.0));
    }
    let stretch = channels
        .iter_mut()
        .map(|channel| &mut channel[range.clone()]);
    Some(match kind {
        Port::Sound | Port::Silence => Bus::of(stretch),

        Port::Hole => {
            let holes = stretch
                .enumerate()
                .map(|(index, samples)| (index == 0).then_some(samples));
            Bus::with_holes(holes)
        }
        Port::NullAddresses => Bus::null_addresses(count),
        Port::NullArray => Bus::null_array(count),
        Port::Empty => Bus::empty(),
        Port::Missing => return None,
    })
}

/// Plays a loop in blocks: what is on the main input, the second input and the output of each, from its number.
/// Returns what came out, not-a-number where nothing was to.
fn play(
    plugin: &mut Plugin,
    channels: usize,
    block: usize,
    ports: impl Fn(usize) -> [Port; 3],
) -> Audio {
    let input = fixture::drums(RATE, channels, 1.0);
    let (mut main, mut beside) = (input.channels.clone(), input.channels.clone());
    beside.iter_mut().for_each(|channel| channel.reverse());
    let mut output = input.clone();
    output
        .channels
        .iter_mut()
        .flatten()
        .for_each(|x| *x = f32::NAN);
    for (index, start) in (0..input.samples()).step_by(block).enumerate() {
        let range = start..input.samples().min(start + block);
        let [main_kind, beside_kind, out_kind] = ports(index);
        let inputs = [
            port(main_kind, &mut main, range.clone()),
            port(beside_kind, &mut beside, range.clone()),
        ];
        let outputs = [port(out_kind, &mut output.channels, range.clone())];
        let inputs = inputs.into_iter().flatten().collect();
        let outputs = outputs.into_iter().flatten().collect();
        plugin
            .process_freely(range.len(), inputs, outputs, &[])
            .unwrap();
    }
    output
}

#[test]
fn a_sidechain_that_is_not_there_is_silent() {
    alone::apart("freedom::a_sidechain_that_is_not_there_is_silent", || {
        for channels in [1, 2] {
            for listens in ["Off", "On"] {
                let play = |beside| {
                    let mut plugin = ready(&[("sidechain", listens)], channels, BLOCK);
                    play(&mut plugin, channels, BLOCK, |_| {
                        [Port::Sound, beside, Port::Sound]
                    })
                };
                let reference = play(Port::Silence);
                assert!(measure::is_finite(&reference));
                for beside in ABSENT {
                    assert!(
                        play(beside) == reference,
                        "{channels}, {listens}: {beside:?}"
                    );
                }
            }
        }
    });
}

#[test]
fn a_main_input_that_is_not_there_is_silence() {
    alone::apart("freedom::a_main_input_that_is_not_there_is_silence", || {
        for channels in [1, 2] {
            let play = |gap| {
                play(&mut ready(&[], channels, BLOCK), channels, BLOCK, |index| {
                    let main = if index % 3 == 2 { gap } else { Port::Sound };
                    // What is missing first is all that comes behind it.
                    let beside = if main == Port::Missing {
                        Port::Missing
                    } else {
                        Port::Empty
                    };
                    [main, beside, Port::Sound]
                })
            };
            let reference = play(Port::Silence);
            assert!(measure::is_finite(&reference));
            for gap in ABSENT {
                assert!(play(gap) == reference, "{channels} channels: {gap:?}");
            }
        }
    });
}

#[test]
fn an_output_that_is_not_there_is_left_alone_and_the_stream_goes_on() {
    alone::apart(
        "freedom::an_output_that_is_not_there_is_left_alone_and_the_stream_goes_on",
        || {
            let lost = |index: usize| index % 3 == 2;
            let play = |out| {
                let mut plugin = ready(&[], 2, BLOCK);
                let mut output = play(&mut plugin, 2, BLOCK, |index| {
                    [
                        Port::Sound,
                        Port::Empty,
                        if lost(index) { out } else { Port::Sound },
                    ]
                });
                for channel in &mut output.channels {
                    let blocks = channel.chunks_mut(BLOCK).enumerate();
                    blocks
                        .filter(|&(index, _)| lost(index))
                        .for_each(|(_, block)| block.fill(0.0));
                }
                output
            };
            let reference = play(Port::Sound);
            assert!(measure::is_finite(&reference));
            for out in ABSENT {
                assert!(play(out) == reference, "{out:?}");
            }
        },
    );
}

#[test]
fn blocks_longer_than_announced_give_the_same_samples() {
    alone::apart(
        "freedom::blocks_longer_than_announced_give_the_same_samples",
        || {
            let play = |block, announced| {
                let mut plugin = ready(&[("sidechain", "On")], 2, announced);
                play(&mut plugin, 2, block, |_| [Port::Sound; 3])
            };
            let reference = play(BLOCK, BLOCK);
            assert!(measure::is_finite(&reference));
            for (block, announced) in [(4_096, 64), (20_000, 256), (1_000, 1)] {
                assert!(
                    play(block, announced) == reference,
                    "{block} for {announced}"
                );
            }
        },
    );
}

#[test]
fn a_block_of_no_samples_applies_its_parameters() {
    alone::apart(
        "freedom::a_block_of_no_samples_applies_its_parameters",
        || {
            let id = ClapId::from_raw(param_id("voice")).unwrap();
            let change = [ParamValueEvent::new(0, id, Pckn::match_all(), 0.25)];
            for with_ports in [false, true] {
                let mut plugin = ready(&[], 2, BLOCK);
                let ports = |count: usize| -> Vec<_> {
                    let ports = if with_ports { count } else { 0 };
                    (0..ports).map(|_| Bus::null_addresses(2)).collect()
                };
                plugin
                    .process_freely(0, ports(2), ports(1), &change)
                    .unwrap();
                assert!((plugin.value("voice").unwrap() - 0.25).abs() < 1e-6);
                let output = play(&mut plugin, 2, BLOCK, |_| {
                    [Port::Sound, Port::Empty, Port::Sound]
                });
                assert!(measure::is_finite(&output));
            }
        },
    );
}

/// How many times faster a stream is at least that does not wait for the network.
const FASTER: u32 = 3;

#[test]
fn real_time_after_a_bounce_does_not_wait() {
    let input = fixture::drums(RATE, 2, 8.0);
    let mut plugin = fixture::bending(&BEND);
    let mut play = |offline| {
        plugin.set_offline(offline).unwrap();
        let start = Instant::now();
        let output = fixture::play(&mut plugin, &input);
        (output, start.elapsed())
    };
    let (bounce, waiting) = play(true);
    let (heard, running) = play(false);
    assert!(measure::is_finite(&heard) && heard != bounce);
    assert!(running * FASTER < waiting, "{running:?} after {waiting:?}");
    assert!(play(true).0 == bounce, "the next bounce is another one");
}
