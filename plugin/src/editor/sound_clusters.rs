//! Sound clusters in the editor: the button that learns them, and what to say of them.

use std::time::Duration;

use egui::{Id, Rect, Ui};

use crate::params::NetbendParams;
use crate::params::slot::SelectionChoice;
use crate::params::sound_clusters::{Note, SoundClusterStore};

use super::choice;

/// How long news is shown.
const LEARNED: Duration = Duration::from_secs(8);
const FAILED: Duration = Duration::from_secs(20);

/// Something to say of the sound clusters.
#[derive(Debug, PartialEq, Eq)]
pub enum Message {
    /// All goes as it should.
    News(String),
    /// The user has to do something.
    Hint(String),
    /// Something does not work.
    Problem(String),
}

/// Draws the button of slot `number`; what it learns serves all slots.
pub fn learn(ui: &mut Ui, rect: Rect, number: usize, store: &SoundClusterStore) {
    let learning = store.is_learning();
    let (name, tip) = if learning {
        ("…", "Learning from the sound; takes about a second")
    } else {
        (
            "Learn",
            "Group the features by what they do in the sound playing now (its last 0.7 s), for all slots and layers",
        )
    };
    if choice::button_of(ui, rect, Id::unique(("learn", number)), name, tip) && !learning {
        store.learn();
    }
}

/// What to say now.
pub fn message(params: &NetbendParams) -> Option<Message> {
    let selected = params
        .slots
        .iter()
        .any(|slot| slot.on.value() && slot.selection.value() == SelectionChoice::SoundCluster);
    match params.sound_clusters.note() {
        Note::Learning => Some(Message::News("learning from the sound…".into())),
        Note::Learned(words, when) if when.elapsed() < LEARNED => Some(Message::News(words)),
        Note::Failed(problem, when) if when.elapsed() < FAILED => {
            Some(Message::Problem(format!("Nothing was learned: {problem}.")))
        }
        Note::Unusable(problem) if selected => Some(Message::Problem(format!(
            "Sound cluster selects nothing: {problem}."
        ))),
        _ if selected && params.sound_clusters.is_empty() => Some(Message::Hint(
            "no sound clusters yet: play something, then press Learn".into(),
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nice_plug::prelude::Param;
    use std::time::Instant;

    fn select(params: &NetbendParams, choice: SelectionChoice) {
        let slot = &params.slots[2];
        for (pointer, value) in [
            (slot.on.as_ptr(), slot.on.preview_normalized(true)),
            (
                slot.selection.as_ptr(),
                slot.selection.preview_normalized(choice),
            ),
        ] {
            // SAFETY: the pointers come from `params`, which outlives the call.
            unsafe { pointer._internal_set_normalized_value(value) };
        }
    }

    #[test]
    fn what_concerns_only_sound_clusters_is_said_only_where_they_are_selected() {
        let params = NetbendParams::default();
        let store = &params.sound_clusters;
        assert_eq!(message(&params), None);
        select(&params, SelectionChoice::SoundCluster);
        assert!(matches!(message(&params), Some(Message::Hint(_))));
        store.replace("model: other".into());
        assert_eq!(message(&params), None);
        store.say(Note::Unusable("they belong to `other`".into()));
        assert!(
            matches!(message(&params), Some(Message::Problem(text)) if text.contains("`other`"))
        );
        select(&params, SelectionChoice::Cluster);
        assert_eq!(message(&params), None);
    }

    #[test]
    fn what_came_of_learning_is_said_for_a_while() {
        let params = NetbendParams::default();
        let store = &params.sound_clusters;
        store.learn();
        assert!(matches!(message(&params), Some(Message::News(_))));
        store.say(Note::Learned("5 clusters".into(), Instant::now()));
        assert_eq!(message(&params), Some(Message::News("5 clusters".into())));
        store.say(Note::Failed("silence".into(), Instant::now()));
        assert!(matches!(message(&params), Some(Message::Problem(_))));
        if let Some(long_ago) = Instant::now().checked_sub(FAILED) {
            store.say(Note::Failed("silence".into(), long_ago));
            assert_eq!(message(&params), None);
        }
    }
}
