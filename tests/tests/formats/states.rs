//! States that nobody saved: values out of range or of another kind, and what is no state at all.

use netbend_tests::hosted::Hosted;
use netbend_tests::state::State;
use netbend_tests::{alone, host, vst3};
use serde_json::{Value, json};

use crate::sound::{assert_sound, drums};

/// Long enough for the network to be heard.
const SECONDS: f32 = 0.5;

/// Asserts that all values are numbers in their ranges.
fn assert_in_range<P: Hosted>(plugin: &mut P, what: &str) {
    for (param, value, [min, max]) in plugin.values().unwrap() {
        assert!(
            (min..=max).contains(&value),
            "{}, {what}: parameter {param} is {value}",
            P::FORMAT
        );
    }
}

/// Loads a state that may be refused: then nothing has changed. What the plugin then saves loads again as it is.
/// Returns whether it was taken.
fn assert_safe<P: Hosted>(plugin: &mut P, bytes: &[u8], what: &str) -> bool {
    let before = plugin.save().unwrap();
    let taken = plugin.load(bytes).is_ok();
    assert_in_range(plugin, what);
    let saved = plugin.save().unwrap();
    if !taken {
        assert!(
            saved == before,
            "{}, {what}: refused, and changed",
            P::FORMAT
        );
    }
    let values = plugin.values().unwrap();
    assert!(
        plugin.load(&saved).is_ok(),
        "{}, {what}: does not load again",
        P::FORMAT
    );
    assert!(
        plugin.values().unwrap() == values,
        "{}, {what}: loads as another",
        P::FORMAT
    );
    assert!(
        plugin.save().unwrap() == saved,
        "{}, {what}: saves as another",
        P::FORMAT
    );
    taken
}

/// An instance with a bend, and its state.
fn bending<P: Hosted>() -> (P, State) {
    let mut plugin = P::open().unwrap();
    for (param, text) in [
        ("slot_on_1", "On"),
        ("slot_transform_1", "Multiply"),
        ("voice", "50 %"),
    ] {
        plugin.set_text(param, text).unwrap();
    }
    let state = State::parse(&plugin.save().unwrap()).unwrap();
    (plugin, state)
}

/// Values that no knob has.
fn spoilt() -> Vec<Value> {
    let huge: Value = serde_json::from_str("1e300").unwrap();
    let text = ["NaN", "Infinity", "", "no-such-thing"].map(Value::from);
    let mut values = vec![
        json!(1e39),
        json!(-1e39),
        json!(1e6),
        json!(-1e6),
        json!(-7),
        json!(2_000_000_000),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(0.5),
        huge,
        Value::Null,
        json!(true),
        json!([]),
        json!({}),
    ];
    values.extend(text);
    values
}

/// One parameter of every kind that a state keeps.
const PARAMS: [&str; 12] = [
    "gain",
    "voice_ceiling",
    "band_low",
    "latent_rate",
    "slot_parameter_1",
    "slot_layer_1",
    "slot_cluster_1",
    "phase_iterations",
    "seed",
    "slot_on_1",
    "slot_transform_1",
    "latency",
];

fn assert_values_are_safe<P: Hosted>() {
    let input = drums(SECONDS);
    let (mut plugin, state) = bending::<P>();
    for param in PARAMS {
        for value in spoilt() {
            let what = format!("{param} = {value}");
            assert_safe(&mut plugin, &state.with_param(param, &value).bytes(), &what);
            if matches!(param, "gain" | "slot_parameter_1") {
                assert_sound(&mut plugin, &input, &what);
            }
        }
        // What was kept of all that plays.
        assert_sound(&mut plugin, &input, param);
        plugin.load(&state.bytes()).unwrap();
    }
}

#[test]
fn values_out_of_range_or_of_another_kind_are_safe_in_a_clap() {
    alone::apart(
        "states::values_out_of_range_or_of_another_kind_are_safe_in_a_clap",
        assert_values_are_safe::<host::Plugin>,
    );
}

#[test]
fn values_out_of_range_or_of_another_kind_are_safe_in_a_vst3() {
    alone::apart(
        "states::values_out_of_range_or_of_another_kind_are_safe_in_a_vst3",
        assert_values_are_safe::<vst3::Plugin>,
    );
}

