//! Spectra through the voice.

use super::*;
use crate::StftGeometry;
use crate::decibel::db_to_amplitude;

const NETWORK_BINS: usize = 513;
const TOP_SEEN_BIN: usize = 508;
const CLEAN: [f32; NETWORK_BINS] = [-20.0; NETWORK_BINS];

/// Spectra of `bins` bins, 43 Hz apart.
fn geometry(bins: usize) -> StftGeometry {
    let fft_size = 2 * bins.saturating_sub(1);
    StftGeometry {
        fft_size,
        hop_samples: fft_size / 4,
        sample_rate: 43.0 * fft_size as f32,
    }
}

fn voice_of(bins: usize, top_seen_bin: usize) -> Voice {
    Voice::new(geometry(bins), top_seen_bin).unwrap()
}

fn spectrum(bins: usize) -> Vec<Complex<f32>> {
    (0..bins)
        .map(|b| Complex::from_polar(0.3, b as f32 * 1.7))
        .collect()
}

fn magnitudes(spectrum: &[Complex<f32>]) -> Vec<f32> {
    spectrum.iter().map(|x| x.norm()).collect()
}

fn set(voice: &mut Voice, clean: &[f32], bent: &[f32], mid: &[f32], amount: f32) {
    let mut gain_db = [0.0; NETWORK_BINS];
    difference_db(clean, bent, GainLimits::default(), &mut gain_db);
    voice.set_frame(&gain_db, bent, mid, amount, &VoiceShape::default());
}

#[test]
fn an_idle_bend_passes_the_difference_voice_bit_for_bit() {
    for bins in [129, 257, 513, 1_025, 2_049] {
        let mut voice = voice_of(bins, TOP_SEEN_BIN);
        let mut channel = spectrum(bins);
        channel[0] = Complex::new(-0.0, 0.0);
        channel[1] = Complex::new(1e-40, -1e30);
        let before = channel.clone();
        let noisy: Vec<f32> = (0..NETWORK_BINS).map(|b| (b as f32).sin() * 90.0).collect();
        set(&mut voice, &noisy, &noisy, &magnitudes(&before), 0.0);
        voice.apply(&mut channel);
        for (after, before) in channel.iter().zip(&before) {
            assert_eq!(after.re.to_bits(), before.re.to_bits());
            assert_eq!(after.im.to_bits(), before.im.to_bits());
        }
    }
}

#[test]
fn the_difference_voice_applies_the_change_within_its_range() {
    let mut voice = voice_of(NETWORK_BINS, TOP_SEEN_BIN);
    let mut bent = CLEAN;
    bent[10] += 6.0;
    bent[11] -= 90.0;
    bent[12] += 90.0;
    bent[13] = f32::NAN;
    set(&mut voice, &CLEAN, &bent, &[0.3; NETWORK_BINS], 0.0);
    let x = Complex::new(0.3, 0.0);
    assert!((voice.multiplier(10, x) - 1.995_262).abs() < 1e-5);
    assert!((voice.multiplier(11, x) - 1e-3).abs() < 1e-8);
    assert!((voice.multiplier(12, x) - 3.981_072).abs() < 1e-5);
    assert_eq!(voice.multiplier(13, x), 1.0);
}

#[test]
fn the_model_voice_has_the_decoded_magnitude_and_the_input_phase() {
    let mut voice = voice_of(NETWORK_BINS, TOP_SEEN_BIN);
    let mut channel = spectrum(NETWORK_BINS);
    let before = channel.clone();
    set(
        &mut voice,
        &[-50.0; NETWORK_BINS],
        &CLEAN,
        &magnitudes(&before),
        1.0,
    );
    voice.apply(&mut channel);
    for bin in 0..=TOP_SEEN_BIN {
        assert!((channel[bin].norm() - 0.1).abs() < 1e-6);
        assert!((channel[bin].arg() - before[bin].arg()).abs() < 1e-5);
    }
}

