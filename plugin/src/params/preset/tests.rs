//! Presets to parameters and back.

use super::*;
use crate::params::slot::SelectionChoice;
use netbend_models::bends::latent_play::{LatentShape, LatentSource};
use netbend_models::bends::part_name::PartName;
use netbend_models::bends::selection::SelectionKind;
use netbend_models::bends::transform::TransformKind;
use netbend_models::bends::weights::WeightTransform;
use netbend_models::bends::{Bend, Draw, Selection};

fn bend(k: f32) -> Bend {
    Bend {
        layer: 2,
        transform: TransformKind::ScalarMultiply,
        parameters: vec![k],
        relative: false,
        selection: Selection::Random(0.25),
        cluster_share: 1.0,
        inverted: false,
        draw: Draw::default(),
        amount: 0.5,
    }
}

fn preset(bends: Vec<Bend>) -> Preset {
    let mut preset = Preset::default();
    preset.bends = bends;
    preset
}

#[test]
fn a_preset_sets_the_slots_it_needs_and_turns_off_the_rest() {
    let params = NetbendParams::default();
    let mut preset = preset(vec![bend(3.0)]);
    (preset.voice, preset.mix, preset.seed) = (0.25, 0.5, 9);
    apply(&preset, &params).unwrap();
    let controls = params.controls();
    let state = controls.slots[0];
    assert_eq!(
        (state.target.layer, state.target.selection),
        (2, SelectionKind::Random)
    );
    assert_eq!(
        (state.amount, state.share, state.target.seed),
        (0.5, 0.25, 9)
    );
    assert!((state.parameters[0] - 3.0).abs() < 1e-4);
    assert!(controls.slots[1..].iter().all(|slot| slot.amount == 0.0));
    assert_eq!((controls.voice, controls.mix), (0.25, 0.5));
    assert!(frames(&rest(&preset, &PartNames::default())).is_empty());
}

#[test]
fn sound_clusters_go_to_the_state_and_stay_where_a_preset_has_none() {
    let params = NetbendParams::default();
    let mut bend = bend(2.0);
    bend.selection = Selection::SoundCluster(3);
    let mut preset = preset(vec![bend; SLOTS + 1]);
    let clusters = netbend_models::cluster::SoundClusters {
        names: Default::default(),
        model: "drums".into(),
        version: "0.1.0".into(),
        layers: Vec::new(),
    };
    preset.sound_clusters = Some(clusters.clone());
    apply(&preset, &params).unwrap();
    let target = params.controls().slots[3].target;
    assert_eq!(
        (target.selection, target.cluster),
        (SelectionKind::SoundCluster, 3)
    );
    assert_eq!(
        frames(&rest(&preset, &PartNames::default()))[0]
            .1
            .target
            .selection,
        SelectionKind::SoundCluster
    );
    let kept = params.sound_clusters.text();
    assert_eq!(kept, clusters.to_yaml());
    assert!(!params.fixed_bends.lock().unwrap().contains("version"));
    preset.sound_clusters = None;
    apply(&preset, &params).unwrap();
    assert_eq!(params.sound_clusters.text(), kept);
}

#[test]
fn a_preset_sets_latent_play_and_one_without_it_turns_it_off() {
    let params = NetbendParams::default();
    let mut preset = preset(Vec::new());
    preset.latent = LatentPlay {
        freeze: true,
        source: LatentSource::Walk,
        blend: 0.25,
        seed: 60_000,
        rate_hz: 2.0,
        shape: LatentShape {
            offsets: [0.5, -4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.25],
            scales: [1.0, 0.1, 1.0, 4.0, 1.0, 1.0, 1.0, 0.0],
            encoder_noise: 0.25,
            padding_noise: 0.0,
        },
    };
    apply(&preset, &params).unwrap();
    let found = params.controls().latent;
    assert!((found.rate_hz - 2.0).abs() < 1e-5);
    assert_eq!(
        LatentPlay {
            rate_hz: 2.0,
            ..found
        },
        preset.latent
    );
    apply(&Preset::default(), &params).unwrap();
    assert!(!params.controls().latent.is_active());
}

#[test]
fn bends_beyond_the_slots_or_the_knobs_run_fixed() {
    let many = preset(vec![bend(2.0); SLOTS + 2]);
    assert_eq!(
        frames(&rest(&many, &PartNames::default()))
            .iter()
            .map(|(place, _)| *place)
            .collect::<Vec<_>>(),
        [8, 9]
    );
    let extreme = preset(vec![bend(2.0), bend(500.0), bend(2.0)]);
    let rest = frames(&rest(&extreme, &PartNames::default()));
    assert_eq!(rest.len(), 2);
    assert_eq!(rest[0].1.parameters[0], 500.0);
    let params = NetbendParams::default();
    apply(&extreme, &params).unwrap();
    assert!(params.slots[0].on.value());
    assert!(!params.slots[1].on.value());
    assert!(!params.fixed_bends.lock().unwrap().is_empty());
}

