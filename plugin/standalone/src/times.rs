//! How long the window takes to open and its pictures to draw, printed every five seconds for those who set `NETBEND_FRAME_TIMES`. On a thread of
//! its own.

use std::time::Duration;

use netbend::take_times;

const VARIABLE: &str = "NETBEND_FRAME_TIMES";
const EVERY: Duration = Duration::from_secs(5);

/// Prints from now on, where that is asked.
pub fn start() {
    if std::env::var_os(VARIABLE).is_none() {
        return;
    }
    take_times();
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(EVERY);
            let mut times = take_times();
            for opened in times.opened {
                eprintln!("opened in {:.0} ms", opened.as_secs_f64() * 1e3);
            }
            eprintln!("{}", said(&mut times.drawn));
        }
    });
}

/// `200 pictures: p50 3.1, p95 4.0, p99 5.2, most 8.0 ms`.
fn said(drawn: &mut [Duration]) -> String {
    drawn.sort_unstable();
    let last = drawn.len().saturating_sub(1);
    let at = |share: usize| {
        let time = drawn.get((drawn.len() * share / 100).min(last));
        time.map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    let [p50, p95, p99, most] = [50, 95, 99, 100].map(at);
    let count = drawn.len();
    format!("{count} pictures: p50 {p50:.1}, p95 {p95:.1}, p99 {p99:.1}, most {most:.1} ms")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_those_of_all_pictures() {
        let mut drawn: Vec<_> = (1..=100).rev().map(Duration::from_millis).collect();
        let expected = "100 pictures: p50 51.0, p95 96.0, p99 100.0, most 100.0 ms";
        assert_eq!(said(&mut drawn), expected);
        assert_eq!(
            said(&mut []),
            "0 pictures: p50 0.0, p95 0.0, p99 0.0, most 0.0 ms"
        );
    }
}