#[test]
fn a_carrier_gives_the_model_its_phase_and_the_difference_stays() {
    let mut voice = voice_of(NETWORK_BINS, TOP_SEEN_BIN);
    let mut bent = CLEAN;
    bent.iter_mut().for_each(|db| *db += 6.0);
    let carrier: Vec<_> = spectrum(NETWORK_BINS).iter().map(|x| x.conj()).collect();
    let mid = magnitudes(&carrier);
    for amount in [0.0, 0.5, 1.0] {
        set(&mut voice, &CLEAN, &bent, &mid, amount);
        let before = spectrum(NETWORK_BINS);
        let mut channel = before.clone();
        voice.apply_on(&mut channel, &carrier, &mid);
        for bin in 0..=TOP_SEEN_BIN {
            let difference = before[bin] * ((1.0 - amount) * db_to_amplitude(6.0));
            let model = carrier[bin] / 0.3 * (amount * db_to_amplitude(-14.0));
            assert!((channel[bin] - difference - model).norm() < 1e-5);
        }
        for bin in TOP_SEEN_BIN + 1..NETWORK_BINS {
            let difference = before[bin] * ((1.0 - amount) * db_to_amplitude(6.0));
            assert!((channel[bin] - difference - carrier[bin] * amount).norm() < 1e-5);
        }
    }
    let mut channel = spectrum(NETWORK_BINS);
    voice.apply_on(&mut channel, &[Complex::default(); NETWORK_BINS], &mid);
    assert!(channel[..=TOP_SEEN_BIN].iter().all(|x| x.norm() == 0.0));
}

#[test]
fn voices_between_the_two_add_up() {
    let mut voice = voice_of(NETWORK_BINS, TOP_SEEN_BIN);
    let x = Complex::new(0.0, 0.2);
    let bent = [-14.0; NETWORK_BINS];
    let mut multiplier = |amount| {
        set(&mut voice, &CLEAN, &bent, &[0.4; NETWORK_BINS], amount);
        voice.multiplier(100, x)
    };
    let (difference, model) = (multiplier(0.0), multiplier(1.0));
    assert!((multiplier(0.25) - (0.75 * difference + 0.25 * model)).abs() < 1e-6);
}

#[test]
fn a_vanishing_mid_never_blows_up() {
    let mut voice = voice_of(NETWORK_BINS, TOP_SEEN_BIN);
    for mid in [0.0, 1e-30, f32::NAN, f32::INFINITY, -1.0] {
        set(
            &mut voice,
            &CLEAN,
            &[0.0; NETWORK_BINS],
            &[mid; NETWORK_BINS],
            1.0,
        );
        let mut channel = spectrum(NETWORK_BINS);
        channel[3] = Complex::default();
        channel[4] = Complex::new(1e-20, 0.0);
        voice.apply(&mut channel);
        assert_eq!(channel[3].norm(), 0.0);
        assert!(channel[4].norm() <= 1e-20);
        for x in &channel[..=TOP_SEEN_BIN] {
            assert!(x.norm() <= MAX_CHANNEL_SHARE + 1e-5);
        }
    }
}

#[test]
fn unseen_bins_take_the_top_bands_gain() {
    let mut voice = voice_of(1_025, TOP_SEEN_BIN);
    let mut bent = CLEAN;
    for (n, bin) in (505..=508).enumerate() {
        bent[bin] += n as f32 * 2.0;
    }
    bent[509..].fill(40.0);
    for amount in [0.0, 1.0] {
        set(&mut voice, &CLEAN, &bent, &[0.1; 1_025], amount);
        let x = Complex::new(0.1, 0.0);
        let gain_db = |bin| 20.0 * voice.multiplier(bin, x).log10();
        assert!((gain_db(509) - 5.25).abs() < 1e-4);
        for bin in 512..1_025 {
            assert!(
                (gain_db(bin) - 3.0).abs() < 1e-4,
                "{} dB at bin {bin}",
                gain_db(bin)
            );
        }
    }
}

#[test]
fn every_bin_of_a_network_that_sees_them_all_has_its_own_gain() {
    let mut voice = voice_of(2_049, 1_024);
    let clean = vec![-20.0; 1_025];
    let mut bent = clean.clone();
    bent[1_024] += 8.0;
    let mut gain_db = vec![0.0; 1_025];
    difference_db(&clean, &bent, GainLimits::default(), &mut gain_db);
    let shape = VoiceShape::default();
    voice.set_frame(&gain_db, &bent, &vec![0.1; 2_049], 0.0, &shape);
    let x = Complex::new(0.1, 0.0);
    let gain_db = |bin| 20.0 * voice.multiplier(bin, x).log10();
    assert!(gain_db(1_023).abs() < 1e-4 && (gain_db(1_024) - 8.0).abs() < 1e-4);
    assert!((gain_db(2_048) - 2.0).abs() < 1e-4);
}

