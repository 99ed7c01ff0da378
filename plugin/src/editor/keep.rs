//! *Keep*, in hosts: whether the last minute is remembered, and buttons that keep bars of it. GUI thread.

use std::sync::Arc;

use egui::{Id, Rect, Ui};

use super::files::notice::Notice;
use super::network::TABS;
use super::{choice, theme};
use crate::keep::{Beside, Keeper};
use crate::params::NetbendParams;
use crate::report::status::Status;

/// Width of all together.
pub const WIDTH: f32 = WORD + 4.0 * (BARS + GAP);
const WORD: f32 = 40.0;
const BARS: f32 = 22.0;
const GAP: f32 = 2.0;
/// Bars that can be kept.
const COUNTS: [u32; 4] = [1, 2, 4, 8];

/// The buttons of one instance.
pub struct Bar {
    keeper: Arc<Keeper>,
}

impl Bar {
    /// For what `keeper` remembers.
    pub fn new(keeper: Arc<Keeper>) -> Self {
        Self { keeper }
    }

    /// Draws them in `rect`, and says in `notice` what came of them.
    pub fn show(
        &self,
        ui: &mut Ui,
        rect: Rect,
        params: &NetbendParams,
        status: &Status,
        notice: &mut Notice,
    ) {
        if let Some(words) = self.keeper.hear() {
            notice.say(words);
        }
        let remembers = self.keeper.remembers();
        let word = rect.with_max_x(rect.left() + WORD);
        let tip = "Remember the last minute, of what comes in and of what goes out, so that bars of it can be kept. It takes up to 46 MB at 48 kHz, and holds for all your instances";
        let id = Id::unique("keep remembers");
        if choice::word(ui, word, id, ("Keep", tip), remembers, TABS) {
            self.keeper.set_remembers(!remembers);
        }
        let mut left = word.right() + GAP;
        for count in COUNTS {
            let button = rect.with_min_x(left).with_max_x(left + BARS);
            left += BARS + GAP;
            let id = Id::unique(("keep", count));
            let tip = "Keep that: so many of the last bars as they were heard, what they were made of, and the preset, in the folder Kept of Netbend's";
            let words = (&*count.to_string(), tip);
            let grounds = [theme::RAISED, TABS[1]];
            if choice::word(ui, button, id, words, false, grounds) {
                self.pressed(count, params, status, notice);
            }
        }
    }

    fn pressed(&self, count: u32, params: &NetbendParams, status: &Status, notice: &mut Notice) {
        if self.keeper.remembers() {
            return self.keeper.keep(count, Beside::of(params, status));
        }
        self.keeper.set_remembers(true);
        let words = "The last minute is remembered from now on: what you hear next can be kept.";
        notice.say(words.to_owned());
    }
}
