//! Presets as a whole: read, written, checked against a model.

use super::*;
use crate::latent::LatentSource;
use crate::test_support::manifest;
use crate::transform::TransformKind;

const PLAIN: &str = "\
all-transforms: [ablate]
transforms:
- layer: 2
  transform: \"ablate\"
  params: []
  features: \"cluster\"
  feature-param: 1
- layer: 1
  transform: scalar-multiply
  params: [2.5]
  features: random
  features-param: 0.3
- layer: 3
  transform: \"binary-tresh\"
  params:
  - 0.5
  features: all
  feature-param:
";

#[test]
fn a_plain_network_bending_file_loads_as_it_is() {
    let preset = Preset::from_yaml(PLAIN, "plain.yaml").unwrap();
    assert_eq!(preset.bends.len(), 3);
    assert_eq!(preset.bends[0].selection, Selection::Cluster(1));
    assert_eq!(preset.bends[1].selection, Selection::Random(0.3));
    assert_eq!(preset.bends[1].parameters, [2.5]);
    assert_eq!(preset.bends[2].transform, TransformKind::BinaryThresh);
    assert_eq!(preset.bends[2].amount, 1.0);
    assert_eq!(preset.voice, 0.0);
    preset.check(&manifest()).unwrap();
}

#[test]
fn a_written_preset_reads_back_unchanged() {
    let mut preset = Preset::from_yaml(PLAIN, "plain.yaml").unwrap();
    preset.model = Some("drums".into());
    preset.voice = 0.25;
    preset.mix = 0.5;
    preset.seed = 77;
    preset.latent = LatentPlay {
        freeze: true,
        source: LatentSource::Walk,
        blend: 0.75,
        seed: 65_535,
        rate_hz: 0.25,
    };
    preset.bends[1].amount = 0.125;
    let again = Preset::from_yaml(&preset.to_yaml(), "again.yaml").unwrap();
    assert_eq!(again.bends, preset.bends);
    assert_eq!(
        (again.model, again.voice, again.mix, again.seed),
        (preset.model, preset.voice, preset.mix, preset.seed)
    );
    assert_eq!(again.latent, preset.latent);
}

#[test]
fn latent_keys_may_be_left_out() {
    let preset = Preset::from_yaml("latent:\n  source: walk\n", "walk.yaml").unwrap();
    let expected = LatentPlay {
        source: LatentSource::Walk,
        ..LatentPlay::default()
    };
    assert_eq!(preset.latent, expected);
    assert!(!Preset::default().to_yaml().contains("latent"));
}

const SOUND: &str = "\
netbend: 1
transforms:
- layer: 2
  transform: ablate
  features: sound-cluster
  feature-param: 1
sound-clusters:
  model: test
  version: \"0.0.0\"
  clusters:
    2:
    - {cluster_index: 0, feature_index: 0}
    - {cluster_index: 1, feature_index: 3}
    - {cluster_index: 1, feature_index: 1}
";

#[test]
fn sound_clusters_travel_with_a_preset() {
    let preset = Preset::from_yaml(SOUND, "sound.yaml").unwrap();
    assert_eq!(preset.bends[0].selection, Selection::SoundCluster(1));
    let clusters = preset.sound_clusters.clone().unwrap();
    assert_eq!(clusters.cluster(2, 1), Some(&[1, 3][..]));
    preset.check(&manifest()).unwrap();
    let text = preset.to_yaml();
    let again = Preset::from_yaml(&text, "again.yaml").unwrap();
    assert_eq!(again.sound_clusters, Some(clusters));
    assert_eq!(again.bends, preset.bends);
    assert_eq!(again.to_yaml(), text);
    // Without them nothing new is written.
    let plain = Preset::from_yaml(PLAIN, "plain.yaml").unwrap();
    assert!(!plain.to_yaml().contains("sound-clusters"));
}

