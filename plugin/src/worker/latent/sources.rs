//! The latents of a stride's items: the encoded sound, the loop held, latents drawn, and their blends.
//! Pool threads.
//!
//! The decoder's window ends with the newest frame, and only its newest frames are read. A drawn latent
//! decoded there would be a drone of a few frames, another one in each latency mode. So it is decoded to
//! a loop of as many frames as reach the latent, and what is blended is the encoding of that loop, turned
//! so that the frame due now is the newest. A held loop stays as it was encoded: it is read round and
//! round after the decoder, and a draw blended with it is turned to suit it.
//!
//! A drawn loop has no level of its own. It takes the power of the window it is blended with: it is as
//! loud as your sound of the last 0.7 s, or as the loop held, and silent where they are.

use std::time::Instant;

use netbend_dsp::decibel::DecibelScale;
use netbend_dsp::number::{low_bits, signed};
use netbend_models::bends::latent_play::LatentSource;
use netbend_models::node::program::Program;
use netbend_models::run::bender::EncoderHistory;
use netbend_models::run::latent::{LatentDraw, blend};
use netbend_models::{Bender, Manifest, ModelError};

use super::sound_loop::{SoundLoop, power_db};
use super::{Draw, LatentState, make_room};
use crate::worker::moment::Moment;

/// A window that was held.
#[derive(Debug)]
pub(in crate::worker) struct Hold {
    /// Its newest frame that reaches the latent.
    pub(in crate::worker) at: i64,
    /// Its level, taken out of it.
    pub(in crate::worker) level_db: f32,
    /// `[frames, bins]`.
    window: Vec<f32>,
    /// Empty until it is wanted.
    latent: Vec<f32>,
}

impl Hold {
    /// `[frames, bins]` in network units.
    pub(in crate::worker) fn window(&self) -> &[f32] {
        &self.window
    }
}

/// A drawn loop's latent, as it is when turned so that a window begins at frame `turn` of it.
#[derive(Debug)]
struct Turned {
    draw: Draw,
    turn: usize,
    latent: Vec<f32>,
}

/// Finds latents, and keeps those that will be wanted again.
#[derive(Debug)]
pub(in crate::worker) struct Sources {
    draws: LatentDraw,
    latent_size: usize,
    bins: usize,
    frames: usize,
    loop_frames: usize,
    scale: DecibelScale,
    holds: Vec<Hold>,
    loops: Vec<(Draw, SoundLoop)>,
    turned: Vec<Turned>,
    /// The live window's latent.
    live: Vec<f32>,
    /// What is encoded beside it at once, and what comes of it.
    windows: Vec<f32>,
    encoded: Vec<f32>,
    /// Windows that were drawn or encoded for the last stride, and the seconds that took.
    worked: (usize, f32),
}

impl Sources {
    pub(in crate::worker) fn new(manifest: &Manifest) -> Self {
        let scale = DecibelScale {
            floor_db: manifest.decibels.floor_db,
            reference_db: manifest.decibels.reference_db,
            ceiling_db: manifest.decibels.ceiling_db,
        };
        Self {
            draws: LatentDraw::new(manifest),
            latent_size: manifest.latent_size,
            bins: manifest.bins,
            frames: manifest.frames,
            loop_frames: manifest.last_seen_frame + 1,
            scale,
            holds: Vec::new(),
            loops: Vec::new(),
            turned: Vec::new(),
            live: Vec::new(),
            windows: Vec::new(),
            encoded: Vec::new(),
            worked: (0, 0.0),
        }
    }

    /// Gives back the memory of everything but what is held.
    pub(in crate::worker) fn release(&mut self) {
        self.loops = Vec::new();
        self.turned = Vec::new();
        self.windows = Vec::new();
        self.encoded = Vec::new();
    }

    /// Holds the window `[frames, bins]` whose newest frame is `at`.
    pub(in crate::worker) fn hold(&mut self, at: i64, level_db: f32, window: &[f32]) {
        make_room(&mut self.holds);
        self.holds.push(Hold {
            at,
            level_db,
            window: window.to_vec(),
            latent: Vec::new(),
        });
    }

