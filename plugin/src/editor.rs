//! The editor: two spectrograms or the browser of presets, the strip of bends and sound with one of them in full, the globals and what the
//! engine is doing.
//!
//! Everything here runs on the host's GUI thread. It reads parameters as atomics, so that automation
//! is seen moving, writes them only through [`ParamSetter`] gestures, and takes the scope's and the
//! status's locks briefly; the audio thread takes neither.

mod bar;
mod browser;
mod centre;
mod choice;
mod column;
mod dice;
mod edits;
mod entry;
mod files;
mod gesture;
mod globals;
mod header;
mod history;
mod incoming;
mod keep;
mod keys;
mod knob;
mod latent;
mod lock;
mod meter;
mod models;
mod modulators;
mod motion;
mod network;
mod panel;
mod player;
mod preferences;
mod put;
mod quantity;
mod recent;
mod recorder;
mod said;
mod seed;
mod slider;
mod slot;
mod sound_clusters;
mod sound_page;
mod spectrogram;
mod status_line;
mod strip;
mod summary;
mod text;
mod theme;
mod variations;
mod view;
mod warning;
mod weights;
mod window;
mod zoom;

#[cfg(test)]
mod test_host;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Duration;

use egui::{Align2, Context, Id, Rect, Ui, pos2, vec2};
use netbend_dsp::number::nearest_f32;
use nice_plug::context::gui::GuiContext;
use nice_plug::editor::ResizeHint;
use nice_plug::editor::dpi::LogicalSize;
use nice_plug::prelude::{GuiContextInner, ParamSetter};
use nice_plug_egui::baseview::{HandlerError, WindowSize};
use nice_plug_egui::{
    EguiEditorState, EguiNiceSettings, Frame, GraphicsConfig, NiceEguiApp, RepaintNotifier,
    create_egui_editor,
};

use crate::engine::Engine;
use crate::keep::Keeper;
use crate::params::pads::PadStore;
use crate::params::snapshot::Snapshot;
use crate::params::{NetbendParams, SMALLEST_EDITOR_SIZE, sound_labels};
use crate::player::Player;
use crate::report::scope::Scope;
use crate::report::status::{EngineState, Status};
use crate::resources::Resources;
use crate::resources::library::Library;
use crate::resources::shelf::Shelf;

use browser::{Browser, Loader};
use dice::Dice;
use edits::Edits;
use files::dialog::Dialog;
use files::notice::Notice;
use models::Models;
use modulators::Modulators;
use network::Network;
use recorder::Recorder;
use slot::{Renamed, Slot};
use spectrogram::Spectrograms;
use status_line::Chosen;
use strip::Page;
use variations::Variations;
use warning::Model;
use weights::WeightSlot;
pub use window::Window;
use zoom::Zoom;

/// Between the plugin's name and what is right of it.
const AFTER_NAME: f32 = 18.0;
/// Between the strip and the panel beneath it.
const STRIP_GAP: f32 = 6.0;
/// Time between two pictures: smooth scrolling, and host automation seen as it moves.
const REPAINT: Duration = Duration::from_millis(25);

/// The editor's content. One per plugin instance; its window opens and closes any number of times.
pub struct NetbendEditor {
    params: Arc<NetbendParams>,
    status: Arc<Status>,
    scope: Arc<Scope>,
    /// The instance's engine; it ends with the instance, not with the window.
    engine: Weak<OnceLock<Engine>>,
    /// What is shown in full; it stays while the window is closed.
    chosen: Page,
    browser: Browser,
    edits: Edits,
    dice: Dice,
    variations: Variations,
    models: Models,
    network: Network,
    modulators: Modulators,
    /// In the standalone program.
    player: Option<player::Bar>,
    /// In hosts.
    keep: Option<keep::Bar>,
    dialog: Dialog,
    notice: Notice,
    zoom: Zoom,
    /// Drawing panicked once; the window stays open and says so.
    broken: bool,
}

