//! Setting a parameter from within.

use nice_plug::prelude::Param;

/// Sets a parameter that no host holds, past whatever listens to changes.
pub(crate) fn set<P: Param>(param: &P, value: P::Plain) {
    let normalized = param.preview_normalized(value);
    // SAFETY: the pointer comes from `param`, which outlives the call.
    unsafe { param.as_ptr()._internal_set_normalized_value(normalized) };
}
