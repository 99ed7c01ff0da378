//! Buses that are missing, off or without samples are silence.

use netbend_tests::alone;
use netbend_tests::audio::Audio;
use netbend_tests::bus::Bus;
use netbend_tests::vst3::{Beside, Block, Buses, Changes, Direction, Mode, Play, Plugin};

use crate::fixture::{self, assert_bent, assert_same};

const BLOCK: usize = 512;

fn play(plugin: &mut Plugin, input: &Audio, beside: Beside<'_>) -> Audio {
    let how = Play {
        beside,
        ..Play::default()
    };
    plugin.play(input, &how).unwrap()
}

/// All the ways of having nothing on the second input, and one of having something on it that is not to be heard.
fn silent(noise: &Audio) -> [(&'static str, Beside<'_>); 5] {
    [
        ("null addresses", Beside::NullAddresses),
        ("missing", Beside::Missing),
        ("without channels", Beside::Empty),
        ("a null array", Beside::NullArray),
        ("off, with samples", Beside::Off(noise)),
    ]
}

fn assert_silence_beside(channels: usize, listens: &str) {
    let input = fixture::drums(channels, 1.0);
    let silence = Audio::silence(fixture::RATE, channels, input.samples());
    let listening = || fixture::bending(&[("sidechain", listens)]);
    let outputs =
        silent(&input).map(|(what, beside)| (what, play(&mut listening(), &input, beside)));
    let reference = play(&mut listening(), &input, Beside::Sound(&silence));
    if listens == "Off" {
        assert_bent(&input, &reference, "with a silent sidechain");
    }
    for (what, output) in outputs {
        assert_same(&reference, &output, what);
    }
}

#[test]
fn a_mono_track_without_sidechain_is_bent_as_with_a_silent_one() {
    alone::apart(
        "buses::a_mono_track_without_sidechain_is_bent_as_with_a_silent_one",
        || assert_silence_beside(1, "Off"),
    );
}

#[test]
fn a_stereo_track_without_sidechain_is_bent_as_with_a_silent_one() {
    alone::apart(
        "buses::a_stereo_track_without_sidechain_is_bent_as_with_a_silent_one",
        || assert_silence_beside(2, "Off"),
    );
}

#[test]
fn a_sidechain_that_is_listened_to_and_is_not_there_is_silent() {
    alone::apart(
        "buses::a_sidechain_that_is_listened_to_and_is_not_there_is_silent",
        || {
            for channels in [1, 2] {
                assert_silence_beside(channels, "On");
            }
        },
    );
}

/// How a host may leave out the main buses of one block.
#[derive(Clone, Copy, Debug)]
enum Lack {
    InputAddresses,
    InputArray,
    InputChannels,
    OneInputAddress,
    Inputs,
    InputBuses,
}

const LACKS: [Lack; 6] = [
    Lack::InputAddresses,
    Lack::InputArray,
    Lack::InputChannels,
    Lack::OneInputAddress,
    Lack::Inputs,
    Lack::InputBuses,
];

/// Plays blocks of which every third lacks something of its input; `None` for silence in its place.
fn with_gaps(lack: Option<Lack>) -> Audio {
    let mut plugin = fixture::ready(Mode::Offline, 2, BLOCK);
    let mut input = fixture::drums(2, 1.0);
    let mut output = Audio::silence(fixture::RATE, 2, input.samples());
    output
        .channels
        .iter_mut()
        .flatten()
        .for_each(|x| *x = f32::NAN);
    let [left, right] = &mut input.channels[..] else {
        panic!("two channels")
    };
    let [out_left, out_right] = &mut output.channels[..] else {
        panic!("two channels")
    };
    let ins = left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK));
    let outs = out_left.chunks_mut(BLOCK).zip(out_right.chunks_mut(BLOCK));
    for (index, ((left, right), (out_left, out_right))) in ins.zip(outs).enumerate() {
        let samples = left.len();
        let mut silence = [vec![0.0; samples], vec![0.0; samples]];
        let gap = index % 3 == 2;
        let main = match (gap, lack) {
            (false, _) => Bus::of([left, right]),
            (true, Some(Lack::InputAddresses)) => Bus::null_addresses(2),
            (true, Some(Lack::InputArray)) => Bus::null_array(2),
            (true, Some(Lack::InputChannels)) => Bus::empty(),
            (true, Some(Lack::OneInputAddress)) => {
                Bus::with_holes([Some(&mut silence[0][..]), None])
            }
            (true, _) => Bus::of(silence.iter_mut().map(|channel| &mut channel[..])),
        };
        let out = Bus::of([out_left, out_right]);
        let mut block = Block::new(Mode::Offline, samples, vec![main, Bus::empty()], out);
        match (gap, lack) {
            (true, Some(Lack::Inputs)) => block.inputs = Buses::Of(Vec::new()),
            (true, Some(Lack::InputBuses)) => block.inputs = Buses::Null(2),
            _ => {}
        }
        plugin.process(block).unwrap();
    }
    output
}

#[test]
fn a_main_input_that_is_not_there_is_silence() {
    alone::apart("buses::a_main_input_that_is_not_there_is_silence", || {
        let reference = with_gaps(None);
        for lack in LACKS {
            let output = with_gaps(Some(lack));
            assert_same(&reference, &output, &format!("{lack:?}"));
        }
    });
}

