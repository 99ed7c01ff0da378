//! A model's weights, listed.

use anyhow::Result;
use netbend_models::bends::weights::WeightLayer;
use netbend_models::onnx::printed::printed;

use crate::print::say;

/// The tensors a weight bend may name, by number.
pub(super) fn print_weights(weights: &[WeightLayer]) -> Result<()> {
    say!("\n  weights  shape                    points  deviation  name, and what it is")?;
    for layer in weights {
        let shape: Vec<_> = layer.shape.iter().map(usize::to_string).collect();
        say!(
            "  {:>7}  {:<20}  {:>9}  {:>9.4}  {:<24}  {}",
            layer.number,
            shape.join(" × "),
            layer.points(),
            layer.deviation,
            printed(&layer.name),
            layer.role
        )?;
    }
    Ok(())
}
