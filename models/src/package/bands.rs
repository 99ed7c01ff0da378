//! The spectrum in six bands, as engineers speak of it.

/// A band: its name and where it begins, in hertz. It ends where the next one begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Name.
    pub name: &'static str,
    /// Lower edge in hertz, the edge itself included.
    pub from_hz: f64,
}

/// The bands, from low to high. Edges follow common usage, widened to hold at least one bin of a 1024-point FFT each.
pub const BANDS: [Band; 6] = [
    Band {
        name: "sub",
        from_hz: 0.0,
    },
    Band {
        name: "low",
        from_hz: 60.0,
    },
    Band {
        name: "low-mid",
        from_hz: 250.0,
    },
    Band {
        name: "mid",
        from_hz: 800.0,
    },
    Band {
        name: "presence",
        from_hz: 2_500.0,
    },
    Band {
        name: "air",
        from_hz: 6_000.0,
    },
];

/// The index in [`BANDS`] of the centre of FFT bin `bin`.
pub(crate) fn band_of_bin(bin: usize, fft_size: usize, sample_rate: u32) -> usize {
    let hertz = bin as f64 * f64::from(sample_rate) / fft_size as f64;
    BANDS
        .iter()
        .rposition(|band| band.from_hz <= hertz)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_band_has_bins_of_the_usual_transform_in_rising_order() {
        let bands: Vec<usize> = (0..513)
            .map(|bin| band_of_bin(bin, 1_024, 44_100))
            .collect();
        assert!(bands.is_sorted());
        for band in 0..BANDS.len() {
            assert!(bands.contains(&band), "{}", BANDS[band].name);
        }
        // 2.33 kHz and 2.54 kHz.
        assert_eq!((bands[54], bands[59]), (3, 4));
    }
}
