//! One stream of a waveform model on the worker: hops of samples in, a block at a time through the network, hops of sound out. Pool threads.
//!
//! # Time
//! Everything has a place, in samples of the host since the run of hops began. What goes into the network at place `p` comes out of it at
//! `p + network_samples`; the hop that is sent as number `i` holds what came out for the input of hop `i − 3`, as hops of the STFT do.
//!
//! A control belongs to the sound that comes in with it. A layer is so much late within the network as its place among the layers says, the
//! latent half as late as all of it, and the controls of its bends are read as much later.
//!
//! # Lateness
//! A block that could only come late is not computed: its sound is the aligned input, and the states stay as they are.

pub(crate) mod converter;
mod lane;
mod latents;
mod network;
mod program;
mod sound_bend;
mod timeline;
mod twin;

use netbend_dsp::number::{cut, low_bits, nearest_f32, nearest_f64, signed};
use netbend_dsp::{Analyzer, DspError};
use netbend_models::bends::BendFrame;
use netbend_models::bends::weights::WeightFrame;
use netbend_models::node::activity;
use netbend_models::package::manifest::LayerClusters;
use netbend_models::{ModelError, WaveformPlayer};

use super::batches::FixedBends;
use super::listening::Listening;
use crate::error::Error;
use crate::exchange::{Frame, WorkerEnd};
use crate::report::scope::Scope;
use crate::stream::latency::WINDOW_HOPS;
use crate::stream::waveform::WaveformStream;
use crate::threads::pool_thread::PoolThread;
use converter::Converter;
use lane::{Block, Lane, Played};
use network::{Network, channel_of};
use program::Programs;
use sound_bend::SoundBend;
use timeline::{Timeline, Track};

/// Hops between a frame's own and the one that its output stands for.
const OUTPUT_BEHIND: i64 = signed(WINDOW_HOPS) - 1;

/// Everything a stream of a waveform model needs on the worker.
pub(super) struct WaveformRenderer {
    stream: WorkerEnd,
    shape: WaveformStream,
    epoch: u32,
    /// Number of the next frame, if none is lost.
    expected: i64,
    /// The frame whose hop is at place 0.
    origin: i64,
    /// Number of the next hop that is sent, and the first that lacks nothing.
    next_hop: i64,
    whole_from: i64,
    /// Blocks since the run began.
    block: i64,
    timeline: Timeline,
    /// What came in, one for each channel of the stream.
    dry: Vec<Track>,
    /// What came out of the network.
    bent: Vec<Track>,
    clean: Vec<Track>,
    network: Option<Network>,
    fixed: FixedBends,
    scopes: [Analyzer; 2],
}

/// What a block cost.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Runs {
    pub(super) encoded: u64,
    pub(super) decoded: u64,
}

impl WaveformRenderer {
    /// For a stream that carries samples.
    ///
    /// # Errors
    /// [`DspError`] for a geometry that cannot be shown.
    pub(super) fn new(
        stream: WorkerEnd,
        shape: WaveformStream,
        fixed: &FixedBends,
    ) -> Result<Self, DspError> {
        let tracks = || (0..stream.channels).map(|_| Track::default()).collect();
        Ok(Self {
            shape,
            epoch: 0,
            expected: 0,
            origin: 0,
            next_hop: 0,
            whole_from: 0,
            block: 0,
            timeline: Timeline::default(),
            dry: tracks(),
            bent: tracks(),
            clean: tracks(),
            network: None,
            fixed: fixed.clone(),
            scopes: [
                Analyzer::new(stream.geometry)?,
                Analyzer::new(stream.geometry)?,
            ],
            stream,
        })
    }

    /// Prepares for a model; what was heard so far is forgotten.
    ///
    /// # Errors
    /// [`Error::Kind`] where the stream was opened for another model.
    pub(super) fn set_model(&mut self, player: &WaveformPlayer) -> Result<(), Error> {
        self.network = None;
        let manifest = player.manifest();
        let format = netbend_models::ModelFormat::from(&**manifest).waveform;
        let other = || Error::Kind {
            name: manifest.name.clone(),
        };
        if format != Some(self.shape.format) {
            return Err(other());
        }
        let channels = self.stream.channels;
        let ratio = self.shape.ratio();
        let hop = self.stream.geometry.hop_samples;
        let inward = (0..channels.max(manifest.channels_in))
            .map(|_| Converter::new(1.0 / ratio, hop))
            .collect::<Option<Vec<_>>>();
        let out = || Converter::new(ratio, manifest.block);
        let outward = (0..channels)
            .map(|_| Some([out()?, out()?]))
            .collect::<Option<Vec<_>>>();
        let (inward, outward) = inward.zip(outward).ok_or_else(other)?;
        self.network = Some(Network {
            waiting: vec![Vec::new(); inward.len()],
            inward,
            outward,
            lanes: vec![Lane::new(player)],
            programs: Programs::new(player),
            sound_bend: SoundBend::default(),
            channels_in: manifest.channels_in,
            channels_out: manifest.channels_out,
            block: manifest.block,
        });
        self.begin(self.expected.max(0));
        Ok(())
    }

