//! What came of something, to be said in a line.

use egui::Color32;

use super::theme;

/// Something to say.
pub enum Said {
    /// It went well, or goes on.
    News(String),
    /// It did not.
    Problem(String),
}

impl Said {
    /// The words and their colour.
    pub fn shown(&self) -> (&str, Color32) {
        match self {
            Self::News(news) => (news, theme::MUTED),
            Self::Problem(problem) => (problem, theme::WARNING),
        }
    }
}