#[test]
fn sound_clusters_that_do_not_serve_are_named() {
    for (from, to, line, expected) in [
        ("feature-param: 1", "feature-param: 2", 3, "0 to 1"),
        ("feature-param: 1", "feature-param: x", 6, "sound-cluster"),
        ("- layer: 2", "- layer: 1", 3, "no sound-clusters"),
        ("model: test", "model: other", 3, "`other`"),
        ("0.0.0", "0.2.0", 3, "0.2.0"),
        (
            "sound-clusters:",
            "unknown-clusters:",
            3,
            "no `sound-clusters`",
        ),
        ("feature_index: 0", "feature_index: 3", 13, "twice"),
        ("feature_index: 3", "feature_index: 4", 3, "does not have"),
        ("    2:", "    0:", 12, "layer 0"),
    ] {
        let error = error_of(&SOUND.replacen(from, to, 1));
        assert_eq!(error.line, line, "{to}\n{error}");
        assert!(error.message.contains(expected), "{to}: {error}");
    }
    // Where no bend asks for them, those of another model do no harm.
    let unused = SOUND
        .replace("features: sound-cluster", "features: cluster")
        .replace("model: test", "model: other");
    let unused = Preset::from_yaml(&unused, "unused.yaml").unwrap();
    unused.check(&manifest()).unwrap();
}

fn error_of(text: &str) -> PresetError {
    match Preset::from_yaml(text, "bad.yaml") {
        Err(error) => error,
        Ok(preset) => preset.check(&manifest()).unwrap_err(),
    }
}

#[test]
fn errors_name_the_line_and_what_was_expected() {
    let with = |entry: &str| format!("transforms:\n- layer: 1\n  transform: invert\n{entry}");
    for (text, line, expected) in [
        (
            with("- layer: 1\n  transform: explode\n"),
            5,
            "scalar-multiply",
        ),
        (
            with("- layer: 9\n  transform: ablate\n"),
            4,
            "layers 1 to 3",
        ),
        (
            with("- layer: 1\n  transform: scalar-multiply\n  params: []\n"),
            5,
            "1 parameter",
        ),
        (
            with("- layer: 1\n  transform: ablate\n  params: [1, 2]\n"),
            5,
            "no parameters",
        ),
        (
            with("- layer: 2\n  transform: ablate\n  features: cluster\n  feature-param: 7\n"),
            4,
            "0 to 1",
        ),
        (
            with("- layer: 1\n  transform: ablate\n  features: cluster\n  feature-param: 0\n"),
            4,
            "no clusters",
        ),
        (
            with("- layer: 1\n  transform: ablate\n  features: random\n  feature-param: 1.5\n"),
            7,
            "0 to 1",
        ),
        (
            with("- layer: 1\n  transform: ablate\n  features: some\n"),
            6,
            "all",
        ),
        (
            with("- layer: 1\n  transform: ablate\n  amount: .nan\n"),
            6,
            "0 to 1",
        ),
        ("netbend: 2\ntransforms: []\n".into(), 1, "format"),
        ("netbend: 1\nmodel: ../secret\n".into(), 2, "name"),
        ("netbend: 1\nvoice: 3\n".into(), 2, "0 to 1"),
        (
            "latent:\n  source: drone\n".into(),
            2,
            "one of random, walk",
        ),
        ("latent:\n  blend: 2\n".into(), 2, "0 to 1"),
        (
            "latent:\n  freeze: true\n  seed: 65536\n".into(),
            3,
            "0 to 65535",
        ),
        ("latent:\n  rate: 9\n".into(), 2, "0.02 to 4"),
        ("latent:\n  rate: .nan\n".into(), 2, "0.02 to 4"),
    ] {
        let error = error_of(&text);
        assert_eq!(error.line, line, "{text}\n{error}");
        assert!(error.message.contains(expected), "{error}");
    }
}

#[test]
fn no_truncation_of_a_preset_panics() {
    let text = Preset::from_yaml(PLAIN, "plain.yaml").unwrap().to_yaml();
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        let _ = Preset::from_yaml(&text[..end], "cut.yaml");
    }
}
