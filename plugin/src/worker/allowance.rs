//! How much a stride may ask of the network without being late. Pool threads.
//!
//! What a stride will take is told from what those before it took: so much for each item that is decoded, and so much for each window that
//! latent play has drawn or encoded beside the sound's own. Where controls move so wildly that there is no time for all knots, the stride gets
//! fewer ([`Spacing`](super::knots::Spacing)). Only figures are reckoned with here; the clock is read by who gives them.

use netbend_dsp::number::nearest_f32;

/// The share of the time that is left which may be planned with: the rest is for making sound of what was decoded, and for a machine that
/// has other things to do.
const SHARE: f32 = 0.65;
/// What is dearest of so many strides stands for those to come.
const RECENT: usize = 4;
/// What a window that is drawn or encoded takes, in decoded items, until one has been.
const USUAL_FRESH_ITEMS: f32 = 2.0;

/// What strides took of late.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Prices {
    /// Seconds of an item that is decoded.
    item: Recent,
    /// Seconds of a window that is drawn or encoded beside the sound's own.
    fresh: Recent,
}

/// The largest of the newest values.
#[derive(Debug, Clone, Copy, Default)]
struct Recent {
    values: [f32; RECENT],
}

/// What a stride may take.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Allowance {
    /// Seconds; `None` where whoever wants the stride waits for it.
    seconds: Option<f32>,
    item: f32,
    fresh: f32,
}

impl Prices {
    /// `items` were decoded in `seconds`.
    pub(super) fn decoded(&mut self, items: usize, seconds: f32) {
        self.item.add(items, seconds);
    }

    /// `windows` were drawn or encoded beside the sound's own in `seconds`.
    pub(super) fn drawn(&mut self, windows: usize, seconds: f32) {
        self.fresh.add(windows, seconds);
    }

    /// What a stride may take of the `seconds` until it is due.
    pub(super) fn allowance(&self, seconds: f32) -> Allowance {
        let item = self.item.most();
        let fresh = match self.fresh.most() {
            0.0 => USUAL_FRESH_ITEMS * item,
            fresh => fresh,
        };
        Allowance {
            seconds: Some(SHARE * seconds),
            item,
            fresh,
        }
    }
}

impl Recent {
    fn add(&mut self, count: usize, seconds: f32) {
        if count > 0 {
            self.values.rotate_left(1);
            self.values[RECENT - 1] = seconds / nearest_f32(count);
        }
    }

    fn most(&self) -> f32 {
        self.values.iter().copied().fold(0.0, f32::max)
    }
}

impl Allowance {
    /// Whether there is time to decode so many items, for which so many windows are drawn or encoded.
    pub(super) fn covers(&self, items: usize, windows: usize) -> bool {
        let seconds = self.item * nearest_f32(items) + self.fresh * nearest_f32(windows);
        self.seconds.is_none_or(|left| seconds <= left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_dearest_of_late_is_reckoned_with() {
        let mut prices = Prices::default();
        assert!(prices.allowance(0.001).covers(100, 100), "nothing is known");
        prices.decoded(4, 0.4);
        assert!(prices.allowance(1.0).covers(6, 0));
        assert!(!prices.allowance(1.0).covers(7, 0));
        // A window that was never drawn counts for two items.
        assert!(prices.allowance(1.0).covers(2, 2));
        assert!(!prices.allowance(1.0).covers(2, 3));
        prices.drawn(2, 0.1);
        assert!(prices.allowance(1.0).covers(2, 8));
        assert!(!prices.allowance(1.0).covers(2, 10));
        for _ in 0..RECENT - 1 {
            prices.decoded(1, 0.01);
            prices.decoded(0, 9.0);
            assert!(!prices.allowance(1.0).covers(7, 0));
        }
        prices.decoded(1, 0.01);
        assert!(prices.allowance(1.0).covers(60, 0));
    }

    #[test]
    fn who_waits_gets_everything() {
        assert!(Allowance::default().covers(usize::MAX, usize::MAX));
    }
}
