//! Parameters that are set without a word to the editor. Audio thread, but for [`Quiet::new`].
//!
//! Of every value that a block brings nice-plug tells the editor, by a task. While the editor's window is made such a task would lie in
//! wait for it on the wrong thread (see [`hosted::rest`](crate::host::hosted)). So for that time the boundary sets what comes itself; nice-plug
//! is shown no change. A value then holds from the start of the piece of a block that brings it.

use std::sync::Arc;

use netbend_dsp::number::nearest_f32;
use nice_plug::params::Params as _;
use nice_plug::params::internals::ParamPtr;
use vst3::Steinberg::Vst::ParamID;

use crate::host::boundary::parameter_id::parameter_id;
use crate::host::hosted::Hosted;

/// See the module.
pub(super) struct Quiet {
    hosted: Arc<Hosted>,
    /// By id.
    params: Box<[(ParamID, ParamPtr)]>,
}

impl Quiet {
    /// For the parameters of `hosted`. Allocates.
    pub(super) fn new(hosted: &Arc<Hosted>) -> Self {
        let map = hosted.params.param_map();
        let mut params: Vec<_> = map
            .into_iter()
            .map(|(id, param, _)| (parameter_id(&id), param))
            .collect();
        params.sort_unstable_by_key(|(id, _)| *id);
        Self {
            hosted: Arc::clone(hosted),
            params: params.into_boxed_slice(),
        }
    }

    /// Sets a parameter to a value from 0 to 1, if it is time to be quiet. Whether it is.
    ///
    /// # Real-time safety
    /// A search and atomic operations.
    pub(super) fn set(&self, id: ParamID, value: f64) -> bool {
        if !self.hosted.rests.is_quiet() {
            return false;
        }
        if let Ok(place) = self.params.binary_search_by_key(&id, |(id, _)| *id)
            && let Some((_, param)) = self.params.get(place)
        {
            // SAFETY: the pointer comes from parameters that `hosted` holds; they are atomics, without smoothing.
            unsafe { param._internal_set_normalized_value(nearest_f32(value)) };
        }
        true
    }
}