/// What lives as long as one window.
///
/// It is kept in that window's [`Context`] and not in [`NetbendEditor`], because nice-plug-egui 0.6.0
/// never calls [`NiceEguiApp::editor_closed`]: the context's end is the one sure sign of the
/// window's.
struct Session {
    /// The way to the host, which goes through `recorder`.
    gui: GuiContext,
    recorder: Arc<Recorder>,
    spectrograms: Mutex<Spectrograms>,
    scope: Arc<Scope>,
    engine: Weak<OnceLock<Engine>>,
    pads: PadStore,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.scope.set_open(false);
        self.scope.maps.set_open(false);
        // What was soloed and muted could not be seen any more.
        network::isolate(&self.engine, Vec::new());
        self.pads.let_go();
    }
}

/// What plays and keeps.
pub enum Tape {
    /// The standalone program's player.
    Standalone(Arc<Player>),
    /// What an instance in a host remembers.
    Hosted(Arc<Keeper>),
}

/// The editor of a plugin with these parameters, whose presets and models lie in `resources`, and with that `tape`; `tell` tells the engine what the
/// parameters name beside their values.
pub fn create(
    params: Arc<NetbendParams>,
    status: Arc<Status>,
    scope: Arc<Scope>,
    engine: Weak<OnceLock<Engine>>,
    resources: &Resources,
    tape: Tape,
    tell: impl Fn() + Send + Sync + 'static,
) -> Option<Window<NetbendEditor>> {
    let state = Arc::clone(&params.window);
    let (width, height) = state.points();
    let size = EguiEditorState::from_size(LogicalSize::new(width, height), 1.0);
    let (width, height) = SMALLEST_EDITOR_SIZE;
    let smallest = LogicalSize::new(nearest_f32(width), nearest_f32(height));
    // Nothing here has gradients that would show bands; where there is no graphics card, dithering is computed for every pixel.
    let graphics = GraphicsConfig {
        dithering: false,
        ..GraphicsConfig::default()
    };
    let settings = EguiNiceSettings::new()
        .with_tile("Netbend")
        .with_graphics_config(graphics)
        .with_resize_hint(ResizeHint::resizable().with_min_logical_size(smallest));
    let app = NetbendEditor::new(params, status, scope, engine, resources, tape, tell);
    let editor = create_egui_editor(size, RepaintNotifier::new(), settings, app)?;
    Some(Window::new(editor, state))
}

impl NiceEguiApp for NetbendEditor {
    fn build(
        &mut self,
        context: Context,
        gui: GuiContext,
        _frame: &mut Frame,
    ) -> Result<(), HandlerError> {
        theme::apply(&context);
        self.zoom.open(&context);
        let recorder = Arc::new(Recorder::new(gui));
        let session = Session {
            gui: GuiContext::new(Arc::clone(&recorder) as Arc<dyn GuiContextInner>),
            recorder,
            spectrograms: Mutex::new(Spectrograms::new(&context)),
            scope: self.scope.clone(),
            engine: self.engine.clone(),
            pads: self.params.pads.clone(),
        };
        context.data_mut(|data| data.insert_temp(session_id(), Arc::new(session)));
        self.scope.set_open(true);
        self.browser.begin();
        self.network.begin();
        self.dialog.forget();
        self.notice.clear();
        self.broken = false;
        Ok(())
    }

    fn ui(&mut self, ui: &mut Ui, frame: &mut Frame) {
        // A second window of this instance may have closed after this one opened.
        self.scope.set_open(true);
        ui.ctx().request_repaint_after(REPAINT);
        let session = ui.data(|data| data.get_temp::<Arc<Session>>(session_id()));
        let Some(session) = session else { return };
        if self.broken {
            let text = "The editor failed; please close and open it again. The sound goes on.";
            let font = theme::font(theme::BODY);
            let centre = ui.max_rect().center();
            ui.painter()
                .text(centre, Align2::CENTER_CENTER, text, font, theme::WARNING);
            return;
        }
        // A panic here would unwind into the host's event loop and end the host.
        self.broken = catch_unwind(AssertUnwindSafe(|| self.show(ui, &session, frame))).is_err();
    }

    fn resized(&mut self, new_size: WindowSize) {
        // The host may ask before the next picture is drawn.
        let size = new_size.physical;
        self.params
            .window
            .set_pixels(Some((size.width, size.height)));
    }

    fn editor_closed(&mut self) {
        self.scope.set_open(false);
        self.scope.maps.set_open(false);
    }
}

fn session_id() -> Id {
    Id::unique("netbend session")
}

