//! `netbend render`.

use std::fs;

use netbend_tests::built;
use netbend_tests::host::{Automation, Blocks, Bundle};
use netbend_tests::measure;

use crate::netbend::Workbench;

const NULL_DB: f64 = -100.0;
const BEND: [&str; 6] = [
    "--set",
    "slot_on_1=on",
    "--set",
    "slot_layer_1=2",
    "--set",
    "slot_transform_1=ablate",
];

#[test]
fn an_unbent_render_is_the_input_at_every_rate_and_layout() {
    let bench = Workbench::new();
    for rate in [44_100, 48_000, 96_000] {
        for channels in [1, 2] {
            let (path, input) = bench.drums(rate, channels);
            let output = bench.render(&path, &[]);
            assert_eq!(output.sample_rate, rate);
            assert_eq!(output.samples(), input.samples());
            let null_db = measure::null_db(&input, &output);
            assert!(
                null_db <= NULL_DB,
                "{rate} Hz, {channels} channels: {null_db:.1} dB"
            );
        }
    }
}

#[test]
fn a_bent_render_is_finite_and_as_long_as_the_input() {
    let bench = Workbench::new();
    let (path, input) = bench.drums(48_000, 2);
    let output = bench.render(&path, &BEND);
    assert!(measure::is_finite(&output));
    assert_eq!(output.samples(), input.samples());
    assert!(measure::null_db(&input, &output) > -40.0);
}

#[test]
fn blocks_of_any_size_render_the_same_bits() {
    let bench = Workbench::new();
    let (path, _) = bench.drums(44_100, 2);
    let [small, large] =
        ["64", "1000"].map(|block| bench.render(&path, &[&BEND[..], &["--block", block]].concat()));
    assert!(small == large);
}

#[test]
fn a_render_is_the_plugins_bounce() {
    let bench = Workbench::new();
    let (path, input) = bench.drums(48_000, 2);
    let rendered = bench.render(&path, &BEND);

    let mut plugin = Bundle::open(&built::clap())
        .unwrap()
        .create(built::CLAP_ID)
        .unwrap();
    plugin.set_offline(true).unwrap();
    for (param, text) in [
        ("slot_on_1", "On"),
        ("slot_layer_1", "2"),
        ("slot_transform_1", "Ablate"),
    ] {
        plugin.set_text(param, text).unwrap();
    }
    let bounced = plugin
        .render(&input, Blocks::Fixed(333), &Automation::default())
        .unwrap();
    assert!(rendered == bounced);
}

#[test]
fn automation_bends_only_where_it_says() {
    const SWITCH_SECONDS: f64 = 0.7;
    let bench = Workbench::new();
    let (path, input) = bench.drums(48_000, 1);
    let curve = bench.path("curve.csv");
    fs::write(
        &curve,
        format!("0,slot_on_1,off\n{SWITCH_SECONDS},slot_on_1,on\n"),
    )
    .unwrap();
    let settings = [
        ["--set", "slot_layer_1=5"],
        ["--set", "slot_transform_1=ablate"],
        ["--set", "slot_selection_1=all"],
    ];
    let automate = ["--automate", curve.to_str().unwrap()];
    let output = bench.render(&path, &[settings.as_flattened(), &automate].concat());

    let start = measure::first_difference(&input, &output, 1e-3).unwrap();
    let switch = (SWITCH_SECONDS * 48_000.0) as usize;
    assert!(
        (switch - 1_024..=switch + 2 * 256).contains(&start),
        "{start}, expected near {switch}"
    );
}

#[test]
fn mono_mixes_a_stereo_file_down() {
    let bench = Workbench::new();
    let (path, input) = bench.drums(48_000, 2);
    let output = bench.render(&path, &["--mono"]);
    assert_eq!(
        (output.channels.len(), output.samples()),
        (1, input.samples())
    );
}

#[test]
fn a_network_bending_preset_renders() {
    let bench = Workbench::new();
    let (path, input) = bench.drums(48_000, 2);
    let preset = bench.path("preset.yaml");
    let yaml = "transforms:\n- layer: 2\n  transform: \"ablate\"\n  params: []\n  \
                features: \"random\"\n  feature-param: 0.5\n";
    fs::write(&preset, yaml).unwrap();
    let output = bench.render(&path, &["--preset", preset.to_str().unwrap()]);
    assert!(measure::null_db(&input, &output) > -40.0);
}

/// What `--save-preset` writes renders the same bits: slots, fixed bends behind them, draws and all.
#[test]
fn a_saved_preset_renders_the_same_bits() {
    let bench = Workbench::new();
    let (path, _) = bench.drums(48_000, 1);
    let [preset, saved, again] = ["preset.yaml", "saved.yaml", "again.yaml"].map(|n| bench.path(n));
    let yaml = "seed: 7\nvoice: 0.3\ntransforms:\n- layer: 2\n  transform: ablate\n  features: random\n  \
                feature-param: 0.5\n- layer: 3\n  transform: binary-thresh\n  params: [0.5]\n  features: random\n  \
                feature-param: 0.25\n- layer: 3\n  transform: ablate\n  features: cluster\n  feature-param: 1\n  \
                cluster-share: 0.5\n  invert-selection: true\n";
    fs::write(&preset, yaml).unwrap();
    let settings = [
        "slot_on_4=on",
        "slot_transform_4=binary-thresh",
        "slot_percentage_4=33 %",
        "seed=8",
    ];
    let mut options = vec!["--preset", preset.to_str().unwrap()];
    options.extend(settings.iter().flat_map(|setting| ["--set", setting]));
    options.extend(["--save-preset", saved.to_str().unwrap()]);
    let rendered = bench.render(&path, &options);
    let options = [
        "--preset",
        saved.to_str().unwrap(),
        "--save-preset",
        again.to_str().unwrap(),
    ];
    assert!(bench.render(&path, &options) == rendered);
    let text = fs::read_to_string(&saved).unwrap();
    assert_eq!(fs::read_to_string(&again).unwrap(), text);
    assert!(
        text.contains("relative: true") && text.contains("place: 3"),
        "{text}"
    );
}
