//! Which presets are asked for.

use super::entry::Entry;
use crate::error::Origin;

/// What is asked for. The default asks for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Search {
    /// Words that all must occur in name, author, description, tags or folder; in any order and case, parts of words too.
    pub(crate) text: String,
    /// Tags that it must have, all of them.
    pub(crate) tags: Vec<String>,
    /// Whose it must be.
    pub(crate) origin: Option<Origin>,
    /// Whether it must be starred.
    pub(crate) favourites: bool,
}

impl Search {
    /// The places of the entries that are asked for; `is_favourite` says which are starred. Those come first that have all of the words in their name.
    pub(crate) fn found(
        &self,
        entries: &[Entry],
        is_favourite: impl Fn(&Entry) -> bool,
    ) -> Vec<usize> {
        let text = self.text.to_lowercase();
        let words: Vec<_> = text.split_whitespace().collect();
        let found = entries.iter().enumerate().filter(|(_, entry)| {
            self.origin.is_none_or(|origin| entry.origin == origin)
                && words.iter().all(|word| entry.found_by.contains(word))
                && self
                    .tags
                    .iter()
                    .all(|tag| entry.metadata.tags.contains(tag))
                && (!self.favourites || is_favourite(entry))
        });
        let is_named = |entry: &Entry| {
            let name = entry.name().to_lowercase();
            words.iter().all(|word| name.contains(word))
        };
        let (mut named, others): (Vec<_>, Vec<_>) = found.partition(|(_, entry)| is_named(entry));
        named.extend(others);
        named.into_iter().map(|(place, _)| place).collect()
    }
}
