//! Values as text, to normalised values.

use netbend_models::bends::part_name::PartName;
use netbend_models::bends::transform::TransformKind;

use super::*;

#[test]
fn values_are_written_as_the_host_shows_them_and_checked() {
    let set = ParameterSet::default();
    let value = |id, text| set.normalized(id, text).ok();
    assert_eq!(value("mix", "0.4"), Some(0.4));
    assert_eq!(value("mix", "40 %"), Some(0.4));
    assert_eq!(value("mix", "40"), Some(0.4));
    assert_eq!(value("mix", "150 %"), None);
    assert_eq!(value("mix", "-1"), None);
    assert_eq!(value("slot_layer_1", "0"), Some(0.0));
    assert_eq!(value("slot_layer_1", "latent"), Some(0.0));
    assert_eq!(value("slot_layer_1", "4"), Some(0.25));
    assert_eq!(value("slot_layer_1", "17"), None);
    // The order of the list is that in which its values came to be.
    assert_eq!(value("latency", "live"), Some(0.0));
    assert_eq!(value("latency", "direct"), Some(1.0));
    assert_eq!(value("slot_transform_1", "binary-thresh"), Some(0.3));
    assert_eq!(value("slot_transform_1", "Threshold"), Some(0.3));
    for kind in TransformKind::ALL {
        let position = kind as usize as f32 / (TransformKind::ALL.len() - 1) as f32;
        assert_eq!(value("slot_transform_8", kind.name()), Some(position));
    }
    assert_eq!(value("slot_invert_8", "on"), Some(1.0));
    assert_eq!(value("slot_within_8", "25 %"), Some(0.25));
    assert_eq!(value("weight_transform_2", "roll"), Some(0.8));
    assert_eq!(value("weight_amount_2", "-50 %"), Some(0.25));
    assert_eq!(value("weight_amount_2", "-0.5"), Some(0.25));
    assert_eq!(value("weight_amount_2", "150 %"), None);
    assert_eq!(value("weight_layer_1", "0"), None);
    assert_eq!(value("slot_transform_1", "explode"), None);
    assert_eq!(value("slot_selection_1", "sound-cluster"), Some(0.75));
    assert_eq!(value("slot_selection_1", "Sound cluster"), Some(0.75));
    assert_eq!(value("slot_selection_1", "SOUND_CLUSTER"), Some(0.75));
    assert_eq!(value("phase", "griffin-lim"), Some(1.0));
    assert_eq!(value("phase", "Griffin Lim"), Some(1.0));
    assert!(value("gain", "-6 dB").is_some());
    assert_eq!(value("gain", "-6 dB"), value("gain", "-6db"));
    assert_eq!(value("gain", "40 dB"), None);
    assert_eq!(value("gain", "24"), Some(1.0));
    assert_eq!(value("latent_source", "walk"), Some(1.0));
    assert!(value("latent_rate", "0.1").is_some());
    assert_eq!(value("latent_rate", "9"), None);
    assert_eq!(value("band_low", "2 kHz"), value("band_low", "2000"));
    assert_eq!(value("band_low", "2000"), value("band_low", "2000.0 Hz"));
    assert_eq!(value("band_high", "20 kHz"), Some(1.0));
    assert_eq!(value("nonsense", "1"), None);
}

#[test]
fn parts_are_set_by_name_once_the_model_is_known_and_faders_down_to_silence() {
    let set = ParameterSet::default();
    let value = |id, text| set.normalized(id, text).ok();
    assert_eq!(value("slot_selection_1", "part"), Some(1.0));
    assert_eq!(
        (value("slot_part_1", "hats"), value("slot_part_1", "0")),
        (None, None)
    );
    assert_eq!(
        (value("slot_part_1", "1"), value("slot_part_1", "8")),
        (Some(0.0), Some(1.0))
    );
    let names = ["kick", "hats"].into_iter().filter_map(PartName::new);
    set.params.part_names.replace(names);
    assert_eq!(value("slot_part_1", "HATS"), value("slot_part_1", "2"));
    assert!(value("slot_part_1", "2").is_some_and(|unit| unit > 0.0));
    let error = set
        .normalized("slot_part_1", "snare")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("a whole number from 1 (kick) to 8"),
        "{error}"
    );
    for silent in ["-inf dB", "−INF db", "-60", "-60 dB"] {
        assert_eq!(value("part_gain_8", silent), Some(0.0), "{silent}");
    }
    assert_eq!(
        (value("part_gain_1", "12 dB"), value("part_gain_1", "12.5")),
        (Some(1.0), None)
    );
    assert_eq!(
        (value("part_mute_1", "on"), value("part_solo_8", "off")),
        (Some(1.0), Some(0.0))
    );
}

#[test]
fn switches_take_every_usual_word() {
    let set = ParameterSet::default();
    for (texts, expected) in [
        (["on", "ON", "true", "Yes", "1"], 1.0),
        (["off", "Off", "false", "no", "0"], 0.0),
    ] {
        for text in texts {
            for id in ["slot_on_1", "bypass", "auto_gain", "latent_freeze"] {
                assert_eq!(set.normalized(id, text).unwrap(), expected, "{text}");
            }
        }
    }
    for text in ["", "2", "maybe", "onn"] {
        let error = set.normalized("bypass", text).unwrap_err().to_string();
        assert!(error.contains("expected on or off"), "{error}");
    }
}

