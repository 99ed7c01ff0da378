//! Bends are heard, stay within bounds and follow their automation.

use netbend_dsp::StftGeometry;
use netbend_dsp::decibel::db_to_amplitude;
use netbend_dsp::spectrogram::{analyze, magnitudes};
use netbend_tests::audio::Audio;
use netbend_tests::host::{Automation, Blocks};
use netbend_tests::measure;

use crate::fixture;

const RATE: u32 = 48_000;
/// One frame and one hop at [`RATE`], in samples.
const FFT_SAMPLES: usize = 1_024;
const HOP_SAMPLES: usize = 256;
/// Bins quieter than this in the input are not counted as heard, in dB below its loudest.
const AUDIBLE_DB: f32 = -60.0;

/// The root mean square level difference over the bins that are heard in `dry`, in dB.
fn spectral_difference_db(dry: &Audio, bent: &Audio) -> f32 {
    let geometry = StftGeometry::for_sample_rate(RATE as f32).unwrap();
    let levels = |audio: &Audio| magnitudes(&analyze(&audio.channels[0], geometry).unwrap());
    let (dry, bent) = (levels(dry), levels(bent));
    let floor = dry.iter().fold(0.0f32, |max, &x| max.max(x)) * db_to_amplitude(AUDIBLE_DB);
    let squares: Vec<f32> = dry
        .iter()
        .zip(&bent)
        .filter(|(dry, _)| **dry > floor)
        .map(|(dry, bent)| (20.0 * (bent.max(floor) / dry).log10()).powi(2))
        .collect();
    (squares.iter().sum::<f32>() / squares.len() as f32).sqrt()
}

/// A loop that peaks at −6 dBFS.
fn input() -> Audio {
    let mut audio = fixture::drums(RATE, 2, 2.0);
    let gain = db_to_amplitude(-6.0) / measure::peak(&audio);
    audio
        .channels
        .iter_mut()
        .flatten()
        .for_each(|sample| *sample *= gain);
    audio
}

#[test]
fn ablating_layer_2_changes_the_sound_and_stays_within_bounds() {
    let input = input();
    for voice in ["0 %", "100 %"] {
        let mut plugin = fixture::bending(&[
            ("slot_layer_1", "2"),
            ("slot_transform_1", "Ablate"),
            ("slot_selection_1", "All"),
            ("voice", voice),
        ]);
        let output = fixture::play(&mut plugin, &input);
        let (difference_db, peak) = (
            spectral_difference_db(&input, &output),
            measure::peak(&output),
        );
        println!("voice {voice}: {difference_db:.1} dB, peak {peak:.2}");
        assert!(measure::is_finite(&output));
        assert!(difference_db > 3.0, "voice {voice}: {difference_db:.1} dB");
        assert!(peak <= db_to_amplitude(6.0), "voice {voice}: peak {peak}");
    }
}

#[test]
fn every_transform_is_heard_and_sounds_its_own_way() {
    let input = input();
    let outputs = ["Ablate", "Invert", "Multiply", "Threshold"].map(|transform| {
        let mut plugin = fixture::bending(&[
            ("slot_layer_1", "3"),
            ("slot_transform_1", transform),
            ("slot_percentage_1", "50 %"),
        ]);
        let output = fixture::play(&mut plugin, &input);
        assert!(measure::is_finite(&output), "{transform}");
        let difference_db = spectral_difference_db(&input, &output);
        println!("{transform}: {difference_db:.1} dB");
        assert!(difference_db > 1.0, "{transform}: {difference_db:.1} dB");
        output
    });
    for (index, one) in outputs.iter().enumerate() {
        assert!(
            outputs[..index].iter().all(|other| other != one),
            "transform {index}"
        );
    }
}

#[test]
fn another_seed_bends_other_features() {
    let input = input();
    let [one, same, other] = ["1", "1", "2"].map(|seed| {
        fixture::play(
            &mut fixture::bending(&[("slot_layer_1", "2"), ("seed", seed)]),
            &input,
        )
    });
    assert!(one == same);
    assert!(one != other);
}

#[test]
fn a_bend_switched_on_by_automation_starts_within_a_frame_of_its_time() {
    // Not on the grid of frames, blocks or strides.
    const SWITCH: usize = 50_123;
    // From here on, nothing of the time before the switch is left in the output.
    const SETTLED: usize = SWITCH + 32 * HOP_SAMPLES;

    let input = input();
    let settings = [
        ("slot_layer_1", "5"),
        ("slot_transform_1", "Multiply"),
        ("slot_selection_1", "All"),
    ];
    let render = |start: f64, automation: Automation| {
        fixture::play_automated(&settings, start, &automation, &input)
    };
    let off = render(0.0, Automation::default());
    let on = render(1.0, Automation::default());
    let switched = render(0.0, Automation::default().at(SWITCH, "slot_amount_1", 1.0));

    // The first frame whose last sample hears the switch reaches back one frame at most.
    let start = measure::first_difference(&off, &switched, 1e-4).unwrap();
    assert!(
        (SWITCH - FFT_SAMPLES..=SWITCH + HOP_SAMPLES).contains(&start),
        "starts at {start}"
    );
    let null_db = measure::null_db(&on.skip(SETTLED), &switched.skip(SETTLED));
    assert!(
        null_db < -60.0,
        "{null_db:.1} dB from the constant bend once settled"
    );
}

#[test]
fn a_swept_amount_grows_louder_in_its_difference() {
    let input = input();
    let samples = input.samples();
    let mut plugin = fixture::bending(&[("slot_layer_1", "2"), ("slot_percentage_1", "40 %")]);
    let sweep = Automation::default().curve("slot_amount_1", samples, HOP_SAMPLES, |t| t);
    let bent = plugin.render(&input, Blocks::Fixed(512), &sweep).unwrap();
    let third = |audio: &Audio, index: usize| {
        let range = index * samples / 3..(index + 1) * samples / 3;
        let cut = |channel: &Vec<f32>| channel[range.clone()].to_vec();
        Audio {
            sample_rate: RATE,
            channels: audio.channels.iter().map(cut).collect(),
        }
    };
    let [first, _, last] =
        [0, 1, 2].map(|index| measure::null_db(&third(&input, index), &third(&bent, index)));
    assert!(
        last > first + 6.0,
        "{first:.1} dB in the first third, {last:.1} dB in the last"
    );
}
