//! The best of what was tried.

use super::verdict::Verdict;
use crate::error::{Error, TrialError};
use crate::params::NetbendParams;
use crate::params::snapshot::Snapshot;

/// Settings that were tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Roll {
    /// All that is set.
    pub settings: Snapshot,
    /// What it makes of the sound.
    pub verdict: Verdict,
    /// Whether it is as far and as loud as was asked; it may not be where locked cards go farther.
    pub is_within: bool,
}

/// The one that missed what was asked by least.
#[derive(Default)]
pub(super) struct Best(Option<(f64, Roll)>);

impl Best {
    /// Takes what is set now where nothing before missed by as little; `miss` is 0 where it is as asked.
    pub(super) fn offer(&mut self, params: &NetbendParams, verdict: Verdict, miss: f64) {
        if self.0.as_ref().is_none_or(|(other, _)| miss < *other) {
            let roll = Roll {
                settings: Snapshot::of(params),
                verdict,
                is_within: miss == 0.0,
            };
            self.0 = Some((miss, roll));
        }
    }

    /// Whether one is as asked.
    pub(super) fn is_within(&self) -> bool {
        self.0.as_ref().is_some_and(|(_, roll)| roll.is_within)
    }

    /// It.
    ///
    /// # Errors
    /// Where nothing was tried.
    pub(super) fn take(self) -> Result<Roll, Error> {
        let best = self.0.map(|(_, roll)| roll);
        best.ok_or(TrialError::Unfinished.into())
    }
}
