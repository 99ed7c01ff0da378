//! Presets as a whole: read, written, checked against a model.

use super::*;
use crate::bends::Selection;
use crate::bends::latent_play::{LatentShape, LatentSource};
use crate::bends::transform::TransformKind;
use crate::error::PresetError;
use crate::test_support::manifest;

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
        shape: LatentShape {
            offsets: [0.0, -1.5, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0],
            scales: [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 2.5],
            encoder_noise: 0.5,
            padding_noise: 0.0,
        },
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
fn dimensions_of_a_latent_are_listed_as_far_as_they_are_others() {
    let preset = Preset::from_yaml("latent:\n  offsets: [0, 1.5]\n", "moved.yaml").unwrap();
    assert_eq!(preset.latent.shape.offsets[..3], [0.0, 1.5, 0.0]);
    assert!(
        preset.to_yaml().contains("offsets:"),
        "{}",
        preset.to_yaml()
    );
    assert!(!preset.to_yaml().contains("scales:"));
    for (yaml, expected) in [
        ("offsets: [5]", "offsets hold 5; expected -4 to 4"),
        ("scales: [1, -0.1]", "scales hold -0.1; expected 0 to 4"),
        ("scales: [.nan]", "expected 0 to 4"),
        (
            "offsets: [0, 0, 0, 0, 0, 0, 0, 0, 1]",
            "9 dimensions found; expected 8 at most",
        ),
        ("encoder-noise: 2", "encoder-noise"),
        ("padding-noise: -1", "padding-noise"),
    ] {
        let said = Preset::from_yaml(&format!("latent:\n  {yaml}\n"), "odd.yaml");
        let said = said.unwrap_err().to_string();
        assert!(
            said.contains(expected) && said.contains("line 2"),
            "{yaml}: {said}"
        );
    }
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
            "\nsound-clusters:",
            "\nsound-clutsers:",
            7,
            "did you mean `sound-clusters`?",
        ),
        ("feature_index: 0", "feature_index: 3", 13, "twice"),
        ("feature_index: 3", "feature_index: 4", 3, "does not have"),
        ("    2:", "    0:", 12, "layer 0"),
    ] {
        let error = error_of(&SOUND.replacen(from, to, 1));
        assert_eq!(error.line, line, "{to}\n{error}");
        assert!(error.message.contains(expected), "{to}: {error}");
    }
    let end = SOUND.find("sound-clusters:").unwrap();
    let error = error_of(&SOUND[..end]);
    assert_eq!(error.line, 3);
    assert!(error.message.contains("no `sound-clusters`"), "{error}");
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

/// A misspelt key would bend something else in silence.
#[test]
fn keys_that_are_not_known_are_named_with_the_one_they_were_to_be() {
    let bend = "transforms:\n- layer: 2\n  transform: ablate\n";
    let weight = "weights:\n- layer: 1\n  transform: roll\n  percentage: 1\n  amount: 1\n";
    let sound = "sound-clusters:\n  model: a\n  version: 1\n";
    let with = |before: &str, line: &str| format!("{before}{line}");
    for (text, line, expected) in [
        (
            "voise: 1.0\n".into(),
            1,
            "`voise` found; did you mean `voice`?",
        ),
        (with(bend, "Voice: 1\n"), 4, "did you mean `voice`?"),
        ("Transforms: []\n".into(), 1, "did you mean `transforms`?"),
        (
            "transform:\n- layer: 2\n".into(),
            1,
            "did you mean `transforms`?",
        ),
        ("band_low: 100\n".into(), 1, "did you mean `band-low`?"),
        (
            "mix: 1\npurple: 2\n".into(),
            2,
            "`purple` found; expected one of netbend, name, author, tags, description, notes, model",
        ),
        (with(bend, "  amout: 0.1\n"), 4, "did you mean `amount`?"),
        (
            with(bend, "  feature: all\n"),
            4,
            "did you mean `features`?",
        ),
        (with(bend, "  param: []\n"), 4, "did you mean `params`?"),
        (with(bend, "  Seed: 1\n"), 4, "did you mean `seed`?"),
        (
            "mix: 1\nlatent:\n  blemd: 1\n".into(),
            3,
            "did you mean `blend`?",
        ),
        (with(weight, "  sead: 1\n"), 6, "did you mean `seed`?"),
        (
            with(sound, "  cluster: {}\n"),
            4,
            "did you mean `clusters`?",
        ),
        (
            with(
                sound,
                "  clusters:\n    1:\n    - {cluster_index: 0, feature: 0}\n",
            ),
            6,
            "did you mean `feature_index`?",
        ),
    ] {
        let error = error_of(&text);
        assert_eq!(error.line, line, "{text}\n{error}");
        assert!(error.message.contains(expected), "{error}");
    }
}