    pub(super) fn set_fixed_bends(&mut self, bends: &[(u64, BendFrame)]) {
        self.fixed.bends = bends.to_vec();
    }

    pub(super) fn set_fixed_weights(&mut self, weights: &[WeightFrame]) {
        self.fixed.weights = weights.to_vec();
    }

    /// The clusters of a sound that slots may select, from the next block on.
    pub(super) fn set_sound_clusters(&mut self, groups: &[LayerClusters]) {
        if let Some(network) = &mut self.network {
            network.programs.set_sound_clusters(groups);
        }
    }

    /// The next frame, if it has come.
    pub(super) fn receive(&mut self, thread: &PoolThread) -> Option<Box<Frame>> {
        self.stream.receive(thread)
    }

    /// Takes a frame without bending it.
    pub(super) fn discard(&mut self, frame: Box<Frame>) {
        self.stream.progress.set_done(frame.epoch, frame.index);
        self.expected = i64::MIN / 2;
        self.stream.give_back(frame);
    }

    /// Takes a frame. Whether a block is whole with it, which is then to be [played](Self::play).
    pub(super) fn take(&mut self, frame: Box<Frame>) -> bool {
        if frame.epoch != self.stream.progress.epoch() {
            // Left over from before a reset.
            self.stream.give_back(frame);
            return false;
        }
        if frame.epoch != self.epoch {
            self.epoch = frame.epoch;
            self.restart(frame.index);
        } else if frame.index != self.expected {
            // Frames were lost: time goes on, and the network with what it has heard.
            self.begin(frame.index);
        }
        self.expected = frame.index + 1;
        self.timeline.push(frame.controls);
        for (track, samples) in self.dry.iter_mut().zip(&frame.samples) {
            track.push(samples);
        }
        let is_whole = match &mut self.network {
            Some(network) => network.hear(&frame, self.stream.channels),
            None => false,
        };
        self.stream.give_back(frame);
        is_whole
    }

    /// A run begins: nothing was heard before.
    fn restart(&mut self, first: i64) {
        self.block = 0;
        if let Some(network) = &mut self.network {
            network.lanes.truncate(1);
            network.sound_bend.reset();
            network.lanes.iter_mut().for_each(Lane::rest);
        }
        self.begin(first);
        if first == 0 {
            // Silence came before: the first hops lack nothing.
            (self.next_hop, self.whole_from) = (0, 0);
        }
    }

    /// Frame `first` is at place 0.
    fn begin(&mut self, first: i64) {
        self.origin = first;
        let tracks = self
            .dry
            .iter_mut()
            .chain(&mut self.bent)
            .chain(&mut self.clean);
        tracks.for_each(Track::begin);
        self.timeline.begin(first);
        if let Some(network) = &mut self.network {
            network.begin();
        }
        // What went in before is not in the tracks any more.
        self.whole_from = first + OUTPUT_BEHIND;
        self.next_hop = self.next_hop.max(self.whole_from);
    }

    /// Plays the block that is whole, and sends the hops that are complete with it. `None` where it could only come late.
    ///
    /// # Errors
    /// What inference reports.
    pub(super) fn play(
        &mut self,
        player: &mut WaveformPlayer,
        scope: &Scope,
        thread: &PoolThread,
    ) -> Result<Option<Runs>, ModelError> {
        if self.hops_left() < 1 - signed(self.stream.stride_frames) && !self.is_offline() {
            self.drop_block();
            return Ok(None);
        }
        let mut runs = Runs::default();
        while self.network.as_ref().is_some_and(Network::is_whole) {
            let played = self.run_block(player, scope)?;
            for played in played {
                runs.encoded += played.encoded;
                runs.decoded += played.decoded;
            }
        }
        self.send(scope, thread);
        Ok(Some(runs))
    }

