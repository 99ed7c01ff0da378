//! The values of the parameters at one moment, as plain data that travels with a frame.

use netbend_dsp::phase::PhaseSettings;
use netbend_dsp::voice::VoiceShape;
use netbend_models::bends::BendFrame;
use netbend_models::bends::latent_play::LatentPlay;
use netbend_models::bends::part_mix::PartMix;
use netbend_models::bends::weights::WeightFrame;

/// Automatable bends.
pub const SLOTS: usize = 8;
/// Automatable weight bends.
pub const WEIGHT_SLOTS: usize = 2;

/// What the encoder hears of two channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StereoMode {
    /// Both as one; the bend does the same to both and keeps the image.
    #[default]
    Linked,
    /// Each by itself, for twice the work.
    Dual,
}

/// Everything that shapes the sound of one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Controls {
    /// The bends, in application order.
    pub slots: [BendFrame; SLOTS],
    /// The bends of weights, in application order.
    pub weights: [WeightFrame; WEIGHT_SLOTS],
    /// The gains of the model's parts.
    pub parts: PartMix,
    /// What is decoded in place of the encoded sound.
    pub latent: LatentPlay,
    /// 0 = difference, 1 = model.
    pub voice: f32,
    /// Limits, smoothing and band of the voice.
    pub shape: VoiceShape,
    /// Whether bends keep the loudness.
    pub auto_gain: bool,
    /// How much of the input's attacks is kept, 0–1.
    pub transient_lock: f32,
    /// Phase reconstruction.
    pub phase: PhaseSettings,
    /// What the encoder hears of two channels.
    pub stereo: StereoMode,
    /// Whether the encoder hears the sidechain in place of the input.
    pub sidechain: bool,
    /// 0 = dry, 1 = wet.
    pub mix: f32,
    /// Linear output gain.
    pub gain: f32,
    /// Whether the output stays within full scale, or within the input's peak where that is higher.
    pub ceiling: bool,
    /// The latency-aligned input alone.
    pub bypass: bool,
    /// The time of the song's last step, in seconds, with which the draws of fixed bends drift.
    pub drift_seconds: f64,
}

impl Controls {
    /// Whether sound is made that does not end with the input: a loop that is held or drawn.
    pub fn plays_on(&self) -> bool {
        let LatentPlay { freeze, blend, .. } = self.latent;
        let heard = self.mix > 0.0 && !self.bypass;
        heard && self.voice > 0.0 && (freeze || blend > 0.0)
    }
}

impl Default for Controls {
    fn default() -> Self {
        Self {
            slots: [BendFrame::default(); SLOTS],
            weights: [WeightFrame::default(); WEIGHT_SLOTS],
            parts: PartMix::default(),
            latent: LatentPlay::default(),
            voice: 0.0,
            shape: VoiceShape::default(),
            auto_gain: true,
            transient_lock: 0.0,
            phase: PhaseSettings::default(),
            stereo: StereoMode::Linked,
            sidechain: false,
            mix: 1.0,
            gain: 1.0,
            ceiling: false,
            bypass: false,
            drift_seconds: 0.0,
        }
    }
}
