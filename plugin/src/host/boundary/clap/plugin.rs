//! Our CLAP plugin: nice-plug's with checked buffers, events, states and render mode.
//!
//! Hosts find nice-plug's own data behind our plugin, and ours before it: so nice-plug's functions that need no check are called by the
//! host as they are, those of extensions too.

mod playing;

use std::ffi::{CStr, c_char, c_void};
use std::ptr::null;
use std::sync::Arc;

use clap_sys::ext::audio_ports::{
    CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports,
};
use clap_sys::ext::preset_load::{
    CLAP_EXT_PRESET_LOAD, CLAP_EXT_PRESET_LOAD_COMPAT, clap_plugin_preset_load,
};
use clap_sys::ext::remote_controls::{CLAP_EXT_REMOTE_CONTROLS, CLAP_EXT_REMOTE_CONTROLS_COMPAT};
use clap_sys::ext::render::{
    CLAP_EXT_RENDER, CLAP_RENDER_OFFLINE, clap_plugin_render, clap_plugin_render_mode,
};
use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::factory::preset_discovery::clap_preset_discovery_location_kind;
use clap_sys::host::clap_host;
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{CLAP_PROCESS_ERROR, clap_process, clap_process_status};
use clap_sys::stream::{clap_istream, clap_ostream};
use netbend_dsp::number::low_bits;
use try_lock::TryLock;

use super::{preset_load, remote_controls, stream};
use crate::host::boundary::buses::CHANNELS;
use crate::host::boundary::{kept, opened, state};
use crate::host::hosted::Hosted;
use playing::Playing;

/// Around nice-plug's plugin, from `create_plugin` to `destroy`.
#[repr(C)]
pub(super) struct Boundary {
    /// What the host holds: it is where the boundary is. Its data is nice-plug's.
    own: clap_plugin,
    /// nice-plug's.
    inner: *const clap_plugin,
    host: *const clap_host,
    hosted: Arc<Hosted>,
    /// Made at activation. The audio thread has it while it processes.
    playing: TryLock<Option<Playing>>,
}

impl Boundary {
    /// A plugin around `inner`, for `host` to destroy.
    ///
    /// # Safety
    /// `inner` is nice-plug's plugin, which lives until it is destroyed, and `host` outlives it.
    pub(super) unsafe fn create(
        inner: *const clap_plugin,
        host: *const clap_host,
        hosted: Arc<Hosted>,
    ) -> *const clap_plugin {
        let own = clap_plugin {
            destroy: Some(destroy),
            activate: Some(activate),
            process: Some(process),
            get_extension: Some(get_extension),
            // SAFETY: the caller's promise.
            ..unsafe { *inner }
        };
        let boundary = Box::new(Self {
            own,
            inner,
            host,
            hosted,
            playing: TryLock::new(None),
        });
        Box::into_raw(boundary).cast()
    }

    /// # Safety
    /// `plugin` was made by [`create`](Self::create) and is not destroyed, or is null.
    unsafe fn of<'a>(plugin: *const clap_plugin) -> Option<&'a Self> {
        // SAFETY: the caller's promise; a boundary begins with its plugin.
        unsafe { plugin.cast::<Self>().as_ref() }
    }

    /// An extension of nice-plug's plugin.
    fn extension<E>(&self, id: &CStr) -> Option<&E> {
        // SAFETY: nice-plug's plugin; each extension's id stands for its type.
        unsafe {
            let get = (*self.inner).get_extension?;
            get(self.inner, id.as_ptr()).cast::<E>().as_ref()
        }
    }

    /// The channels of the main output now chosen.
    fn channels(&self) -> usize {
        let ports = self.extension::<clap_plugin_audio_ports>(CLAP_EXT_AUDIO_PORTS);
        let Some(get) = ports.and_then(|ports| ports.get) else {
            return CHANNELS;
        };
        // SAFETY: a struct of numbers, pointers and characters.
        let mut info: clap_audio_port_info = unsafe { std::mem::zeroed() };
        // SAFETY: nice-plug's function with its plugin.
        match unsafe { get(self.inner, 0, false, &raw mut info) } {
            true => info.channel_count as usize,
            false => CHANNELS,
        }
    }
}

unsafe extern "C" fn process(
    plugin: *const clap_plugin,
    host: *const clap_process,
) -> clap_process_status {
    // SAFETY: the host calls with our plugin and its block.
    let (boundary, host) = match unsafe { (Boundary::of(plugin), host.as_ref()) } {
        (Some(boundary), Some(host)) => (boundary, host),
        _ => return CLAP_PROCESS_ERROR,
    };
    // Taken only by a host that activates while it processes.
    match boundary.playing.try_lock().as_deref_mut() {
        // SAFETY: the host's block.
        Some(Some(playing)) => unsafe { playing.play(boundary.inner, host) },
        _ => CLAP_PROCESS_ERROR,
    }
}

