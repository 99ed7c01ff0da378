//! Attacks of drums are found and covered, and nothing else is.

use super::*;
use crate::metrics::detect_onsets;
use crate::signal::{drum_loop, drum_loop_stereo, noise, sine};

const DELAY: usize = 3_072;

/// The envelope of `channels`, aligned to them, heard in blocks of `block`.
fn envelope(rate: f32, channels: &[&[f32]], block: usize) -> Vec<f32> {
    let geometry = StftGeometry::for_sample_rate(rate).unwrap();
    let delay = DELAY * geometry.fft_size / 1_024;
    let mut lock = TransientLock::new(geometry, channels.len(), delay).unwrap();
    let len = channels[0].len();
    let mut envelope = vec![0.0; len + delay];
    let silence = vec![0.0; delay];
    let padded: Vec<Vec<f32>> = channels
        .iter()
        .map(|c| [c, &silence[..]].concat())
        .collect();
    for start in (0..envelope.len()).step_by(block) {
        let end = (start + block).min(envelope.len());
        let parts = padded.iter().map(|channel| &channel[start..end]);
        lock.process(parts, &mut envelope[start..end]);
    }
    envelope.split_off(delay)
}

#[test]
fn every_stroke_loud_or_quiet_is_covered_from_a_frame_before_to_its_body() {
    for rate in [8_000.0, 22_050.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0] {
        let frame = StftGeometry::for_sample_rate(rate).unwrap().fft_size;
        for level in [1.0, 0.01] {
            let drums: Vec<f32> = drum_loop(rate, 4.0, 3).iter().map(|x| x * level).collect();
            let envelope = envelope(rate, &[&drums], 512);
            let onsets = detect_onsets(&drums, rate);
            assert!(onsets.len() > 10, "{}", onsets.len());
            for onset in onsets {
                let end = (onset + (0.015 * rate) as usize).min(drums.len());
                let covered = &envelope[onset.saturating_sub(frame)..end];
                // At the stream's start there is nothing before.
                if onset > frame + (0.006 * rate) as usize {
                    assert!(covered.iter().all(|w| *w == 1.0), "at {onset} of {rate} Hz");
                }
            }
        }
    }
}

#[test]
fn between_strokes_the_lock_lets_go() {
    let rate = 44_100.0;
    let mut strokes = noise(rate, 2.0, 0.0, 1);
    for start in [20_000, 60_000] {
        for (n, x) in noise(rate, 0.1, 0.5, 2).into_iter().enumerate() {
            strokes[start + n] = x * (-(n as f32) / 800.0).exp();
        }
    }
    let envelope = envelope(rate, &[&strokes], 100);
    for n in 0..strokes.len() {
        let since = [20_000_i64, 60_000].map(|start| n as i64 - start);
        let near = since
            .iter()
            .any(|since| (-1_024 - 400..3_300).contains(since));
        assert!(near || envelope[n] == 0.0, "at {n}: {}", envelope[n]);
    }
    let steepest = envelope.windows(2).map(|w| (w[1] - w[0]).abs());
    assert!(steepest.fold(0.0, f32::max) < 0.01);
}

#[test]
fn steady_noise_and_tones_are_never_locked_once_they_sound() {
    for rate in [8_000.0, 44_100.0, 192_000.0] {
        let beats: Vec<f32> = sine(rate, 4.0, 440.0, 0.3)
            .iter()
            .zip(sine(rate, 4.0, 444.0, 0.3))
            .map(|(a, b)| a + b)
            .collect();
        // Noise through a one-pole low-pass at a thousandth of the rate: its energy moves slowly.
        let mut held = 0.0;
        let rumble: Vec<f32> = noise(rate, 4.0, 0.5, 4)
            .iter()
            .map(|x| {
                held += 0.006 * (x - held);
                held
            })
            .collect();
        for (name, signal) in [
            ("noise", noise(rate, 4.0, 0.5, 1)),
            ("quiet noise", noise(rate, 4.0, 0.001, 1)),
            ("440 Hz", sine(rate, 4.0, 440.0, 0.5)),
            ("30 Hz", sine(rate, 4.0, 30.0, 0.5)),
            ("beats", beats),
            ("rumble", rumble),
        ] {
            let envelope = envelope(rate, &[&signal], 512);
            let settled = &envelope[(0.15 * rate) as usize..];
            let locked = settled.iter().filter(|w| **w > 0.0).count();
            assert_eq!(locked, 0, "{name} at {rate} Hz");
        }
    }
}

#[test]
fn blocks_of_any_size_and_a_reset_give_the_same() {
    let rate = 48_000.0;
    let [left, right] = drum_loop_stereo(rate, 2.0, 5);
    let whole = envelope(rate, &[&left, &right], 1 << 20);
    for block in [1, 17, 480] {
        assert!(whole == envelope(rate, &[&left, &right], block));
    }
    let geometry = StftGeometry::for_sample_rate(rate).unwrap();
    let mut lock = TransientLock::new(geometry, 2, DELAY).unwrap();
    let mut runs = [vec![0.0; left.len()], vec![0.0; left.len()]];
    for run in &mut runs {
        lock.process([&left[..], &right[..]], run);
        lock.reset();
    }
    assert!(runs[0] == runs[1]);
}

#[test]
fn a_delay_without_room_makes_the_envelope_late_and_nonsense_leaves_it_finite() {
    let geometry = StftGeometry::for_sample_rate(44_100.0).unwrap();
    let drums = drum_loop(44_100.0, 1.0, 3);
    for delay in [0, 100, 1_000] {
        let mut lock = TransientLock::new(geometry, 1, delay).unwrap();
        let mut envelope = vec![0.0; drums.len()];
        lock.process([&drums[..]], &mut envelope);
        assert!(envelope.contains(&1.0) && envelope.contains(&0.0));
        let nonsense = [f32::NAN, f32::INFINITY, f32::MAX, f32::MIN, 1e-45].repeat(400);
        let mut envelope = vec![9.0; nonsense.len()];
        lock.process([&nonsense[..]], &mut envelope);
        assert!(envelope.iter().all(|w| (0.0..=1.0).contains(w)));
    }
    assert!(TransientLock::new(geometry, 65, 0).is_err());
}
