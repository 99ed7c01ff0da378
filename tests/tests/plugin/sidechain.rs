//! The second input, with and without something on it.

use netbend_tests::audio::Audio;
use netbend_tests::host::{Automation, Blocks, Plugin, Port, Sidechain};
use netbend_tests::measure;

use crate::fixture;

/// What 32-bit floats and two Fourier transforms leave of a null.
const NULL_DB: f64 = -100.0;
const BLOCK: usize = 512;

fn listening(settings: &[(&str, &str)]) -> Plugin {
    let bend = [("slot_transform_1", "Ablate"), ("slot_layer_1", "2")];
    fixture::bending(&[&bend, settings].concat())
}

fn beside(plugin: &mut Plugin, input: &Audio, sidechain: &Audio) -> Audio {
    let automation = Automation::default();
    plugin
        .render_beside(input, sidechain, Blocks::Fixed(BLOCK), &automation)
        .unwrap()
}

#[test]
fn every_layout_has_a_sidechain_of_its_own_width() {
    let mut plugin = fixture::plugin();
    for channels in [2, 1] {
        plugin.set_channels(channels).unwrap();
        let port = |name: &str| Port {
            name: name.to_owned(),
            channels,
        };
        assert_eq!(plugin.inputs().unwrap(), [port("Input"), port("Sidechain")]);
    }
}

#[test]
fn the_sidechain_is_heard_where_it_is_on_and_only_there() {
    for channels in [1, 2] {
        let input = fixture::drums(48_000, channels, 1.0);
        let silence = Audio::silence(48_000, channels, input.samples());
        let (mut off, mut on) = (listening(&[]), listening(&[("sidechain", "On")]));
        let bent = fixture::play(&mut off, &input);
        assert!(measure::null_db(&input, &bent) > -40.0);
        assert!(beside(&mut off, &input, &silence) == bent);
        assert!(beside(&mut on, &input, &input) == bent);
        // Nothing is heard, so nothing is changed.
        for unchanged in [
            beside(&mut on, &input, &silence),
            fixture::play(&mut on, &input),
        ] {
            let null_db = measure::null_db(&input, &unchanged);
            assert!(null_db <= NULL_DB, "{channels} channels: {null_db:.1} dB");
        }
    }
}

/// Whatever a host puts there from block to block.
#[test]
fn a_sidechain_that_comes_and_goes_is_no_matter() {
    let mut plugin = listening(&[("sidechain", "On")]);
    plugin.set_channels(2).unwrap();
    plugin.activate(48_000.0, BLOCK as u32).unwrap();
    let input = fixture::drums(48_000, 2, 1.0);
    let [left, right] = &input.channels[..] else {
        panic!("two channels");
    };
    for (block, (left, right)) in left.chunks(BLOCK).zip(right.chunks(BLOCK)).enumerate() {
        let length = left.len() - block % 7;
        let (left, right) = (&left[..length], &right[..length]);
        let mut output = [vec![f32::NAN; length], vec![f32::NAN; length]];
        let both: [&[f32]; 2] = [left, right];
        let sidechain = match block % 4 {
            0 => Sidechain::Missing,
            1 => Sidechain::Connected(&both),
            2 => Sidechain::Unconnected,
            _ => Sidechain::Connected(&both[..1]),
        };
        let mut channels = output.each_mut().map(|channel| &mut channel[..]);
        plugin
            .process_beside(&both, sidechain, &mut channels, &[])
            .unwrap();
        assert!(output.iter().flatten().all(|x| x.is_finite()));
    }
}