/// Numbers that JSON can write and 32 bits cannot hold.
fn assert_gains_are_safe<P: Hosted>() {
    let input = drums(SECONDS);
    for gain in [
        json!(1e39),
        json!(-1e39),
        json!(1e6),
        json!(1e300),
        Value::Null,
        json!("NaN"),
    ] {
        let (mut plugin, state) = bending::<P>();
        let what = format!("a gain of {gain}");
        assert_safe(&mut plugin, &state.with_param("gain", &gain).bytes(), &what);
        assert_sound(&mut plugin, &input, &what);
    }
}

#[test]
fn a_gain_beyond_all_bounds_is_safe_in_both_formats() {
    alone::apart(
        "states::a_gain_beyond_all_bounds_is_safe_in_both_formats",
        || {
            assert_gains_are_safe::<host::Plugin>();
            assert_gains_are_safe::<vst3::Plugin>();
        },
    );
}

/// A state of before, in which an infinite value was kept as null, still loads, at least as far as it can be read.
fn assert_null_loads<P: Hosted>() {
    let (mut plugin, state) = bending::<P>();
    plugin.set_text("voice", "0 %").unwrap();
    let bytes = state.with_param("gain", &Value::Null).bytes();
    assert!(
        assert_safe(&mut plugin, &bytes, "a gain of null"),
        "{}: refused",
        P::FORMAT
    );
    let (voice, [min, max]) = plugin.value("voice").unwrap();
    assert!(
        (voice - (min + max) / 2.0).abs() < 1e-6,
        "{}: voice {voice}",
        P::FORMAT
    );
}

#[test]
fn a_project_saved_with_an_infinite_gain_loads_again_in_both_formats() {
    assert_null_loads::<host::Plugin>();
    assert_null_loads::<vst3::Plugin>();
}

fn assert_cut_is_safe<P: Hosted>() {
    let (mut plugin, state) = bending::<P>();
    let (bytes, text) = (state.bytes(), state.json.to_string());
    let before = P::open().unwrap().save().unwrap();
    plugin.load(&before).unwrap();
    for length in 0..bytes.len() {
        let what = format!("cut at {length} of {}", bytes.len());
        assert!(
            plugin.load(&bytes[..length]).is_err(),
            "{}, {what}",
            P::FORMAT
        );
    }
    for length in 0..text.len() {
        let what = format!("a text cut at {length} of {}", text.len());
        let cut = state.with_text(&text.as_bytes()[..length]);
        assert!(plugin.load(&cut).is_err(), "{}, {what}", P::FORMAT);
    }
    assert!(plugin.save().unwrap() == before, "{}: changed", P::FORMAT);
}

#[test]
fn a_state_cut_at_any_byte_is_refused_and_changes_nothing() {
    alone::apart(
        "states::a_state_cut_at_any_byte_is_refused_and_changes_nothing",
        || {
            assert_cut_is_safe::<host::Plugin>();
            assert_cut_is_safe::<vst3::Plugin>();
        },
    );
}

fn assert_monsters_are_safe<P: Hosted>() {
    const HUGE: usize = 100 << 20;
    let (mut plugin, state) = bending::<P>();
    let before = plugin.save().unwrap();
    let deep = |open: &str| open.repeat(200_000).into_bytes();
    let mut padded = state.json.to_string().into_bytes();
    padded.resize(HUGE, b' ');
    let mut long_text = state.json.clone();
    long_text["fields"]["model"] = json!("x".repeat(HUGE));
    let mut many = state.json.clone();
    for index in 0..100_000 {
        many["params"][format!("no-such-thing-{index}")] = json!({"f32": 1e39});
    }
    let mut deep_fields = state.json.clone();
    for field in ["fixed-bends", "model", "sound-clusters"] {
        deep_fields["fields"][field] = json!("[".repeat(100_000));
    }
    let monsters: [(&str, Vec<u8>); 10] = [
        ("nothing", Vec::new()),
        ("deep arrays", deep("[")),
        ("deep objects", deep("{\"a\":")),
        ("zeros", vec![0; HUGE]),
        ("digits", vec![b'9'; HUGE]),
        ("blanks behind it", padded),
        ("a long text", long_text.to_string().into_bytes()),
        ("many parameters", many.to_string().into_bytes()),
        ("deep fields", deep_fields.to_string().into_bytes()),
        ("null", b"null".to_vec()),
    ];
    for (what, text) in monsters {
        assert_safe(&mut plugin, &state.with_text(&text), what);
        assert_safe(&mut plugin, &text, what);
        plugin.load(&before).unwrap();
    }
    // A length that is not there.
    for length in [u64::MAX, u64::MAX - 7, 1 << 62, 1 << 40] {
        let bytes = [&length.to_le_bytes()[..], b"{}"].concat();
        assert!(!assert_safe(&mut plugin, &bytes, "an endless state"));
    }
    assert_sound(&mut plugin, &drums(SECONDS), "after all that");
}

