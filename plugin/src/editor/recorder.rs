//! What the editor does to parameters, on its way to the host: written down for undo. What a host's automation does is not. GUI thread.

use std::sync::{Mutex, MutexGuard, PoisonError};

use nice_plug::context::gui::GuiContext;
use nice_plug::prelude::{GuiContextInner, ParamPtr, PluginApi, PluginState};

/// How many numbers to either side are tried.
const NEIGHBOURS: usize = 16;

/// A parameter that was moved, from one position to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// Which.
    pub param: ParamPtr,
    /// Where it was, 0–1.
    pub before: f32,
    /// Where it is now.
    pub after: f32,
}

/// A way to the host that remembers what went along it.
pub struct Recorder {
    host: GuiContext,
    written: Mutex<Written>,
}

#[derive(Default)]
struct Written {
    /// Gestures that have begun and not ended.
    open: usize,
    moves: Vec<Move>,
}

impl Recorder {
    /// The way to `host`.
    pub fn new(host: GuiContext) -> Self {
        Self {
            host,
            written: Mutex::default(),
        }
    }

    /// What was moved since the last call, once every gesture has ended; `None` where nothing was.
    pub fn take(&self) -> Option<Vec<Move>> {
        let mut written = self.written();
        if written.open > 0 || written.moves.is_empty() {
            return None;
        }
        let mut moves = std::mem::take(&mut written.moves);
        moves.retain(|moved| moved.before != moved.after);
        (!moves.is_empty()).then_some(moves)
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The position that leads to the very value that a parameter has. The one that it gives may lead beside it by a rounding.
///
/// # Safety
/// It is a parameter of this plugin.
unsafe fn position_of(param: ParamPtr) -> f32 {
    // SAFETY: the caller's promise.
    let (given, value) = unsafe {
        (
            param.unmodulated_normalized_value(),
            param.unmodulated_plain_value(),
        )
    };
    let (mut below, mut above) = (given, given);
    for _ in 0..NEIGHBOURS {
        for position in [below, above] {
            // SAFETY: the caller's promise.
            if unsafe { param.preview_plain(position) } == value {
                return position;
            }
        }
        below = below.next_down().max(0.0);
        above = above.next_up().min(1.0);
    }
    given
}

impl GuiContextInner for Recorder {
    fn plugin_api(&self) -> PluginApi {
        self.host.plugin_api()
    }

    unsafe fn raw_begin_set_parameter(&self, param: ParamPtr) {
        let mut written = self.written();
        written.open += 1;
        if !written.moves.iter().any(|moved| moved.param == param) {
            // SAFETY: the caller's promise: it is a parameter of this plugin.
            let before = unsafe { position_of(param) };
            written.moves.push(Move {
                param,
                before,
                after: before,
            });
        }
        drop(written);
        // SAFETY: the caller's promise.
        unsafe { self.host.raw_begin_set_parameter(param) };
    }

    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, normalized: f32) {
        let mut written = self.written();
        let moved = written.moves.iter_mut().find(|moved| moved.param == param);
        if let Some(moved) = moved {
            moved.after = normalized;
        }
        drop(written);
        // SAFETY: the caller's promise.
        unsafe { self.host.raw_set_parameter_normalized(param, normalized) };
    }

    unsafe fn raw_end_set_parameter(&self, param: ParamPtr) {
        let mut written = self.written();
        written.open = written.open.saturating_sub(1);
        drop(written);
        // SAFETY: the caller's promise.
        unsafe { self.host.raw_end_set_parameter(param) };
    }

    fn get_state(&self) -> PluginState {
        self.host.get_state()
    }

    fn set_state(&self, state: PluginState) {
        self.host.set_state(state);
    }

    fn request_restart(&self) {
        self.host.request_restart();
    }
}
