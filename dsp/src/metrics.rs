//! Figures that say how good a result is. Offline only: allocates.

mod null_depth;
mod onset_lag;
mod pre_echo;
mod spectral_convergence;
mod spectral_distance;

pub use null_depth::{NullDepth, null_depth};
pub use onset_lag::{OnsetLag, detect_onsets, onset_lag};
pub use pre_echo::{PreEcho, pre_echo};
pub use spectral_convergence::{spectral_convergence_db, spectral_convergence_of_signal_db};
pub use spectral_distance::{BandLevels, CRITICAL_BANDS};

/// What silence is worth in dB.
pub const SILENCE_DB: f64 = -400.0;

/// `10·log10` of a ratio of powers; silence over anything is [`SILENCE_DB`].
fn power_db(power: f64) -> f64 {
    if power > 0.0 {
        (10.0 * power.log10()).max(SILENCE_DB)
    } else {
        SILENCE_DB
    }
}
