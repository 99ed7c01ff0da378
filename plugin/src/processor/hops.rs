//! One stream of audio, hop by hop. Audio thread; nothing here allocates or panics, and whether it may wait is the end's matter.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use netbend_dsp::delay::DelayLine;
use netbend_dsp::number::{low_bits, nearest_f32, signed};
use netbend_dsp::phase::LOOK_AHEAD_FRAMES;
use netbend_dsp::stft::sanitized;
use netbend_dsp::transient::TransientLock;
use netbend_dsp::{DspError, StftGeometry};

use super::ceiling::Ceiling;
use super::ears::Ears;
use super::output::{OutputControls, Seam, guard};
use super::pace::Pace;
use crate::exchange::{AudioEnd, AudioSide, Hop};
use crate::report::status::{EngineState, Status};
use crate::stream::controls::Controls;
use crate::stream::source::{ControlSource, Incoming, MAX_CHANNELS};

/// Hops between the end of a frame and its centre: controls read at a hop's end belong to the frame
/// centred there, which ends this many hops later.
const CENTRE_HOPS: usize = 2;

/// A frame before any that could be wanted.
const NEVER: i64 = i64::MIN / 2;

/// Does hop after hop.
pub(super) struct HopProcessor {
    geometry: StftGeometry,
    delay_hops: i64,
    stride_frames: i64,
    channels: usize,
    ears: Ears,
    dry: Vec<DelayLine>,
    transients: TransientLock,
    /// How much of an attack each sample of the hop is, 0–1.
    attacks: Vec<f32>,
    /// Frames the worker holds back for the next window.
    overlap_frames: usize,
    /// Whether the stream is that of a waveform model.
    carries_samples: bool,
    status: Arc<Status>,
    epoch: u32,
    /// Hop that is coming in.
    hop: i64,
    /// Samples of it that have come.
    position: usize,
    playing: Option<Box<Hop>>,
    recent: [Controls; CENTRE_HOPS],
    /// The last frame there was no empty box for.
    lost: i64,
    started: bool,
    /// Whether bent sound has come since the last reset: only then is a missing hop a miss.
    heard: bool,
    output: OutputControls,
    ceiling: Ceiling,
    /// Of the hop's output.
    peak: f32,
    seam: Seam,
    pace: Pace,
}

impl HopProcessor {
    /// For `channels` channels, at the beginning of a run.
    ///
    /// # Errors
    /// [`DspError`] where the geometry cannot be processed.
    pub(super) fn new(
        geometry: StftGeometry,
        channels: usize,
        stride_frames: usize,
        exchange: &AudioEnd,
        status: Arc<Status>,
    ) -> Result<Self, DspError> {
        let latency = geometry.fft_size + exchange.delay_hops * geometry.hop_samples;
        let delay_hops = signed(exchange.delay_hops);
        let carries_samples = exchange.carries_samples;
        Ok(Self {
            geometry,
            delay_hops,
            stride_frames: signed(stride_frames),
            channels,
            ears: Ears::new(geometry, channels, carries_samples)?,
            dry: (0..channels)
                .map(|_| DelayLine::new(latency))
                .collect::<Result<_, _>>()?,
            transients: TransientLock::new(geometry, channels, latency)?,
            attacks: vec![0.0; geometry.hop_samples],
            overlap_frames: exchange.overlap_frames,
            carries_samples,
            status,
            epoch: 0,
            hop: 0,
            position: 0,
            playing: None,
            recent: [Controls::default(); CENTRE_HOPS],
            lost: NEVER,
            started: false,
            heard: false,
            output: OutputControls::new(latency / geometry.hop_samples),
            ceiling: Ceiling::new(geometry)?,
            peak: 0.0,
            seam: Seam::default(),
            pace: Pace::default(),
        })
    }

    /// Samples between input and output.
    pub(super) fn latency_samples(&self) -> usize {
        self.geometry.fft_size + low_bits::<usize>(self.delay_hops) * self.geometry.hop_samples
    }

    /// Samples that go on after the input has ended: what is on its way, and the last frame's length.
    pub(super) fn tail_samples(&self) -> usize {
        self.latency_samples() + self.geometry.fft_size
    }

    /// Forgets everything heard so far. Returns the run that begins, and the hop that was played last.
    pub(super) fn reset(&mut self) -> (u32, Option<Box<Hop>>) {
        self.ears.reset();
        self.dry.iter_mut().for_each(DelayLine::reset);
        self.transients.reset();
        self.epoch = self.epoch.wrapping_add(1);
        self.hop = 0;
        self.position = 0;
        self.lost = NEVER;
        self.started = false;
        self.heard = false;
        self.ceiling.reset();
        self.seam = Seam::default();
        self.pace = Pace::default();
        (self.epoch, self.playing.take())
    }

    /// A block of `samples` samples comes in real time: says how far the host runs ahead of the clock.
    pub(super) fn follow_pace(&mut self, samples: usize) {
        let covered = self.latency_samples();
        let rate = self.geometry.sample_rate;
        let ahead = self.pace.follow(samples, rate, covered, Instant::now());
        self.status
            .run_ahead_samples
            .store(ahead, Ordering::Relaxed);
    }

