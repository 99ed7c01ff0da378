//! Parameters through the controller and in blocks, while the plugin plays.

use netbend_tests::bus::Bus;
use netbend_tests::host::param_id;
use netbend_tests::vst3::{Block, Changes, Mode, Plugin};

use crate::fixture;

const BLOCK: usize = 256;

/// What a parameter's value may lose in 32 bits.
const TOLERANCE: f64 = 1e-6;

fn silent_block(plugin: &mut Plugin, changes: Changes) -> Vec<f32> {
    let mut input = [vec![0.0; BLOCK], vec![0.0; BLOCK]];
    let mut output = [vec![f32::NAN; BLOCK], vec![f32::NAN; BLOCK]];
    let main = Bus::of(input.iter_mut().map(|channel| &mut channel[..]));
    let out = Bus::of(output.iter_mut().map(|channel| &mut channel[..]));
    let mut block = Block::new(Mode::Realtime, BLOCK, vec![main, Bus::empty()], out);
    block.changes = Some(changes);
    plugin.process(block).unwrap();
    output.concat()
}

/// Values at the ends, in the middle, and on no step.
const VALUES: [f64; 5] = [0.0, 1.0, 0.5, 0.123, 0.987];

#[test]
fn every_value_reads_back_at_once_while_playing() {
    let mut still = fixture::plugin();
    let mut playing = fixture::ready(Mode::Realtime, 2, BLOCK);
    for param in still.params() {
        // The one that a restart is asked for.
        if param.id == param_id("latency") {
            continue;
        }
        for value in VALUES {
            assert!(still.set_number(param.id, value), "{}", param.title);
            assert!(playing.set_number(param.id, value), "{}", param.title);
            let (expected, at_once) = (still.value_of(param.id), playing.value_of(param.id));
            assert!(
                (expected - at_once).abs() <= TOLERANCE,
                "{}: {value} reads back as {at_once}, not as {expected}",
                param.title
            );
            let sound = silent_block(&mut playing, Changes::none());
            assert!(sound.iter().all(|x| x.is_finite()), "{}", param.title);
            let later = playing.value_of(param.id);
            assert!(
                (expected - later).abs() <= TOLERANCE,
                "{}: {value} is {later} a block later, not {expected}",
                param.title
            );
        }
    }
}

#[test]
fn the_latency_mode_reads_back_while_playing_and_takes_hold() {
    let mut plugin = fixture::ready(Mode::Realtime, 2, BLOCK);
    let before = plugin.latency();
    let studio = plugin.text_to_value("latency", "Studio").unwrap();
    assert!(plugin.set_number(param_id("latency"), studio));
    assert_eq!(plugin.value("latency").unwrap(), studio);
    for _ in 0..4 {
        silent_block(&mut plugin, Changes::none());
        plugin.pump().unwrap();
    }
    assert_eq!(plugin.value("latency").unwrap(), studio);
    plugin.deactivate();
    plugin.activate().unwrap();
    assert!(plugin.latency() > before);
}

#[test]
fn what_no_block_has_brought_is_saved_all_the_same() {
    let mut playing = fixture::ready(Mode::Realtime, 2, BLOCK);
    let set = [("slot_on_1", 1.0), ("mix", 0.25), ("latency", 1.0)];
    for (id, value) in set {
        assert!(playing.set_number(param_id(id), value), "{id}");
    }
    let saved = playing.save().unwrap();
    let mut other = fixture::plugin();
    other.load(&saved).unwrap();
    for (id, value) in set {
        let loaded = other.value(id).unwrap();
        assert!((loaded - value).abs() <= TOLERANCE, "{id}: {loaded}");
    }
}

#[test]
fn what_is_no_number_changes_nothing() {
    let mut still = fixture::plugin();
    let mut playing = fixture::ready(Mode::Realtime, 2, BLOCK);
    for param in still.params() {
        for plugin in [&mut still, &mut playing] {
            let before = plugin.value_of(param.id);
            assert!(!plugin.set_number(param.id, f64::NAN), "{}", param.title);
            assert_eq!(plugin.value_of(param.id), before, "{}", param.title);
            for beyond in [f64::INFINITY, f64::NEG_INFINITY, -1.0, 2.0, 1e300] {
                plugin.set_number(param.id, beyond);
                let value = plugin.value_of(param.id);
                assert!((0.0..=1.0).contains(&value), "{}: {value}", param.title);
            }
            plugin.set_number(param.id, before);
        }
    }
    assert!(!still.set_number(12_345, 0.5), "there is no such parameter");
}

#[test]
fn points_in_a_block_may_be_anything() {
    let mut plugin = fixture::ready(Mode::Realtime, 2, BLOCK);
    let params = plugin.params();
    let offsets = [200, 10, -5, i32::MIN, i32::MAX, BLOCK as i32, 0];
    let values = [
        0.5,
        f64::NAN,
        f64::INFINITY,
        -3.0,
        1e300,
        f64::NEG_INFINITY,
        0.25,
    ];
    for (index, param) in params.iter().enumerate() {
        if param.id == param_id("latency") {
            continue;
        }
        let mut changes = Changes::none().at(3, 12_345, 0.5).empty_queue(param.id);
        for (&offset, &value) in offsets.iter().zip(values.iter().cycle().skip(index)) {
            changes.push(offset, param.id, value);
        }
        let sound = silent_block(&mut plugin, changes);
        assert!(sound.iter().all(|x| x.is_finite()), "{}", param.title);
        let value = plugin.value_of(param.id);
        assert!((0.0..=1.0).contains(&value), "{}: {value}", param.title);
    }
    for param in &params {
        assert!(
            (0.0..=1.0).contains(&plugin.value_of(param.id)),
            "{}",
            param.title
        );
    }
}

#[test]
fn a_value_set_in_a_block_reads_back() {
    let mut plugin = fixture::ready(Mode::Realtime, 2, BLOCK);
    let mix = param_id("mix");
    silent_block(
        &mut plugin,
        Changes::none().at(0, mix, 0.2).at(100, mix, 0.6),
    );
    assert!((plugin.value_of(mix) - 0.6).abs() <= TOLERANCE);
}

#[test]
fn names_and_units_have_no_space_around_them() {
    let plugin = fixture::plugin();
    for param in plugin.params() {
        for text in [&param.title, &param.units] {
            assert_eq!(text.trim(), text, "{}", param.title);
        }
    }
    for unit in plugin.units().unwrap() {
        assert_eq!(unit.name.trim(), unit.name);
    }
    assert_eq!(plugin.param("mix").unwrap().units, "%");
    assert_eq!(plugin.param("gain").unwrap().units, "dB");
}

#[test]
fn every_parameter_lies_in_a_unit_that_there_is() {
    let plugin = fixture::plugin();
    let units = plugin.units().unwrap();
    for param in plugin.params() {
        let known = param.unit == 0 || units.iter().any(|unit| unit.id == param.unit);
        assert!(known, "{}: {}", param.title, param.unit);
    }
}

/// In the list as one types it there: what is shown with its unit is understood.
#[test]
fn every_value_reads_back_from_its_own_text() {
    let plugin = fixture::plugin();
    for param in plugin.params() {
        for value in [0.0, param.default, 1.0] {
            let text = plugin.number_to_text(param.id, value).unwrap();
            for text in [text.clone(), format!("{text} {}", param.units)] {
                let back = plugin.number_from_text(param.id, &text).unwrap();
                let tolerance = if param.steps > 0 { 0.0 } else { 2e-3 };
                assert!(
                    (back - value).abs() <= tolerance,
                    "{}: {value} → `{text}` → {back}",
                    param.title
                );
            }
        }
    }
}
