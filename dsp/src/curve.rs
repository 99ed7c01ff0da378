//! Reading per-frame control curves at fractional frames. Worker thread.
//!
//! A layer's rows are coarser than frames (each encoder stage halves them) and offset by its
//! receptive field, so row `r` reads the controls at frame `first + r·step`.

/// The value of a curve at a fractional frame: linear between frames, held beyond both ends.
/// An empty curve is 0; a position that is not a number is the first frame.
///
/// # Real-time safety
/// Never allocates, locks or panics.
pub fn sample(curve: &[f32], frame: f32) -> f32 {
    let Some(last) = curve.len().checked_sub(1) else {
        return 0.0;
    };
    // `max` turns NaN into 0; the cast saturates.
    let frame = frame.max(0.0);
    let before = (frame as usize).min(last);
    let after = (before + 1).min(last);
    let share = frame - before as f32;
    let (from, to) = (curve[before], curve[after]);
    // Ends and flat parts must be exact, also where share is beyond the end.
    if before == after || from == to {
        from
    } else {
        from + share * (to - from)
    }
}

/// Fills `rows` with the curve at the frames `first_frame + row·frames_per_row`.
///
/// # Real-time safety
/// Never allocates, locks or panics.
pub fn sample_rows(curve: &[f32], first_frame: f32, frames_per_row: f32, rows: &mut [f32]) {
    for (row, value) in rows.iter_mut().enumerate() {
        *value = sample(curve, first_frame + row as f32 * frames_per_row);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curves_are_linear_between_frames_and_held_at_the_ends() {
        let curve = [1.0, 3.0, -1.0];
        for (frame, expected) in [
            (-5.0, 1.0),
            (0.0, 1.0),
            (0.25, 1.5),
            (1.0, 3.0),
            (1.5, 1.0),
            (2.0, -1.0),
            (2.5, -1.0),
            (1e30, -1.0),
            (f32::INFINITY, -1.0),
            (f32::NAN, 1.0),
        ] {
            assert_eq!(sample(&curve, frame), expected, "at frame {frame}");
        }
        assert_eq!(sample(&[], 1.0), 0.0);
        assert_eq!(sample(&[4.0], 7.0), 4.0);
    }

    #[test]
    fn rows_step_through_the_curve() {
        let curve: Vec<f32> = (0..10).map(|n| n as f32).collect();
        let mut rows = [0.0; 4];
        sample_rows(&curve, 1.5, 2.0, &mut rows);
        assert_eq!(rows, [1.5, 3.5, 5.5, 7.5]);
    }
}
