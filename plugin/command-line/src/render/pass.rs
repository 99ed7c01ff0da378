//! One run of the processor over a file.

use std::ops::Range;
use std::sync::Arc;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use netbend_audio_file::Audio;
use netbend_dsp::number::nearest_f64;

use crate::automation::Automation;
use crate::notes::Notes;
use crate::parameters::ParameterSet;
use netbend::offline::{
    ControlSource, Controls, Engine, Incoming, KeyEvent, Modulators, MovingControls, Processor,
    StreamShape, Transport,
};

/// What is run, and through what.
pub(crate) struct Pass<'a> {
    pub(crate) audio: &'a Audio,
    /// `[channel][sample]`, or nothing where none is connected. Silence follows where it is shorter than the input.
    pub(crate) sidechain: Vec<Vec<f32>>,
    /// Whether the input begins anew where it ends; else silence follows.
    pub(crate) is_loop: bool,
    pub(crate) shape: StreamShape,
    pub(crate) engine: &'a Engine,
    pub(crate) parameters: &'a ParameterSet,
    pub(crate) automation: &'a Automation,
    pub(crate) notes: &'a Notes,
    pub(crate) block: usize,
    /// Beats per minute.
    pub(crate) tempo: f64,
}

impl Pass<'_> {
    /// Samples `kept` of what comes out, counted from the input's first sample and lined up with it, `[channel][sample]`.
    pub(crate) fn run(&self, kept: Range<usize>) -> Result<Vec<Vec<f32>>> {
        let channels = self.audio.channels.len();
        let exchange = self.engine.open(self.shape, channels);
        let mut processor = Processor::new(
            self.shape.geometry,
            channels,
            self.shape.stride_frames,
            exchange,
            Arc::clone(self.engine.status()),
        )?;
        processor.reset();
        let mut modulators = Modulators::new(self.shape.geometry.sample_rate, channels);
        let latency = processor.latency_samples();
        let total = kept.end + latency;
        let wanted = kept.start + latency..total;
        let mut output = vec![Vec::with_capacity(kept.len()); channels];
        let mut block = vec![Vec::new(); channels];
        let mut heard = vec![Vec::new(); self.sidechain.len()];
        let bar = progress(total);
        let mut done = 0;
        while done < total {
            let end = (done + self.block).min(self.pass_end(done)).min(total);
            self.fill(&self.audio.channels, done..end, &mut block);
            self.fill(&self.sidechain, done..end, &mut heard);
            let mut slices: Vec<&mut [f32]> = block.iter_mut().map(Vec::as_mut_slice).collect();
            let heard: Vec<&[f32]> = heard.iter().map(Vec::as_slice).collect();
            let transport = Transport {
                is_playing: true,
                tempo: Some(self.tempo),
                beats: None,
                seconds: Some(self.seconds(done)),
            };
            self.play(done..end, &mut modulators);
            let controls = Automated {
                pass: self,
                from: done,
                moving: modulators.block(&self.parameters.params, &transport),
            };
            processor
                .offline()
                .process_with_sidechain(&mut slices, &heard, controls);
            let first = wanted.start.clamp(done, end) - done;
            for (output, block) in output.iter_mut().zip(&block) {
                output.extend_from_slice(&block[first..]);
            }
            done = end;
            bar.set_position(done as u64);
        }
        bar.finish_and_clear();
        Ok(output)
    }

    /// Has the notes of samples `range` played. Where a loop begins anew, those that are held end.
    fn play(&self, range: Range<usize>, modulators: &mut Modulators) {
        let start = self.place(range.start);
        if start == 0 && range.start > 0 {
            let all = KeyEvent::Off {
                key: None,
                channel: None,
                id: None,
            };
            modulators.play(0, all);
        }
        let within = start..start + range.len();
        let rate = f64::from(self.audio.sample_rate);
        for (sample, note) in self.notes.within(within, rate) {
            modulators.play(sample - start, note);
        }
    }

    /// Fills `block` with samples `range` of what comes in.
    fn fill(&self, source: &[Vec<f32>], range: Range<usize>, block: &mut [Vec<f32>]) {
        let sample = |channel: &[f32], n: usize| channel.get(self.place(n)).copied().unwrap_or(0.0);
        for (block, channel) in block.iter_mut().zip(source) {
            block.clear();
            block.extend(range.clone().map(|n| sample(channel, n)));
        }
    }

    /// Where the pass over the input ends that sample `n` is of.
    fn pass_end(&self, n: usize) -> usize {
        match self.is_loop {
            true => n - self.place(n) + self.audio.len().max(1),
            false => usize::MAX,
        }
    }

    fn place(&self, n: usize) -> usize {
        if self.is_loop {
            n % self.audio.len().max(1)
        } else {
            n
        }
    }

    fn seconds(&self, n: usize) -> f64 {
        nearest_f64(self.place(n)) / f64::from(self.audio.sample_rate)
    }
}

/// The controls of a block that begins with sample `from`.
struct Automated<'a> {
    pass: &'a Pass<'a>,
    from: usize,
    moving: MovingControls<'a>,
}

impl ControlSource for Automated<'_> {
    fn hear(&mut self, incoming: Incoming<'_>) {
        self.moving.hear(incoming);
    }

    fn at(&mut self, before: usize) -> Controls {
        let Pass {
            automation,
            parameters,
            ..
        } = self.pass;
        automation.apply(self.pass.seconds(self.from + before), parameters);
        self.moving.at(before)
    }
}

fn progress(samples: usize) -> ProgressBar {
    ProgressBar::new(samples as u64).with_style(
        ProgressStyle::with_template("{bar:40} {percent:>3} %  {elapsed} elapsed, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}