    /// Lets go of every loop but those held at frames that `plays_on` names.
    pub(in crate::worker) fn retain(&mut self, plays_on: impl Fn(i64) -> bool) {
        self.holds.retain(|hold| plays_on(hold.at));
    }

    /// Whether a loop is held that ends with frame `at`.
    pub(in crate::worker) fn holds(&self, at: i64) -> bool {
        self.holds.iter().any(|hold| hold.at == at)
    }

    /// The loop that plays in `state`.
    pub(in crate::worker) fn held(&self, state: &LatentState) -> Option<&Hold> {
        let at = state.hold?;
        self.holds.iter().find(|hold| hold.at == at)
    }

    /// The latents `[1 + states, latent_size]` of the window `live` of `stream`, whose newest frame is `newest`, and of
    /// the states.
    ///
    /// # Errors
    /// What inference reports.
    pub(in crate::worker) fn latents(
        &mut self,
        live: &[f32],
        newest: i64,
        states: &[LatentState],
        stream: &mut EncoderHistory,
        bender: &mut Bender,
        latents: &mut Vec<f32>,
    ) -> Result<(), ModelError> {
        let turns: Vec<Option<usize>> = states
            .iter()
            .map(|state| state.is_drawn().then(|| self.turn(state, newest)))
            .collect();
        let mut began = Instant::now();
        let drawn = self.draw_loops(states, bender)?;
        let seconds = began.elapsed().as_secs_f32();
        bender.encode_stream(stream, newest, live, &mut self.live)?;
        began = Instant::now();
        let encoded = self.encode(live, states, &turns, bender)?;
        self.worked = (drawn + encoded, seconds + began.elapsed().as_secs_f32());
        latents.clear();
        latents.extend_from_slice(&self.live);
        for (state, turn) in states.iter().zip(&turns) {
            let base = self.held(state).map_or(
                // What was held is gone only where far too many were: the sound itself goes on.
                &self.live,
                |hold| &hold.latent,
            );
            let start = latents.len();
            latents.extend_from_slice(base);
            if let Some(turned) = turn.and_then(|turn| self.turned(&state.draw, turn)) {
                blend(&mut latents[start..], &turned.latent, state.blend);
            }
        }
        self.turned.retain(|turned| {
            let mut pairs = states.iter().zip(&turns);
            pairs.any(|(state, turn)| turned.draw == state.draw && Some(turned.turn) == *turn)
        });
        Ok(())
    }

    /// Windows that were drawn or encoded for the last stride beside the sound's own, and the seconds that took.
    pub(in crate::worker) fn worked(&self) -> (usize, f32) {
        self.worked
    }

    /// How many windows would be drawn or encoded beside the sound's own for these states, the stride's newest frame being `newest`.
    pub(in crate::worker) fn unknown(&self, states: &[Moment], newest: i64) -> usize {
        let mut count = 0;
        for (place, state) in states.iter().map(|moment| moment.latent).enumerate() {
            let is_new = |is_same: &dyn Fn(&LatentState) -> bool| {
                let mut before = states[..place].iter();
                usize::from(!before.any(|moment| is_same(&moment.latent)))
            };
            if state.is_drawn() {
                let same_draw = |other: &LatentState| other.is_drawn() && other.draw == state.draw;
                if self.loops.iter().all(|(draw, _)| *draw != state.draw) {
                    count += is_new(&same_draw);
                }
                let turn = self.turn(&state, newest);
                if self.turned(&state.draw, turn).is_none() {
                    count += is_new(&|other| same_draw(other) && self.turn(other, newest) == turn);
                }
            }
            if self.held(&state).is_some_and(|hold| hold.latent.is_empty()) {
                count += is_new(&|other| other.hold == state.hold);
            }
        }
        count
    }

