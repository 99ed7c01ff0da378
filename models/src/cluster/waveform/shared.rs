//! Work that several players of one model share.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::ModelError;
use crate::package::manifest::Manifest;
use crate::package::waveform::WaveformManifest;
use crate::waveform::WaveformPlayer;

/// One player or more.
#[derive(Debug)]
pub(super) struct Players {
    first: WaveformPlayer,
    others: Vec<WaveformPlayer>,
}

impl Players {
    pub(super) fn new(mut players: Vec<WaveformPlayer>) -> Result<Self, ModelError> {
        let first = players.pop();
        let first = first.ok_or_else(|| {
            ModelError::Clusters("no players given to listen with; expected one or more".into())
        })?;
        let others = players;
        Ok(Self { first, others })
    }

    pub(super) fn first(&mut self) -> &mut WaveformPlayer {
        &mut self.first
    }

    pub(super) fn manifest(&self) -> &Arc<WaveformManifest> {
        self.first.manifest()
    }

    pub(super) fn face(&self) -> &Arc<Manifest> {
        self.first.face()
    }
}

/// Does `work` for each of `jobs`, with every player at once. The first error ends it.
pub(super) fn share<J: Send>(
    players: &mut Players,
    jobs: Vec<J>,
    work: impl Fn(&mut WaveformPlayer, &mut J) -> Result<(), ModelError> + Sync,
) -> Result<(), ModelError> {
    let jobs = Mutex::new(jobs.into_iter());
    let failed = Mutex::new(None);
    let locked = || failed.lock().unwrap_or_else(PoisonError::into_inner);
    let work = |player: &mut WaveformPlayer| {
        loop {
            let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
            let (Some(mut job), None) = (next, &*locked()) else {
                return;
            };
            if let Err(error) = work(player, &mut job) {
                *locked() = Some(error);
            }
        }
    };
    std::thread::scope(|scope| {
        for player in &mut players.others {
            scope.spawn(|| work(player));
        }
        work(&mut players.first);
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    failed.map_or(Ok(()), Err)
}
