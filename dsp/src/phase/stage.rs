//! One channel's phase stage: the methods, one after another as the frames ask for them. Pool thread.

use super::auto::MethodChooser;
use super::rtpghi::Neighbour;
use super::{
    GriffinLim, LOOK_AHEAD_FRAMES, MAX_LOOK_AHEAD, PhaseMethod, PhaseSettings, Rtpghi, Vocoder,
};
use crate::number::low_bits;
use crate::{Complex, DspError, StftGeometry};

/// Frames that are kept after they were written, for the vocoder's gradients.
const KEPT: usize = 2;

/// Takes target frames, a stride at a time, and returns them with the phases of the chosen method,
/// [`LOOK_AHEAD_FRAMES`] later. Every method goes on from the frame written last, whichever wrote it.
pub struct PhaseStage {
    chooser: MethodChooser,
    griffin_lim: GriffinLim,
    rtpghi: Rtpghi,
    vocoder: Vocoder,
    /// A ring of frames: those that wait, the oldest at `first`, and [`KEPT`] before it.
    frames: Vec<Waiting>,
    first: usize,
    count: usize,
    /// The frame written last, and the one before it.
    written: Vec<Complex<f32>>,
    previous: Vec<Complex<f32>>,
}

/// A frame that waits for its phases.
struct Waiting {
    target: Vec<Complex<f32>>,
    settings: PhaseSettings,
}

impl PhaseStage {
    /// A stage for strides of at most `stride_frames` frames, behind a silent one.
    ///
    /// # Errors
    /// See [`StftGeometry::check`].
    pub fn new(geometry: StftGeometry, stride_frames: usize) -> Result<Self, DspError> {
        geometry.check()?;
        let waiting = || Waiting {
            target: vec![Complex::default(); geometry.bins()],
            settings: PhaseSettings::default(),
        };
        Ok(Self {
            chooser: MethodChooser::new(),
            griffin_lim: GriffinLim::new(geometry)?,
            rtpghi: Rtpghi::new(geometry)?,
            vocoder: Vocoder::new(geometry)?,
            frames: (0..stride_frames + LOOK_AHEAD_FRAMES + KEPT)
                .map(|_| waiting())
                .collect(),
            first: 0,
            count: LOOK_AHEAD_FRAMES,
            written: vec![Complex::default(); geometry.bins()],
            previous: vec![Complex::default(); geometry.bins()],
        })
    }

    /// Takes the next frame: `target`, bent magnitudes with the input's phases (or a carrier's), `input`, the magnitudes before
    /// the bend, both one value per bin, and what to do with it. Of more frames than a stride, the newest are dropped.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn push(&mut self, target: &[Complex<f32>], input: &[f32], settings: PhaseSettings) {
        if self.count + KEPT == self.frames.len() {
            return;
        }
        let place = self.place(self.count);
        let frame = &mut self.frames[place];
        let taken = frame.target.len().min(target.len());
        frame.target[..taken].copy_from_slice(&target[..taken]);
        frame.target[taken..].fill(Complex::default());
        frame.settings = settings;
        if settings.method == PhaseMethod::Auto {
            frame.settings.method = self.chooser.choose(&frame.target, input);
        }
        self.count += 1;
    }

    /// Writes the oldest frame with its phases, where frames enough lie ahead of it. After a reset the first is silence.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn pop(&mut self, out: &mut [Complex<f32>]) -> bool {
        if self.count <= LOOK_AHEAD_FRAMES {
            return false;
        }
        self.write();
        let written = self.written.len().min(out.len());
        out[..written].copy_from_slice(&self.written[..written]);
        out[written..].fill(Complex::default());
        self.first = self.place(1);
        self.count -= 1;
        true
    }

    /// Forgets all frames.
    ///
    /// # Real-time safety
    /// Never allocates, locks or panics.
    pub fn reset(&mut self) {
        self.chooser.reset();
        self.griffin_lim.reset();
        self.rtpghi.reset();
        self.vocoder.reset();
        self.first = 0;
        self.count = LOOK_AHEAD_FRAMES;
        self.written.fill(Complex::default());
        for waiting in &mut self.frames {
            waiting.target.fill(Complex::default());
            waiting.settings = PhaseSettings::default();
        }
    }

    /// Where the frame lies that is so many after the oldest that waits.
    fn place(&self, after: usize) -> usize {
        (self.first + after) % self.frames.len()
    }

    /// Writes the oldest frame into `self.written`.
    fn write(&mut self) {
        std::mem::swap(&mut self.written, &mut self.previous);
        let (previous, frames) = (&self.previous, &self.frames);
        // The ring is longer than KEPT, so the sum never falls below zero.
        let target = |n: isize| {
            let place = (self.first + frames.len()).saturating_add_signed(n) % frames.len();
            &frames[place].target[..]
        };
        let settings = frames[self.first].settings;
        match settings.method {
            PhaseMethod::GriffinLim => {
                let ahead = settings.look_ahead.min(MAX_LOOK_AHEAD).min(self.count - 1);
                let targets = (0..=ahead).map(|n| target(low_bits::<isize>(n)));
                self.griffin_lim.set_iterations(settings.iterations);
                self.griffin_lim.process(targets, &mut self.written);
            }
            PhaseMethod::Rtpghi => {
                let next = Neighbour::Next(target(1));
                self.rtpghi
                    .process(previous, target(0), next, &mut self.written);
            }
            PhaseMethod::Vocoder => {
                let targets = [target(-2), target(-1), target(0), target(1)];
                self.vocoder.process(previous, targets, &mut self.written);
            }
            PhaseMethod::Auto | PhaseMethod::Input => {
                self.written.copy_from_slice(target(0));
            }
        }
        if settings.method != PhaseMethod::GriffinLim {
            self.griffin_lim.follow(&self.written);
        }
        if settings.method != PhaseMethod::Vocoder {
            self.vocoder.interrupt();
        }
    }
}