    /// The frame of a drawn loop that a window begins with: frame `n` of a run is frame `n` of the loop,
    /// round and round.
    fn turn(&self, state: &LatentState, newest: i64) -> usize {
        let newest = self.held(state).map_or(newest, |hold| hold.at);
        low_bits::<usize>((newest + 1).rem_euclid(signed(self.loop_frames)))
    }

    fn turned(&self, draw: &Draw, turn: usize) -> Option<&Turned> {
        let mut all = self.turned.iter();
        all.find(|turned| turned.draw == *draw && turned.turn == turn)
    }

    /// Decodes the loops that are drawn for the first time, and forgets those no longer wanted. Returns how many were drawn.
    fn draw_loops(
        &mut self,
        states: &[LatentState],
        bender: &mut Bender,
    ) -> Result<usize, ModelError> {
        let mut wanted: Vec<Draw> = Vec::new();
        for state in states.iter().filter(|state| state.is_drawn()) {
            if !wanted.contains(&state.draw) {
                wanted.push(state.draw);
            }
        }
        self.loops.retain(|(draw, _)| wanted.contains(draw));
        wanted.retain(|draw| self.loops.iter().all(|(known, _)| known != draw));
        let count = wanted.len();
        if count == 0 {
            return Ok(0);
        }
        let drawn: Vec<f32> = wanted
            .iter()
            .flat_map(|draw| match draw.source {
                LatentSource::Random => self.draws.random(draw.seed),
                LatentSource::Walk => self.draws.walk(draw.seed, draw.position),
            })
            .collect();
        let mut decoded = Vec::new();
        bender.decode(&drawn, &Program::new(), &mut decoded)?;
        let windows = decoded.chunks_exact(self.frames * self.bins);
        for (draw, window) in wanted.into_iter().zip(windows) {
            let seen = &window[..self.loop_frames * self.bins];
            let units = seen
                .iter()
                .map(|unit| unit.clamp(0.0, self.scale.max_unit()));
            let sound = SoundLoop::joined(units.collect(), self.bins, &self.scale);
            self.loops.push((draw, sound));
        }
        Ok(count)
    }

    /// Encodes whatever the states want beside the window `live` that is not yet known. Returns how many windows.
    fn encode(
        &mut self,
        live: &[f32],
        states: &[LatentState],
        turns: &[Option<usize>],
        bender: &mut Bender,
    ) -> Result<usize, ModelError> {
        self.windows.clear();
        let mut holds = Vec::new();
        for (place, hold) in self.holds.iter().enumerate() {
            if hold.latent.is_empty() && states.iter().any(|state| state.hold == Some(hold.at)) {
                self.windows.extend_from_slice(&hold.window);
                holds.push(place);
            }
        }
        let known = self.turned.len();
        for (state, turn) in states.iter().zip(turns) {
            let Some(turn) = *turn else { continue };
            let mut loops = self.loops.iter();
            let sound = loops.find(|(draw, _)| *draw == state.draw);
            if let (Some((_, sound)), None) = (sound, self.turned(&state.draw, turn)) {
                let base = self.held(state).map_or(live, |hold| &hold.window);
                let seen = &base[..self.loop_frames * self.bins];
                let power_db = power_db(seen, self.bins, &self.scale);
                let windows = &mut self.windows;
                sound.window(turn, self.frames, power_db, &self.scale, windows);
                self.turned.push(Turned {
                    draw: state.draw,
                    turn,
                    latent: Vec::new(),
                });
            }
        }
        if self.windows.is_empty() {
            return Ok(0);
        }
        let count = holds.len() + self.turned.len() - known;
        let encoded = bender.encode(&self.windows, &mut self.encoded);
        if let Err(error) = encoded {
            self.turned.truncate(known);
            return Err(error);
        }
        let mut latents = self.encoded.chunks_exact(self.latent_size);
        for (place, latent) in holds.into_iter().zip(latents.by_ref()) {
            self.holds[place].latent = latent.to_vec();
        }
        for (turned, latent) in self.turned[known..].iter_mut().zip(latents) {
            turned.latent = latent.to_vec();
        }
        Ok(count)
    }
}
