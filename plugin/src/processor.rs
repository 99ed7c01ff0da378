//! The audio thread: samples in, frames to the worker, bent hops back, mixed with the aligned dry.
//!
//! The same processor runs in the plugin and in the command line, so a render is a bounce.
//!
//! # Sidechain
//! A second sound of the same channels may come beside the input, in step with it to the sample. The encoder hears
//! it in place of the input where the controls say so. It is analysed as long as there is sound in it, so that a switch
//! finds a whole window; where the port is not connected it costs nothing.
//!
//! # Sleep
//! A window of exact silence is not transformed. The worker, too, does no more than count the frames of it.
//!
//! # Real-time safety
//! [`Processor::process`] and [`Processor::reset`] never allocate, lock, log or panic. They never wait
//! either, except where the host asks for an offline render: there `process` waits for the worker.
//!
//! # Time
//! Hop `h` is input samples `[h·hop, (h + 1)·hop)`; frame `h` ends with it. While hop `h` comes in, the
//! hop that frame `h − 1 − delay_hops` completed goes out. Both start on the same sample, so the
//! latency is a whole number of hops, and blocks of any size give the same samples.

mod ear;
mod ears;
mod output;
mod pace;

use netbend_dsp::delay::DelayLine;
use netbend_dsp::phase::LOOK_AHEAD_FRAMES;
use netbend_dsp::stft::sanitized;
use netbend_dsp::transient::TransientLock;
use netbend_dsp::{DspError, StftGeometry};

use crate::exchange::{AudioEnd, Hop, MAX_CHANNELS};
use crate::report::status::{EngineState, Status};
use crate::stream::controls::Controls;
use crate::stream::latency::{delay_hops, latency_samples};
use ears::Ears;
use output::{OutputControls, Seam};
use pace::Pace;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Hops between the end of a frame and its centre: controls read at a hop's end belong to the frame
/// centred there, which ends this many hops later.
const CENTRE_HOPS: i64 = 2;

/// One stream of audio through the engine.
pub struct Processor {
    geometry: StftGeometry,
    delay_hops: i64,
    stride_frames: i64,
    channels: usize,
    ears: Ears,
    dry: Vec<DelayLine>,
    transients: TransientLock,
    /// How much of an attack each sample of the hop is, 0–1.
    attacks: Vec<f32>,
    exchange: AudioEnd,
    status: Arc<Status>,
    epoch: u32,
    /// Hop that is coming in.
    hop: i64,
    /// Samples of it that have come.
    position: usize,
    playing: Option<Box<Hop>>,
    recent: [Controls; CENTRE_HOPS as usize],
    /// The last frame there was no empty box for.
    lost: i64,
    started: bool,
    /// Whether bent sound has come since the last reset: only then is a missing hop a miss.
    heard: bool,
    output: OutputControls,
    seam: Seam,
    pace: Pace,
}

impl Processor {
    /// A processor over an opened stream. Not for the audio thread.
    ///
    /// # Errors
    /// [`DspError`] where the geometry cannot be processed.
    pub fn new(
        geometry: StftGeometry,
        channels: usize,
        stride_frames: usize,
        exchange: AudioEnd,
        status: Arc<Status>,
    ) -> Result<Self, DspError> {
        let channels = channels.clamp(1, MAX_CHANNELS);
        let overlap_frames = exchange.overlap_frames;
        let latency = latency_samples(geometry, stride_frames, overlap_frames);
        let delay_hops = delay_hops(stride_frames, overlap_frames) as i64;
        Ok(Self {
            geometry,
            delay_hops,
            stride_frames: stride_frames as i64,
            channels,
            ears: Ears::new(geometry, channels)?,
            dry: (0..channels)
                .map(|_| DelayLine::new(latency))
                .collect::<Result<_, _>>()?,
            transients: TransientLock::new(geometry, channels, latency)?,
            attacks: vec![0.0; geometry.hop_samples],
            exchange,
            status,
            epoch: 0,
            hop: 0,
            position: 0,
            playing: None,
            recent: [Controls::default(); CENTRE_HOPS as usize],
            lost: i64::MIN,
            started: false,
            heard: false,
            output: OutputControls::new(latency / geometry.hop_samples),
            seam: Seam::default(),
            pace: Pace::default(),
        })
    }

