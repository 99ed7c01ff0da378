//! Which rows of an encoder's stages a stride of S frames adds, and which it takes over from strides before.
//!
//! Rows of a stage lie D frames apart, the product of the strides so far. Where D divides S, a stride adds the last S/D rows, and all others are
//! the window's before, shifted. Where S divides D, a stride adds the last row, and those that it is combined with are D/S strides old, 2·D/S, …
//! Where neither divides the other the stages end, and what lies behind runs whole.

use super::encoder_chain::EncoderChain;

/// A stage's output rows, from stride to stride.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StagePlan {
    /// Rows that a stride adds.
    pub(crate) new: usize,
    /// Older rows that the next stage reads beside the new ones.
    pub(crate) held: usize,
    /// Strides from one of those to the next, where a stride adds one row; otherwise 1.
    pub(crate) phases: usize,
}

impl StagePlan {
    /// Rows that are kept from stride to stride.
    pub(crate) fn kept(&self) -> usize {
        self.held * self.phases
    }
}

/// What is computed per stride.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StridePlan {
    /// Frames that the first stage reads in a stride: those before frame [`used`](Self::used).
    pub(crate) frames: usize,
    /// Frames, from the window's first on, that reach the latent.
    pub(crate) used: usize,
    /// One for each stage that is computed by rows.
    pub(crate) stages: Vec<StagePlan>,
}

impl StridePlan {
    /// The plan for windows `stride` frames apart; `None` where nothing of one is left in the next.
    pub(crate) fn new(chain: &EncoderChain, stride: usize) -> Option<Self> {
        let mut spacing = 1;
        let mut stages: Vec<StagePlan> = Vec::new();
        for stage in &chain.stages {
            spacing *= stage.stride;
            let (new, phases) = match (stride % spacing, spacing % stride.max(1)) {
                _ if stride == 0 => return None,
                (0, _) => ((stride / spacing).min(stage.used), 1),
                (_, 0) => (1, spacing / stride),
                _ => break,
            };
            stages.push(StagePlan {
                new,
                held: 0,
                phases,
            });
        }
        for place in 0..stages.len() {
            // Behind the last one everything is read.
            let read = match stages.get(place + 1) {
                Some(next) => {
                    let next_stage = &chain.stages[place + 1];
                    (next.new - 1) * next_stage.stride + next_stage.length
                }
                None => chain.stages[place].used,
            };
            stages[place].held = read.checked_sub(stages[place].new)?;
        }
        let first = chain.stages.first()?;
        let frames = (stages.first()?.new - 1) * first.stride + first.length;
        (frames < chain.used).then_some(Self {
            frames,
            used: chain.used,
            stages,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::encoder_chain::Stage;
    use super::super::links::Tensor;
    use super::*;

    /// Five convolutions over `length` rows, two rows apart, behind 125 frames.
    fn chain() -> EncoderChain {
        let tensor = |rows| Tensor {
            name: String::new(),
            features: 1,
            rows,
            columns: 1,
        };
        let stage = |rows, used| Stage {
            node: 0,
            length: 5,
            stride: 2,
            output: tensor(rows),
            used,
        };
        EncoderChain {
            input: tensor(128),
            used: 125,
            stages: vec![
                stage(62, 61),
                stage(29, 29),
                stage(13, 13),
                stage(5, 5),
                stage(1, 1),
            ],
        }
    }

    fn rows(stride: usize) -> Option<Vec<(usize, usize, usize)>> {
        let plan = StridePlan::new(&chain(), stride)?;
        let stages = plan.stages.iter();
        Some(stages.map(|s| (s.new, s.held, s.phases)).collect())
    }

    #[test]
    fn a_stride_of_four_adds_two_rows_and_then_one_on_every_stage() {
        let expected = vec![(2, 3, 1), (1, 4, 1), (1, 4, 2), (1, 4, 4), (1, 0, 8)];
        assert_eq!(rows(4), Some(expected));
        assert_eq!(StridePlan::new(&chain(), 4).unwrap().frames, 7);
    }

    #[test]
    fn long_strides_add_as_many_rows_as_there_are() {
        let expected = vec![(32, 3, 1), (16, 3, 1), (8, 3, 1), (4, 1, 1), (1, 0, 1)];
        assert_eq!(rows(64), Some(expected));
    }

    #[test]
    fn stages_end_where_rows_of_two_strides_do_not_meet() {
        assert_eq!(rows(6), Some(vec![(3, 58, 1)]));
        assert_eq!(rows(125), None);
        assert_eq!(rows(128), None);
        assert_eq!(rows(0), None);
    }
}