impl NetbendEditor {
    fn new(
        params: Arc<NetbendParams>,
        status: Arc<Status>,
        scope: Arc<Scope>,
        engine: Weak<OnceLock<Engine>>,
        resources: &Resources,
        tape: Tape,
        tell: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let (player, keep) = match tape {
            Tape::Standalone(player) => (Some(player::Bar::new(player)), None),
            Tape::Hosted(keeper) => (None, Some(keep::Bar::new(keeper))),
        };
        Self {
            browser: Browser::new(
                Arc::clone(&params),
                Library::of(resources),
                Loader::new(resources.clone(), tell),
            ),
            edits: Edits::new(Arc::clone(&params)),
            dice: Dice::new(resources.clone()),
            variations: Variations::default(),
            models: Models::new(Shelf::of(resources.clone())),
            network: Network::default(),
            modulators: Modulators::new(&params),
            player,
            keep,
            dialog: Dialog::default(),
            notice: Notice::default(),
            zoom: Zoom::new(Arc::clone(&params.window)),
            params,
            status,
            scope,
            engine,
            chosen: Page::Slot(0),
            broken: false,
        }
    }

    fn show(&mut self, ui: &mut Ui, session: &Session, frame: &mut Frame) {
        self.zoom.follow(ui.ctx(), frame);
        let is_high = self.zoom.preferences.high_contrast;
        frame.set_recolour(is_high.then_some(theme::high_contrast));
        frame.set_clear_color(theme::ground(is_high));
        view::ground(ui, |ui| {
            self.layout(ui, session, Some(frame));
            keys::finish(ui, frame);
        });
    }

    /// Lays everything out, drawn in the order in which Tab goes through it; without a `frame` no dialog opens.
    fn layout(&mut self, ui: &mut Ui, session: &Session, frame: Option<&Frame>) {
        let setter = session.gui.param_setter();
        self.modulators.begin(ui, &self.params);
        let before = self.has_panel();
        let text = self.status.text();
        let area = ui.max_rect().shrink(theme::MARGIN);

        let top = Rect::from_min_size(area.min, vec2(area.width(), header::HEIGHT));
        let content = status_line::content(&self.status, &text, &self.params);
        let height = status_line::height(ui, &content, area.width());
        let bottom = area.with_min_y(area.bottom() - height);
        let row = |bottom: f32, height: f32| {
            Rect::from_min_max(
                pos2(area.left(), bottom - height),
                pos2(area.right(), bottom),
            )
        };
        let globals = row(bottom.top() - theme::GAP + 2.0, globals::HEIGHT);
        let detail = row(globals.top() - theme::GAP + 2.0, column::HEIGHT);
        let strip = row(detail.top() - STRIP_GAP, strip::HEIGHT);
        let middle = Rect::from_min_max(
            pos2(area.left(), top.bottom() + theme::GAP),
            pos2(area.right(), strip.top() - theme::GAP + 2.0),
        );

        self.top(ui, top, &text.model, &setter);
        self.middle(ui, middle, session, &setter);
        self.pages(ui, strip, detail, &setter);
        let dice = globals::show(ui, globals, &self.params, &self.status.meters, &setter);
        let (params, status) = (&self.params, &self.status);
        let (browser, variations) = (&mut self.browser, &mut self.variations);
        self.dice
            .show(ui, dice, params, status, browser, variations, &setter);
        if let Some(chosen) =
            status_line::show(ui, bottom, content, &status_line::explanation(&self.status))
        {
            self.choose_model(chosen);
        }
        // What is opened last is seen.
        if !before && self.has_panel() {
            self.edits.close();
        }
        self.models.attend(&self.params, &mut self.browser, &setter);
        self.take_files(ui, frame, &setter);
        self.modulators.finish(ui, &self.params, &mut self.browser);
        self.edits.take_down(&session.recorder, &mut self.browser);
    }

    fn top(&mut self, ui: &mut Ui, rect: Rect, model: &str, setter: &ParamSetter<'_>) {
        let model = if model.is_empty() {
            self.params.model_name()
        } else {
            model.to_owned()
        };
        self.browser.attend(&self.status, setter);
        let named = view::name(ui, rect, &mut self.zoom) + AFTER_NAME;
        let rest = rect.with_min_x(rect.left() + named);
        let (browser, edits) = (&mut self.browser, &mut self.edits);
        header::show(ui, rest, &self.params, setter, &model, browser, edits);
    }