#[test]
fn values_of_another_kind_are_named_with_their_line() {
    let bend = "transforms:\n- layer: 2\n  transform: ablate\n";
    let nested = format!("all-transforms: {}{}\n", "[".repeat(40), "]".repeat(40));
    let bomb = "all-transforms:\n- &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n\
                - &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n\
                - &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n\
                - &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n\
                - [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\nmix: 1\n";
    for (text, line, expected) in [
        ("voice: 1\nmix: 1\nmix: 0\n".into(), 3, "`mix` found twice"),
        ("voice: 1\nmix:\n".into(), 2, "expected a number"),
        ("mix: 0,5\n".into(), 1, "expected a number"),
        (
            "mix: loud\n".into(),
            1,
            "`mix: loud` found; expected a number",
        ),
        ("mix: .nan\n".into(), 1, "0 to 1"),
        ("mix: -.inf\n".into(), 1, "0 to 1"),
        ("mix: 1e999\n".into(), 1, "expected a number"),
        ("mix: [1]\n".into(), 1, "a single value"),
        ("seed: 1.5\n".into(), 1, "a whole number"),
        ("seed: 4294967296\n".into(), 1, "a whole number"),
        ("seed: -1\n".into(), 1, "a whole number"),
        ("model:\n".into(), 1, "a text"),
        ("auto-gain: 3\n".into(), 1, "true or false"),
        ("transforms: {layer: 1}\n".into(), 1, "a list"),
        ("transforms:\n- 3\n".into(), 2, "keys with values"),
        (
            "transforms:\n- layer: one\n  transform: ablate\n".into(),
            2,
            "whole number",
        ),
        (format!("{bend}  params: 3\n"), 4, "a list"),
        (
            format!("{bend}  features: random\n  feature-param: .nan\n"),
            5,
            "number",
        ),
        (
            format!("{bend}  features: random\n  feature-param: [1]\n"),
            5,
            "number",
        ),
        (
            format!("{bend}  features: random\n  feature-param: much\n"),
            5,
            "`much` found",
        ),
        (
            format!("{bend}  feature-param: 0.5\n"),
            4,
            "without features",
        ),
        ("mix: 1\n---\nmix: 0\n".into(), 3, "a second document"),
        ("transforms:\n\t- layer: 1\n".into(), 2, "a tab found"),
        (nested, 1, "nests deeper than 16"),
        (bomb.into(), 0, "too"),
    ] {
        let error = error_of(&text);
        assert!(line == 0 || error.line == line, "{text}\n{error}");
        assert!(error.message.contains(expected), "{text}\n{error}");
        assert!(
            !error.message.contains('\n') && error.message.len() < 400,
            "{error}"
        );
    }
}

