//! Latency modes as options and figures name them.

use clap::ValueEnum;
use netbend::offline::LatencyMode;

/// A latency mode as an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// The shortest latency.
    Direct,
    /// Short latency for less work.
    Live,
    /// Between the two.
    Tight,
    /// The least work.
    Studio,
}

impl From<Mode> for LatencyMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Direct => Self::Direct,
            Mode::Live => Self::Live,
            Mode::Tight => Self::Tight,
            Mode::Studio => Self::Studio,
        }
    }
}

/// The one mode that was asked for, or all.
pub fn modes(only: Option<Mode>) -> Vec<LatencyMode> {
    match only {
        Some(mode) => vec![mode.into()],
        None => LatencyMode::ALL.to_vec(),
    }
}

/// A mode as figures and options name it.
pub fn mode_name(mode: LatencyMode) -> String {
    format!("{mode:?}").to_lowercase()
}
