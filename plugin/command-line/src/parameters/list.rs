//! `netbend parameters`: every parameter with its range and what it is at first.

use anyhow::Result;
use netbend_dsp::number::nearest_f32;
use nice_plug::params::internals::ParamPtr;

use super::ParameterSet;
use super::shown::shown;
use crate::print::say;

/// Lists the parameters that --set and --automate know.
#[derive(clap::Args)]
pub(crate) struct Arguments {}

/// Prints the list.
pub(crate) fn run(_: &Arguments) -> Result<()> {
    let set = ParameterSet::default();
    let widest = set.by_id.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
    for (id, pointer) in &set.by_id {
        say!("{id:widest$}  {}", values(*pointer))?;
    }
    say!(
        "\nslot_parameter_N and slot_second_N are knobs: `50 %` is a position, `r=3`, `k=2`, `45°` the transform's own units.
A bare number of what is in percent is a share: `0.4` is 40 %, `1` is 100 %. From 10 on it is taken as a percentage, and that is said \
         (`40` is 40 %); between 1 and 10 it is refused: write `5 %`."
    )
}

/// What values there are, and the first.
fn values(pointer: ParamPtr) -> String {
    // SAFETY: the pointer comes from the parameters of a `ParameterSet`, which outlives the call.
    let (steps, at_first) = unsafe { (pointer.step_count(), pointer.default_normalized_value()) };
    let range = match (pointer, steps) {
        (ParamPtr::EnumParam(_) | ParamPtr::BoolParam(_), Some(steps)) => (0..=steps)
            .map(|step| shown(pointer, nearest_f32(step) / nearest_f32(steps.max(1))))
            .collect::<Vec<_>>()
            .join(" | "),
        _ => format!("{} … {}", shown(pointer, 0.0), shown(pointer, 1.0)),
    };
    format!("{range}  [{}]", shown(pointer, at_first))
}
