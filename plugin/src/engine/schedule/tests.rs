//! The order of service on a clock that is only a number.

use super::*;

const NONE: [usize; 0] = [];

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
fn the_earliest_deadline_that_can_be_kept_goes_first() {
    assert_eq!(choose(&[], true), None);
    let streams = [live(0.3), live(0.02), live(0.003), live(-0.01)];
    assert_eq!(choose(&streams, true), Some(1));
    assert_eq!(choose(&streams[..1], false), Some(0));
    let late = [
        Candidate {
            served: 3,
            ..live(-0.02)
        },
        live(-0.01),
    ];
    assert_eq!(choose(&late, true), Some(1));
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

/// What came of serving streams on a clock.
#[derive(Debug)]
struct Served {
    /// Strides of each that were in time.
    kept: Vec<usize>,
    /// Those that were late, or dropped because they could only be.
    late: Vec<usize>,
}

/// Serves streams of which each has a stride every `period`, due a period later, or whenever the one before is done. Every stride takes `cost`.
fn serve(periods: &[Option<f32>], cost: f32, seconds: f32) -> Served {
    let mut next = vec![0.0f32; periods.len()];
    let mut served = vec![0; periods.len()];
    let mut came_of = Served {
        kept: vec![0; periods.len()],
        late: vec![0; periods.len()],
    };
    let (mut now, mut turn, mut live_before) = (0.0f32, 0, false);
    while now < seconds {
        for (n, period) in periods.iter().enumerate() {
            while let Some(period) = period.filter(|period| now > next[n] + 1.5 * period) {
                next[n] += period;
                came_of.late[n] += 1;
            }
        }
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
            now += 0.0005;
            continue;
        };
        turn += 1;
        now += cost;
        let stream = ready[place];
        live_before = periods[stream].is_some();
        served[stream] = turn;
        let due = periods[stream].map(|period| next[stream] + period);
        let in_time = due.is_none_or(|due| now <= due);
        let count = if in_time {
            &mut came_of.kept
        } else {
            &mut came_of.late
        };
        count[stream] += 1;
        next[stream] = periods[stream].map_or(now, |period| next[stream] + period);
    }
    came_of
}

#[test]
fn live_streams_keep_their_deadlines_beside_hosts_that_never_have_enough() {
    // Three live streams use 0.45 of a thread; two offline ones would take any.
    let periods = [Some(0.02), Some(0.02), Some(0.08), None, None];
    let served = serve(&periods, 0.004, 4.0);
    assert_eq!(served.late, [0; 5], "{served:?}");
    let [.., one, other] = served.kept[..] else {
        unreachable!();
    };
    assert!(one > 100 && one.abs_diff(other) <= 1, "{served:?}");
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
    let served = serve(&[Some(0.005), Some(0.005), None], 0.004, 10.0);
    assert!(served.kept[2] >= 10, "{served:?}");
}

/// A quarter too much to do: what is kept is most of what can be, and nobody pays for all.
#[test]
fn overload_costs_what_is_too_much_and_is_shared() {
    let served = serve(&[Some(0.05); 5], 0.0125, 20.0);
    let kept: usize = served.kept.iter().sum();
    assert!(kept > 1_100, "{served:?}");
    let (least, most) = (served.kept.iter().min(), served.kept.iter().max());
    assert!(4 * least.unwrap() > *most.unwrap(), "{served:?}");
}

#[test]
fn strides_are_decoded_together_only_where_there_are_more_than_threads_and_time_allows() {
    let mut streams = vec![live(0.3), live(0.2), live(0.4)];
    assert_eq!(companions(&streams, 1, 3), NONE);
    assert_eq!(companions(&streams, 1, 2), [0]);
    assert_eq!(companions(&streams, 1, 1), [0, 2]);
    // Another model's, and what is no stride at all.
    streams[0].kind = Some(2);
    assert_eq!(companions(&streams, 1, 1), [2]);
    assert_eq!(companions(&streams, 0, 1), NONE);
    streams.iter_mut().for_each(|one| one.kind = None);
    assert_eq!(companions(&streams, 1, 1), NONE);
    // No time for more than one stride before the first is due.
    let hurried = [live(0.01), live(0.02)];
    assert_eq!(companions(&hurried, 0, 1), NONE);
    // Hosts that wait have time.
    assert_eq!(companions(&[offline(); 9], 4, 1).len(), MAX_STREAMS - 1);
}
