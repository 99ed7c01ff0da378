//! What transforms of one geometry have in common: plans and windows, made once for all of them. A stream has eight transforms; with one
//! set of tables the second channel finds them where the first left them, in the processor's cache.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::StftGeometry;
use crate::number::{nearest_f32, nearest_f64};
use crate::window::{overlap_of_squares, periodic_hann, sine_gain};

/// Plans and windows; they never change.
pub(super) struct Tables {
    fft_size: usize,
    /// The hop for whose overlap-add the inverse is normed, if it is.
    norm_hop: Option<usize>,
    pub(super) forward: Arc<dyn RealToComplex<f32>>,
    pub(super) inverse: Arc<dyn ComplexToReal<f32>>,
    pub(super) analysis_window: Vec<f32>,
    pub(super) synthesis_window: Vec<f32>,
}

/// Those in use.
static KNOWN: Mutex<Vec<Weak<Tables>>> = Mutex::new(Vec::new());

impl Tables {
    /// The tables of a geometry that was checked, whose inverse is `normed` for overlap-add at its hop or only windowed. Not for the audio
    /// thread: locks, and makes them where nobody has them.
    pub(super) fn of(geometry: StftGeometry, normed: bool) -> Arc<Self> {
        let fft_size = geometry.fft_size;
        let norm_hop = normed.then_some(geometry.hop_samples);
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|tables| tables.strong_count() > 0);
        let mut all = known.iter().filter_map(Weak::upgrade);
        if let Some(tables) = all.find(|t| (t.fft_size, t.norm_hop) == (fft_size, norm_hop)) {
            return tables;
        }
        let tables = Arc::new(Self::new(fft_size, norm_hop));
        known.push(Arc::downgrade(&tables));
        tables
    }

    fn new(fft_size: usize, norm_hop: Option<usize>) -> Self {
        let mut planner = RealFftPlanner::new();
        let window = periodic_hann(fft_size);
        let gain = sine_gain(&window);
        let overlap = norm_hop.map(|hop| overlap_of_squares(&window, hop));
        let norm = |n: usize| match &overlap {
            Some(overlap) => overlap[n % overlap.len()],
            None => 1.0,
        };
        let analysis_window = window.iter().map(|&w| nearest_f32(f64::from(w) / gain));
        let synthesis_window = window
            .iter()
            .enumerate()
            .map(|(n, &w)| nearest_f32(f64::from(w) * gain / (nearest_f64(fft_size) * norm(n))));
        Self {
            fft_size,
            norm_hop,
            forward: planner.plan_fft_forward(fft_size),
            inverse: planner.plan_fft_inverse(fft_size),
            analysis_window: analysis_window.collect(),
            synthesis_window: synthesis_window.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_geometries_share_their_tables_and_others_do_not() {
        let geometry = |fft_size: usize, hop_samples: usize| StftGeometry {
            fft_size,
            hop_samples,
            sample_rate: 44_100.0,
        };
        let tables = Tables::of(geometry(96, 24), true);
        let mut other_rate = geometry(96, 24);
        other_rate.sample_rate = 48_000.0;
        assert!(Arc::ptr_eq(&tables, &Tables::of(other_rate, true)));
        for (geometry, normed) in [
            (geometry(96, 24), false),
            (geometry(96, 32), true),
            (geometry(192, 24), true),
        ] {
            assert!(!Arc::ptr_eq(&tables, &Tables::of(geometry, normed)));
        }
        let unnormed = Tables::of(geometry(96, 24), false);
        assert!(Arc::ptr_eq(&unnormed, &Tables::of(geometry(96, 32), false)));
    }

    #[test]
    fn tables_that_nobody_uses_are_gone() {
        let geometry = StftGeometry {
            fft_size: 48,
            hop_samples: 12,
            sample_rate: 44_100.0,
        };
        let weak = Arc::downgrade(&Tables::of(geometry, true));
        assert!(weak.upgrade().is_none());
    }
}
