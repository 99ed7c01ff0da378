//! How many blocks late a layer is heard.

use netbend_dsp::number::nearest_f32;

use super::clean::{Clean, power};
use super::ear::Ear;
use crate::error::ModelError;
use crate::waveform::WaveformPlayer;

/// Power below this share of the whole run's mean does not count as sound that something could be missing from.
const SILENT: f64 = 1e-4;

/// For each layer that is shown, the number of blocks from the one it is ablated in to the one where that is heard: all of the layer is ablated
/// in the middle of the sound, and what is missing is counted from where half of it is.
pub(super) fn of_layers(
    player: &mut WaveformPlayer,
    clean: &mut Clean,
    ear: &Ear,
) -> Result<Vec<usize>, ModelError> {
    let windows = clean.windows();
    let window = windows[windows.len() / 2];
    let most = clean.reach();
    let moments = clean.moments(player, window, &[most])?;
    let (begin, face) = (window - most, player.face().clone());
    let unbent = clean.made_from(begin, most + ear.blocks()).to_vec();
    let floor = SILENT * clean.mean_power();
    let mut lags = Vec::new();
    let shown = player.manifest().shown_layers();
    for layer in face.layers.iter().take(shown) {
        let all: Vec<f32> = (0..layer.features).map(nearest_f32).collect();
        let made = clean.without(player, &moments[0], layer.index, &all, unbent.len())?;
        let pairs = made.iter().zip(&unbent);
        let missing: Vec<f64> = pairs
            .map(|(made, unbent)| {
                let change: Vec<f32> = made.iter().zip(unbent).map(|(a, b)| a - b).collect();
                let share = power(&change) / (power(unbent) + floor);
                if share.is_finite() { share } else { f64::MAX }
            })
            .collect();
        lags.push(half_way(&missing, most));
    }
    Ok(lags)
}

/// The first block that lacks half of what those from number `most` on do; 0 where none lacks anything.
fn half_way(missing: &[f64], most: usize) -> usize {
    let mut settled = missing[most..].to_vec();
    settled.sort_by(f64::total_cmp);
    let half = settled.get(settled.len() / 2).map_or(0.0, |x| 0.5 * x);
    let first = missing.iter().position(|x| *x >= half).unwrap_or(0);
    first.min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_counted_from_where_half_of_it_is() {
        assert_eq!(half_way(&[0.0, 0.1, 0.6, 1.0, 1.0, 0.9], 3), 2);
        assert_eq!(half_way(&[1.0, 1.0, 1.0, 1.0], 3), 0);
        // Of nothing that is ever heard.
        assert_eq!(half_way(&[0.0; 6], 3), 0);
        // Louder at first than ever after, and never later than the model is.
        assert_eq!(half_way(&[0.0, 9.0, 1.0, 1.0], 2), 1);
        assert_eq!(half_way(&[0.0, 0.0, 0.0, 0.0, 1.0, 1.0], 2), 2);
    }
}