#[test]
fn monsters_are_safe_in_a_clap() {
    alone::apart(
        "states::monsters_are_safe_in_a_clap",
        assert_monsters_are_safe::<host::Plugin>,
    );
}

#[test]
fn monsters_are_safe_in_a_vst3() {
    alone::apart(
        "states::monsters_are_safe_in_a_vst3",
        assert_monsters_are_safe::<vst3::Plugin>,
    );
}

/// A project that moves from one format to the other.
#[test]
fn a_state_of_one_format_loads_in_the_other() {
    let (mut clap, clap_state) = bending::<host::Plugin>();
    let (mut vst3, vst3_state) = bending::<vst3::Plugin>();
    assert_eq!(clap_state.json, vst3_state.json);
    let (clap_bytes, vst3_bytes) = (clap_state.bytes(), vst3_state.bytes());
    clap.set_text("voice", "0 %").unwrap();
    Hosted::load(&mut clap, &vst3_bytes).unwrap();
    assert!(Hosted::save(&mut clap).unwrap() == clap_bytes);
    vst3.set_text("voice", "0 %").unwrap();
    Hosted::load(&mut vst3, &clap_bytes).unwrap();
    assert!(Hosted::save(&mut vst3).unwrap() == vst3_bytes);
}

/// The hash of another file stays what it is while that file is missing: the one that has the name plays. A state without one is saved with
/// that of the file that has the name.
fn assert_hash_is_kept<P: Hosted>() {
    const FIELD: &str = "model-sha256";
    let input = drums(SECONDS);
    let (mut plugin, state) = bending::<P>();
    let hash = |plugin: &mut P| -> String {
        let saved = State::parse(&plugin.save().unwrap()).unwrap();
        serde_json::from_str(saved.json["fields"][FIELD].as_str().unwrap()).unwrap()
    };
    let own = hash(&mut plugin);
    assert_eq!(own.len(), 64, "{}", P::FORMAT);
    let sound = plugin.bounce(&input).unwrap();

    let other = "ab".repeat(32);
    let mut changed = state.clone();
    changed.json["fields"][FIELD] = json!(format!("\"{other}\""));
    plugin.load(&changed.bytes()).unwrap();
    assert!(
        plugin.bounce(&input).unwrap().channels == sound.channels,
        "{}",
        P::FORMAT
    );
    assert_eq!(hash(&mut plugin), other, "{}", P::FORMAT);

    // As earlier versions saved it.
    let mut older = state.clone();
    older.json["fields"].as_object_mut().unwrap().remove(FIELD);
    plugin.load(&older.bytes()).unwrap();
    assert_eq!(hash(&mut plugin), own, "{}", P::FORMAT);
    assert!(
        plugin.bounce(&input).unwrap().channels == sound.channels,
        "{}",
        P::FORMAT
    );

    // A hash that is none is left out, and that is all.
    changed.json["fields"][FIELD] = json!("\"../drums\"");
    assert_safe(&mut plugin, &changed.bytes(), "no hash");
    assert_eq!(hash(&mut plugin), own, "{}", P::FORMAT);
}

#[test]
fn the_hash_of_the_model_is_kept_in_both_formats() {
    alone::apart(
        "states::the_hash_of_the_model_is_kept_in_both_formats",
        || {
            assert_hash_is_kept::<host::Plugin>();
            assert_hash_is_kept::<vst3::Plugin>();
        },
    );
}
