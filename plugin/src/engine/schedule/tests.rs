//! The order of service on a clock that is only a number.

use super::*;

fn live(slack: f32) -> Candidate {
    Candidate {
        slack: Some(slack),
        waited: 0.0,
        cost: 0.004,
        served: 0,
        kind: Some(1),
    }
}

fn offline() -> Candidate {
    Candidate {
        slack: None,
        ..live(0.0)
    }
}

#[test]
fn the_earliest_deadline_goes_first_even_where_it_has_passed() {
    assert_eq!(choose(&[], true), None);
    let streams = [live(0.02), live(-0.01), live(0.3)];
    assert_eq!(choose(&streams, true), Some(1));
    assert_eq!(choose(&streams[..1], false), Some(0));
}

#[test]
fn among_equals_the_least_recently_served_goes_first() {
    let served = |served: u64, one: Candidate| Candidate { served, ..one };
    let streams = [
        served(7, live(0.02)),
        served(5, live(0.02)),
        served(6, live(0.02)),
    ];
    assert_eq!(choose(&streams, true), Some(1));
    let streams = [served(7, offline()), served(6, offline())];
    assert_eq!(choose(&streams, true), Some(1));
}

/// Streams on a clock: each has a stride every `period`, due a period later, and every stride takes `cost`. Says how late the worst one
/// began, and how many each was given.
fn serve(periods: &[Option<f32>], cost: f32, seconds: f32) -> (f32, Vec<usize>) {
    let mut next: Vec<f32> = periods.iter().map(|p| p.unwrap_or(0.0)).collect();
    let mut served = vec![0; periods.len()];
    let mut counts = vec![0; periods.len()];
    let (mut now, mut turn, mut live_before, mut latest) = (0.0f32, 0, false, 0.0f32);
    while now < seconds {
        let ready: Vec<usize> = (0..periods.len()).filter(|&n| next[n] <= now).collect();
        let candidates: Vec<Candidate> = ready
            .iter()
            .map(|&n| Candidate {
                slack: periods[n].map(|period| next[n] + period - now),
                waited: now - next[n],
                cost,
                served: served[n],
                kind: Some(1),
            })
            .collect();
        let Some(place) = choose(&candidates, live_before) else {
            now += 0.001;
            continue;
        };
        turn += 1;
        let stream = ready[place];
        live_before = periods[stream].is_some();
        served[stream] = turn;
        counts[stream] += 1;
        now += cost;
        match periods[stream] {
            Some(period) => {
                latest = latest.max(now - next[stream] - period);
                next[stream] += period;
            }
            None => next[stream] = now,
        }
    }
    (latest, counts)
}

#[test]
fn live_streams_keep_their_deadlines_beside_hosts_that_never_have_enough() {
    // Three live streams use 0.6 of a thread; two offline ones would take any.
    let periods = [Some(0.02), Some(0.02), Some(0.08), None, None];
    let (latest, counts) = serve(&periods, 0.004, 4.0);
    assert!(latest <= 0.0, "late by {latest} s: {counts:?}");
    assert!(counts[3] > 100 && counts[3].abs_diff(counts[4]) <= 1, "{counts:?}");
}

#[test]
fn a_host_that_waits_gets_every_second_turn_where_live_streams_have_time() {
    let streams = [live(0.5), offline()];
    assert_eq!(choose(&streams, true), Some(1));
    assert_eq!(choose(&streams, false), Some(0));
    let near = [live(0.01), offline()];
    assert_eq!(choose(&near, true), Some(0));
}

#[test]
fn a_host_that_waits_is_not_forgotten_where_live_streams_are_too_much() {
    let (_, counts) = serve(&[Some(0.005), Some(0.005), None], 0.004, 10.0);
    assert!(counts[2] >= 10, "{counts:?}");
}

#[test]
fn overload_is_shared_evenly() {
    let (_, counts) = serve(&[Some(0.01), Some(0.01), Some(0.01)], 0.008, 8.0);
    let (least, most) = (counts.iter().min(), counts.iter().max());
    assert!(most.unwrap() - least.unwrap() <= 2, "{counts:?}");
}

#[test]
fn strides_are_decoded_together_only_where_there_are_more_than_threads_and_time_allows() {
    let mut streams = vec![live(0.3), live(0.2), live(0.4)];
    assert_eq!(companions(&streams, 1, 3), []);
    assert_eq!(companions(&streams, 1, 2), [0]);
    assert_eq!(companions(&streams, 1, 1), [0, 2]);
    // Another model's, and what is no stride at all.
    streams[0].kind = Some(2);
    assert_eq!(companions(&streams, 1, 1), [2]);
    assert_eq!(companions(&streams, 0, 1), []);
    streams.iter_mut().for_each(|one| one.kind = None);
    assert_eq!(companions(&streams, 1, 1), []);
    // No time for more than one stride before the first is due.
    let hurried = [live(0.01), live(0.02)];
    assert_eq!(companions(&hurried, 0, 1), []);
    // Hosts that wait have time.
    assert_eq!(companions(&[offline(); 9], 4, 1).len(), MAX_STREAMS - 1);
}