fn of(transform: TransformKind, parameters: &[f32]) -> Bend {
    Bend {
        transform,
        parameters: parameters.to_vec(),
        relative: transform == TransformKind::BinaryThresh,
        ..bend(0.0)
    }
}

fn weight(amount: f32) -> WeightBend {
    WeightBend {
        layer: 3,
        transform: WeightTransform::Offset,
        share: 0.1,
        amount,
        seed: 9,
    }
}

#[test]
fn a_slot_holds_every_part_of_a_bend() {
    let shift = Bend {
        selection: Selection::Cluster(3),
        cluster_share: 0.5,
        inverted: true,
        ..of(TransformKind::Translate, &[-0.25, 0.5])
    };
    let latent = Bend {
        layer: 0,
        ..of(TransformKind::Invert, &[])
    };
    let params = NetbendParams::default();
    let preset = preset(vec![shift.clone(), latent.clone()]);
    apply(&preset, &params).unwrap();
    let slots = params.controls().slots;
    let expected = [shift.to_frame(1), latent.to_frame(1)];
    for (slot, expected) in slots.iter().zip(expected) {
        assert_eq!(slot.target, expected.target);
        assert_eq!((slot.share, slot.amount), (expected.share, expected.amount));
        for (slot, expected) in slot.parameters.iter().zip(expected.parameters) {
            assert!((slot - expected).abs() < 1e-5);
        }
    }
    assert!(frames(&rest(&preset, &PartNames::default())).is_empty());
}

#[test]
fn an_angle_beyond_half_a_turn_is_one_the_other_way_round() {
    for (file, knob) in [
        (270.0, -90.0),
        (-200.0, 160.0),
        (180.0, 180.0),
        (360.0, 0.0),
    ] {
        let params = NetbendParams::default();
        apply(&preset(vec![of(TransformKind::Rotate, &[file])]), &params).unwrap();
        let state = params.controls().slots[0];
        assert!(state.amount > 0.0, "{file}");
        assert!(
            (state.parameters[0] - knob).abs() < 1e-3,
            "{file}: {state:?}"
        );
    }
}

#[test]
fn what_no_slot_holds_exactly_runs_fixed_and_so_does_all_behind_it() {
    let absolute = Bend {
        relative: false,
        ..of(TransformKind::BinaryThresh, &[0.5])
    };
    let mut own_seed = bend(2.0);
    own_seed.draw.seed = Some(77);
    let mut deep = bend(2.0);
    deep.layer = 17;
    let mut late = bend(2.0);
    late.draw.place = Some(8);
    for odd in [
        absolute,
        of(TransformKind::Scale, &[0.1]),
        of(TransformKind::Dilate, &[9.0]),
        own_seed,
        deep,
        late,
    ] {
        let preset = preset(vec![bend(2.0), odd.clone(), bend(3.0)]);
        let params = NetbendParams::default();
        apply(&preset, &params).unwrap();
        let on = |slot: &SlotParams| slot.on.value();
        assert_eq!(
            params.slots.iter().filter(|slot| on(slot)).count(),
            1,
            "{odd:?}"
        );
        let fixed = frames(&rest(&preset, &PartNames::default()));
        assert_eq!((fixed.len(), fixed[0].1), (2, odd.to_frame(1)));
        assert_eq!(frames(&fixed_of_state(&params).unwrap()), fixed);
    }
    // Counted in deviations, a threshold is what the knob holds.
    let relative = preset(vec![of(TransformKind::BinaryThresh, &[1.96])]);
    assert!(frames(&rest(&relative, &PartNames::default())).is_empty());
}

#[test]
fn weights_beyond_two_run_fixed() {
    let mut preset = preset(Vec::new());
    preset.weights = vec![weight(0.5), weight(-2.0), weight(1.0), weight(4.0)];
    let params = NetbendParams::default();
    apply(&preset, &params).unwrap();
    let slots = params.controls().weights;
    assert_eq!(
        slots,
        [preset.weights[0].to_frame(), preset.weights[1].to_frame()]
    );
    let rest = weight_frames(&rest(&preset, &PartNames::default()));
    assert_eq!(
        rest,
        [preset.weights[2].to_frame(), preset.weights[3].to_frame()]
    );
    assert_eq!(weight_frames(&fixed_of_state(&params).unwrap()), rest);
    apply(&Preset::default(), &params).unwrap();
    assert!(
        params
            .controls()
            .weights
            .iter()
            .all(|slot| !slot.is_active())
    );
    assert!(params.fixed_bends.lock().unwrap().is_empty());
}

