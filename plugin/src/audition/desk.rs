//! A thread that tries settings, so that nobody waits for it. It lives as long as one trial does; its model is kept for the next one, for a while.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use netbend_models::run::runtime::Cancellation;

use super::best::Roll;
use super::draw::Locks;
use super::judge::Judge;
use super::reference::Reference;
use super::search::{Range, roll};
use super::vary::vary;
use crate::error::{Error, TrialError};
use crate::params::model::WantedModel;
use crate::params::part_names::PartNames;
use crate::params::snapshot::Snapshot;
use crate::report::labels::ClusterLabels;
use crate::report::layout::ModelLayout;
use crate::resources::Resources;
use crate::threads::aside::{Aside, Outcome};

/// How far it steps back behind everything that sounds.
const STEPS_BACK: i32 = 5;
/// How long a model that nobody asks for is kept.
const KEPT: Duration = Duration::from_secs(60);
/// How long a trial that is not wanted any more is waited for.
const FAREWELL: Duration = Duration::from_millis(100);

/// What is asked for.
pub(crate) struct Request {
    /// What is set now.
    pub(crate) settings: Snapshot,
    /// What the model's parts are called.
    pub(crate) names: PartNames,
    /// What the model is made of.
    pub(crate) layout: Arc<ModelLayout>,
    /// Its clusters.
    pub(crate) clusters: Arc<ClusterLabels>,
    /// What is wished for.
    pub(crate) wish: Wish,
    /// Draws it.
    pub(crate) seed: u64,
    /// What it is tried on.
    pub(crate) reference: Reference,
    /// Where models lie.
    pub(crate) resources: Resources,
    /// The model.
    pub(crate) model: WantedModel,
}

/// What is wished for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wish {
    /// A roll of the dice that leaves alone what is locked, and goes so far.
    Roll(Locks, Range),
    /// So many variations of what is set.
    Variations(usize),
}

/// What came of a wish.
pub(crate) enum Answer {
    /// Of a roll.
    Roll(Box<Roll>),
    /// All variations were [made](Desk::made).
    Variations,
}

/// A judge, and the model it has.
struct Kept {
    model: (String, String),
    judge: Judge,
}

type Tried = (Option<Kept>, Result<Answer, Error>);
/// Variations that nobody has taken yet.
type Made = Arc<Mutex<Vec<Roll>>>;

/// At most one trial at a time. Dropping it stops the thread, and waits a little for it.
#[derive(Default)]
pub(crate) struct Desk {
    running: Option<Aside<Tried>>,
    /// Why nothing could be begun.
    failed: Option<TrialError>,
    kept: Option<Kept>,
    asked: Option<Instant>,
    made: Made,
    cancellation: Cancellation,
}

impl Desk {
    /// Whether something is being tried.
    pub(crate) fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// How long something has been tried; `None` where nothing is.
    pub(crate) fn tries_for(&self) -> Option<Duration> {
        let asked = self.asked.filter(|_| self.is_busy())?;
        Some(asked.elapsed())
    }

    /// The variations that were made since this was asked last, in the order they were made. Never waits.
    pub(crate) fn made(&mut self) -> Vec<Roll> {
        std::mem::take(&mut *self.made.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Begins to try, unless something is being tried.
    pub(crate) fn begin(&mut self, request: Request) {
        if self.is_busy() {
            return;
        }
        self.asked = Some(Instant::now());
        let kept = self.kept.take();
        // Those of a trial that was given up are nobody's.
        self.made = Made::default();
        let made = Arc::clone(&self.made);
        let work = move || {
            let tried = catch_unwind(AssertUnwindSafe(|| tried(kept, &request, &made)));
            tried.unwrap_or_else(|_| (None, Err(TrialError::Unfinished.into())))
        };
        let cancellation = self.cancellation.clone();
        match Aside::begin("netbend-dice", STEPS_BACK, cancellation, work) {
            Ok(thread) => self.running = Some(thread),
            Err(error) => self.failed = Some(TrialError::NoThread(error.to_string())),
        }
    }

    /// What came of it, once, when it is done. Never waits.
    pub(crate) fn finished(&mut self) -> Option<Result<Answer, Error>> {
        if let Some(error) = self.failed.take() {
            return Some(Err(error.into()));
        }
        if self.running.as_ref().is_some_and(Aside::is_finished) {
            let thread = self.running.take()?;
            return Some(match thread.wait(Duration::ZERO) {
                Outcome::Done((kept, rolls)) => {
                    self.kept = kept;
                    rolls
                }
                Outcome::Failed | Outcome::Left => Err(TrialError::Unfinished.into()),
            });
        }
        if self.asked.is_some_and(|asked| asked.elapsed() > KEPT) {
            self.kept = None;
        }
        None
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(thread) = self.running.take() {
            thread.give_up(FAREWELL);
        }
    }
}

fn tried(kept: Option<Kept>, request: &Request, made: &Made) -> Tried {
    let model = (request.model.name.clone(), request.model.sha256.clone());
    let mut kept = match kept.filter(|kept| kept.model == model) {
        Some(kept) => kept,
        None => match Judge::open(&request.resources, &request.model) {
            Ok(judge) => Kept { model, judge },
            Err(error) => return (None, Err(error)),
        },
    };
    let rolled = kept
        .judge
        .hear(&request.reference)
        .and_then(|()| fulfilled(&mut kept.judge, request, made));
    (Some(kept), rolled)
}

fn fulfilled(judge: &mut Judge, request: &Request, made: &Made) -> Result<Answer, Error> {
    let params = request.settings.params(&request.names);
    let model = (&*request.layout, &*request.clusters);
    match &request.wish {
        Wish::Roll(locks, range) => {
            let rolled = roll(judge, &params, locks, model, *range, request.seed);
            Ok(Answer::Roll(Box::new(rolled?)))
        }
        Wish::Variations(count) => {
            let numbers = (0_u64..).take(*count);
            for number in numbers {
                let seed = request.seed.wrapping_add(number);
                let varied = vary(judge, &params, &request.settings, model, seed)?;
                let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
                made.push(varied);
            }
            Ok(Answer::Variations)
        }
    }
}
