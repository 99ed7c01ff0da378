//! What was done in the editor, to be undone and done again. A gesture is a step, a preset that was loaded is one; what hosts automate is none,
//! and stays as it is where another parameter is put back.

use std::time::{Duration, Instant};

use super::put::Texts;
use super::recorder::Move;

/// Steps that are kept.
const MOST: usize = 1_000;
/// Steps of one and the same parameter that follow each other as fast as this are one: notches of a wheel.
pub(super) const TOGETHER: Duration = Duration::from_millis(600);

/// What was done at once.
#[derive(Debug, Clone)]
pub struct Step {
    /// The parameters that moved.
    pub moves: Vec<Move>,
    /// What changed beside them, before and after: model, fixed bends, sound clusters.
    pub texts: Option<Texts>,
    /// What it is called, where it is not called after a parameter.
    pub words: Option<String>,
    when: Instant,
}

/// All that was done, and what of it was undone.
#[derive(Debug, Default)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
}

impl History {
    /// Takes down what was done.
    pub fn add(&mut self, moves: Vec<Move>, texts: Option<Texts>, words: Option<String>) {
        if moves.is_empty() && texts.is_none() {
            return;
        }
        let when = Instant::now();
        self.undone.clear();
        if let ([moved], None, None, Some(last)) =
            (moves.as_slice(), &texts, &words, self.done.last_mut())
            && let ([own], None, None) = (last.moves.as_mut_slice(), &last.texts, &last.words)
            && own.param == moved.param
            && when.duration_since(last.when) < TOGETHER
        {
            (own.after, last.when) = (moved.after, when);
            return;
        }
        if self.done.len() >= MOST {
            self.done.remove(0);
        }
        self.done.push(Step {
            moves,
            texts,
            words,
            when,
        });
    }

    /// The step to undo, which counts as undone from now on.
    pub fn undo(&mut self) -> Option<Step> {
        let step = self.done.pop()?;
        self.undone.push(step.clone());
        Some(step)
    }

    /// The step to do again.
    pub fn redo(&mut self) -> Option<Step> {
        let mut step = self.undone.pop()?;
        // What follows is a step of its own.
        step.when = step.when.checked_sub(TOGETHER).unwrap_or(step.when);
        self.done.push(step.clone());
        Some(step)
    }

    /// Whether there is anything to undo.
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    /// Whether there is anything to do again.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::NetbendParams;
    use nice_plug::prelude::{Param, ParamPtr, Params};

    fn positions(params: &NetbendParams) -> Vec<f32> {
        let all = params.param_map().into_iter();
        // SAFETY: the pointers come from `params`.
        all.map(|(_, param, _)| unsafe { param.unmodulated_normalized_value() })
            .collect()
    }

    fn put(param: ParamPtr, position: f32) {
        // SAFETY: the pointers come from parameters that outlive the call.
        unsafe { param._internal_set_normalized_value(position) };
    }

    #[test]
    fn a_thousand_edits_undone_leave_all_as_it_was_and_done_again_as_it_became() {
        let params = NetbendParams::default();
        let pointers: Vec<_> = params.param_map().into_iter().map(|all| all.1).collect();
        let mut history = History::default();
        let mut moments = vec![positions(&params)];
        for turn in 0..1_000_usize {
            let moves: Vec<_> = (0..=turn % 3)
                .map(|n| {
                    let param = pointers[(turn * 7 + n * 13) % pointers.len()];
                    let after = ((turn * 31 + n * 17) % 97) as f32 / 96.0;
                    // SAFETY: as above.
                    let before = unsafe { param.unmodulated_normalized_value() };
                    put(param, after);
                    // Steps of a switch are where it snaps to.
                    // SAFETY: as above.
                    let after = unsafe { param.unmodulated_normalized_value() };
                    Move {
                        param,
                        before,
                        after,
                    }
                })
                .collect();
            history.add(moves, None, None);
            moments.push(positions(&params));
        }
        let mut undone = 0;
        while let Some(step) = history.undo() {
            for moved in step.moves.iter().rev() {
                put(moved.param, moved.before);
            }
            undone += 1;
        }
        assert_eq!(undone, MOST);
        assert_eq!(positions(&params), moments[1_000 - MOST]);
        while let Some(step) = history.redo() {
            for moved in &step.moves {
                put(moved.param, moved.after);
            }
        }
        assert_eq!(positions(&params), moments[1_000]);
    }

    #[test]
    fn notches_of_a_wheel_are_one_step_and_another_parameter_is_another() {
        let params = NetbendParams::default();
        let (mix, seed) = (params.mix.as_ptr(), params.seed.as_ptr());
        let moved = |param, before, after| {
            vec![Move {
                param,
                before,
                after,
            }]
        };
        let mut history = History::default();
        history.add(moved(mix, 1.0, 0.9), None, None);
        history.add(moved(mix, 0.9, 0.8), None, None);
        history.add(moved(seed, 0.0, 0.5), None, None);
        assert!(history.can_undo() && !history.can_redo());
        assert_eq!(
            history.undo().map(|step| step.moves),
            Some(moved(seed, 0.0, 0.5))
        );
        assert_eq!(
            history.undo().map(|step| step.moves),
            Some(moved(mix, 1.0, 0.8))
        );
        assert!(history.undo().is_none() && history.can_redo());
        history.add(moved(seed, 0.0, 1.0), None, None);
        assert!(!history.can_redo());
    }
}
