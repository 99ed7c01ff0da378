//! Who is served next: earliest deadline first, with a share for hosts that render offline. Plain functions of what is known.
//!
//! Where there is more to do than time for it, going by deadlines alone would make everything late. So strides that will be late anyway
//! come after those that will not, and those that wait until half of them is past are dropped for the next ones.
//!
//! A stride that is begun is worked on to its end, so what is decided here is only who begins.

/// Streams that are decoded as one batch at most.
pub(super) const MAX_STREAMS: usize = 4;

/// A live stream is near its deadline where less is left than this many times what its last stride took, …
const NEAR_COSTS: f32 = 2.0;
/// … and this many seconds.
const NEAR_SECONDS: f32 = 0.005;

/// Of the time that is left, how much may go into companions: hosts ask for several hops at once, and a machine has other things to do.
const SHARED: f32 = 0.5;

/// An offline host waits no longer than this many seconds behind live streams that never have time to spare.
const STARVED_SECONDS: f32 = 0.5;

/// Something to be done for a stream.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// Seconds until it is due; `None` where the host waits for it.
    pub(super) slack: Option<f32>,
    /// Seconds it has waited for.
    pub(super) waited: f32,
    /// Seconds the last of its kind took.
    pub(super) cost: f32,
    /// The turn at which its stream was last served; 0 before the first.
    pub(super) served: u64,
    /// What it can be done together with: strides of one model have one number, everything else has `None`.
    pub(super) kind: Option<usize>,
}

impl Candidate {
    /// Whether it will be late even if it is begun now.
    fn is_late(&self) -> bool {
        self.slack.is_some_and(|slack| slack < self.cost)
    }

    fn is_near(&self) -> bool {
        let near = NEAR_COSTS * self.cost + NEAR_SECONDS;
        self.slack.is_some_and(|slack| slack < near)
    }
}

/// The place of the candidate to begin with. `live_before` says whether the turn before went to a live stream.
pub(super) fn choose(candidates: &[Candidate], live_before: bool) -> Option<usize> {
    let live = |late: bool| {
        first_by(candidates, |one| {
            let slack = one.slack.filter(|_| one.is_late() == late)?;
            Some((if late { 0.0 } else { slack }, one.served))
        })
    };
    let live = live(false).or_else(|| live(true));
    let waiting = first_by(candidates, |one| {
        let offline = one.slack.is_none();
        offline.then_some((0.0, one.served))
    });
    match (live, waiting) {
        (Some(live), Some(waiting)) => {
            let starved = candidates[waiting].waited > STARVED_SECONDS;
            let held_up = candidates[live].is_near() && !starved;
            Some(if held_up || !live_before {
                live
            } else {
                waiting
            })
        }
        (one, other) => one.or(other),
    }
}

/// The candidates that are decoded together with `first`, most urgent first. `threads` can take up strides of its kind now, the asking
/// one among them: as long as there is one for each stride, each is worked on alone.
pub(super) fn companions(candidates: &[Candidate], first: usize, threads: usize) -> Vec<usize> {
    let Some(one) = candidates.get(first).filter(|one| one.kind.is_some()) else {
        return Vec::new();
    };
    let mut alike: Vec<usize> = (0..candidates.len())
        .filter(|&place| place != first && candidates[place].kind == one.kind)
        .collect();
    let slack = |place: usize| candidates[place].slack.unwrap_or(f32::INFINITY);
    alike.sort_by(|&a, &b| {
        let served = |place: usize| candidates[place].served;
        slack(a)
            .total_cmp(&slack(b))
            .then(served(a).cmp(&served(b)))
    });
    let share = (alike.len() + 1).div_ceil(threads.max(1));
    alike.truncate(share.min(MAX_STREAMS) - 1);
    let room = SHARED * slack(first);
    let mut spent = one.cost;
    let fitting = alike.iter().take_while(|place| {
        spent += candidates[**place].cost;
        spent <= room
    });
    let fitting = fitting.count();
    alike.truncate(fitting);
    alike
}

/// The place of the least key, in seconds and turns.
fn first_by(
    candidates: &[Candidate],
    key: impl Fn(&Candidate) -> Option<(f32, u64)>,
) -> Option<usize> {
    let keyed = candidates.iter().enumerate();
    let keyed = keyed.filter_map(|(place, one)| Some((key(one)?, place)));
    let first = keyed.min_by(|((a, x), _), ((b, y), _)| a.total_cmp(b).then(x.cmp(y)));
    first.map(|(_, place)| place)
}

#[cfg(test)]
mod tests;
