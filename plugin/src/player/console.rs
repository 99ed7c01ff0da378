//! What is wished of the standalone program, what the editor shows of it, and what it says.

use std::collections::VecDeque;
use std::path::PathBuf;

use super::cycle::Tempo;

/// What the editor wishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// The demo loop is to be the loop.
    Demo,
    /// This audio file is to be the loop, as it was.
    Load(PathBuf),
    /// This audio file is to be the loop, and to play.
    Open(PathBuf),
    /// What goes out is to be written to a file from now on.
    Record,
    /// The file is whole now.
    EndRecord,
    /// So many bars are to be kept, of what was heard last.
    Keep(u32),
}

/// What the editor shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// The loop's name; empty where there is none.
    pub name: String,
    /// Where it lies, if it is of a file; also where that cannot be read.
    pub file: Option<PathBuf>,
    /// Its tempo, where its length is that of whole bars.
    pub tempo: Option<Tempo>,
    /// Why nothing is heard; empty where an audio device plays.
    pub silence: String,
}

#[derive(Debug, Default)]
pub(super) struct Console {
    pub(super) wishes: VecDeque<Wish>,
    pub(super) said: VecDeque<String>,
    pub(super) shown: Shown,
}
