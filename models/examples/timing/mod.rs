//! Times of work that is repeated.

use std::time::Instant;

/// The milliseconds that `work` takes, from the least on; it is given the number of the round. One round at least.
pub fn milliseconds(rounds: usize, mut work: impl FnMut(usize)) -> Vec<f64> {
    let mut times: Vec<f64> = (0..rounds.max(1))
        .map(|round| {
            let start = Instant::now();
            work(round);
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times
}
