//! Why a state is refused.

/// No state that Netbend writes comes near it; a larger one is refused unread.
pub const MAX_BYTES: usize = 32 << 20;

/// Why a state is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateError {
    /// It is longer than [`MAX_BYTES`].
    TooLong(usize),
    /// It does not parse.
    NotJson(String),
    /// It parses, and is something else.
    NotAState(&'static str),
}

impl std::fmt::Display for StateError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLong(bytes) => write!(
                formatter,
                "the saved state has {bytes} bytes; expected at most {MAX_BYTES}"
            ),
            Self::NotJson(reason) => write!(
                formatter,
                "the saved state cannot be read ({reason}); expected one that Netbend saved"
            ),
            Self::NotAState(what) => write!(
                formatter,
                "the saved state has {what}; expected one that Netbend saved"
            ),
        }
    }
}

impl std::error::Error for StateError {}
