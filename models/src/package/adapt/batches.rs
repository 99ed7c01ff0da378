//! Whether a part of a graph takes any number of windows at once.
//!
//! Shapes are found for one, two and three windows. A graph that was exported for as many as the example held fits those alone, and says so
//! nowhere: a constant in a `Reshape` does it.

use crate::error::ModelError;
use crate::onnx::printed::printed;
use crate::onnx::proto::GraphProto;
use crate::onnx::shapes::Shapes;

/// Batches that are tried where one of the first three does not fit, to say which does.
const OTHERS: [usize; 6] = [4, 8, 16, 32, 64, 128];

/// The shapes of a part for two windows and for three.
pub(super) struct Batches {
    pub(super) two: Shapes,
    pub(super) three: Shapes,
}

impl Batches {
    /// Those of `part`, whose input `from` has the shape `own` behind the batch. `input` is the model's own, of which `declared` is the batch where it
    /// is stated.
    ///
    /// # Errors
    /// [`ModelError::Structure`] naming the node that does not fit, or the batch that is the only one to fit.
    pub(super) fn infer(
        part: &GraphProto,
        from: &str,
        own: &[usize],
        input: &str,
        declared: Option<usize>,
    ) -> Result<Self, ModelError> {
        let with = |batch: usize| {
            let dims = std::iter::once(batch).chain(own.iter().copied()).collect();
            Shapes::infer(part, &[(from, dims)])
        };
        let (one, two, three) = (with(1), with(2), with(3));
        let fits = |batch: usize| match batch {
            1 => one.is_ok(),
            2 => two.is_ok(),
            3 => three.is_ok(),
            other => with(other).is_ok(),
        };
        if (1..=3).all(fits) {
            return Ok(Self {
                two: two?,
                three: three?,
            });
        }
        let mut tried = (1..=3).chain(OTHERS).chain(declared);
        let Some(only) = tried.find(|&batch| fits(batch)) else {
            return match two {
                Err(error) => Err(error),
                Ok(two) => three.map(|three| Self { two, three }),
            };
        };
        let which = (1..=3).find(|&batch| !fits(batch)).unwrap_or(only);
        let cause = [one, two, three].into_iter().find_map(Result::err);
        let cause = cause.map_or(String::new(), |error| match error {
            ModelError::Structure(cause) => format!(" ({cause})"),
            other => format!(" ({other})"),
        });
        Err(ModelError::Structure(format!(
            "it takes {} at once, but not {which}{cause}; {}",
            windows(only),
            remedy(input)
        )))
    }

    /// The shape of one item of tensor `name`; `None` where the first axis is not the batch.
    pub(super) fn item(&self, name: &str) -> Option<Vec<usize>> {
        match (self.two.of(name)?, self.three.of(name)?) {
            ([2, two @ ..], [3, three @ ..]) if two == three => Some(two.to_vec()),
            _ => None,
        }
    }
}

/// How to export a model again, whose input is `input`.
pub(super) fn remedy(input: &str) -> String {
    format!(
        "export it again with a dynamic batch axis: torch.onnx.export(model, example of 2 windows, …, dynamic_axes={{\"{}\": {{0: \
         \"batch\"}}}}) with dynamo=False, or dynamic_shapes=({{0: torch.export.Dim(\"batch\")}},) with dynamo=True; in the network, \
         x.flatten(1) and x.view(-1, …) take any batch",
        printed(input)
    )
}

fn windows(count: usize) -> String {
    match count {
        1 => "one window".into(),
        count => format!("{count} windows"),
    }
}
