//! A parameter's value as the host shows it.

use nice_plug::params::internals::ParamPtr;

/// A parameter's text at a normalised value, with its unit.
pub(super) fn shown(pointer: ParamPtr, normalized: f32) -> String {
    // SAFETY: the pointer comes from the parameters of a `ParameterSet`, which outlives the call.
    unsafe { pointer.normalized_value_to_string(normalized, true) }
}
