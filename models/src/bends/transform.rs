//! The deterministic transforms of *Network Bending* (Broad, Leymarie, Grierson 2022, §4), one file
//! each. A transform acts on a feature's activation map X\[r, c\] (rows: time, columns: frequency); its amount mixes the
//! result with the map.
//!
//! Those that move things read between rows and columns bilinearly, and zero outside the map. Where the paper's
//! parameter is a whole number (`erode`, `dilate`) the result runs straight from one to the next, so that a knob can turn.
//! Any parameter is safe, a NaN being the one that changes nothing where there is such a one.
//!
//! The loops are plain Rust over rows, compiled twice: for any processor, and for AVX2. Both compute the same bits.

mod ablate;
mod binary_thresh;
mod cost;
mod dilate;
pub(crate) mod disc;
mod erode;
mod flip_h;
mod flip_v;
mod invert;
mod maps;
mod mix;
mod morphology;
mod reach;
mod rotate;
mod scalar_multiply;
mod scale;
mod scratch;
mod tail;
mod translate;

pub use disc::MAX_RADIUS;
pub use maps::{MapSize, Maps};
pub use scratch::Scratch;

/// Parameters a transform has at most.
pub const MAX_PARAMETERS: usize = 2;

/// A transform without its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum TransformKind {
    /// `X·0`.
    #[default]
    Ablate = 0,
    /// `1 − X`.
    Invert = 1,
    /// `k·X`.
    ScalarMultiply = 2,
    /// `1 if X ≥ t else 0`.
    BinaryThresh = 3,
    /// Columns in reverse order: frequency turned over.
    FlipHorizontal = 4,
    /// Rows in reverse order: time turned over.
    FlipVertical = 5,
    /// Shift by `x` of the columns and `y` of the rows.
    Translate = 6,
    /// About the centre, by `s`.
    Scale = 7,
    /// Counter-clockwise about the centre, in degrees.
    Rotate = 8,
    /// Minimum over a disc of radius `r`.
    Erode = 9,
    /// Maximum over a disc of radius `r`.
    Dilate = 10,
}

/// A parameter of a transform: its name and the range a slot's knob spans.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParameterRange {
    /// Name, as in the formula.
    pub name: &'static str,
    /// Value at the knob's lower end.
    pub min: f32,
    /// Value at the knob's upper end.
    pub max: f32,
    /// The knob's curve: `value = min + (max − min)·u`, or, for a range symmetrical about zero,
    /// `max·sign(w)·|w|^curve` with `w = 2u − 1`; otherwise `min + (max − min)·u^curve`.
    pub curve: f32,
}

const SHIFT_X: ParameterRange = ParameterRange {
    name: "x",
    min: -1.0,
    max: 1.0,
    curve: 2.0,
};
const SHIFT_Y: ParameterRange = ParameterRange {
    name: "y",
    ..SHIFT_X
};

impl TransformKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 11] = [
        Self::Ablate,
        Self::Invert,
        Self::ScalarMultiply,
        Self::BinaryThresh,
        Self::FlipHorizontal,
        Self::FlipVertical,
        Self::Translate,
        Self::Scale,
        Self::Rotate,
        Self::Erode,
        Self::Dilate,
    ];

    /// The name in transform YAML.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ablate => "ablate",
            Self::Invert => "invert",
            Self::ScalarMultiply => "scalar-multiply",
            Self::BinaryThresh => "binary-thresh",
            Self::FlipHorizontal => "flip-h",
            Self::FlipVertical => "flip-v",
            Self::Translate => "translate",
            Self::Scale => "scale",
            Self::Rotate => "rotate",
            Self::Erode => "erode",
            Self::Dilate => "dilate",
        }
    }

    /// The kind of that YAML name (`binary-tresh`, seen in the wild, is accepted).
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "binary-tresh" {
            return Some(Self::BinaryThresh);
        }
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind of that code, as packed into a [`Program`](crate::node::program::Program).
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// Whether the transform has a meaning for the latent vector (layer 0), whose values are not
    /// places on a map: those that work value by value do.
    pub fn acts_on_latent(self) -> bool {
        matches!(
            self,
            Self::Ablate | Self::Invert | Self::ScalarMultiply | Self::BinaryThresh
        )
    }

    /// The parameters in file order.
    pub fn parameters(self) -> &'static [ParameterRange] {
        match self {
            Self::Ablate | Self::Invert | Self::FlipHorizontal | Self::FlipVertical => &[],
            Self::ScalarMultiply => &[ParameterRange {
                name: "k",
                min: -10.0,
                max: 10.0,
                curve: 2.0,
            }],
            Self::BinaryThresh => &[ParameterRange {
                name: "t",
                min: 0.0,
                max: 4.0,
                curve: 2.0,
            }],
            Self::Translate => &[SHIFT_X, SHIFT_Y],
            Self::Scale => &[ParameterRange {
                name: "s",
                min: 0.25,
                max: 4.0,
                curve: 2.0,
            }],
            Self::Rotate => &[ParameterRange {
                name: "degrees",
                min: -180.0,
                max: 180.0,
                curve: 2.0,
            }],
            Self::Erode | Self::Dilate => &[ParameterRange {
                name: "r",
                min: 0.0,
                max: 8.0,
                curve: 6.0, // maps are sparse: a radius of 1 is half-way already
            }],
        }
    }

    /// Transforms activation maps in place: `X + amount·(f(X) − X)`, exactly `f(X)` at amount 1. Does nothing where the
    /// amount is not above 0 or a map does not have the size.
    ///
    /// # Real-time safety
    /// Never panics; allocates where `scratch` has not yet served a map of that size, or a disc as wide.
    pub fn apply(
        self,
        maps: Maps<'_>,
        parameters: [f32; MAX_PARAMETERS],
        amount: f32,
        scratch: &mut Scratch,
    ) {
        if maps.is_empty() || amount.is_nan() || amount <= 0.0 {
            return;
        }
        let [first, _] = parameters;
        match self {
            Self::Ablate => ablate::apply(maps, amount),
            Self::Invert => invert::apply(maps, amount),
            Self::ScalarMultiply => scalar_multiply::apply(maps, first, amount),
            Self::BinaryThresh => binary_thresh::apply(maps, first, amount),
            Self::FlipHorizontal => flip_h::apply(maps, amount),
            Self::FlipVertical => flip_v::apply(maps, amount),
            Self::Translate => translate::apply(maps, parameters, amount, scratch),
            Self::Scale => scale::apply(maps, first, amount, scratch),
            Self::Rotate => rotate::apply(maps, first, amount, scratch),
            Self::Erode => erode::apply(maps, first, amount, scratch),
            Self::Dilate => dilate::apply(maps, first, amount, scratch),
        }
    }
}

