//! What a bend is: [`transform`] × [`selection`] × amount on a layer ([`Bend`]), an operation on the decoder's
//! [`weights`], a latent played in place of the input's ([`latent_play`]), what moves by itself ([`modulation`]), what notes do ([`pads`]), and how all that becomes sound ([`sound`]).
//!
//! No model and no file is known here.

mod bend;
pub mod draws;
pub mod drift;
pub mod latent_play;
pub mod modulation;
pub mod pads;
pub mod part_mix;
pub mod part_name;
pub mod selection;
pub mod sound;
pub mod transform;
pub mod weights;

pub use bend::{Bend, BendFrame, BendTarget, Draw, LATENT_LAYER, Selection};
