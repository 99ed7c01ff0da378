//! Weight bending: the weights and biases of the decoder themselves are changed while it plays, on an evenly
//! spaced share of a tensor's points, after the *Bender* patch of the nn~ fork.
//!
//! `w′ = mask(p)·f(w) + (1 − mask(p))·w`, where `mask(p)` are the evenly spaced `p` of the flattened
//! tensor's points and σ is that tensor's own standard deviation. An amount of 0 changes nothing. Bends of
//! one tensor chain in order; σ and the formulas' tensor lengths are those of the tensor as it was loaded.
//!
//! Which tensors of a model there are, [`node::weights`](crate::node::weights) finds; [`run::weights`](crate::run::weights) holds
//! and bends them. [`WeightFrame`] is plain data that an audio thread may fill in and send.

pub(crate) mod formula;
mod layer;
pub(crate) mod mask;
pub mod noise;
mod role;
pub(crate) mod stage;

pub use layer::WeightLayer;
pub use role::Role;

/// The largest magnitude a bent weight may have. Bends beyond it are clipped, so that no weight is ever
/// infinite or not-a-number.
pub const LARGEST: f32 = 1e9;

/// What is done to a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum WeightTransform {
    /// `w + a·σ`.
    #[default]
    Offset = 0,
    /// Mixed by `|a|` with seeded noise of the tensor's deviation.
    Randomise = 1,
    /// Mixed by `|a|` with `−w`.
    Invert = 2,
    /// `(1 + a)·w`.
    Multiply = 3,
    /// Rotated by `a` of the tensor's length.
    Roll = 4,
    /// Mixed by `|a|` with the tensor read backwards.
    Flip = 5,
}

impl WeightTransform {
    /// Every transform, in the order of their codes.
    pub const ALL: [Self; 6] = [
        Self::Offset,
        Self::Randomise,
        Self::Invert,
        Self::Multiply,
        Self::Roll,
        Self::Flip,
    ];

    /// The name in presets.
    pub fn name(self) -> &'static str {
        match self {
            Self::Offset => "offset",
            Self::Randomise => "randomise",
            Self::Invert => "invert",
            Self::Multiply => "multiply",
            Self::Roll => "roll",
            Self::Flip => "flip",
        }
    }

    /// The transform of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The amounts that make sense, from −limit to +limit: a slot's knob spans them.
    pub fn amount_limit(self) -> f32 {
        match self {
            Self::Offset | Self::Multiply => 4.0,
            Self::Randomise | Self::Invert | Self::Roll | Self::Flip => 1.0,
        }
    }
}

/// One entry of a preset's `weights`.
#[derive(Debug, Clone, PartialEq)]
pub struct WeightBend {
    /// 1-based number of the tensor in the order `netbend inspect` lists them.
    pub layer: usize,
    /// The transform.
    pub transform: WeightTransform,
    /// Share of the points, 0–1.
    pub share: f32,
    /// `a` of the formulas.
    pub amount: f32,
    /// Draws the noise of [`WeightTransform::Randomise`].
    pub seed: u32,
}

/// The state of one weight slot at one frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WeightFrame {
    /// 1-based number of the tensor in the order `netbend inspect` lists them.
    pub layer: u16,
    /// The transform.
    pub transform: WeightTransform,
    /// Draws the noise of [`WeightTransform::Randomise`].
    pub seed: u32,
    /// Share of the points, 0–1.
    pub share: f32,
    /// `a` of the formulas; 0 where the slot is off.
    pub amount: f32,
}

impl WeightFrame {
    /// Whether the state changes any weight.
    pub fn is_active(&self) -> bool {
        self.amount != 0.0 && self.share > 0.0
    }

    /// Whether both states do the same to any model's weights. The seed counts only where it draws.
    pub fn same_effect(&self, other: &Self) -> bool {
        let seeded = self.transform == WeightTransform::Randomise;
        (!self.is_active() && !other.is_active())
            || (self.layer == other.layer
                && self.transform == other.transform
                && (!seeded || self.seed == other.seed)
                && self.share == other.share
                && self.amount == other.amount)
    }
}

impl WeightBend {
    /// The bend as a constant slot state.
    pub fn to_frame(&self) -> WeightFrame {
        WeightFrame {
            layer: u16::try_from(self.layer).unwrap_or(u16::MAX),
            transform: self.transform,
            seed: self.seed,
            share: self.share,
            amount: self.amount,
        }
    }
}