impl ParameterRange {
    /// The value at knob position `unit` in `[0, 1]`.
    pub fn value(&self, unit: f32) -> f32 {
        let unit = unit.clamp(0.0, 1.0);
        if self.min == -self.max {
            let w = 2.0 * unit - 1.0;
            self.max * w.signum() * w.abs().powf(self.curve)
        } else {
            self.min + (self.max - self.min) * unit.powf(self.curve)
        }
    }

    /// The knob position in `[0, 1]` of `value`, which is clamped to the range.
    pub fn unit(&self, value: f32) -> f32 {
        let value = value.clamp(self.min, self.max);
        if self.min == -self.max {
            let w = (value / self.max).abs().powf(1.0 / self.curve) * value.signum();
            (w + 1.0) / 2.0
        } else {
            ((value - self.min) / (self.max - self.min)).powf(1.0 / self.curve)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(kind: TransformKind, parameter: f32, amount: f32) -> Vec<f32> {
        let mut map = vec![-1.0, 0.0, 0.5, 2.0];
        let size = MapSize {
            rows: 2,
            columns: 2,
        };
        let maps = Maps::single(&mut map, size);
        kind.apply(maps, [parameter, 0.0], amount, &mut Scratch::new());
        map
    }

    #[test]
    fn whole_amounts_give_the_formula() {
        assert_eq!(
            applied(TransformKind::Ablate, 0.0, 1.0),
            [0.0, 0.0, 0.0, 0.0]
        );
        assert_eq!(
            applied(TransformKind::Invert, 0.0, 1.0),
            [2.0, 1.0, 0.5, -1.0]
        );
        assert_eq!(
            applied(TransformKind::ScalarMultiply, 3.0, 1.0),
            [-3.0, 0.0, 1.5, 6.0]
        );
        assert_eq!(
            applied(TransformKind::BinaryThresh, 0.5, 1.0),
            [0.0, 0.0, 1.0, 1.0]
        );
    }

    #[test]
    fn amount_mixes_with_the_untouched_map() {
        for kind in TransformKind::ALL {
            let whole = applied(kind, 0.7, 1.0);
            let half = applied(kind, 0.7, 0.5);
            let none = applied(kind, 0.7, 0.0);
            assert_eq!(none, [-1.0, 0.0, 0.5, 2.0]);
            for ((h, w), n) in half.iter().zip(&whole).zip(&none) {
                assert!((h - (w + n) / 2.0).abs() < 1e-6, "{kind:?}");
            }
        }
    }

    #[test]
    fn knob_and_value_are_inverse_to_each_other() {
        for range in TransformKind::ALL.iter().flat_map(|kind| kind.parameters()) {
            for step in 0..=100 {
                let unit = step as f32 / 100.0;
                assert!(
                    (range.unit(range.value(unit)) - unit).abs() < 1e-3,
                    "{range:?} {unit}"
                );
            }
            assert_eq!(range.value(0.0), range.min);
            assert_eq!(range.value(1.0), range.max);
        }
    }

    #[test]
    fn names_and_codes_lead_back_to_the_kind() {
        for (code, kind) in TransformKind::ALL.into_iter().enumerate() {
            assert_eq!(TransformKind::from_name(kind.name()), Some(kind));
            assert_eq!(TransformKind::from_code(code as u8), Some(kind));
            assert_eq!(kind as usize, code);
        }
        assert_eq!(
            TransformKind::from_name("binary-tresh"),
            Some(TransformKind::BinaryThresh)
        );
    }
}