#[test]
fn no_parameter_takes_what_is_no_number() {
    let set = ParameterSet::default();
    for (id, _) in &set.by_id {
        for text in [
            "nan", "NaN", "inf", "-inf", "1e39", "-1e300", "1e400", "", "−", "--", "+", "e5", ".",
        ] {
            let value = set.normalized(id, text);
            assert!(value.is_err(), "{id}={text}: {value:?}");
        }
    }
}

#[test]
fn errors_say_what_was_found_and_what_was_expected() {
    let set = ParameterSet::default();
    for (id, text, expected) in [
        (
            "voice",
            "1.7",
            "voice: `1.7` found; expected a number from 0 to 1, or 0.0 % to 100.0 %",
        ),
        ("voice", "1.7", "percent are written `1.7 %`"),
        ("voice", "0,5", "with a point"),
        ("voice", "0.5 dB", "unit is unknown"),
        ("gain", "-30 dB", "from -24.0 dB to 24.0 dB"),
        ("band_low", "5 Hz", "from 20.0 Hz to 20.0 kHz"),
        ("seed", "1.5", "a whole number from 0 to 65535"),
        ("seed", "65536", "a whole number from 0 to 65535"),
        (
            "slot_layer_1",
            "2.5",
            "a whole number from 0 (Latent) to 16",
        ),
        ("slot_transform_1", "rotat", "did you mean `Rotate`?"),
        ("phase", "grifin-lim", "did you mean `Griffin-Lim`?"),
        ("voise", "1", "did you mean `voice`? (`netbend parameters`"),
        ("slot_param_1", "1", "did you mean `slot_parameter_1`?"),
        ("Slot-On-1", "1", "did you mean `slot_on_1`?"),
        (
            "purple",
            "1",
            "`purple` found; `netbend parameters` lists them all",
        ),
        ("weight_amount_1", "3", "-1 to 1"),
        (
            "slot_parameter_1",
            "3",
            "`50 %` for the knob's position, or `k=…` or `…x` for scalar-multiply's factor, -10 to 10",
        ),
        ("slot_parameter_1", "k=11", "a preset takes more"),
        ("slot_parameter_1", "r=2", "k=…"),
        ("slot_parameter_1", "101 %", "`50 %`"),
    ] {
        let error = set.normalized(id, text).unwrap_err().to_string();
        assert!(error.contains(expected), "{id}={text}: {error}");
        assert!(error.len() < 250, "{error}");
    }
}

/// The knob and what was asked for, in the transform's own units.
#[test]
fn a_slots_parameter_may_be_given_in_its_own_units_and_is_said_in_words() {
    for (transform, text, expected, said) in [
        ("dilate", "r=3", 3.0, "slot 1: dilate, radius r = 3"),
        ("dilate", "radius 3", 3.0, "radius r = 3"),
        ("erode", "3px", 3.0, "radius r = 3"),
        ("rotate", "45°", 45.0, "angle degrees = 45"),
        ("rotate", "-90 deg", -90.0, "angle degrees = -90"),
        ("multiply", "k=-2", -2.0, "factor k = -2"),
        ("scalar-multiply", "2x", 2.0, "factor k = 2"),
        ("scale", "×", 0.0, ""),
        ("scale", "s=0.5", 0.5, "factor s = 0.5"),
        ("threshold", "t=1.5", 1.5, "threshold t = 1.5"),
        (
            "translate",
            "x=-0.25",
            -0.25,
            "shift in frequency x = -0.25",
        ),
        (
            "dilate",
            "3 %",
            0.0,
            "radius r = 0 (slot_parameter_1 at 3 %)",
        ),
        (
            "rotate",
            "0.5",
            0.0,
            "angle degrees = 0 (slot_parameter_1 at 50 %)",
        ),
    ] {
        let set = ParameterSet::default();
        // Whatever the order: the transform is chosen first.
        let settings = [
            format!("slot_parameter_1={text}"),
            format!("slot_transform_1={transform}"),
        ];
        if said.is_empty() {
            assert!(set.set_all(&settings).is_err());
            continue;
        }
        let notes = set.set_all(&settings).unwrap();
        assert_eq!(notes.len(), 1);
        assert!(notes[0].contains(said), "{text}: {notes:?}");
        let value = set.params.slots[0].frame(1).parameters[0];
        assert!((value - expected).abs() < 1e-3, "{text}: {value}");
    }
}

#[test]
fn what_changes_nothing_or_comes_twice_is_said() {
    let set = ParameterSet::default();
    let settings = |list: &[&str]| {
        list.iter()
            .map(|setting| (*setting).to_owned())
            .collect::<Vec<_>>()
    };
    let said = |list: &[&str]| set.set_all(&settings(list)).unwrap().join("\n");
    assert_eq!(said(&["mix=0.5", "voice=1"]), "");
    assert!(said(&["mix=0.5", "mix=0.25"]).contains("the last one (`0.25`) counts"));
    assert_eq!(set.params.mix.value(), 0.25);
    let idle = said(&["slot_transform_1=ablate", "slot_parameter_1=50 %"]);
    assert!(idle.contains("ablate has no parameter"), "{idle}");
    let weight = said(&["weight_transform_1=offset", "weight_amount_1=50 %"]);
    assert!(weight.contains("offset, amount a = 2 "), "{weight}");
    assert!(set.set_all(&settings(&["mix"])).is_err());
}
