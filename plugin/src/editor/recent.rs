//! What was done in the editor during the last minute, each moment to go back to; what was undone since, too. What hosts automate is none of
//! it, and stays as it is. GUI thread.

pub mod list;
mod words;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use nice_plug::prelude::ParamPtr;

use crate::params::NetbendParams;
use crate::params::snapshot::Snapshot;

use super::history::TOGETHER;
use super::put::Texts;
use super::recorder::Move;
pub use words::Words;

/// How far back it goes.
const SPAN: Duration = Duration::from_secs(60);
/// The most that is kept of it.
const MOST: usize = 300;

/// Something that was done.
#[derive(Debug)]
pub struct Entry {
    /// When.
    pub when: Instant,
    /// In words.
    pub words: Words,
    moves: Vec<Move>,
    texts: Option<Texts>,
}

impl Entry {
    /// What was done just now. It is called `called`, or after its parameter.
    pub fn new(
        params: &NetbendParams,
        called: Option<&str>,
        moves: Vec<Move>,
        texts: Option<Texts>,
    ) -> Self {
        Self {
            when: Instant::now(),
            words: Words::of(params, called, &moves),
            moves,
            texts,
        }
    }
}

/// What leads back to a moment.
#[derive(Debug, Default, PartialEq)]
pub struct Moment {
    /// Where parameters were that moved since.
    pub positions: Vec<(ParamPtr, f32)>,
    /// What was set beside them, where that changed since.
    pub texts: Option<Snapshot>,
}

/// All that was done in the last minute.
#[derive(Debug, Default)]
pub struct Recent {
    /// The newest is last.
    entries: VecDeque<Entry>,
}

impl Recent {
    /// Takes down what was done. What follows fast on the same parameter is one with what was done before.
    pub fn add(&mut self, entry: Entry) {
        if entry.moves.is_empty() && entry.texts.is_none() {
            return;
        }
        if let ([moved], None, Some(last)) = (
            entry.moves.as_slice(),
            &entry.texts,
            self.entries.back_mut(),
        ) && let ([own], None) = (last.moves.as_mut_slice(), &last.texts)
            && own.param == moved.param
            && last.words.what == entry.words.what
            && entry.when.duration_since(last.when) < TOGETHER
        {
            own.after = moved.after;
            (last.when, last.words.to) = (entry.when, entry.words.to);
            return;
        }
        if self.entries.len() >= MOST {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Forgets what is older than a minute at the moment `now`.
    pub fn forget_old(&mut self, now: Instant) {
        while let Some(oldest) = self.entries.front()
            && now.duration_since(oldest.when) > SPAN
        {
            self.entries.pop_front();
        }
    }

    /// Forgets all but the oldest `count` entries.
    #[cfg(test)]
    pub fn keep_oldest(&mut self, count: usize) {
        self.entries.truncate(count);
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// What was done, the newest first.
    pub fn newest_first(&self) -> impl ExactSizeIterator<Item = &Entry> {
        self.entries.iter().rev()
    }

    /// What leads back to before the newest `count` entries.
    pub fn before(&self, count: usize) -> Moment {
        let mut moment = Moment::default();
        for entry in self.newest_first().take(count) {
            for moved in &entry.moves {
                let mut known = moment.positions.iter_mut();
                match known.find(|(param, _)| *param == moved.param) {
                    Some((_, position)) => *position = moved.before,
                    None => moment.positions.push((moved.param, moved.before)),
                }
            }
            if let Some(texts) = &entry.texts {
                moment.texts = Some(texts.0.clone());
            }
        }
        moment
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nice_plug::prelude::Param as _;

    fn moved(param: ParamPtr, before: f32, after: f32) -> Vec<Move> {
        vec![Move {
            param,
            before,
            after,
        }]
    }

    #[test]
    fn a_moment_is_what_every_parameter_was_that_moved_since() {
        let params = NetbendParams::default();
        let (mix, on) = (params.mix.as_ptr(), params.slots[1].on.as_ptr());
        let mut recent = Recent::default();
        let entry = |moves| Entry::new(&params, None, moves, None);
        recent.add(entry(moved(mix, 1.0, 0.9)));
        recent.add(entry(moved(mix, 0.9, 0.5)));
        recent.add(entry(moved(on, 0.0, 1.0)));
        recent.add(entry(moved(mix, 0.5, 0.25)));
        let words: Vec<_> = recent
            .newest_first()
            .map(|entry| {
                let Words { what, from, to } = &entry.words;
                format!("{what}: {from} → {to}")
            })
            .collect();
        assert_eq!(
            words,
            [
                "Mix: 50.0 % → 25.0 %",
                "Slot 2 On: Off → On",
                "Mix: 100.0 % → 50.0 %"
            ]
        );
        assert_eq!(recent.before(0), Moment::default());
        assert_eq!(recent.before(1).positions, [(mix, 0.5)]);
        assert_eq!(recent.before(2).positions, [(mix, 0.5), (on, 0.0)]);
        assert_eq!(recent.before(3).positions, [(mix, 1.0), (on, 0.0)]);
    }

    #[test]
    fn it_goes_back_a_minute_and_holds_no_more_than_it_may() {
        let params = NetbendParams::default();
        let seed = params.seed.as_ptr();
        let mut recent = Recent::default();
        for step in 0..1_000_u16 {
            let called = format!("step {step}");
            let moves = moved(seed, 0.0, f32::from(step) + 1.0);
            recent.add(Entry::new(&params, Some(&called), moves, None));
        }
        assert_eq!(recent.newest_first().len(), MOST);
        let now = Instant::now();
        recent.forget_old(now);
        assert_eq!(recent.newest_first().len(), MOST);
        recent.forget_old(now + SPAN + Duration::from_secs(1));
        assert_eq!(recent.newest_first().len(), 0);
    }
}