/// Every third block has nowhere to go; the others are as if it had.
fn with_lost_blocks(lost: impl Fn(Block<'_>) -> Block<'_>) -> Vec<Audio> {
    let mut plugin = fixture::ready(Mode::Offline, 2, BLOCK);
    let mut input = fixture::drums(2, 1.0);
    let mut kept = Vec::new();
    let [left, right] = &mut input.channels[..] else {
        panic!("two channels")
    };
    let ins = left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK));
    for (index, (left, right)) in ins.enumerate() {
        let samples = left.len();
        let mut output = Audio::silence(fixture::RATE, 2, samples);
        let out = Bus::of(output.channels.iter_mut().map(|channel| &mut channel[..]));
        let inputs = vec![Bus::of([left, right]), Bus::empty()];
        let block = Block::new(Mode::Offline, samples, inputs, out);
        if index % 3 == 2 {
            plugin.process(lost(block)).unwrap();
        } else {
            plugin.process(block).unwrap();
            kept.push(output);
        }
    }
    kept
}

#[test]
fn an_output_that_is_not_there_is_left_alone_and_the_stream_goes_on() {
    alone::apart(
        "buses::an_output_that_is_not_there_is_left_alone_and_the_stream_goes_on",
        || {
            let reference = with_lost_blocks(|block| block);
            let null = |bus: Bus<'static>| Buses::Of(vec![bus]);
            let outputs = [
                ("null addresses", null(Bus::null_addresses(2))),
                ("a null array", null(Bus::null_array(2))),
                ("no channels", null(Bus::empty())),
                ("no buses", Buses::Of(Vec::new())),
                ("a null array of buses", Buses::Null(1)),
            ];
            for (what, outputs) in outputs {
                let kept = with_lost_blocks(|block| Block {
                    outputs: outputs.clone(),
                    ..block
                });
                assert!(kept == reference, "{what}");
            }
        },
    );
}

/// A host that gives more than was arranged gets silence where nothing is to be heard.
#[test]
fn outputs_beyond_the_arrangement_are_silent() {
    alone::apart("buses::outputs_beyond_the_arrangement_are_silent", || {
        let mut plugin = fixture::ready(Mode::Offline, 1, BLOCK);
        let mut input = [vec![0.5; BLOCK], vec![0.5; BLOCK]];
        let mut output = [vec![f32::NAN; BLOCK], vec![f32::NAN; BLOCK]];
        let mut extra = [vec![f32::NAN; BLOCK]];
        for _ in 0..20 {
            fn all<const N: usize>(channels: &mut [Vec<f32>; N]) -> Bus<'_> {
                Bus::of(channels.iter_mut().map(|channel| &mut channel[..]))
            }
            let mut block = Block::new(
                Mode::Offline,
                BLOCK,
                vec![all(&mut input)],
                all(&mut output),
            );
            if let Buses::Of(buses) = &mut block.outputs {
                buses.push(all(&mut extra));
            }
            plugin.process(block).unwrap();
            assert!(output[0].iter().all(|x| x.is_finite()));
            assert!(output[1].iter().chain(&extra[0]).all(|&x| x == 0.0));
        }
    });
}

#[test]
fn buses_go_on_and_off_between_activations() {
    alone::apart("buses::buses_go_on_and_off_between_activations", || {
        let input = fixture::drums(2, 0.7);
        let mut sound = input.clone();
        sound
            .channels
            .iter_mut()
            .for_each(|channel| channel.reverse());
        let listening = || fixture::bending(&[("sidechain", "On")]);
        let mut one = listening();
        let on = ("on", Beside::Sound(&sound));
        for (what, beside) in silent(&sound).into_iter().flat_map(|off| [on, off]) {
            let fresh = play(&mut listening(), &input, beside);
            assert_same(&fresh, &play(&mut one, &input, beside), what);
        }
    });
}

/// Some hosts turn the main buses off and on around a change of routing.
#[test]
fn main_buses_that_were_off_once_play_as_before() {
    let input = fixture::drums(2, 0.7);
    let reference = fixture::bent(&input);
    let mut plugin = fixture::bending(&[]);
    for direction in [Direction::Input, Direction::Output] {
        plugin.activate_bus(direction, 0, false);
        plugin.activate_bus(direction, 0, true);
        assert!(
            !plugin.activate_bus(direction, 7, true),
            "there is no such bus"
        );
    }
    assert_same(
        &reference,
        &play(&mut plugin, &input, Beside::Empty),
        "off and on",
    );
}

#[test]
fn a_block_without_anything_is_no_matter() {
    alone::apart("buses::a_block_without_anything_is_no_matter", || {
        let mut plugin = fixture::ready(Mode::Realtime, 2, BLOCK);
        for samples in [0, 1, BLOCK] {
            for changes in [None, Some(Changes::none())] {
                let block = Block {
                    samples,
                    mode: Mode::Realtime,
                    inputs: Buses::Of(Vec::new()),
                    outputs: Buses::Of(Vec::new()),
                    changes,
                    notes: Vec::new(),
                    context: false,
                };
                plugin.process(block).unwrap();
            }
        }
    });
}
