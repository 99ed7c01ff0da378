//! Files that are dragged over the window or dropped on it, as egui takes them. Not in the original.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use baseview::{DropData, DropEffect, EventStatus, MouseEvent};
use egui::{DroppedFile, HoveredFile, RawInput};

/// Puts what `event` says of files into `input`. `None` where it says nothing of them, else what the system is to be told.
pub(crate) fn take(event: &MouseEvent, input: &mut RawInput) -> Option<EventStatus> {
    let files = match event {
        MouseEvent::DragEntered { data, .. } | MouseEvent::DragMoved { data, .. } => {
            let files = paths(data);
            input.hovered_files = files.iter().map(hovered).collect();
            files
        }
        MouseEvent::DragDropped { data, .. } => {
            let files = paths(data);
            input.hovered_files.clear();
            for path in files {
                input.dropped_files.push(Arc::new(File(path.clone())));
            }
            files
        }
        MouseEvent::DragLeft => {
            input.hovered_files.clear();
            &[]
        }
        _ => return None,
    };
    Some(match files {
        [] => EventStatus::Ignored,
        _ => EventStatus::AcceptDrop(DropEffect::Copy),
    })
}

fn paths(data: &DropData) -> &[PathBuf] {
    match data {
        DropData::Files(paths) => paths,
        _ => &[],
    }
}

fn hovered(path: &PathBuf) -> HoveredFile {
    HoveredFile {
        path: Some(path.clone()),
        ..HoveredFile::default()
    }
}

/// A file that was dropped.
#[derive(Debug)]
struct File(PathBuf);

impl DroppedFile for File {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use baseview::dpi::PhysicalPosition;
    use keyboard_types::Modifiers;

    fn files(names: &[&str]) -> DropData {
        DropData::Files(names.iter().map(PathBuf::from).collect())
    }

    fn entered(data: DropData) -> MouseEvent {
        MouseEvent::DragEntered {
            position: PhysicalPosition::new(1.0, 2.0),
            modifiers: Modifiers::empty(),
            data,
        }
    }

    fn dropped(data: DropData) -> MouseEvent {
        MouseEvent::DragDropped {
            position: PhysicalPosition::new(1.0, 2.0),
            modifiers: Modifiers::empty(),
            data,
        }
    }

    #[test]
    fn files_hover_until_they_leave_or_are_dropped() {
        let mut input = RawInput::default();
        let copies = Some(EventStatus::AcceptDrop(DropEffect::Copy));
        assert_eq!(take(&entered(files(&["a", "b"])), &mut input), copies);
        assert_eq!(input.hovered_files.len(), 2);
        take(&MouseEvent::DragLeft, &mut input);
        assert!(input.hovered_files.is_empty() && input.dropped_files.is_empty());
        take(&entered(files(&["a"])), &mut input);
        assert_eq!(take(&dropped(files(&["a"])), &mut input), copies);
        assert!(input.hovered_files.is_empty());
        assert_eq!(input.dropped_files[0].path(), Path::new("a"));
    }

    #[test]
    fn what_is_no_file_is_not_taken() {
        let mut input = RawInput::default();
        let status = take(&entered(DropData::None), &mut input);
        assert_eq!(status, Some(EventStatus::Ignored));
        assert_eq!(take(&MouseEvent::CursorLeft, &mut input), None);
    }
}