/// What plays: the slots that bend, with their places, then the fixed bends.
fn heard(params: &NetbendParams) -> (Vec<(u64, BendFrame)>, Vec<WeightFrame>) {
    let controls = params.controls();
    let slots = (0..)
        .zip(controls.slots)
        .filter(|(_, slot)| slot.is_active());
    let fixed = fixed_of_state(params).unwrap();
    let weights = controls.weights.into_iter().filter(WeightFrame::is_active);
    (
        slots.chain(frames(&fixed)).collect(),
        weights.chain(weight_frames(&fixed)).collect(),
    )
}

/// Captured, written, read and applied elsewhere, the same plays bit for bit: slots left free, bends moved and seeds changed.
#[test]
fn what_is_captured_plays_the_same() {
    let params = NetbendParams::default();
    let mut clusters = bend(500.0);
    (clusters.selection, clusters.cluster_share) = (Selection::Cluster(2), 0.3);
    let mut preset = preset(vec![bend(3.0), clusters, bend(-2.0)]);
    preset.bends.extend(vec![bend(2.0); 20]);
    preset.weights = vec![weight(0.3); 4];
    preset.latent.rate_hz = 2.0;
    preset.model = Some("other".into());
    (preset.voice, preset.mix, preset.seed) = (0.4, 0.7, 9);
    apply(&preset, &params).unwrap();
    assert_eq!(heard(&params).0.len(), 23);
    let turns: [fn(&NetbendParams); 4] = [
        |_| (),
        |params| {
            for (place, kind) in [(2, TransformKind::Rotate), (6, TransformKind::BinaryThresh)] {
                let slot = &params.slots[place];
                set(&slot.on, true);
                set(
                    &slot.transform,
                    super::super::slot::TransformChoice::of(kind),
                );
                set(&slot.parameter, 0.123_456);
                set(&slot.invert, true);
            }
        },
        |params| set(&params.slots[0].on, false),
        |params| {
            set(&params.seed, 1_234);
            set(&params.weights[0].layer, 7);
            set(&params.weights[1].amount, -0.777_777);
        },
    ];
    for (turn, change) in turns.iter().enumerate() {
        change(&params);
        let captured = capture(&params).unwrap();
        let text = captured.to_yaml();
        let read = Preset::from_yaml(&text, "captured.yaml").unwrap();
        let elsewhere = NetbendParams::default();
        apply(&read, &elsewhere).unwrap();
        assert_eq!(heard(&elsewhere), heard(&params), "turn {turn}:\n{text}");
        let (there, here) = (elsewhere.controls(), params.controls());
        assert_eq!(
            (there.latent, there.voice, there.mix),
            (here.latent, here.voice, here.mix)
        );
        assert_eq!(elsewhere.model_name(), "other");
        assert_eq!(capture(&elsewhere).unwrap().to_yaml(), text);
    }
    // Numbers come back as they were written.
    let text = capture(&params).unwrap().to_yaml();
    assert!(
        text.contains("rate: 2.0\n") && text.contains("- 500.0\n"),
        "{text}"
    );
}

#[test]
fn a_slot_that_can_act_on_nothing_is_not_captured() {
    let params = NetbendParams::default();
    for slot in &params.slots[..2] {
        set(&slot.on, true);
        set(&slot.layer, 0);
    }
    set(
        &params.slots[1].transform,
        super::super::slot::TransformChoice::Rotate,
    );
    assert_eq!(capture(&params).unwrap().bends.len(), 1);
}

#[test]
fn a_state_of_a_newer_version_is_not_captured_in_part() {
    let params = NetbendParams::default();
    *params.fixed_bends.lock().unwrap() = "netbend: 2\n".into();
    assert!(capture(&params).unwrap_err().message.contains("update"));
    let params = NetbendParams::default();
    params.sound_clusters.replace("nonsense".into());
    assert!(capture(&params).is_err());
}

