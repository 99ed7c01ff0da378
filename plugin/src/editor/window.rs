//! The editor's window as nice-plug knows it: nice-plug-egui's, with sizes that follow scale and zoom. Main thread.
//!
//! nice-plug-egui 0.6.0 knows the scale only after the first resize and the zoom only while a window is open, and baseview 0.4.2 opens a
//! window as if the host had suggested no scale. So size and scale are kept in [`WindowState`], and a window that opened otherwise is given
//! its size before anyone sees it.

use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;
use std::sync::Arc;

use netbend_dsp::number::{cut, nearest_f64};
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::dpi::{NativeSize, PhysicalSize, Size};
use nice_plug::editor::{
    Editor, EditorHandle, HostCallbacks, HostMethods, Modifiers, ParentWindowHandle, ResizeHint,
    SpawnedEditor, VirtualKeyCode,
};
use nice_plug_egui::{EguiEditor, EguiEditorHandle, NiceEguiApp, baseview};

use super::preferences::Preferences;
use crate::params::SMALLEST_EDITOR_SIZE;
use crate::params::window::{Pixels, WindowState};

/// The editor for nice-plug.
pub struct Window<A: NiceEguiApp> {
    inner: EguiEditor<A>,
    state: Arc<WindowState>,
}

/// An open editor.
pub struct Handle {
    inner: EguiEditorHandle,
    state: Arc<WindowState>,
}

impl<A: NiceEguiApp> Window<A> {
    /// Around nice-plug-egui's.
    pub(super) fn new(inner: EguiEditor<A>, state: Arc<WindowState>) -> Self {
        Self { inner, state }
    }
}

fn native((width, height): Pixels, scale: f64) -> NativeSize<u32> {
    NativeSize::from_size(PhysicalSize::new(width, height).into(), scale)
}

impl<A: NiceEguiApp> Editor for Window<A> {
    type Handle = Handle;

    fn spawn(
        &self,
        parent: Option<ParentWindowHandle>,
        wait_for_parent: bool,
        fallback_scale_factor: Option<f64>,
        gui_context: GuiContext,
        host: Option<HostMethods>,
    ) -> Result<SpawnedEditor<Handle>, Box<dyn Error>> {
        if let Some(scale) = fallback_scale_factor {
            self.state.suggest(scale);
        }
        let (before, is_waiting) = (self.size(), wait_for_parent || parent.is_none());
        let (host, callbacks) = shared(host);
        let suggested = self.state.suggested();
        let SpawnedEditor { handle, window } =
            self.inner
                .spawn(parent, wait_for_parent, suggested, gui_context, host)?;
        let handle = Handle {
            inner: handle,
            state: Arc::clone(&self.state),
        };
        let is = window.size();
        self.state.set_system(is.scale_factor);
        let wanted = self.state.pixels_at(Preferences::read().zoom());
        if wanted != (is.physical.width, is.physical.height) {
            handle.set_size(native(wanted, is.scale_factor), &window)?;
        }
        self.state.set_pixels(Some(wanted));
        // A host that had to ask for the size before there was a window may have been told another.
        if !is_waiting
            && native(wanted, is.scale_factor) != before
            && let Some(callbacks) = callbacks
        {
            let size = PhysicalSize::new(wanted.0, wanted.1);
            // A host that refuses leaves the window as it is.
            let _ = callbacks
                .borrow_mut()
                .request_resize(size.into(), is.scale_factor);
        }
        Ok(SpawnedEditor { handle, window })
    }

    fn size(&self) -> NativeSize<u32> {
        let pixels = self.state.pixels();
        let pixels = pixels.unwrap_or_else(|| self.state.pixels_at(Preferences::read().zoom()));
        native(pixels, self.state.system())
    }

    fn resize_hint(&self) -> ResizeHint {
        self.inner.resize_hint()
    }

    fn track_info_updated(&self, info: nice_plug::prelude::TrackInfo) {
        self.inner.track_info_updated(info);
    }
}

impl EditorHandle for Handle {
    type Window = baseview::Window;
    type Error = baseview::Error;

    fn run_until_closed(window: Self::Window) -> Result<(), Self::Error> {
        EguiEditorHandle::run_until_closed(window)
    }

    fn set_parent(
        &self,
        parent: ParentWindowHandle,
        window: &Self::Window,
    ) -> Result<(), Self::Error> {
        self.inner.set_parent(parent, window)
    }

    fn show(&self, window: &Self::Window) -> Result<(), Self::Error> {
        self.inner.show(window)
    }

    fn hide(&self, window: &Self::Window) -> Result<(), Self::Error> {
        self.inner.hide(window)
    }

    fn set_size(
        &self,
        new_size: NativeSize<u32>,
        window: &Self::Window,
    ) -> Result<(), Self::Error> {
        self.inner.set_size(new_size, window)
    }

    fn host_main_thread_callback(&self, window: &Self::Window) {
        self.inner.host_main_thread_callback(window);
    }

    fn adjust_size(
        &self,
        new_size: NativeSize<u32>,
        _window: &Self::Window,
    ) -> Option<NativeSize<u32>> {
        let (width, height) = SMALLEST_EDITOR_SIZE;
        let scale = self.state.system() * f64::from(self.state.stretch());
        let least = |points: u32| cut::<u32>((nearest_f64(points) * scale).round());
        let least = native((least(width), least(height)), self.state.system());
        Some(NativeSize::new(
            new_size.width.max(least.width),
            new_size.height.max(least.height),
        ))
    }

    fn set_fallback_scale_factor(
        &self,
        scale_factor: f64,
        window: &Self::Window,
    ) -> Result<(), Self::Error> {
        if !self.state.suggest(scale_factor) {
            return Ok(());
        }
        self.inner.set_fallback_scale_factor(scale_factor, window)
    }

    fn on_virtual_key_from_host(
        &self,
        key_code: VirtualKeyCode,
        is_down: bool,
        modifiers: Modifiers,
    ) -> bool {
        self.inner
            .on_virtual_key_from_host(key_code, is_down, modifiers)
    }

    fn state_changed(&self) {
        self.inner.state_changed();
    }

    fn param_value_changed(&self, id: &str, normalized_value: f32) {
        self.inner.param_value_changed(id, normalized_value);
    }

    fn param_modulation_changed(&self, id: &str, modulation_offset: f32) {
        self.inner.param_modulation_changed(id, modulation_offset);
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.state.set_pixels(None);
    }
}

type Callbacks = Rc<RefCell<Box<dyn HostCallbacks>>>;

/// The host's callbacks, which we call once beside the window.
struct Shared(Callbacks);

impl HostCallbacks for Shared {
    fn request_resize(&mut self, new_size: Size, scale_factor: f64) -> Result<(), Box<dyn Error>> {
        self.0.borrow_mut().request_resize(new_size, scale_factor)
    }

    fn destroyed(&mut self) {
        self.0.borrow_mut().destroyed();
    }
}

fn shared(host: Option<HostMethods>) -> (Option<HostMethods>, Option<Callbacks>) {
    let Some(host) = host else {
        return (None, None);
    };
    let callbacks: Callbacks = Rc::new(RefCell::new(host.callbacks));
    let host = HostMethods {
        callbacks: Box::new(Shared(Rc::clone(&callbacks))),
        main_thread_caller: host.main_thread_caller,
    };
    (Some(host), Some(callbacks))
}
