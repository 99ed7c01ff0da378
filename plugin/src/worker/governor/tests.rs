//! What the governor decides, by figures.

mod rig;
mod simulation;

use super::*;

const SECONDS: f32 = 0.1;

/// A stride that took this share of its time, in short blocks of the host.
fn took(load: f32) -> StrideOutcome {
    StrideOutcome {
        load,
        hops_left: 1.0 - load,
        dropped: false,
        seconds: SECONDS,
    }
}

/// A governor at `quality`, come there by strides that took too long.
fn governor_at(quality: Quality) -> Governor {
    let mut governor = Governor::default();
    while governor.quality() < quality {
        governor.stride_done(took(0.8));
    }
    assert_eq!(governor.quality(), quality);
    governor
}

/// After so many strides of that load.
fn after(governor: &mut Governor, load: f32, seconds: f32) -> Quality {
    for _ in 0..(seconds / SECONDS).round() as usize {
        governor.stride_done(took(load));
    }
    governor.quality()
}

#[test]
fn work_is_lowered_one_level_where_little_time_is_left_and_two_where_a_stride_is_late() {
    let next = |outcome: StrideOutcome| {
        let mut governor = Governor::default();
        governor.stride_done(outcome);
        governor.quality()
    };
    assert_eq!(next(took(0.74)), Quality::Full);
    assert_eq!(next(took(0.76)), Quality::Coarser);
    assert_eq!(next(took(1.1)), Quality::CachedClean);
    let dropped = StrideOutcome {
        dropped: true,
        ..took(0.0)
    };
    assert_eq!(next(dropped), Quality::CachedClean);
    assert_eq!(
        governor_at(Quality::EveryFourthStride).quality(),
        Quality::EveryFourthStride
    );
}

#[test]
fn a_stride_of_a_long_block_that_waited_for_another_is_not_near_its_deadline() {
    let mut governor = Governor::default();
    governor.stride_done(StrideOutcome {
        hops_left: 1.0,
        ..took(0.9)
    });
    // And one whose first hop is due with the next block, long before that.
    governor.stride_done(StrideOutcome {
        hops_left: 0.0,
        ..took(0.2)
    });
    assert_eq!(governor.quality(), Quality::Full);
}

#[test]
fn work_is_raised_one_level_after_two_seconds_with_room_for_it() {
    for quality in Quality::ALL.into_iter().skip(1) {
        let mut governor = governor_at(quality);
        assert_eq!(after(&mut governor, 0.2, 2.0), quality, "too soon");
        let expected = Quality::at(quality.index() - 1);
        assert_eq!(after(&mut governor, 0.2, 0.5), expected, "too late");
    }
    let mut governor = governor_at(Quality::EveryFourthStride);
    assert_eq!(after(&mut governor, 0.1, 12.0), Quality::Full);
}

#[test]
fn work_is_not_raised_where_the_level_before_would_have_no_room() {
    // From 0.8 to 0.4 at once: the level before takes twice as long.
    let mut governor = governor_at(Quality::Coarser);
    assert_eq!(after(&mut governor, 0.4, 3.5), Quality::Coarser);
    // What was measured is doubted in time: another sound may save less.
    assert_eq!(after(&mut governor, 0.4, 20.0), Quality::Full);
}

#[test]
fn a_level_that_turns_out_too_dear_is_tried_less_and_less_often() {
    let mut governor = Governor::default();
    let mut changes = Vec::new();
    let mut before = governor.quality();
    for stride in 0..(120.0 / SECONDS) as usize {
        // Whatever it seems to save, full quality takes too long.
        let load = match governor.quality() {
            Quality::Full => 0.9,
            _ => 0.1,
        };
        governor.stride_done(took(load));
        if governor.quality() == Quality::Full && before != Quality::Full {
            changes.push(stride as f32 * SECONDS);
        }
        before = governor.quality();
    }
    assert!((2..=6).contains(&changes.len()), "{changes:?}");
    let waits: Vec<_> = changes.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(waits.is_sorted(), "{waits:?}");
    // A calm time makes it patient no more.
    after(&mut governor, 0.1, 2.0 * MOST_PATIENCE_SECONDS + 40.0);
    assert_eq!(governor.quality(), Quality::Full);
    after(&mut governor, 0.1, 2.0 * MOST_PATIENCE_SECONDS + 1.0);
    assert_eq!(governor.patience_seconds, PATIENCE_SECONDS);
}

#[test]
fn who_waits_for_the_worker_gets_everything_at_once() {
    let mut governor = governor_at(Quality::EverySecondStride);
    governor.rest();
    assert_eq!(governor.quality(), Quality::Full);
}