    /// The player's bar, and beneath it the panel that is open, or the centre.
    fn middle(&mut self, ui: &mut Ui, rect: Rect, session: &Session, setter: &ParamSetter<'_>) {
        let mut pictures = rect;
        if let Some(player) = &mut self.player {
            let bar = pictures.with_max_y(pictures.top() + player::HEIGHT);
            player.show(ui, bar, &mut self.notice);
            pictures.min.y = bar.bottom() + theme::GAP - 2.0;
        }
        if self.edits.is_open() {
            self.edits.panel(ui, pictures, &mut self.browser, setter);
        } else if self.browser.is_open() {
            self.browser.panel(ui, pictures, setter);
        } else if self.models.is_open() {
            let (params, status, browser) = (&self.params, &self.status, &mut self.browser);
            self.models
                .panel(ui, pictures, params, status, browser, setter);
        } else if self.variations.is_open() {
            let (variations, browser) = (&mut self.variations, &mut self.browser);
            variations.panel(ui, pictures, browser, setter);
        } else if self.modulators.is_open() {
            self.modulators.panel(ui, pictures, &self.params, setter);
        } else {
            self.centre(ui, pictures, session, setter);
            self.modulators.door(ui, pictures, &self.params);
        }
    }

    /// Whether a panel is open beside the last minute's.
    fn has_panel(&self) -> bool {
        self.browser.is_open() || self.models.is_open() || self.variations.is_open()
    }

    fn choose_model(&mut self, chosen: Chosen) {
        if chosen == Chosen::Models {
            return self.models.turn();
        }
        let engine = self.engine.upgrade();
        let Some(engine) = engine.as_deref().and_then(OnceLock::get) else {
            return;
        };
        match (chosen, self.status.loaded()) {
            (Chosen::UseThis, Some(loaded)) => {
                self.params.model_sha256.replace(loaded.sha256);
                engine.play(self.params.wanted_model());
            }
            (Chosen::UseThis, None) => {}
            (Chosen::LookAgain | Chosen::Models, _) => engine.look_again(),
        }
    }

    fn pages(&mut self, ui: &mut Ui, strip: Rect, detail: Rect, setter: &ParamSetter<'_>) {
        let ready = self.status.state() == EngineState::Ready;
        let (layout, clusters) = (self.status.model(), self.status.clusters());
        let model = ready.then_some(Model {
            layout: &layout,
            clusters: &clusters,
        });
        let params = &self.params;
        let locks = &mut self.dice.locks;
        // The browser takes what is pasted as a preset.
        let takes_keys = !self.browser.is_open();
        let shown = strip::show(
            ui,
            strip,
            detail,
            self.chosen,
            params,
            model,
            locks,
            takes_keys,
            setter,
        );
        match self.chosen {
            Page::Slot(index) => {
                let slot = Slot {
                    number: index + 1,
                    params: &params.slots[index],
                    model,
                    sound: &params.sound_clusters,
                    setter,
                };
                if let Some(renamed) = slot.show(ui, detail) {
                    rename(&mut self.browser, params, &renamed);
                }
            }
            Page::Weights(index) => WeightSlot {
                number: index + 1,
                params: &params.weights[index],
                layout: model.map(|model| model.layout),
                setter,
            }
            .show(ui, detail),
            Page::Sound => {
                let is_mono = self.status.channels() == Some(1);
                let parts = model.map(|model| model.layout.parts.as_slice());
                sound_page::show(ui, detail, params, parts, is_mono, setter);
            }
        }
        self.chosen = shown.chosen;
        if let Some(deed) = shown.deed
            && let Some(words) = deed.carry_out(&self.params, setter)
        {
            self.edits.call(words);
        }
    }
}

/// Calls a sound cluster otherwise, as one step.
fn rename(browser: &mut Browser, params: &NetbendParams, renamed: &Renamed) {
    let Renamed {
        layer,
        cluster,
        name,
    } = renamed;
    let text = params.sound_clusters.text();
    if let Some(text) = sound_labels::renamed(&text, *layer, *cluster, name) {
        let settings = Snapshot::of(params).with_sound_clusters(text);
        browser.change_texts(&settings, &format!("Sound cluster {cluster}: {name}"));
    }
}
