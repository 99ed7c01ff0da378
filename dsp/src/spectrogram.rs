//! Whole-signal analysis and synthesis through the streaming classes. Offline only: allocates.

use ndarray::Array2;

use crate::{Analyzer, Complex, DspError, StftGeometry, Synthesizer};

/// The spectra of a whole signal as `[frame, bin]`: frame `k` covers the samples
/// `(k+1)·hop − fft_size .. (k+1)·hop`, and frames go on until the last one that touches it.
///
/// # Errors
/// See [`StftGeometry::check`].
pub fn analyze(signal: &[f32], geometry: StftGeometry) -> Result<Array2<Complex<f32>>, DspError> {
    let mut analyzer = Analyzer::new(geometry)?;
    let frames = frame_count(signal.len(), geometry);
    let mut spectra = Array2::from_elem((frames, geometry.bins()), Complex::default());
    let mut bins = vec![Complex::default(); geometry.bins()];
    let mut rest = signal;
    let silence = vec![0.0; geometry.hop_samples];
    for mut row in spectra.rows_mut() {
        while !analyzer.frame_ready() {
            if rest.is_empty() {
                analyzer.write(&silence);
            } else {
                rest = &rest[analyzer.write(rest)..];
            }
        }
        analyzer.analyze(&mut bins);
        row.iter_mut().zip(&bins).for_each(|(out, &x)| *out = x);
    }
    Ok(spectra)
}

/// The signal of `len` samples whose spectra come closest to `spectra`, `[frame, bin]`.
///
/// # Errors
/// See [`StftGeometry::check`].
pub fn synthesize(
    spectra: &Array2<Complex<f32>>,
    geometry: StftGeometry,
    len: usize,
) -> Result<Vec<f32>, DspError> {
    let mut synthesizer = Synthesizer::new(geometry)?;
    let mut signal = Vec::with_capacity(len + geometry.fft_size);
    let mut hop = vec![0.0; geometry.hop_samples];
    for row in spectra.rows() {
        synthesizer.add(&row.to_vec(), &mut hop);
        signal.extend_from_slice(&hop);
    }
    signal.drain(..geometry.delay_samples().min(signal.len()));
    signal.resize(len, 0.0);
    Ok(signal)
}

/// The magnitudes of spectra.
pub fn magnitudes(spectra: &Array2<Complex<f32>>) -> Array2<f32> {
    spectra.mapv(|x| x.norm())
}

/// Frames of a signal of `len` samples, from the first hop until the last frame that touches it.
pub fn frame_count(len: usize, geometry: StftGeometry) -> usize {
    if len == 0 {
        0
    } else {
        (len + geometry.delay_samples()).div_ceil(geometry.hop_samples.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_of_any_length_survives_the_round_trip() {
        let geometry = StftGeometry {
            fft_size: 64,
            hop_samples: 16,
            sample_rate: 48_000.0,
        };
        for len in [0, 1, 15, 16, 17, 1_000] {
            let signal: Vec<f32> = (0..len).map(|n| (n as f32 * 0.9).sin()).collect();
            let spectra = analyze(&signal, geometry).unwrap();
            let back = synthesize(&spectra, geometry, len).unwrap();
            assert_eq!(back.len(), len);
            for (a, b) in signal.iter().zip(&back) {
                assert!((a - b).abs() < 1e-6, "length {len}");
            }
        }
    }
}
