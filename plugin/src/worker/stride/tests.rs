//! What a stride says, in every mode and by every way that saves work.

mod mix;
mod ramp;
mod run;
mod tails;
