//! Where the decoders of a stream are in a stride, as its renderer keeps it from one call to the next. Pool threads.

use crate::worker::batches::Batches;
use crate::worker::listeners::{InStride, Listeners};
use crate::worker::stride::{Prepared, Sent, StrideDecoder, Wants};

/// Where the decoders of a stream are.
#[derive(Default)]
pub(in crate::worker) enum Stage {
    /// There are none: no model runs on the stream.
    #[default]
    Without,
    /// Between two strides.
    Hearing(Listeners),
    /// The stride that is complete is encoded.
    Prepared(Listeners<InStride<Prepared>>),
    /// The stride was sent, and something is decoded for those that come.
    Sent(Listeners<InStride<Sent>>),
}

impl Stage {
    /// Who hears, between two strides. What was wanted for later strides and has not come is done without.
    pub(super) fn listeners(&mut self) -> Option<&mut Listeners> {
        *self = match std::mem::take(self) {
            Self::Sent(listeners) => Self::Hearing(listeners.skip()),
            other => other,
        };
        match self {
            Self::Hearing(listeners) => Some(listeners),
            _ => None,
        }
    }

    /// The decoders, between two strides.
    pub(super) fn decoders(&mut self) -> impl Iterator<Item = &mut StrideDecoder> {
        self.listeners().into_iter().flat_map(Listeners::all)
    }

    /// What is to be decoded: for the prepared stride, or once that was finished for the strides after it.
    pub(in crate::worker) fn wanted(&mut self) -> impl Iterator<Item = &mut Batches> {
        let (prepared, sent) = match self {
            Self::Prepared(listeners) => (Some(listeners), None),
            Self::Sent(listeners) => (None, Some(listeners)),
            Self::Without | Self::Hearing(_) => (None, None),
        };
        let now = prepared.into_iter().flat_map(Wants::wanted);
        let later = sent.into_iter().flat_map(Wants::wanted);
        now.chain(later)
    }

    /// Whether anything is [wanted](Self::wanted) once the prepared stride is finished, and then until it is [taken](Self::complete_later).
    pub(in crate::worker) fn wants_later(&mut self) -> bool {
        match self {
            Self::Prepared(listeners) => listeners.want_later(),
            Self::Sent(_) => true,
            Self::Without | Self::Hearing(_) => false,
        }
    }

    /// Takes what was decoded after the stride was finished.
    pub(in crate::worker) fn complete_later(&mut self) {
        *self = match std::mem::take(self) {
            Self::Sent(listeners) => Self::Hearing(listeners.complete()),
            other => other,
        };
    }
}
