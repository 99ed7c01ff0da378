//! An instance's strides: collected, prepared, decoded, perhaps together with others', and finished.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use netbend_models::{Bender, WaveformPlayer};

use super::Instance;
use super::work::Work;
use crate::threads::pool_thread::PoolThread;
use crate::worker::batches::{self, Batches};
use crate::worker::playing::Playing;
use crate::worker::renderer::Renderer;
use crate::worker::sound_clusters::IDLE_WITHIN;

/// What there is to do for an instance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due {
    /// Whether it is a stride; otherwise it is something about a learning.
    pub(crate) is_stride: bool,
    /// Seconds until it is due; `None` where the host waits for it.
    pub(crate) slack: Option<f32>,
    /// Seconds it has waited for.
    pub(crate) waited: f32,
    /// Seconds the last of its kind took.
    pub(crate) cost: f32,
}

impl Instance {
    /// Takes the frames that have come, up to a whole stride. Whether any came. Quick: nothing is inferred.
    ///
    /// `told` says that the instance was told something that is not carried out yet: until it is, a host that renders offline waits, and a
    /// live stream goes on as it was.
    pub(crate) fn collect(&mut self, now: Instant, told: bool, thread: &PoolThread) -> bool {
        self.guarded(|instance| Ok(instance.take_frames(now, told, thread)))
            .unwrap_or(true)
    }

    fn take_frames(&mut self, now: Instant, told: bool, thread: &PoolThread) -> bool {
        let runs = self.runs();
        let Some(renderer) = &mut self.renderer else {
            return false;
        };
        if told && (renderer.is_offline() || !runs) {
            return false;
        }
        if self.complete.is_some() {
            if renderer.is_current() && (renderer.is_offline() || !renderer.is_past()) {
                return false;
            }
            renderer.drop_late();
            if let Some(complete) = self.complete.take() {
                let waited = now.saturating_duration_since(complete);
                self.status
                    .set_quality(renderer.govern(waited.as_secs_f32()));
            }
        }
        let mut came = false;
        while let Some(frame) = renderer.receive(thread) {
            came = true;
            if !runs {
                renderer.discard(frame);
            } else if renderer.take(frame) {
                self.complete = Some(now);
                break;
            }
        }
        came
    }

    /// Whether there is a model, and a stream that it runs on if there is one.
    fn runs(&self) -> bool {
        self.model.is_some() && self.problem.is_none()
    }

    /// What there is to do, if anything. For `told` see [`collect`](Self::collect).
    pub(crate) fn due(&mut self, now: Instant, told: bool) -> Option<Due> {
        let since = |then: Instant| now.saturating_duration_since(then).as_secs_f32();
        let wished = if told {
            None
        } else {
            self.sound.waits_since(now)
        };
        let patience = IDLE_WITHIN.as_secs_f32();
        match (wished.map(since), self.complete, &self.renderer) {
            (Some(waited), complete, _) if complete.is_none() || waited > patience => Some(Due {
                is_stride: false,
                slack: Some(patience - waited),
                waited,
                cost: 0.0,
            }),
            (_, Some(complete), Some(renderer)) if !(told && renderer.is_offline()) => Some(Due {
                is_stride: true,
                slack: (!renderer.is_offline()).then(|| renderer.slack_seconds()),
                waited: since(complete),
                cost: self.cost,
            }),
            _ => None,
        }
    }

    /// Prepares the stride that is complete. Whether it is to be [decoded](decode) and [finished](Self::finish).
    pub(crate) fn prepare(&mut self, bender: &mut Bender, thread: &PoolThread) -> bool {
        let started = Instant::now();
        let complete = self.complete.take().unwrap_or(started);
        let before = bender.windows();
        let prepared = self.guarded(|instance| {
            #[cfg(test)]
            assert!(!instance.breaks, "as it was told");
            let is_watched = instance.scope.maps.is_open();
            let Some(renderer) = instance.spectrogram() else {
                return Ok(false);
            };
            Ok(renderer.prepare(bender, is_watched, thread)?)
        });
        let after = bender.windows();
        self.windows.encoded += after.encoded - before.encoded;
        self.windows.decoded += after.decoded - before.decoded;
        if prepared == Some(true) {
            self.work = Some(Work {
                complete,
                seconds: started.elapsed().as_secs_f32(),
            });
        } else {
            self.work = None;
            self.govern(complete);
        }
        self.work.is_some()
    }

