use super::super::Preset;
use crate::bends::modulation::{
    Follower, FollowerMode, Hears, Knob, Lfo, Modulation, NoteValue, Polarity, Rate, Retrigger,
    Sequencer, Shape, Source, Target, Wander,
};

const FULL: &str = "\
modulation:
  macros: [0.25, 0, 1]
  macro-names: [Grit, \"\", Überall]
  lfo-1: {shape: triangle, rate: 1/8d, phase: 0.25, retrigger: attack}
  lfo-2: {shape: drawn, points: [0, 0.5, 1], hertz: 2.5}
  lfo-3: {shape: sample-hold, rate: \"1/16t\", seed: 9}
  sequencer-1: {values: [1, 0, 0.5], length: 3, step: 1/16, glide: 0.5, swing: 0.3}
  follower-2: {hears: sidechain, mode: attacks, band-low: 100, band-high: 2000, gain: 6, attack: 0, release: 80}
  random: {hertz: 0.2, seed: 3, retrigger: free}
  routes:
  - {from: lfo-1, to: slot_amount_1, depth: 0.5, polarity: bipolar}
  - from: macro-3
    to: voice
    depth: -1
";

fn note(name: &str) -> Rate {
    Rate::Note(NoteValue::from_name(name).unwrap())
}

#[test]
fn modulators_are_read_and_written_back() {
    let preset = Preset::from_yaml(FULL, "full.yaml").unwrap();
    assert_eq!(preset.macros[..4], [0.25, 0.0, 1.0, 0.0]);
    let names = [0, 1, 2, 7].map(|number| preset.macro_names.get(number));
    assert_eq!(names, [Some("Grit"), None, Some("Überall"), None]);
    let Modulation {
        lfos,
        sequencers,
        followers,
        wander,
        routes,
    } = preset.modulation;
    let first = Lfo {
        shape: Shape::Triangle,
        rate: note("1/8d"),
        phase: 0.25,
        retrigger: Retrigger::Attack,
        ..Lfo::default()
    };
    assert_eq!(lfos[0], first);
    assert_eq!((lfos[1].points[..4]), [0.0, 0.5, 1.0, 0.0]);
    assert_eq!(lfos[1].rate, Rate::Hertz(2.5));
    assert_eq!(
        (lfos[2].shape, lfos[2].rate, lfos[2].seed),
        (Shape::SampleHold, note("1/16t"), 9)
    );
    assert_eq!((sequencers[0].length, sequencers[0].glide), (3, 0.5));
    assert_eq!(sequencers[1], Sequencer::default());
    let second = Follower {
        hears: Hears::Sidechain,
        mode: FollowerMode::Attacks,
        band_low_hz: 100.0,
        band_high_hz: 2_000.0,
        gain_db: 6.0,
        attack_ms: 0.0,
        release_ms: 80.0,
    };
    assert_eq!(followers, [Follower::default(), second]);
    let expected = Wander {
        rate: Rate::Hertz(0.2),
        retrigger: Retrigger::Free,
        seed: 3,
    };
    assert_eq!(wander, expected);
    let amount = Target::new(Knob::SlotAmount, 0).unwrap();
    let route = routes.find(Source::Lfo(0), amount).unwrap();
    assert_eq!((route.depth, route.polarity), (0.5, Polarity::Bipolar));
    assert_eq!(routes.count(), 2);
    let text = preset.to_yaml();
    let again = Preset::from_yaml(&text, "again.yaml").unwrap();
    assert_eq!(
        (again.modulation, again.macros),
        (preset.modulation, preset.macros)
    );
    assert_eq!(again.to_yaml(), text);
    assert!(!Preset::default().to_yaml().contains("modulation"));
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    let route = |keys: &str| format!("modulation:\n  routes:\n  - {{{keys}}}\n");
    let twice = "modulation:\n  routes:\n  - {from: random, to: mix, depth: 1}\n  - {from: random, to: mix, depth: 0}\n";
    for (text, line, expected) in [
        ("modulation:\n".to_owned(), 1, "left blank"),
        ("modulation: {lfo-4: {}}\n".to_owned(), 1, "lfo-4"),
        (
            "modulation:\n  lfo-1: {shape: trangle}\n".to_owned(),
            2,
            "did you mean `triangle`?",
        ),
        (
            "modulation:\n  lfo-1: {rate: 1/5}\n".to_owned(),
            2,
            "rate `1/5` found",
        ),
        (
            "modulation:\n  lfo-1: {rate: 1/4, hertz: 1}\n".to_owned(),
            2,
            "both `rate` and `hertz`",
        ),
        (
            "modulation:\n  lfo-1: {hertz: .nan}\n".to_owned(),
            2,
            "0.01 to 40 (hertz)",
        ),
        (
            "modulation:\n  lfo-1: {phase: 1.5}\n".to_owned(),
            2,
            "phase 1.5 found; expected 0 to 1",
        ),
        (
            "modulation:\n  lfo-1: {seed: 65536}\n".to_owned(),
            2,
            "0 to 65535",
        ),
        (
            "modulation:\n  macros: [0, 0, 0, 0, 0, 0, 0, 0, 0]\n".to_owned(),
            2,
            "9 macros found; expected at most 8",
        ),
        (
            "modulation:\n  macros: [.inf]\n".to_owned(),
            2,
            "expected 0 to 1",
        ),
        (
            "modulation:\n  sequencer-2: {length: 17}\n".to_owned(),
            2,
            "expected 1 to 16",
        ),
        (
            "modulation:\n  sequencer-2: {values: [-0.1]}\n".to_owned(),
            2,
            "values -0.1 found",
        ),
        (
            "modulation:\n  follower-1: {release: 0}\n".to_owned(),
            2,
            "1 to 5000 (ms)",
        ),
        (
            route("from: lfo-9, to: mix, depth: 1"),
            3,
            "from `lfo-9` found",
        ),
        (
            route("from: lfo-1, to: slot_amout_1, depth: 1"),
            3,
            "did you mean `slot_amount_1`?",
        ),
        (
            route("from: lfo-1, to: latency, depth: 1"),
            3,
            "which nothing moves",
        ),
        (route("from: lfo-1, to: mix, depth: 1.1"), 3, "-1 to 1"),
        (route("from: lfo-1, to: mix"), 3, "depth"),
        (twice.to_owned(), 4, "a second route"),
    ] {
        let error = Preset::from_yaml(&text, "bad.yaml").unwrap_err();
        assert!(error.message.contains(expected), "{text}: {error}");
        assert_eq!(error.line, line, "{text}: {error}");
    }
}