unsafe extern "C" fn activate(
    plugin: *const clap_plugin,
    sample_rate: f64,
    min_frames: u32,
    max_frames: u32,
) -> bool {
    // SAFETY: the host calls with our plugin.
    let Some(boundary) = (unsafe { Boundary::of(plugin) }) else {
        return false;
    };
    if !sample_rate.is_finite() || sample_rate <= 0.0 {
        return false;
    }
    // A host that announces no or endless blocks gets pieces of a usual length.
    let longest = max_frames.clamp(1, low_bits::<u32>(crate::host::boundary::LONGEST_PIECE));
    // SAFETY: nice-plug's plugin.
    let activated = unsafe {
        (*boundary.inner).activate.is_some_and(|activate| {
            activate(
                boundary.inner,
                sample_rate,
                min_frames.min(longest),
                longest,
            )
        })
    };
    if activated && let Some(mut playing) = boundary.playing.try_lock() {
        let channels = boundary.channels();
        *playing = Some(Playing::new(channels, sample_rate, longest as usize));
        return true;
    }
    false
}

unsafe extern "C" fn destroy(plugin: *const clap_plugin) {
    if plugin.is_null() {
        return;
    }
    // SAFETY: the host calls once, with our plugin.
    unsafe {
        let boundary = Box::from_raw(plugin.cast_mut().cast::<Boundary>());
        if let Some(destroy) = (*boundary.inner).destroy {
            destroy(boundary.inner);
        }
    }
}

unsafe extern "C" fn get_extension(plugin: *const clap_plugin, id: *const c_char) -> *const c_void {
    static PRESET_LOAD: clap_plugin_preset_load = clap_plugin_preset_load {
        from_location: Some(load_preset),
    };
    static RENDER: clap_plugin_render = clap_plugin_render {
        has_hard_realtime_requirement: Some(has_hard_realtime_requirement),
        set: Some(set_render_mode),
    };
    static STATE: clap_plugin_state = clap_plugin_state {
        save: Some(save),
        load: Some(load),
    };
    // SAFETY: the host calls with our plugin and a string.
    let Some(boundary) = (unsafe { Boundary::of(plugin) }).filter(|_| !id.is_null()) else {
        return null();
    };
    // SAFETY: as above.
    match unsafe { CStr::from_ptr(id) } {
        id if id == CLAP_EXT_RENDER => (&raw const RENDER).cast(),
        id if id == CLAP_EXT_STATE => (&raw const STATE).cast(),
        id if id == CLAP_EXT_PRESET_LOAD || id == CLAP_EXT_PRESET_LOAD_COMPAT => {
            (&raw const PRESET_LOAD).cast()
        }
        id if id == CLAP_EXT_REMOTE_CONTROLS || id == CLAP_EXT_REMOTE_CONTROLS_COMPAT => {
            remote_controls::extension()
        }
        id => boundary
            .extension(id)
            .map_or(null(), std::ptr::from_ref::<c_void>),
    }
}

unsafe extern "C" fn has_hard_realtime_requirement(_plugin: *const clap_plugin) -> bool {
    false
}

/// Takes effect with the next block. nice-plug would wait for the next activation.
unsafe extern "C" fn set_render_mode(
    plugin: *const clap_plugin,
    mode: clap_plugin_render_mode,
) -> bool {
    // SAFETY: the host calls with our plugin.
    let Some(boundary) = (unsafe { Boundary::of(plugin) }) else {
        return false;
    };
    boundary.hosted.set_offline(mode == CLAP_RENDER_OFFLINE);
    true
}

unsafe extern "C" fn save(plugin: *const clap_plugin, host: *const clap_ostream) -> bool {
    // SAFETY: the host calls with our plugin.
    let Some(boundary) = (unsafe { Boundary::of(plugin) }) else {
        return false;
    };
    let inner = boundary.extension::<clap_plugin_state>(CLAP_EXT_STATE);
    let mut saved = Vec::new();
    let sink = stream::sink(&mut saved);
    // SAFETY: nice-plug's function with its plugin, and a stream that takes everything.
    let is_saved = inner
        .and_then(|state| state.save)
        .is_some_and(|save| unsafe { save(boundary.inner, &raw const sink) });
    match kept(&saved).filter(|_| is_saved) {
        // SAFETY: the host's stream.
        Some(json) => unsafe { stream::write_all(host, &state::with_length(&json)) },
        None => false,
    }
}

unsafe extern "C" fn load(plugin: *const clap_plugin, host: *const clap_istream) -> bool {
    // SAFETY: the host calls with our plugin and its stream.
    let (Some(boundary), Some(saved)) = (unsafe { (Boundary::of(plugin), stream::read_all(host)) })
    else {
        return false;
    };
    let Some(json) = opened(&saved, &boundary.hosted) else {
        return false;
    };
    let inner = boundary.extension::<clap_plugin_state>(CLAP_EXT_STATE);
    let state = state::with_length(&json);
    let mut rest = state.as_slice();
    let source = stream::source(&mut rest);
    // SAFETY: nice-plug's function with its plugin, and a stream that holds a whole state.
    let is_loaded = inner
        .and_then(|state| state.load)
        .is_some_and(|load| unsafe { load(boundary.inner, &raw const source) });
    if is_loaded {
        boundary.hosted.state_loaded();
    }
    is_loaded
}

unsafe extern "C" fn load_preset(
    plugin: *const clap_plugin,
    kind: clap_preset_discovery_location_kind,
    path: *const c_char,
    load_key: *const c_char,
) -> bool {
    // SAFETY: the host calls with our plugin, and strings or null; it outlives the plugin.
    unsafe {
        Boundary::of(plugin).is_some_and(|boundary| {
            preset_load::load(&boundary.hosted, boundary.host, kind, path, load_key)
        })
    }
}
