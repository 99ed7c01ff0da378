//! Blocks of no samples, of more than were announced, and in place.

use netbend_tests::alone;
use netbend_tests::audio::Audio;
use netbend_tests::bus::Bus;
use netbend_tests::host::{Automation, Blocks, param_id};
use netbend_tests::vst3::{Beside, Block, Buses, Changes, Mode, Play};

use crate::fixture::{self, assert_bent, assert_same};

/// A loop under a moving bend and a moving voice.
fn moving(how: Play<'_>) -> Audio {
    let input = fixture::drums(2, 1.2);
    let automation = Automation::default()
        .curve("slot_amount_1", input.samples(), 311, |t| 1.0 - t)
        .curve("voice", input.samples(), 1_009, |t| t);
    let how = Play { automation, ..how };
    let output = fixture::bending(&[]).play(&input, &how).unwrap();
    assert_bent(&input, &output, "under automation");
    output
}

#[test]
fn blocks_of_any_size_announced_or_not_give_the_same_samples() {
    alone::apart(
        "blocks::blocks_of_any_size_announced_or_not_give_the_same_samples",
        || {
            let reference = moving(Play::default());
            let sizes = [
                (1, None),
                (64, None),
                (1_000, None),
                (512, Some(64)),
                (4_096, Some(64)),
                (20_000, Some(256)),
                (20_000, Some(1)),
            ];
            for (size, announced) in sizes {
                let how = Play {
                    blocks: Blocks::Fixed(size),
                    announced,
                    ..Play::default()
                };
                assert_same(
                    &reference,
                    &moving(how),
                    &format!("{size} for {announced:?}"),
                );
            }
            let how = Play {
                blocks: Blocks::Random {
                    longest: 4_096,
                    seed: 1,
                },
                announced: Some(512),
                ..Play::default()
            };
            assert_same(&reference, &moving(how), "random blocks");
        },
    );
}

/// Beyond what was announced, with a sidechain to be cut up alike.
#[test]
fn a_long_block_brings_its_sidechain_along() {
    alone::apart("blocks::a_long_block_brings_its_sidechain_along", || {
        let input = fixture::drums(2, 1.0);
        let mut voice = input.clone();
        voice
            .channels
            .iter_mut()
            .for_each(|channel| channel.reverse());
        let play = |size, announced| {
            let how = Play {
                blocks: Blocks::Fixed(size),
                announced,
                beside: Beside::Sound(&voice),
                ..Play::default()
            };
            let mut plugin = fixture::bending(&[("sidechain", "On")]);
            plugin.play(&input, &how).unwrap()
        };
        let reference = play(512, None);
        assert_bent(&input, &reference, "beside a voice");
        assert_same(&reference, &play(10_000, Some(100)), "long blocks");
    });
}

#[test]
fn in_place_is_the_same() {
    let how = Play {
        in_place: true,
        ..Play::default()
    };
    assert_same(&moving(Play::default()), &moving(how), "in place");
}

/// What a host does to bring values across while nothing plays.
#[test]
fn a_block_of_no_samples_applies_its_parameters() {
    alone::apart(
        "blocks::a_block_of_no_samples_applies_its_parameters",
        || {
            let input = fixture::drums(2, 1.0);
            let how = |automation| Play {
                automation,
                ..Play::default()
            };
            let (on, voice) = (param_id("slot_on_1"), param_id("voice"));
            let at_start = Automation::default()
                .at(0, "slot_on_1", 1.0)
                .at(0, "voice", 0.25);
            let prepared = || {
                let mut plugin = fixture::bending(&[("slot_on_1", "Off")]);
                plugin.arrange(2, 2).unwrap();
                plugin
                    .set_up(Mode::Offline, f64::from(fixture::RATE), 512)
                    .unwrap();
                plugin.activate().unwrap();
                plugin
            };
            let total = input.samples();
            let reference = prepared().stream(&input, &how(at_start), total).unwrap();

            for with_buses in [false, true] {
                let mut plugin = prepared();
                let buses = |count: usize| match with_buses {
                    true => Buses::Of((0..count).map(|_| Bus::null_addresses(2)).collect()),
                    false => Buses::Null(0),
                };
                let block = Block {
                    samples: 0,
                    mode: Mode::Offline,
                    inputs: buses(2),
                    outputs: buses(1),
                    changes: Some(Changes::none().at(0, on, 1.0).at(0, voice, 0.25)),
                    notes: Vec::new(),
                    context: false,
                };
                plugin.process(block).unwrap();
                assert_eq!(plugin.value_of(on), 1.0);
                assert!((plugin.value_of(voice) - 0.25).abs() < 1e-6);
                let how = how(Automation::default());
                let output = plugin.stream(&input, &how, total).unwrap();
                assert_same(&reference, &output, &format!("with buses: {with_buses}"));
            }
        },
    );
}
