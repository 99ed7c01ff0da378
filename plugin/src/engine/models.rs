//! The models that are loaded in this process, and how one is. The loader's threads.

use std::sync::{Arc, Weak};

use netbend_models::error::fault::contained;
use netbend_models::run::runtime::Cancellation;
use netbend_models::{AnyPackage, Bender, ModelError, Runtime, WaveformPlayer};

use super::search;
#[cfg(test)]
use super::stall::stall;
use crate::error::Error;
use crate::params::model::WantedModel;
use crate::resources::Resources;
use crate::resources::format::ModelFiles;
use crate::resources::hashes;
use crate::stream::shape::strides;
use crate::worker::model::{Model, Sessions};

/// A further session set that is to be made for a model, from the file it was loaded from.
#[derive(Clone)]
pub(super) struct SessionSetWanted {
    model: Weak<Model>,
    runtime: &'static Runtime,
}

impl SessionSetWanted {
    fn of(model: &Arc<Model>, runtime: &'static Runtime) -> Self {
        Self {
            model: Arc::downgrade(model),
            runtime,
        }
    }

    /// Whether it is for the same model as `other`.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.model.ptr_eq(&other.model)
    }

    /// Makes it, unless the model has gone by now. Takes as long as loading.
    pub(super) fn make(&self) {
        let Some((path, sha256)) = self
            .model
            .upgrade()
            .map(|model| (model.path().to_owned(), model.sha256().to_owned()))
        else {
            return;
        };
        // Where the file is another by now, or what fails did not before, the model runs on with the session sets it has.
        if let Ok(package) = AnyPackage::load(&path)
            && package.sha256() == sha256
            && let Ok(session_set) = session_set(&package, self.runtime)
            && let Some(model) = self.model.upgrade()
        {
            model.give_back(session_set);
        }
    }
}

/// The models that are loaded in this process.
#[derive(Clone, Default)]
pub(super) struct Models {
    known: Vec<Weak<Model>>,
}

impl Models {
    /// Takes up a model that was loaded, if it is not known, and says whether it was not.
    pub(super) fn add(&mut self, model: &Arc<Model>) -> bool {
        self.known.retain(|known| known.strong_count() > 0);
        let own = Arc::downgrade(model);
        let is_new = !self.known.iter().any(|known| known.ptr_eq(&own));
        if is_new {
            self.known.push(own);
        }
        is_new
    }

    /// The wanted model: the one there is, where its files are as they were when it was loaded; otherwise loaded, which takes long.
    /// With it comes what is needed for a further session set.
    ///
    /// A file of that name with another hash is only taken where no other file has the hash that is wanted.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub(super) fn get(
        &self,
        resources: &Resources,
        wanted: &WantedModel,
    ) -> Result<(Arc<Model>, SessionSetWanted), Error> {
        #[cfg(test)]
        stall(&wanted.name);
        let runtime = Runtime::load(resources.runtime_folders())?;
        let files = ModelFiles::of(search::resolve(resources, wanted)?);
        // Before the file is read: what is written meanwhile is another model.
        let stamps = files.stamps();
        let mut known = self.known.iter().filter_map(Weak::upgrade);
        if let Some(model) = known.find(|model| *model.stamps() == stamps) {
            let wanted = SessionSetWanted::of(&model, runtime);
            return Ok((model, wanted));
        }
        let origin = resources.origin(files.model());
        let told = |error: ModelError| Error::of_model(files.model(), origin)(error);
        let package = AnyPackage::load(files.model()).map_err(told)?;
        Cancellation::check().map_err(told)?;
        if let Some(stamp) = stamps.model() {
            hashes::remember(stamp.clone(), package.sha256().to_owned());
        }
        let (path, sha256) = (files.model().to_owned(), package.sha256().to_owned());
        let session_set = session_set(&package, runtime).map_err(told)?;
        let model = Arc::new(Model::new(stamps, path, sha256, session_set));
        let wanted = SessionSetWanted::of(&model, runtime);
        Ok((model, wanted))
    }
}

/// A session set, ready for every latency mode: once a stream plays, no session is made.
fn session_set(package: &AnyPackage, runtime: &Runtime) -> Result<Sessions, ModelError> {
    let package = match package {
        AnyPackage::Spectrogram(package) => package,
        AnyPackage::Waveform(package) => return Ok(WaveformPlayer::new(package, runtime)?.into()),
    };
    let ready = || {
        let mut session_set = Bender::new(package, runtime)?;
        for stride in strides(package.manifest().last_seen_frame) {
            session_set.prepare_stream(stride)?;
        }
        Ok(session_set.into())
    };
    contained(ready)
}
