//! Values that the host set on the controller and that the next block brings. Any thread.
//!
//! While audio plays, a value reaches the plugin with a block. A host that asks meanwhile is to read what it has set. What no block
//! has brought when audio stops is set then.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// One parameter's value that was set and has not come yet.
struct Entry {
    id: u32,
    is_waiting: AtomicBool,
    value: AtomicU64,
    /// The plugin's value when it was set: where that is another one by now, somebody else has set it.
    before: AtomicU64,
}

/// See the module.
pub(super) struct ReadBack {
    /// By id.
    entries: Box<[Entry]>,
}

impl ReadBack {
    /// For the parameters with these ids. Allocates.
    pub(super) fn new(ids: impl IntoIterator<Item = u32>) -> Self {
        let mut entries: Vec<_> = ids
            .into_iter()
            .map(|id| Entry {
                id,
                is_waiting: AtomicBool::new(false),
                value: AtomicU64::new(0),
                before: AtomicU64::new(0),
            })
            .collect();
        entries.sort_unstable_by_key(|entry| entry.id);
        Self {
            entries: entries.into_boxed_slice(),
        }
    }

    fn entry(&self, id: u32) -> Option<&Entry> {
        let place = self.entries.binary_search_by_key(&id, |entry| entry.id);
        self.entries.get(place.ok()?)
    }

    /// Whether there is a parameter with this id.
    pub(super) fn knows(&self, id: u32) -> bool {
        self.entry(id).is_some()
    }

    /// The host has set a value; the plugin's is still `before`.
    pub(super) fn set(&self, id: u32, value: f64, before: f64) {
        if let Some(entry) = self.entry(id) {
            entry.value.store(value.to_bits(), Ordering::Relaxed);
            entry.before.store(before.to_bits(), Ordering::Relaxed);
            entry.is_waiting.store(true, Ordering::Release);
        }
    }

    /// What the host is to read, where the plugin's value is `now`.
    pub(super) fn value(&self, id: u32, now: f64) -> f64 {
        self.waiting(id, now).unwrap_or(now)
    }

    /// A block brings a value.
    ///
    /// # Real-time safety
    /// A search and one atomic store.
    pub(super) fn came(&self, id: u32) {
        if let Some(entry) = self.entry(id) {
            entry.is_waiting.store(false, Ordering::Release);
        }
    }

    /// The value that waits for a block where the plugin's is `now`, if one does.
    pub(super) fn waiting(&self, id: u32, now: f64) -> Option<f64> {
        let entry = self.entry(id)?;
        let is_waiting = entry.is_waiting.load(Ordering::Acquire)
            && entry.before.load(Ordering::Relaxed) == now.to_bits();
        is_waiting.then(|| f64::from_bits(entry.value.load(Ordering::Relaxed)))
    }

    /// Takes the values that are still waiting where the plugin's, which `now` gives, is what it was: with their ids.
    pub(super) fn take(&self, now: impl Fn(u32) -> f64) -> Vec<(u32, f64)> {
        let waiting = self.entries.iter().filter(|entry| {
            entry.is_waiting.swap(false, Ordering::AcqRel)
                && entry.before.load(Ordering::Relaxed) == now(entry.id).to_bits()
        });
        waiting
            .map(|entry| {
                (
                    entry.id,
                    f64::from_bits(entry.value.load(Ordering::Relaxed)),
                )
            })
            .collect()
    }

    /// Everything was set anew.
    pub(super) fn forget(&self) {
        for entry in &self.entries {
            entry.is_waiting.store(false, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_until_it_comes_or_another_does() {
        let read_back = ReadBack::new([7, 3]);
        assert_eq!(read_back.value(3, 0.2), 0.2);
        read_back.set(3, 0.9, 0.2);
        assert_eq!(read_back.value(3, 0.2), 0.9);
        assert_eq!(read_back.value(7, 0.2), 0.2);
        assert_eq!(read_back.value(3, 0.4), 0.4, "somebody else has set it");
        read_back.came(3);
        assert_eq!(read_back.value(3, 0.2), 0.2);
        read_back.set(3, 0.9, 0.2);
        read_back.set(7, 0.8, 0.1);
        assert_eq!(read_back.take(|_| 0.2), [(3, 0.9)]);
        assert!(read_back.take(|_| 0.2).is_empty());
        read_back.set(7, 0.9, 0.2);
        read_back.forget();
        assert_eq!(read_back.value(7, 0.2), 0.2);
        assert!(read_back.knows(7) && !read_back.knows(8));
    }
}