    /// Plays the block that is whole, of a waveform model: all that is to be done for it.
    pub(crate) fn play(&mut self, player: &mut WaveformPlayer, thread: &PoolThread) {
        let started = Instant::now();
        let complete = self.complete.take().unwrap_or(started);
        let played = self.guarded(|instance| {
            #[cfg(test)]
            assert!(!instance.breaks, "as it was told");
            match &mut instance.renderer {
                Some(Playing::Waveform(renderer)) => {
                    Ok(renderer.play(player, &instance.scope, thread)?)
                }
                _ => Ok(None),
            }
        });
        if let Some(runs) = played.flatten() {
            self.windows.encoded += runs.encoded;
            self.windows.decoded += runs.decoded;
            self.cost = started.elapsed().as_secs_f32();
            self.status.set_windows(self.windows);
            if let Some(renderer) = &self.renderer {
                self.status.set_load(self.cost / renderer.stride_seconds());
            }
        }
        self.govern(complete);
    }

    fn spectrogram(&mut self) -> Option<&mut Renderer> {
        self.renderer.as_mut().and_then(Playing::spectrogram)
    }

    /// Whether the prepared stride wants something decoded once it was [finished](Self::finish).
    pub(crate) fn wants_more(&mut self) -> bool {
        let renderer = self.spectrogram();
        renderer.is_some_and(|renderer| renderer.stage().wants_later())
    }

    /// Decodes what the finished stride wanted for those after it.
    pub(crate) fn decode_later(&mut self, bender: &mut Bender, thread: &PoolThread) {
        let before = bender.windows().decoded;
        self.guarded(|instance| {
            if let Some(renderer) = instance.spectrogram() {
                let mut wanted: Vec<_> = renderer.stage().wanted().collect();
                batches::run(&mut wanted, bender, thread)?;
                renderer.stage().complete_later();
            }
            Ok(())
        });
        self.windows.decoded += bender.windows().decoded - before;
        self.status.set_windows(self.windows);
    }

    /// Items that the prepared stride wants decoded.
    pub(crate) fn items(&mut self) -> usize {
        let renderer = self.spectrogram();
        renderer.map_or(0, |renderer| {
            renderer
                .stage()
                .wanted()
                .map(|batches| batches.items())
                .sum()
        })
    }

    /// Makes sound of the stride that was decoded, which took `seconds` of its own, and sends it.
    pub(crate) fn finish(&mut self, seconds: f32, thread: &PoolThread) {
        let Some(work) = self.work.take() else {
            return;
        };
        let started = Instant::now();
        let items = self.items();
        self.windows.decoded += items as u64;
        self.guarded(|instance| {
            let scope = Arc::clone(&instance.scope);
            if let Some(renderer) = instance.spectrogram() {
                renderer.decoded(items, seconds);
                renderer.finish(&scope, thread);
            }
            Ok(())
        });
        self.cost = work.seconds + seconds + started.elapsed().as_secs_f32();
        self.status.set_windows(self.windows);
        if let Some(renderer) = &self.renderer {
            self.status.set_load(self.cost / renderer.stride_seconds());
        }
        self.govern(work.complete);
    }

    /// Decides what the next stride is worth, when one is done with that was `complete` then.
    fn govern(&mut self, complete: Instant) {
        if let Some(renderer) = &mut self.renderer {
            let seconds = complete.elapsed().as_secs_f32();
            self.status.set_quality(renderer.govern(seconds));
        }
    }

    /// What the stride that was prepared wants decoded.
    fn wanted_batches(&mut self) -> impl Iterator<Item = &mut Batches> {
        let is_prepared = self.work.is_some();
        let renderer = self.spectrogram().into_iter().filter(move |_| is_prepared);
        renderer.flat_map(|renderer| renderer.stage().wanted())
    }
}

/// Decodes the prepared strides of instances of one model as one batch. What fails together is tried alone, so that only those fail that
/// are at fault.
pub(crate) fn decode(instances: &mut [&mut Instance], bender: &mut Bender, thread: &PoolThread) {
    if instances.len() > 1 {
        let together = catch_unwind(AssertUnwindSafe(|| {
            let wanted = instances.iter_mut().flat_map(|one| one.wanted_batches());
            batches::run(&mut wanted.collect::<Vec<_>>(), bender, thread)
        }));
        if let Ok(Ok(())) = together {
            return;
        }
    }
    for instance in instances {
        instance.guarded(|instance| {
            let mut wanted: Vec<_> = instance.wanted_batches().collect();
            Ok(batches::run(&mut wanted, bender, thread)?)
        });
    }
}
