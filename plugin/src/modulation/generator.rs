//! All modulators of one setting, as values of their sources.

use netbend_dsp::number::nearest_f64;
use netbend_models::bends::modulation::{
    FOLLOWERS, Hears, MACROS, Modulation, Rate, Retrigger, SOURCES, Source,
};

use super::clock::{Now, Time};
use super::ear::{Attacks, Ear};
use super::pads::{Begun, Played};
use super::{lfo, sequencer, snapped, wander};
use crate::stream::source::{Incoming, MAX_CHANNELS};

/// One sample of each channel of a sound at a time; what is no number is silence.
fn samples_of<'a>(
    incoming: Incoming<'a>,
    hears: Hears,
) -> impl Iterator<Item = [f64; MAX_CHANNELS]> + use<'a> {
    let channels = match hears {
        Hears::Input => incoming.input,
        Hears::Sidechain => incoming.sidechain,
    };
    (0..incoming.samples).map(move |n| {
        channels.map(|channel| match channel.get(n) {
            Some(x) if x.is_finite() => f64::from(*x),
            _ => 0.0,
        })
    })
}

/// The modulators of one setting.
#[derive(Debug)]
pub(crate) struct Generator {
    channels: usize,
    ears: [Ear; FOLLOWERS],
    attacks: Attacks,
    /// When the last attack was, and how many there were.
    last_attack: Option<Time>,
    count: i64,
}

impl Generator {
    /// For a stream of `channels` channels.
    pub(crate) fn new(sample_rate: f32, channels: usize) -> Self {
        Self {
            channels: channels.clamp(1, MAX_CHANNELS),
            ears: std::array::from_fn(|_| Ear::new(sample_rate)),
            attacks: Attacks::new(sample_rate),
            last_attack: None,
            count: 0,
        }
    }

    /// The stream begins anew.
    pub(crate) fn reset(&mut self) {
        self.ears.iter_mut().for_each(Ear::reset);
        self.attacks.reset();
        self.last_attack = None;
        self.count = 0;
    }

    /// Hears samples, as far as a route needs them.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub(crate) fn hear(&mut self, modulation: &Modulation, incoming: Incoming<'_>) {
        let ears = self.ears.iter_mut().zip(&modulation.followers);
        for (number, (ear, follower)) in ears.enumerate() {
            if is_used(modulation, Source::Follower(number)) {
                ear.hear(follower, samples_of(incoming, follower.hears));
            }
        }
        if waits_for_attacks(modulation) {
            for sample in samples_of(incoming, Hears::Input) {
                self.attacks.push(sample);
            }
        }
    }

    /// The values of all sources, 0–1, at the end of a hop in which pads were played like that.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub(crate) fn end_hop(
        &mut self,
        modulation: &Modulation,
        macros: [f32; MACROS],
        now: &Now,
        played: &Played,
    ) -> [f32; SOURCES] {
        if self.attacks.take() {
            self.last_attack = Some(now.free);
            self.count = self.count.wrapping_add(1);
        }
        let mut values = [0.0; SOURCES];
        let mut put = |source: Source, value: f32| {
            if let Some(own) = values.get_mut(source.index()) {
                *own = value;
            }
        };
        for (number, own) in modulation.lfos.iter().enumerate() {
            let by_pad = played.lfos.get(number).copied().unwrap_or_default();
            let own_begun = self.begun(own.retrigger, &played.notes);
            let begun = Begun {
                last: later(own_begun.last, by_pad.last),
                count: own_begun.count.wrapping_add(by_pad.count),
            };
            let cycles = cycles(own.rate, own.retrigger, begun.last, now);
            // Draws after different beginnings must not meet: each has a thousand to itself.
            let value = lfo::value(own, cycles, begun.count.wrapping_mul(1_000));
            put(Source::Lfo(number), value);
        }
        for (number, own) in modulation.sequencers.iter().enumerate() {
            let by_pad = played.steps.get(number).copied().unwrap_or(0);
            let value = match own.retrigger {
                Retrigger::Note => {
                    let since = cycles(own.step, own.retrigger, played.notes.last, now);
                    sequencer::played(own, played.notes.count, since)
                }
                _ => {
                    let last = self.begun(own.retrigger, &played.notes).last;
                    let steps = cycles(own.step, own.retrigger, last, now);
                    sequencer::value(own, steps + nearest_f64(by_pad))
                }
            };
            put(Source::Sequencer(number), value);
        }
        for (number, own) in modulation.followers.iter().enumerate() {
            let ear = self.ears.get_mut(number);
            let value = ear.map_or(0.0, |ear| ear.end_hop(own, self.channels));
            put(Source::Follower(number), value);
        }
        let own = &modulation.wander;
        let last = self.begun(own.retrigger, &played.notes).last;
        let cycles = cycles(own.rate, own.retrigger, last, now);
        put(Source::Wander, wander::value(own.seed, cycles));
        for (number, value) in macros.into_iter().enumerate() {
            put(Source::Macro(number), value);
        }
        values
    }

    /// What a modulator begins anew with.
    fn begun(&self, retrigger: Retrigger, notes: &Begun) -> Begun {
        match retrigger {
            Retrigger::Transport | Retrigger::Free => Begun::default(),
            Retrigger::Attack => Begun {
                last: self.last_attack,
                count: self.count,
            },
            Retrigger::Note => *notes,
        }
    }
}

/// How many cycles have passed: since `last`, or since the beginning where it has not begun anew.
fn cycles(rate: Rate, retrigger: Retrigger, last: Option<Time>, now: &Now) -> f64 {
    let time = match (last, retrigger) {
        (Some(last), _) => now.free.since(last),
        (None, Retrigger::Free) => now.free,
        (None, Retrigger::Transport | Retrigger::Attack | Retrigger::Note) => now.song,
    };
    snapped(match rate {
        Rate::Note(note) => time.beats / note.beats(),
        Rate::Hertz(hertz) => time.seconds * f64::from(hertz),
    })
}

/// The later one of two moments of a stream.
fn later(one: Option<Time>, other: Option<Time>) -> Option<Time> {
    match (one, other) {
        (Some(a), Some(b)) if b.seconds > a.seconds => Some(b),
        (None, b) => b,
        (a, _) => a,
    }
}

fn is_used(modulation: &Modulation, source: Source) -> bool {
    modulation.routes.iter().any(|route| route.from == source)
}

/// Whether something that is used begins anew at attacks.
fn waits_for_attacks(modulation: &Modulation) -> bool {
    modulation.routes.iter().any(|route| {
        let retrigger = match route.from {
            Source::Lfo(number) => modulation.lfos.get(number).map(|own| own.retrigger),
            Source::Sequencer(number) => modulation.sequencers.get(number).map(|own| own.retrigger),
            Source::Wander => Some(modulation.wander.retrigger),
            Source::Follower(_) | Source::Macro(_) => None,
        };
        retrigger == Some(Retrigger::Attack)
    })
}

#[cfg(test)]
mod tests;
