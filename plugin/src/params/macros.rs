//! The parameters of the macros: knobs that move others.
//!
//! | id | range | meaning |
//! |---|---|---|
//! | `macro` | 0–1 | what routes take to their targets |

use nice_plug::prelude::*;

use super::share::percentage;

/// One macro.
#[derive(Params)]
pub struct MacroParams {
    /// Where it stands.
    #[id = "macro"]
    pub value: FloatParam,
}

impl MacroParams {
    /// Macro `number`, counted from 1: at 0, where it moves nothing.
    pub fn new(number: usize) -> Self {
        Self {
            value: percentage(format!("Macro {number}"), 0.0),
        }
    }
}
