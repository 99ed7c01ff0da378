//! What settings make of a sound: how far it goes, how loud it gets, and a picture.
//!
//! | module | what it is |
//! |---|---|
//! | `spectrogram` | by a model of spectrograms |
//! | `waveform` | by a model of sound itself |

mod spectrogram;
mod waveform;

use netbend_models::{Package, Runtime, WaveformPackage};

use super::reference::Reference;
use super::verdict::{Part, Verdict};
use crate::engine::search::resolve;
use crate::error::Error;
use crate::params::NetbendParams;
use crate::params::model::WantedModel;
use crate::resources::Resources;
use spectrogram::SpectrogramJudge;
use waveform::WaveformJudge;

/// Tries settings with a model of its own.
pub struct Judge {
    kind: Kind,
    verdicts: u64,
}

enum Kind {
    Spectrogram(Box<SpectrogramJudge>),
    Waveform(Box<WaveformJudge>),
}

impl Judge {
    /// With the model that is wanted.
    ///
    /// # Errors
    /// Where it is missing or does not run.
    pub fn open(resources: &Resources, wanted: &WantedModel) -> Result<Self, Error> {
        let runtime = Runtime::load(resources.runtime_folders())?;
        let path = resolve(resources, wanted)?;
        let origin = resources.origin(&path);
        let kind = match WaveformPackage::is_at(&path) {
            true => WaveformPackage::load(&path)
                .and_then(|package| WaveformJudge::new(&package, runtime))
                .map(|judge| Kind::Waveform(Box::new(judge))),
            false => Package::load(&path)
                .and_then(|package| SpectrogramJudge::new(&package, runtime))
                .map(|judge| Kind::Spectrogram(Box::new(judge))),
        };
        Ok(Self {
            kind: kind.map_err(Error::of_model(&path, origin))?,
            verdicts: 0,
        })
    }

    /// How many verdicts it has given.
    pub fn verdicts(&self) -> u64 {
        self.verdicts
    }

    /// Takes the sound to try on.
    ///
    /// # Errors
    /// Where no frame fits its rate, or inference fails.
    pub fn hear(&mut self, reference: &Reference) -> Result<(), Error> {
        match &mut self.kind {
            Kind::Spectrogram(judge) => judge.hear(reference),
            Kind::Waveform(judge) => judge.hear(reference),
        }
    }

    /// What these settings make of the sound that was [heard](Self::hear), or of the drum loop that stands in for one.
    ///
    /// # Errors
    /// Where inference fails.
    pub fn judge(&mut self, params: &NetbendParams) -> Result<Verdict, Error> {
        self.verdict(params, Part::Whole)
    }

    /// The same of its first part alone, at a share of the time.
    ///
    /// # Errors
    /// Where inference fails.
    pub(super) fn glance(&mut self, params: &NetbendParams) -> Result<Verdict, Error> {
        self.verdict(params, Part::First)
    }

    fn verdict(&mut self, params: &NetbendParams, part: Part) -> Result<Verdict, Error> {
        self.verdicts += 1;
        match &mut self.kind {
            Kind::Spectrogram(judge) => judge.verdict(params, part),
            Kind::Waveform(judge) => judge.verdict(params, part),
        }
    }
}