    /// Samples between input and output.
    pub fn latency_samples(&self) -> usize {
        self.geometry.fft_size + self.delay_hops as usize * self.geometry.hop_samples
    }

    /// Samples that go on after the input has ended: what is on its way, and the last frame's length.
    pub fn tail_samples(&self) -> usize {
        self.latency_samples() + self.geometry.fft_size
    }

    /// Forgets everything heard so far.
    pub fn reset(&mut self) {
        self.ears.reset();
        self.dry.iter_mut().for_each(DelayLine::reset);
        self.transients.reset();
        if let Some(hop) = self.playing.take() {
            self.exchange.give_back(hop);
        }
        self.epoch = self.epoch.wrapping_add(1);
        self.exchange.progress.begin_epoch(self.epoch);
        self.hop = 0;
        self.position = 0;
        self.lost = i64::MIN;
        self.started = false;
        self.heard = false;
        self.seam = Seam::default();
        self.pace = Pace::default();
    }

    /// Processes a block in place. `controls` is asked once per hop for the values that hold at the
    /// hop's end, given as the number of the block's samples that lie before it. `offline` waits for
    /// the worker instead of falling back to the dry signal. There is no sidechain.
    pub fn process(
        &mut self,
        channels: &mut [&mut [f32]],
        controls: impl Fn(usize) -> Controls,
        offline: bool,
    ) {
        self.process_with_sidechain::<&[f32]>(channels, &[], controls, offline);
    }

    /// As [`process`](Self::process), with the sidechain's samples of the same time, `[channel][sample]`. Channels and
    /// samples that it lacks are silent.
    pub fn process_with_sidechain<S: AsRef<[f32]>>(
        &mut self,
        channels: &mut [&mut [f32]],
        sidechain: &[S],
        controls: impl Fn(usize) -> Controls,
        offline: bool,
    ) {
        let samples = channels
            .iter()
            .map(|channel| channel.len())
            .min()
            .unwrap_or(0);
        if !self.started && samples > 0 {
            self.start(controls(0));
        }
        if !offline {
            let covered = self.latency_samples();
            let rate = self.geometry.sample_rate;
            let ahead = self.pace.follow(samples, rate, covered, Instant::now());
            self.status
                .run_ahead_samples
                .store(ahead, Ordering::Relaxed);
        }
        let mut done = 0;
        while done < samples {
            if self.position == 0 {
                self.begin_hop(offline);
            }
            let count = (samples - done).min(self.geometry.hop_samples - self.position);
            for (index, channel) in channels.iter_mut().enumerate().take(self.channels) {
                let segment = &mut channel[done..done + count];
                // Before wet and dry part: both must be finite, and the same.
                segment
                    .iter_mut()
                    .for_each(|sample| *sample = sanitized(*sample));
                self.ears.write_input(index, segment);
            }
            let heard = channels.iter().take(self.channels);
            self.transients.process(
                heard.map(|channel| &channel[done..done + count]),
                &mut self.attacks[..count],
            );
            for (index, channel) in channels.iter_mut().enumerate().take(self.channels) {
                let segment = &mut channel[done..done + count];
                self.dry[index].process_in_place(segment);
                self.write_output(index, segment);
            }
            self.ears.write_sidechain(sidechain, done, count);
            self.position += count;
            done += count;
            if self.position == self.geometry.hop_samples {
                self.end_hop(controls(done), offline);
            }
        }
    }

    /// The values before the first hop's end stand for everything before it.
    fn start(&mut self, controls: Controls) {
        self.started = true;
        self.recent = [controls; CENTRE_HOPS as usize];
        self.output.start(&controls);
    }

