//! The sound clusters on the worker: which of them serve the model, and learning others.

mod learner;

use std::time::{Duration, Instant};

use netbend_models::Bender;
use netbend_models::cluster::SoundClusters;
use netbend_models::package::manifest::{LayerClusters, Manifest};

use crate::error::{Error, LearningError};
use crate::params::sound_clusters::{Note, SoundClusterStore};
use crate::resources::Resources;
use learner::{Job, Learner};

use super::renderer::Renderer;

/// A wish waits this long for a moment without a stride to bend, which comes at once unless the engine cannot keep up.
pub(super) const IDLE_WITHIN: Duration = Duration::from_secs(1);

/// The clusters in force, and who learns others.
#[derive(Default)]
pub(super) struct ClustersOfSound {
    store: SoundClusterStore,
    /// The text the clusters were read from.
    text: String,
    clusters: Option<SoundClusters>,
    learner: Learner,
    /// Since when others are wished for.
    wished: Option<Instant>,
}

impl ClustersOfSound {
    /// Takes the clusters of `store`, and from now on its wishes. What was being learned for other clusters is dropped.
    pub(super) fn attach(&mut self, store: SoundClusterStore) {
        let text = store.text();
        self.store = store;
        if text == self.text {
            return;
        }
        self.learner.stop();
        self.store.take_wish();
        self.wished = None;
        self.clusters = None;
        self.store.say(Note::None);
        if !text.is_empty() {
            // A text that does not read was written by a newer version: it is kept and selects nothing.
            match SoundClusters::from_yaml(&text, "state") {
                Ok(clusters) => self.clusters = Some(clusters),
                Err(error) => self.store.say(Note::Unusable(format!(
                    "the sound clusters do not read ({error}); learn them anew"
                ))),
            }
        }
        self.text = text;
    }

    /// The clusters that serve the model; says so where there are some that do not.
    pub(super) fn groups(&self, manifest: &Manifest) -> &[LayerClusters] {
        match self.clusters.as_ref().map(|c| c.for_model(manifest)) {
            None => &[],
            Some(Ok(groups)) => {
                if let Note::Unusable(_) = self.store.note() {
                    self.store.say(Note::None);
                }
                groups
            }
            Some(Err(wrong)) => {
                if !self.store.is_learning() {
                    self.store.say(Note::Unusable(wrong.to_string()));
                }
                &[]
            }
        }
    }

    /// Since when it is to be [attended](Self::attend) to; `None` while there is nothing to do. Costs next to nothing.
    pub(super) fn waits_since(&mut self, now: Instant) -> Option<Instant> {
        if self.store.take_wish() {
            self.wished.get_or_insert(now);
        }
        if self.learner.is_finished() {
            return Some(now);
        }
        self.wished.filter(|_| !self.learner.is_running())
    }

    /// Begins what was wished for and takes in what has been learned; `model` is the file's name, `idle` whether no stride waits. Returns whether there are new
    /// clusters. Costs next to nothing where nothing happens.
    pub(super) fn attend(
        &mut self,
        bender: Option<&mut Bender>,
        renderer: Option<&mut Renderer>,
        resources: &Resources,
        model: &str,
        idle: bool,
    ) -> bool {
        if self.store.take_wish() {
            self.wished.get_or_insert_with(Instant::now);
        }
        let due = |wished: Instant| idle || wished.elapsed() > IDLE_WITHIN;
        if !self.learner.is_running() && self.wished.is_some_and(due) {
            self.wished = None;
            match self.begin(bender, renderer, resources, model) {
                Ok(()) => self.store.say(Note::Learning),
                Err(problem) => self
                    .store
                    .say(Note::Failed(problem.to_string(), Instant::now())),
            }
        }
        match self.learner.finished() {
            None => false,
            Some(Err(problem)) => {
                self.store
                    .say(Note::Failed(problem.to_string(), Instant::now()));
                false
            }
            Some(Ok(clusters)) => {
                let counts: Vec<_> = clusters
                    .layers
                    .iter()
                    .map(|group| group.clusters.len().to_string())
                    .collect();
                let words = format!(
                    "learned {} sound clusters on layers 1–{}",
                    counts.join(", "),
                    counts.len()
                );
                self.text = clusters.to_yaml();
                self.clusters = Some(clusters);
                self.store.replace(self.text.clone());
                self.store.say(Note::Learned(words, Instant::now()));
                true
            }
        }
    }

    fn begin(
        &mut self,
        bender: Option<&mut Bender>,
        renderer: Option<&mut Renderer>,
        resources: &Resources,
        model: &str,
    ) -> Result<(), Error> {
        let (Some(bender), Some(renderer)) = (bender, renderer) else {
            return Err(LearningError::NoModel.into());
        };
        let latent = renderer
            .latent(bender)
            .map_err(Error::from)?
            .ok_or(LearningError::NoSound)?;
        Ok(self.learner.begin(Job {
            latent,
            resources: resources.clone(),
            model: model.to_owned(),
            manifest: bender.manifest().clone(),
        })?)
    }
}
