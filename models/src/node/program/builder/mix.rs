//! The gains of parts as entries of a program.

use netbend_dsp::number::nearest_f32;

use super::ProgramBuilder;
use crate::bends::part_mix::PartMix;
use crate::bends::transform::TransformKind;
use crate::node::program::Entry;

impl ProgramBuilder {
    /// Adds the parts' gains for batch item `item`, behind what was added before: the features of each part whose gain is not 1 are
    /// multiplied by it on every layer. Gains beyond the model's parts add nothing.
    pub fn add_mix(&mut self, item: usize, mix: &PartMix) {
        for layer in 1..=self.layers.len() {
            for (part, gain) in self.parts.iter().zip(mix.gains) {
                let features = part.features(layer);
                if gain == 1.0 || features.is_empty() {
                    continue;
                }
                self.features.clear();
                let indices = features.iter().map(|&feature| nearest_f32(feature));
                self.features.extend(indices);
                self.program.push(&Entry {
                    layer,
                    item,
                    transform: TransformKind::ScalarMultiply,
                    amount: 1.0,
                    parameters: [gain, 0.0],
                    features: &self.features,
                });
            }
        }
    }
}