    fn begin_hop(&mut self, offline: bool) {
        self.exchange.progress.set_audio_hop(self.hop);
        self.exchange.progress.set_offline(offline);
        let wanted = self.hop - 1 - self.delay_hops;
        let had_sound = self.playing.is_some();
        if let Some(hop) = self.playing.take() {
            self.exchange.give_back(hop);
        }
        // Also while no hop is wanted yet: those of an earlier run must go back, or the worker is left
        // without empty ones.
        self.playing = self.take_hop(wanted);
        if wanted >= 0 {
            if offline && self.playing.is_none() {
                self.wait_for(wanted);
                self.playing = self.take_hop(wanted);
            }
            self.heard |= self.playing.is_some();
            if self.playing.is_none() && self.heard {
                self.status.misses.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.seam.begin_hop(had_sound, self.playing.is_some());
        self.output.begin_hop(self.hop);
    }

    /// Waits until the worker is done with frame `wanted`, unless it never will be: it has failed, or
    /// frames of the stride were lost before the host asked for an offline render.
    fn wait_for(&self, wanted: i64) {
        // The worker is done with a frame when it has rendered the stride of the frame that ends its look-ahead and its overlap.
        let after = wanted + (LOOK_AHEAD_FRAMES + self.exchange.overlap_frames) as i64;
        let stride_start = after - after.rem_euclid(self.stride_frames);
        while self.lost < stride_start
            && !self.exchange.progress.is_done(self.epoch, wanted)
            && self.status.state() != EngineState::Failed
        {
            self.exchange.progress.wait_for_worker();
        }
    }

    /// The hop of frame `wanted`, dropping what is older.
    fn take_hop(&mut self, wanted: i64) -> Option<Box<Hop>> {
        while let Some((epoch, index)) = self.exchange.peek() {
            if epoch == self.epoch && index > wanted {
                return None;
            }
            let hop = self.exchange.receive()?;
            if epoch == self.epoch && index == wanted {
                return Some(hop);
            }
            self.exchange.give_back(hop);
        }
        None
    }

    /// Turns a segment of the delayed dry signal into output.
    fn write_output(&mut self, channel: usize, segment: &mut [f32]) {
        let hop_samples = self.geometry.hop_samples;
        let wet = self
            .playing
            .as_ref()
            .map(|hop| &hop.samples[channel][self.position..]);
        if let Some(wet) = wet
            && self.seam.is_closed()
            && let Some(distance) = self.output.mix_at_rest(segment, wet)
        {
            self.seam.follow(channel, distance);
            return;
        }
        for (n, sample) in segment.iter_mut().enumerate() {
            let dry = *sample;
            let share = (self.position + n) as f32 / hop_samples as f32;
            let bent = self.seam.join(channel, dry, wet.map(|wet| wet[n]), share);
            let guarded = output::guard(bent, dry);
            let wet = self.output.lock(dry, guarded, self.attacks[n], share);
            *sample = self.output.mix(dry, wet, share);
        }
    }

    fn end_hop(&mut self, controls: Controls, offline: bool) {
        self.position = 0;
        self.output.record(self.hop, &controls);
        let [centred, ..] = self.recent;
        self.recent.rotate_left(1);
        self.recent[CENTRE_HOPS as usize - 1] = controls;
        self.send_frame(centred, offline);
        self.hop += 1;
    }

    fn send_frame(&mut self, controls: Controls, offline: bool) {
        let mut empty = self.exchange.empty_frame();
        while empty.is_none() && offline && self.status.state() != EngineState::Failed {
            self.exchange.progress.wait_for_worker();
            empty = self.exchange.empty_frame();
        }
        let Some(mut frame) = empty else {
            self.lost = self.hop;
            return;
        };
        frame.epoch = self.epoch;
        frame.index = self.hop;
        frame.controls = controls;
        self.ears.analyze(&mut frame);
        self.exchange.send(frame);
        if offline && (self.hop + 1) % self.stride_frames == 0 {
            self.exchange.progress.wake_worker();
        }
    }
}
