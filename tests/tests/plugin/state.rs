//! What a project keeps.

use netbend_tests::host::Plugin;

use crate::fixture;

/// A setting for every kind of parameter, none of them the default.
const SETTINGS: [(&str, &str); 34] = [
    ("slot_on_2", "On"),
    ("slot_layer_2", "4"),
    ("slot_transform_2", "Erode"),
    ("slot_selection_2", "Cluster"),
    ("slot_cluster_2", "3"),
    ("slot_percentage_2", "62 %"),
    ("slot_amount_2", "31 %"),
    ("slot_parameter_2", "12 %"),
    ("slot_second_2", "85 %"),
    ("slot_within_2", "45 %"),
    ("slot_invert_2", "On"),
    ("slot_on_8", "On"),
    ("slot_layer_8", "Latent"),
    ("weight_on_2", "On"),
    ("weight_layer_2", "7"),
    ("weight_transform_2", "Roll"),
    ("weight_percentage_2", "60 %"),
    ("weight_amount_2", "-25 %"),
    ("weight_seed_2", "4711"),
    ("voice", "77 %"),
    ("mix", "58 %"),
    ("gain", "-6"),
    ("latency", "Studio"),
    ("phase", "Griffin-Lim"),
    ("seed", "4321"),
    ("latent_freeze", "On"),
    ("latent_source", "Walk"),
    ("latent_blend", "37 %"),
    ("latent_seed", "65535"),
    ("latent_rate", "1.5"),
    ("slot_part_2", "3"),
    ("part_gain_3", "-12"),
    ("part_mute_8", "On"),
    ("part_solo_1", "On"),
];

fn set_up() -> (Plugin, Vec<f64>) {
    let mut plugin = fixture::plugin();
    for (param, text) in SETTINGS {
        plugin.set_text(param, text).unwrap();
        let value = plugin.param(param).unwrap();
        assert_ne!(
            plugin.value(param).unwrap(),
            value.default,
            "{param} must leave its default"
        );
    }
    let values = values(&mut plugin);
    (plugin, values)
}

fn values(plugin: &mut Plugin) -> Vec<f64> {
    SETTINGS
        .map(|(param, _)| plugin.value(param).unwrap())
        .to_vec()
}

#[test]
fn a_saved_state_brings_every_value_back() {
    let (mut plugin, values_saved) = set_up();
    let state = plugin.save().unwrap();
    for (param, _) in SETTINGS {
        let default = plugin.param(param).unwrap().default;
        plugin.set(param, default).unwrap();
    }
    plugin.load(&state).unwrap();
    assert_eq!(values(&mut plugin), values_saved);

    let mut fresh = fixture::plugin();
    fresh.load(&state).unwrap();
    assert_eq!(values(&mut fresh), values_saved);
    assert_eq!(fresh.save().unwrap(), state);
}

#[test]
fn a_state_loads_while_playing() {
    let (mut saved, values_saved) = set_up();
    let state = saved.save().unwrap();
    let mut plugin = fixture::plugin();
    plugin.set_channels(1).unwrap();
    plugin.activate(48_000.0, 512).unwrap();
    plugin.load(&state).unwrap();
    let mut output = [0.0; 64];
    plugin
        .process(&[&[0.0; 64]], &mut [&mut output], &[])
        .unwrap();
    plugin.pump().unwrap();
    assert_eq!(values(&mut plugin), values_saved);
    assert_eq!(
        plugin.latency().unwrap(),
        1_024 + (2 * 64 + 16) * 256,
        "Studio's latency"
    );
}

#[test]
fn a_loaded_state_sounds_like_the_saved_one() {
    let input = fixture::drums(48_000, 2, 1.0);
    let mut bending = fixture::bending(&[("slot_layer_1", "3"), ("voice", "40 %")]);
    let mut loaded = fixture::plugin();
    loaded.load(&bending.save().unwrap()).unwrap();
    assert!(fixture::play(&mut bending, &input) == fixture::play(&mut loaded, &input));
}

#[test]
fn a_truncated_state_is_refused_and_changes_nothing() {
    let (mut plugin, before) = set_up();
    let other = fixture::plugin().save().unwrap();
    for length in 0..other.len() {
        assert!(
            plugin.load(&other[..length]).is_err(),
            "{length} of {} bytes",
            other.len()
        );
    }
    assert_eq!(values(&mut plugin), before);
}

#[test]
fn garbage_is_refused_and_changes_nothing() {
    let (mut plugin, before) = set_up();
    let endless = [&u64::MAX.to_le_bytes()[..], b"{}"].concat();
    let deep = framed("[".repeat(100_000).as_bytes());
    let noise: Vec<u8> = (0..5_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let blobs = [
        &b"not a state"[..],
        &endless,
        &deep,
        &noise,
        &framed(&noise),
        &framed(b"null"),
    ];
    for (index, blob) in blobs.iter().enumerate() {
        assert!(plugin.load(blob).is_err(), "blob {index}");
    }
    assert_eq!(values(&mut plugin), before);
}

/// A blob behind its length, as nice-plug frames its states.
fn framed(blob: &[u8]) -> Vec<u8> {
    [&(blob.len() as u64).to_le_bytes()[..], blob].concat()
}