#[test]
fn a_file_that_is_something_else_is_said_to_be_so() {
    let folder = tempfile::tempdir().unwrap();
    for (content, expected) in [
        (&b""[..], "the file is empty"),
        (b"# nothing\n\n# yet\n", "comments alone"),
        (b"1:\n- {cluster_index: 0, feature_index: 0}\n", "--import"),
        (b"sample_rate: 44100\nfft_size: 1024\n", "sidecar"),
        (
            b"{\"netbend\": 1, \"bins\": 513, \"fft_size\": 1024}",
            "manifest",
        ),
        (
            b"{\"version\": \"0.1.0\", \"params\": {}, \"fields\": {}}",
            "project state",
        ),
        (b"{\"some\": \"thing\"}", "JSON of something else"),
        (b"seconds,id,value\n0,mix,1\n", "--automate"),
        (
            b"- layer: 2\n  transform: ablate\n",
            "beneath `transforms:`",
        ),
        (b"just words", "text without keys"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\x08\x08\x12\x07pytorch", "a model"),
        (b"RIFF\x24\0\0\0WAVE", "an audio file"),
        (b"mix: 1\n\0", "line 2 holds a byte of 0"),
        (b"mix: 1 # \xe4\n", "UTF-8"),
    ] {
        let path = folder.path().join("given.yaml");
        std::fs::write(&path, content).unwrap();
        let error = Preset::load(&path).unwrap_err();
        assert!(error.message.contains(expected), "{error}");
        assert!(error.to_string().contains("given.yaml: "), "{error}");
    }
    let missing = Preset::load(&folder.path().join("nowhere.yaml")).unwrap_err();
    assert!(missing.to_string().contains("nowhere.yaml"), "{missing}");
}

#[test]
fn a_preset_in_utf_16_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("utf-16.yaml");
    let units = std::iter::once(0xfeff).chain(PLAIN.encode_utf16());
    std::fs::write(&path, units.flat_map(u16::to_le_bytes).collect::<Vec<_>>()).unwrap();
    let read = Preset::load(&path).unwrap();
    assert_eq!(
        read.bends,
        Preset::from_yaml(PLAIN, "plain.yaml").unwrap().bends
    );
}

#[test]
fn the_hash_of_the_model_travels_with_its_name() {
    let hash = "ABCDEF0123456789".repeat(4);
    let text = format!("model: drums\nmodel-sha256: {hash}\n");
    let preset = Preset::from_yaml(&text, "hash.yaml").unwrap();
    assert_eq!(preset.model_sha256, Some(hash.to_lowercase()));
    let again = Preset::from_yaml(&preset.to_yaml(), "again.yaml").unwrap();
    assert_eq!(again.model_sha256, preset.model_sha256);
    assert!(!Preset::default().to_yaml().contains("sha256"));
    for wrong in ["1234", "../drums", "''"] {
        let error = error_of(&format!("model: drums\nmodel-sha256: {wrong}\n"));
        assert_eq!(error.line, 2);
        assert!(error.message.contains("64 hexadecimal digits"), "{error}");
    }
}

#[test]
fn no_model_is_a_path() {
    for name in [
        "../x",
        "/x",
        "a/b",
        "a\\b",
        "C:x",
        "\\\\server\\x",
        "''",
        "\"a\\0b\"",
        "..",
        "' x'",
    ] {
        let error = error_of(&format!("mix: 1\nmodel: {name}\n"));
        assert_eq!(error.line, 2, "{name}: {error}");
        assert!(error.message.contains("not a path"), "{error}");
    }
}

#[test]
fn no_truncation_of_a_preset_panics() {
    let text = Preset::from_yaml(PLAIN, "plain.yaml").unwrap().to_yaml();
    for end in (0..text.len()).filter(|&end| text.is_char_boundary(end)) {
        let _ = Preset::from_yaml(&text[..end], "cut.yaml");
    }
}

#[test]
fn a_key_left_blank_is_told_whatever_belongs_beneath_it() {
    for key in ["transforms", "weights", "latent", "sound-clusters"] {
        for blank in ["", " ~", " null"] {
            let error = error_of(&format!("mix: 1\n{key}:{blank}\nvoice: 1\n"));
            assert_eq!(error.line, 2, "{error}");
            assert!(
                error.message.contains(&format!("`{key}` is left blank")),
                "{error}"
            );
        }
    }
    assert!(Preset::from_yaml("transforms: []\nlatent: {}\n", "p.yaml").is_ok());
    let bare = error_of("---\n");
    assert!(bare.message.contains("the file is empty"), "{bare}");
}

#[test]
fn what_is_wrong_with_a_models_name_is_said() {
    for (name, expected) in [
        ("\"\"", "it is empty"),
        ("\" drums\"", "blanks around it"),
        ("\"a\\tb\"", "control characters"),
        ("a/b", "it is a path"),
        ("c:b", "it is a path"),
    ] {
        let error = error_of(&format!("mix: 1\nmodel: {name}\n"));
        assert_eq!(error.line, 2);
        assert!(error.message.contains(expected), "{error}");
    }
}