#[test]
fn a_hash_without_a_name_is_kept() {
    let params = NetbendParams::default();
    let hash = "ab".repeat(32);
    let of = |text: &str| Preset::from_yaml(text, "p.yaml").unwrap();
    apply(&of(&format!("model-sha256: {hash}\n")), &params).unwrap();
    let wanted = params.wanted_model();
    assert_eq!((&*wanted.name, &*wanted.sha256), ("drums", &*hash));
    let saved = capture(&params).unwrap();
    assert_eq!(saved.model_sha256.as_ref(), Some(&hash));
    // One that speaks of no model leaves it, one with a name alone takes any file of that name.
    apply(&of("mix: 1\n"), &params).unwrap();
    assert_eq!(params.wanted_model().sha256, hash);
    apply(&of("model: other\n"), &params).unwrap();
    let wanted = params.wanted_model();
    assert_eq!((&*wanted.name, &*wanted.sha256), ("other", ""));
}

#[test]
fn a_part_goes_to_a_slot_by_its_name_once_the_models_parts_are_known() {
    let text = "transforms:\n- layer: 1\n  transform: ablate\n  features: part\n  feature-param: hats\n  \
                cluster-share: 0.5\n  invert-selection: true\n- layer: 2\n  transform: ablate\n";
    let preset = Preset::from_yaml(text, "parts.yaml").unwrap();
    let params = NetbendParams::default();
    apply(&preset, &params).unwrap();
    // Nobody knows yet which number it has: both bends run fixed, in their order.
    assert!(!params.slots.iter().any(|slot| slot.on.value()));
    assert_eq!(frames(&fixed_of_state(&params).unwrap()), frames(&preset));
    assert_eq!(
        capture(&params).unwrap().bends[0].selection,
        preset.bends[0].selection
    );

    let names = ["kick", "snare", "hats"];
    params
        .part_names
        .replace(names.into_iter().filter_map(PartName::new));
    apply_bends(&preset, &params);
    let slot = &params.slots[0];
    assert_eq!(
        (slot.selection.value(), slot.part.value()),
        (SelectionChoice::Part, 3)
    );
    assert_eq!((slot.within.value(), slot.invert.value()), (0.5, true));
    assert!(params.slots[1].on.value() && fixed_of_state(&params).unwrap().bends.is_empty());
    let target = params.controls().slots[0].target;
    assert_eq!((target.selection, target.cluster), (SelectionKind::Part, 2));
    let captured = capture(&params).unwrap();
    assert_eq!(captured.bends, preset.bends);
    assert!(captured.to_yaml().contains("feature-param: hats"));
    // A part that the model does not have selects nothing: there is no name to write.
    set(&slot.part, 7);
    assert_eq!(capture(&params).unwrap().bends.len(), 1);
}

#[test]
fn faders_go_by_the_names_of_the_models_parts() {
    let text = "parts:\n  hats: {gain: -12.5, solo: true}\n  kick: {mute: true}\n";
    let preset = Preset::from_yaml(text, "mix.yaml").unwrap();
    let params = NetbendParams::default();
    set(&params.parts[1].gain, 3.0);
    let names = ["kick", "snare", "hats"];
    params
        .part_names
        .replace(names.into_iter().filter_map(PartName::new));
    apply(&preset, &params).unwrap();
    let [kick, snare, hats] = [0, 1, 2].map(|place: usize| params.parts[place].fader());
    assert_eq!(
        (kick.gain_db, kick.is_muted, kick.is_soloed),
        (0.0, true, false)
    );
    assert_eq!(
        (snare.gain_db, snare.is_muted, snare.is_soloed),
        (0.0, false, false)
    );
    assert!((hats.gain_db + 12.5).abs() < 1e-5 && hats.is_soloed);
    assert_eq!(params.controls().parts.gains[..2], [0.0, 0.0]);
    let captured = capture(&params).unwrap();
    assert_eq!(captured.parts, preset.parts);
    apply(&Preset::default(), &params).unwrap();
    assert!(params.controls().parts.is_level() && capture(&params).unwrap().parts.is_empty());
}

#[test]
fn metadata_goes_with_the_preset_and_with_the_state() {
    use nice_plug::params::Params as _;
    let mut preset = preset(vec![bend(3.0)]);
    preset.metadata = netbend_models::preset::Metadata {
        name: "Wet Cardboard".into(),
        author: "Netbend".into(),
        tags: vec!["texture".into(), "tone".into()],
        description: "Hats of paper: the kick stays".into(),
        notes: "One line.\nAnother.".into(),
    };
    let params = NetbendParams::default();
    apply(&preset, &params).unwrap();
    assert_eq!(capture(&params).unwrap().metadata, preset.metadata);
    let reopened = NetbendParams::default();
    reopened.deserialize_fields(&params.serialize_fields());
    assert_eq!(capture(&reopened).unwrap().metadata, preset.metadata);
    // One that says nothing of itself has no other one's name.
    apply(&Preset::default(), &params).unwrap();
    assert_eq!(capture(&params).unwrap().metadata, Default::default());
}