    /// Runs the next block, and puts what comes out behind what came before.
    fn run_block(
        &mut self,
        player: &mut WaveformPlayer,
        scope: &Scope,
    ) -> Result<Vec<Played>, ModelError> {
        let place = self.block_place();
        let network_samples = nearest_f64(self.shape.network_samples);
        let hop = nearest_f64(self.stream.geometry.hop_samples);
        let (timeline, origin) = (&self.timeline, self.origin);
        // The controls of the sound that is `share` of the way through the network when this block is computed.
        let at = |share: f64| {
            let boundary = (place - share * network_samples) / hop;
            timeline.at(origin + 1 + cut::<i64>(boundary.round()))
        };
        // The lowest voice that any sample of the block is heard with, and of a few around it.
        let half = nearest_f64(self.shape.format.block) * self.shape.ratio() / 2.0;
        let heard_at =
            |place: f64| origin + 1 + cut::<i64>(((place - network_samples) / hop).floor());
        let (first, last) = (heard_at(place - half) - 2, heard_at(place + half) + 3);
        let voices = (first..=last).map(|frame| timeline.at(frame).voice);
        let lowest_voice = voices.fold(1.0_f32, f32::min);
        let Some(network) = &mut self.network else {
            return Ok(Vec::new());
        };
        let dual = Listening::of(&at(0.5), self.stream.channels) == Listening::Dual
            && network.channels_in == 1;
        network.set_lanes(if dual { 2 } else { 1 });
        let is_watched = scope.maps.is_open();
        let bends = network.programs.build(&at, &self.fixed, is_watched);
        let controls = at(0.5);
        let rate = f64::from(self.shape.sample_rate);
        let mut played = Vec::new();
        for (number, lane) in network.lanes.iter_mut().enumerate() {
            let audio =
                Network::block_of(&network.waiting, network.channels_in, number, network.block);
            let block = Block {
                number: self.block,
                seconds: (place + nearest_f64(origin.max(0)) * hop) / rate,
                program: network.programs.program(),
                watched: match number {
                    0 => network.programs.watched(),
                    _ => network.programs.program(),
                },
                bends: bends.maps,
                weights: network.programs.weights(),
                weight_bends: bends.weights,
                latent: controls.latent,
                hears_clean: lowest_voice < 1.0,
            };
            drop(activity::take());
            played.push(lane.play(player, &audio, block)?);
            if is_watched && number == 0 {
                scope.maps.push(&activity::take(), network.programs.bent());
            }
        }
        let of_sound = network.programs.of_sound();
        for (played, lane) in played.iter_mut().zip(&mut network.lanes) {
            let channels = network.channels_out;
            network
                .sound_bend
                .bend(of_sound, channels, &mut lane.sound, &mut played.bent);
        }
        network.sound_bend.end_block(of_sound.1);
        for waiting in &mut network.waiting {
            waiting.drain(..network.block.min(waiting.len()));
        }
        let mut made = Vec::new();
        for (channel, [bent_out, clean_out]) in network.outward.iter_mut().enumerate() {
            let of = |part: fn(&Played) -> &Vec<f32>| {
                channel_of(&played, part, channel, self.stream.channels, network.block)
            };
            for (converter, part, track) in [
                (bent_out, of(|played| &played.bent), &mut self.bent),
                (clean_out, of(|played| &played.clean), &mut self.clean),
            ] {
                made.clear();
                converter.push(&part, &mut made);
                if let Some(track) = track.get_mut(channel) {
                    track.push(&made);
                }
            }
        }
        self.block += 1;
        Ok(played)
    }

    /// The place in the middle of the next block, where it comes out.
    fn block_place(&self) -> f64 {
        let out = self.bent.first().map_or(0, Track::end);
        nearest_f64(out) + nearest_f64(self.shape.format.block) * self.shape.ratio() / 2.0
    }

    /// Sends every hop that is complete.
    fn send(&mut self, scope: &Scope, thread: &PoolThread) {
        let length = self.stream.geometry.hop_samples;
        let hop_samples = low_bits::<i64>(length);
        let late = signed(self.shape.network_samples);
        let came_out = self.bent.first().map_or(0, Track::end);
        loop {
            let place = (self.next_hop - OUTPUT_BEHIND - self.origin) * hop_samples;
            if place + late + hop_samples > came_out {
                break;
            }
            let index = self.next_hop;
            self.next_hop += 1;
            let mut hop = self.stream.empty_hop(thread);
            if let Some(hop) = &mut hop {
                hop.index = index;
                // A hop that is not whole travels all the same, to come back as an empty one; run −1 is nobody's, so it is never played.
                hop.epoch = match index >= self.whole_from {
                    true => self.epoch,
                    false => self.epoch.wrapping_sub(1),
                };
                let voice = |frame: i64| self.timeline.at(frame).voice.clamp(0.0, 1.0);
                // Frame `j` brings the controls of the boundary before its last hop.
                let (from, to) = (voice(index - 2), voice(index - 1));
                let (mut dry, mut clean) = (vec![0.0; length], vec![0.0; length]);
                for channel in 0..self.stream.channels {
                    let samples = &mut hop.samples[channel];
                    self.bent[channel].read(place + late, samples);
                    self.clean[channel].read(place + late, &mut clean);
                    self.dry[channel].read(place, &mut dry);
                    mix(samples, &clean, &dry, from, to);
                }
            }
            if scope.is_open() {
                self.show(
                    scope,
                    place,
                    hop.as_deref().map_or(&[][..], |hop| &hop.samples[0]),
                );
            }
            if let Some(hop) = hop {
                self.stream.send(hop, thread);
            }
        }
        self.stream.progress.set_done(self.epoch, self.next_hop - 1);
        // What is read of the past: the hop that comes next, and the controls of the first layer.
        let place = (self.next_hop - OUTPUT_BEHIND - self.origin) * hop_samples;
        self.dry
            .iter_mut()
            .for_each(|track| track.forget_before(place));
        let tracks = self.bent.iter_mut().chain(&mut self.clean);
        tracks.for_each(|track| track.forget_before(place + late));
        self.timeline
            .forget_before(self.next_hop - 2 * OUTPUT_BEHIND);
    }