#[test]
fn short_and_empty_frames_pass_the_rest() {
    let mut voice = voice_of(NETWORK_BINS, TOP_SEEN_BIN);
    voice.set_frame(&[], &[], &[], 0.5, &VoiceShape::default());
    let mut channel = spectrum(600);
    let before = channel.clone();
    voice.apply(&mut channel);
    assert_eq!(channel, before);
    assert!(Voice::new(geometry(0), TOP_SEEN_BIN).is_err());
}

#[test]
fn linked_magnitudes_never_cancel() {
    let left = spectrum(8);
    let right: Vec<_> = left.iter().map(|x| -x).collect();
    let mut mid = [0.0; 8];
    link_magnitudes(&left, &right, &mut mid);
    assert!(mid.iter().all(|m| (m - 0.3).abs() < 1e-6));
}

#[test]
fn outside_the_band_every_voice_and_carrier_leave_the_input_bit_for_bit() {
    let band = Band {
        low_hz: 1_000.0,
        high_hz: 4_000.0,
    };
    let shape = VoiceShape {
        band,
        ..VoiceShape::default()
    };
    let mut voice = voice_of(1_025, TOP_SEEN_BIN);
    let carrier: Vec<_> = spectrum(1_025).iter().map(|x| -x).collect();
    let mid = magnitudes(&carrier);
    for amount in [0.0, 0.4, 1.0] {
        voice.set_frame(&[9.0; NETWORK_BINS], &CLEAN, &mid, amount, &shape);
        let before = spectrum(1_025);
        let (mut plain, mut carried) = (before.clone(), before.clone());
        voice.apply(&mut plain);
        voice.apply_on(&mut carried, &carrier, &mid);
        let (mut kept, mut bent) = (0, 0);
        for (bin, x) in before.iter().enumerate() {
            match band.weight(bin as f32 * 43.0) {
                0.0 => {
                    assert!(plain[bin] == *x && carried[bin] == *x);
                    kept += 1;
                }
                1.0 => {
                    assert!((plain[bin] - x).norm() > 0.1 && (carried[bin] - x).norm() > 0.1);
                    bent += 1;
                }
                _ => {}
            }
        }
        assert!(kept > 500 && bent > 40, "{kept} {bent}");
    }
}

#[test]
fn a_soft_edge_lies_between_the_input_and_the_bend() {
    let shape = VoiceShape {
        band: Band {
            low_hz: 4_300.0,
            high_hz: 20_000.0,
        },
        ..VoiceShape::default()
    };
    let mut voice = voice_of(NETWORK_BINS, TOP_SEEN_BIN);
    let x = Complex::new(0.3, 0.0);
    for amount in [0.0, 0.5, 1.0] {
        let mut multiplier = |shape: &VoiceShape| {
            voice.set_frame(
                &[9.0; NETWORK_BINS],
                &CLEAN,
                &[0.3; NETWORK_BINS],
                amount,
                shape,
            );
            voice.multiplier(100, x)
        };
        let (whole, half) = (multiplier(&VoiceShape::default()), multiplier(&shape));
        assert!((half - 0.5 * (1.0 + whole)).abs() < 1e-5);
    }
}

#[test]
fn a_band_beyond_half_the_rate_or_the_network_stays_open() {
    let mut voice = voice_of(2_049, TOP_SEEN_BIN);
    let mid = vec![0.1; 2_049];
    voice.set_frame(&[6.0; NETWORK_BINS], &[], &mid, 0.0, &VoiceShape::default());
    let x = Complex::new(0.1, 0.0);
    for bin in 0..2_049 {
        assert!((voice.multiplier(bin, x) - 1.995_262).abs() < 1e-5);
    }
}

#[test]
fn smoothing_follows_the_frames_until_a_reset() {
    let shape = VoiceShape {
        smoothing: 1.0,
        ..VoiceShape::default()
    };
    let mut voice = voice_of(NETWORK_BINS, TOP_SEEN_BIN);
    let x = Complex::new(0.1, 0.0);
    let mid = [0.1; NETWORK_BINS];
    voice.set_frame(&[0.0; NETWORK_BINS], &[], &mid, 0.0, &shape);
    assert_eq!(voice.multiplier(50, x), 1.0);
    voice.set_frame(&[12.0; NETWORK_BINS], &[], &mid, 0.0, &shape);
    let gain_db = 20.0 * voice.multiplier(50, x).log10();
    assert!((0.5..3.0).contains(&gain_db), "{gain_db} dB");
    voice.reset();
    voice.set_frame(&[12.0; NETWORK_BINS], &[], &mid, 0.0, &shape);
    assert!((20.0 * voice.multiplier(50, x).log10() - 12.0).abs() < 1e-3);
}