    /// Processes a block of `samples` samples in place; see [`Processor`](super::Processor).
    pub(super) fn process<S: AsRef<[f32]>>(
        &mut self,
        end: &mut impl AudioSide,
        samples: usize,
        channels: &mut [&mut [f32]],
        sidechain: &[S],
        mut controls: impl ControlSource,
    ) {
        if !self.started && samples > 0 {
            self.start(controls.at(0));
        }
        let mut done = 0;
        while done < samples {
            if self.position == 0 {
                self.begin_hop(end);
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
            self.remember(channels, done, count);
            controls.hear(incoming(channels, self.channels, sidechain, done, count));
            let heard = channels.iter().take(self.channels);
            self.transients.process(
                heard.map(|channel| &channel[done..done + count]),
                &mut self.attacks[..count],
            );
            for (index, channel) in channels.iter_mut().enumerate().take(self.channels) {
                let segment = &mut channel[done..done + count];
                self.dry[index].process_in_place(segment);
                self.write_output(index, segment);
                let peak = |peak: f32, sample: &f32| peak.max(sample.abs());
                self.peak = segment.iter().fold(self.peak, peak);
            }
            self.ears.write_sidechain(sidechain, done, count);
            self.position += count;
            done += count;
            if self.position == self.geometry.hop_samples {
                self.end_hop(end, controls.at(done));
            }
        }
    }

    /// The values before the first hop's end stand for everything before it.
    fn start(&mut self, controls: Controls) {
        self.started = true;
        self.recent = [controls; CENTRE_HOPS];
        self.output.start(&controls);
    }

    fn begin_hop(&mut self, end: &mut impl AudioSide) {
        end.begin_hop(self.hop);
        let wanted = self.hop - 1 - self.delay_hops;
        let had_sound = self.playing.is_some();
        if let Some(hop) = self.playing.take() {
            end.give_back(hop);
        }
        // Also while no hop is wanted yet: those of an earlier run must go back, or the worker is left
        // without empty ones.
        let never_comes = || self.has_lost(wanted) || self.has_failed();
        self.playing = end.receive(self.epoch, wanted, never_comes);
        if wanted >= 0 {
            self.heard |= self.playing.is_some();
            if self.playing.is_none() && self.heard {
                self.status.misses.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.seam.begin_hop(had_sound, self.playing.is_some());
        self.output.begin_hop(self.hop);
        let wet = self.playing.as_deref().map(|hop| &hop.samples);
        self.ceiling.begin_hop(&mut self.output, &self.dry, wet);
    }

    /// Whether the hop of frame `wanted` never comes, because frames of the stride it is made of were lost before the host asked for an
    /// offline render.
    fn has_lost(&self, wanted: i64) -> bool {
        if self.carries_samples {
            // A lost hop leaves a hole in the blocks it belongs to, and in what the network says after them.
            return self.lost + self.delay_hops + self.stride_frames >= wanted;
        }
        // The worker is done with a frame when it has rendered the stride of the frame that ends its look-ahead and its overlap.
        let after = wanted + signed(LOOK_AHEAD_FRAMES + self.overlap_frames);
        let stride_start = after - after.rem_euclid(self.stride_frames);
        self.lost >= stride_start
    }

    fn has_failed(&self) -> bool {
        self.status.state() == EngineState::Failed
    }

    /// Keeps what came in for whoever measures on it.
    fn remember(&self, channels: &[&mut [f32]], done: usize, count: usize) {
        let mut heard = channels.iter().take(self.channels);
        let mut segment = || {
            heard
                .next()
                .and_then(|channel| channel.get(done..done + count))
        };
        let (first, second) = (segment(), segment());
        let rate = self.geometry.sample_rate;
        self.status.recent.write(first.unwrap_or(&[]), second, rate);
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
            && self.ceiling.is_idle()
            && let Some(distance) = self.output.mix_at_rest(segment, wet)
        {
            self.seam.follow(channel, distance);
            return;
        }
        for (n, sample) in segment.iter_mut().enumerate() {
            let dry = *sample;
            let share = nearest_f32(self.position + n) / nearest_f32(hop_samples);
            let bent = self.seam.join(channel, dry, wet.map(|wet| wet[n]), share);
            let guarded = guard(bent, dry, self.output.has_ceiling());
            let wet = self.output.lock(dry, guarded, self.attacks[n], share);
            let gain = self.ceiling.gain(self.position + n);
            *sample = self.output.limited(dry, wet, share, gain);
        }
    }

    fn end_hop(&mut self, end: &mut impl AudioSide, controls: Controls) {
        self.position = 0;
        let peak = std::mem::take(&mut self.peak);
        self.status.meters.raise(self.ceiling.peaks(peak));
        self.output.record(self.hop, &controls);
        let [centred, ..] = self.recent;
        self.recent.rotate_left(1);
        self.recent[CENTRE_HOPS - 1] = controls;
        self.send_frame(end, centred);
        self.hop += 1;
    }

    fn send_frame(&mut self, end: &mut impl AudioSide, controls: Controls) {
        let Some(mut frame) = end.empty_frame(|| self.has_failed()) else {
            self.lost = self.hop;
            self.ears.pass_over();
            return;
        };
        frame.epoch = self.epoch;
        frame.index = self.hop;
        frame.controls = controls;
        self.ears.analyze(&mut frame);
        let ends_stride = (self.hop + 1) % self.stride_frames == 0;
        end.send(frame, ends_stride);
    }
}

/// The samples `from..from + count` of a block, before they are played.
fn incoming<'a, S: AsRef<[f32]>>(
    channels: &'a [&mut [f32]],
    heard: usize,
    sidechain: &'a [S],
    from: usize,
    count: usize,
) -> Incoming<'a> {
    let segment = |samples: &'a [f32]| {
        let samples = samples.get(from..).unwrap_or(&[]);
        &samples[..samples.len().min(count)]
    };
    let mut incoming = Incoming {
        samples: count,
        input: [&[]; MAX_CHANNELS],
        sidechain: [&[]; MAX_CHANNELS],
    };
    for (own, channel) in incoming.input.iter_mut().zip(channels.iter().take(heard)) {
        *own = segment(channel);
    }
    for (own, channel) in incoming
        .sidechain
        .iter_mut()
        .zip(sidechain.iter().take(heard))
    {
        *own = segment(channel.as_ref());
    }
    incoming
}