    /// Shows what came in and what goes out. The input is shown as much earlier as the scope holds it back.
    fn show(&mut self, scope: &Scope, place: i64, output: &[f32]) {
        let geometry = self.stream.geometry;
        let length = geometry.hop_samples;
        let ahead = signed(netbend_dsp::phase::LOOK_AHEAD_FRAMES * length);
        let mut input = vec![0.0; length];
        if let Some(track) = self.dry.first() {
            track.read(place + ahead, &mut input);
        }
        let [heard, made] = &mut self.scopes;
        let mut magnitudes = [vec![0.0; geometry.bins()], vec![0.0; geometry.bins()]];
        let mut spectrum = vec![netbend_dsp::Complex::default(); geometry.bins()];
        for ((analyzer, samples), magnitudes) in [(heard, &input[..]), (made, output)]
            .into_iter()
            .zip(&mut magnitudes)
        {
            analyzer.write(samples);
            analyzer.analyze(&mut spectrum);
            for (to, x) in magnitudes.iter_mut().zip(&spectrum) {
                *to = x.norm();
            }
        }
        let [input, output] = &magnitudes;
        let per_bin = geometry.sample_rate / nearest_f32(geometry.fft_size);
        scope.push(input, output, per_bin);
    }

    /// Gives up the block that is whole: its sound is not bent.
    pub(super) fn drop_block(&mut self) {
        // The hops that begin where the block does lack it; time begins anew behind it.
        self.begin(self.expected);
        self.stream.progress.set_done(self.epoch, self.next_hop - 1);
    }

    /// Hops that go out before the first hop of the block that is whole is due; less than 0 where it is late.
    fn hops_left(&self) -> i64 {
        self.next_hop + 1 + signed(self.stream.delay_hops) - self.stream.progress.audio_hop()
    }

    /// Seconds until then.
    pub(super) fn slack_seconds(&self) -> f32 {
        let hop = nearest_f32(self.stream.geometry.hop_samples);
        nearest_f32(self.hops_left()) * hop / self.stream.geometry.sample_rate
    }

    /// Whether half of what it is for should have been out.
    pub(super) fn is_past(&self) -> bool {
        2 * self.hops_left() < -signed(self.stream.stride_frames)
    }

    /// Whether the host waits for the sound.
    pub(super) fn is_offline(&self) -> bool {
        self.stream.progress.is_offline()
    }

    /// Whether the frames that were taken last belong to the run the audio thread is in.
    pub(super) fn is_current(&self) -> bool {
        self.epoch == self.stream.progress.epoch()
    }

    /// How long a block lasts.
    pub(super) fn block_seconds(&self) -> f32 {
        let format = self.shape.format;
        nearest_f32(format.block) / nearest_f32(format.sample_rate)
    }
}

/// Makes of what a bent model says the wet sound: the model's own at a voice of 1, and the dry sound with what the bends change at 0.
fn mix(bent: &mut [f32], clean: &[f32], dry: &[f32], from: f32, to: f32) {
    let length = nearest_f32(bent.len().max(1));
    for (n, (bent, (clean, dry))) in bent.iter_mut().zip(clean.iter().zip(dry)).enumerate() {
        let voice = from + (to - from) * nearest_f32(n) / length;
        // At rest to the bit: 0 times a sample is nothing.
        let changed = dry + (*bent - clean);
        *bent = match (voice <= 0.0, voice >= 1.0) {
            (true, _) => changed,
            (_, true) => *bent,
            _ => (1.0 - voice) * changed + voice * *bent,
        };
    }
}
