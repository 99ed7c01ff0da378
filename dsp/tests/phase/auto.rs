//! The automatic choice: nothing at all where nothing is bent, the better method where something is.

use netbend_dsp::phase::{MethodChooser, PhaseMethod, spectral_distance};
use netbend_dsp::spectrogram::{analyze, magnitudes};
use netbend_dsp::{Complex, signal};

use crate::support::*;

#[test]
fn unbent_frames_and_frames_under_a_common_gain_are_the_input_bit_for_bit() {
    let geometry = GEOMETRIES[0];
    for gain in [1.0, 0.3] {
        let spectra = analyze(&signal::mix(RATE, 1.0, 4), geometry).unwrap();
        let target = spectra.mapv(|x| x * gain);
        let found = stream_bent(
            &target,
            &magnitudes(&spectra),
            geometry,
            settings(PhaseMethod::Auto, 4),
        );
        assert_eq!(found, target);
    }
}

#[test]
fn the_first_unbent_frame_after_a_bend_is_the_input_again() {
    let geometry = GEOMETRIES[0];
    let input = signal::drum_loop(RATE, 1.0, 4);
    let spectra = analyze(&input, geometry).unwrap();
    let mut target = shifted(&spectra);
    for frame in 60..target.nrows() {
        target.row_mut(frame).assign(&spectra.row(frame));
    }
    let found = stream_bent(
        &target,
        &magnitudes(&spectra),
        geometry,
        settings(PhaseMethod::Auto, 4),
    );
    for frame in 60..target.nrows() {
        assert_eq!(found.row(frame), target.row(frame), "frame {frame}");
    }
    assert_ne!(found.row(59), target.row(59));
}

#[test]
fn bends_that_move_energy_sound_better_than_with_the_inputs_phases() {
    let geometry = GEOMETRIES[0];
    let input = signal::mix(RATE, 2.0, 11);
    let spectra = analyze(&input, geometry).unwrap();
    for (name, target, improvement_db) in [
        ("gain", smooth_gain(&spectra, 1), 1.0),
        ("shift", shifted(&spectra), 4.5),
    ] {
        let before = convergence_db(&target, &target, geometry, input.len());
        let found = stream_bent(
            &target,
            &magnitudes(&spectra),
            geometry,
            settings(PhaseMethod::Auto, 4),
        );
        let after = convergence_db(&found, &target, geometry, input.len());
        println!("{name}: input phase {before:.1} dB, auto {after:.1} dB");
        assert!(after < before - improvement_db, "{name}");
    }
}

#[test]
fn a_distance_between_the_thresholds_changes_nothing_and_a_choice_stays_a_while() {
    let input = [1.0, 0.0];
    // The cosine of a turn is 1 − distance.
    let at = |distance: f32| {
        let cosine = 1.0 - distance;
        [cosine, (1.0 - cosine * cosine).sqrt()].map(|m| Complex::new(0.0, 3.0 * m))
    };
    assert!((spectral_distance(&at(0.1), &input) - 0.1).abs() < 1e-6);
    let mut chooser = MethodChooser::new();
    let mut choose = |distance| chooser.choose(&at(distance), &input);
    assert_eq!(choose(0.02), PhaseMethod::Input);
    assert_eq!(choose(0.1), PhaseMethod::GriffinLim);
    for _ in 0..8 {
        assert_eq!(choose(0.01), PhaseMethod::GriffinLim);
    }
    assert_eq!(choose(0.02), PhaseMethod::GriffinLim);
    assert_eq!(choose(0.01), PhaseMethod::Input);
    for _ in 0..8 {
        assert_eq!(choose(0.5), PhaseMethod::Input);
    }
    assert_eq!(choose(0.5), PhaseMethod::GriffinLim);
    // Nothing holds back a bend that has ended.
    assert_eq!(choose(0.0), PhaseMethod::Input);
}

#[test]
fn distances_of_nonsense_are_numbers() {
    let nonsense = [f32::NAN, f32::INFINITY, f32::MAX, -1.0, 1e-45, 0.0];
    for a in nonsense {
        for b in nonsense {
            let distance =
                spectral_distance(&[Complex::new(a, b), Complex::new(1.0, a)], &[b, 1.0]);
            assert!((0.0..=1.0).contains(&distance), "{a} {b}: {distance}");
        }
    }
    assert_eq!(spectral_distance(&[], &[1.0]), 0.0);
}

#[test]
fn a_panned_sound_stays_where_it_is() {
    // Both channels decide and iterate alone; what is the same but for its level gets the same phases.
    let geometry = GEOMETRIES[0];
    let left = analyze(&signal::mix(RATE, 1.0, 4), geometry).unwrap();
    let target = smooth_gain(&left, 3);
    let one = stream_bent(
        &target,
        &magnitudes(&left),
        geometry,
        settings(PhaseMethod::Auto, 4),
    );
    let quiet = target.mapv(|x| x * 0.25);
    let other = stream_bent(
        &quiet,
        &magnitudes(&left).mapv(|m| m * 0.25),
        geometry,
        settings(PhaseMethod::Auto, 4),
    );
    assert_ne!(one, target);
    let (mut residual, mut power) = (0.0, 0.0);
    for (a, b) in one.iter().zip(&other) {
        residual += f64::from((a * 0.25 - b).norm_sqr());
        power += f64::from(b.norm_sqr());
    }
    let difference_db = 10.0 * (residual / power).max(1e-20).log10();
    println!("panned: {difference_db:.1} dB");
    assert!(difference_db < -60.0);
}
