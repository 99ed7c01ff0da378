//! What a stride says, in every mode and by every way that saves work.

mod ramp;
mod tails;
