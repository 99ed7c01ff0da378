//! `netbend parameters`: every parameter with its range and what it is at first.

use anyhow::Result;
use nice_plug::params::internals::ParamPtr;

use super::{ParameterSet, shown};

/// Lists the parameters that --set and --automate know.
#[derive(clap::Args)]
pub(in crate::cli) struct Arguments {}

/// Prints the list.
pub(in crate::cli) fn run(_: &Arguments) -> Result<()> {
    let set = ParameterSet::default();
    let widest = set.by_id.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
    for (id, pointer) in &set.by_id {
        println!("{id:widest$}  {}", values(*pointer));
    }
    println!(
        "\nslot_parameter_N and slot_second_N are knobs: `50 %` is a position, `r=3`, `k=2`, `45°` the transform's own units."
    );
    Ok(())
}

/// What values there are, and the first.
fn values(pointer: ParamPtr) -> String {
    // SAFETY: the pointer comes from the parameters of a `ParameterSet`, which outlives the call.
    let (steps, at_first) = unsafe { (pointer.step_count(), pointer.default_normalized_value()) };
    let range = match (pointer, steps) {
        (ParamPtr::EnumParam(_) | ParamPtr::BoolParam(_), Some(steps)) => (0..=steps)
            .map(|step| shown(pointer, step as f32 / steps.max(1) as f32))
            .collect::<Vec<_>>()
            .join(" | "),
        _ => format!("{} … {}", shown(pointer, 0.0), shown(pointer, 1.0)),
    };
    format!("{range}  [{}]", shown(pointer, at_first))
}
