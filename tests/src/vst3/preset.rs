//! Files of presets (`.vstpreset`), as a host reads them.

use super::Plugin;
use crate::host::HostError;

/// A file of a preset, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresetFile {
    /// The class it is for, as text.
    pub class: String,
    /// Its chunks by name.
    pub chunks: Vec<(String, Vec<u8>)>,
}

impl PresetFile {
    /// Reads a file; `None` where it is none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let take = |from: usize, count: usize| bytes.get(from..from.checked_add(count)?);
        let text = |from, count| Some(String::from_utf8_lossy(take(from, count)?).into_owned());
        let number = |from, count| {
            let digits = take(from, count)?.iter().rev();
            let value = digits.fold(0u64, |value, digit| value << 8 | u64::from(*digit));
            usize::try_from(value).ok()
        };
        let list = number(40, 8)?;
        if take(0, 4)? != b"VST3" || number(4, 4)? != 1 || take(list, 4)? != b"List" {
            return None;
        }
        let entries = (0..number(list + 4, 4)?).map(|entry| list + 8 + 20 * entry);
        let chunk = |entry: usize| {
            let data = take(number(entry + 4, 8)?, number(entry + 12, 8)?)?;
            Some((text(entry, 4)?, data.to_vec()))
        };
        Some(Self {
            class: text(8, 32)?,
            chunks: entries.map(chunk).collect::<Option<_>>()?,
        })
    }

    /// The chunk of a name.
    pub fn chunk(&self, name: &str) -> Option<&[u8]> {
        let found = self.chunks.iter().find(|(own, _)| own == name);
        found.map(|(_, data)| data.as_slice())
    }
}

impl Plugin {
    /// Loads a preset as hosts do: the state of the component goes to the component, and the controller is told of it.
    ///
    /// # Errors
    /// [`HostError::State`] if the file holds no such state or the plugin refuses it.
    pub fn load_preset(&mut self, file: &PresetFile) -> Result<(), HostError> {
        let state = file.chunk("Comp").ok_or(HostError::State("load"))?;
        self.load(state)?;
        self.inform_controller(state)
    }
}
