//! What is done with whole cards: exchanged, copied, cleared. Parameters belong to places, so that settings move and automation stays. GUI
//! thread.

use std::sync::{Mutex, PoisonError};

use nice_plug::prelude::ParamSetter;

use super::page::Page;
use super::settings::Settings;
use crate::params::NetbendParams;

/// What was copied last, in whichever window of this process.
static COPIED: Mutex<Option<Settings>> = Mutex::new(None);

/// Something that is asked of cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Two change places.
    Exchange(Page, Page),
    /// The second becomes what the first is.
    Duplicate(Page, Page),
    /// One is copied, to be pasted.
    Copy(Page),
    /// One becomes what was copied.
    Paste(Page),
    /// One becomes what it is in a new instance.
    Clear(Page),
}

impl Deed {
    /// Does it. What was done in words, where anything was.
    pub fn carry_out(self, params: &NetbendParams, setter: &ParamSetter<'_>) -> Option<String> {
        match self {
            Self::Exchange(one, other) => {
                let (first, second) = (Settings::of(one, params), Settings::of(other, params));
                first.put(other, params, setter);
                second.put(one, params, setter);
                Some(format!("Exchanged {} and {}", one.name(), other.name()))
            }
            Self::Duplicate(from, to) => {
                Settings::of(from, params).put(to, params, setter);
                Some(format!("Copied {} to {}", from.name(), to.name()))
            }
            Self::Copy(page) => {
                if page != Page::Sound {
                    let copied = Settings::of(page, params);
                    *COPIED.lock().unwrap_or_else(PoisonError::into_inner) = Some(copied);
                }
                None
            }
            Self::Paste(page) => {
                copied(page)?.put(page, params, setter);
                Some(format!("Pasted on {}", page.name()))
            }
            Self::Clear(page) => {
                Settings::fresh(page, params).put(page, params, setter);
                (page != Page::Sound).then(|| format!("Cleared {}", page.name()))
            }
        }
    }
}

/// Whether there is something that a card can take.
pub(super) fn can_paste(page: Page) -> bool {
    copied(page).is_some()
}

fn copied(page: Page) -> Option<Settings> {
    let copied = *COPIED.lock().unwrap_or_else(PoisonError::into_inner);
    copied.filter(|copied| copied.fit(page))
}
