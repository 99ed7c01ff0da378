//! What of a model is written.

/// How much of a model is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// All of it, manifest included: a model that Netbend loads.
    #[default]
    Model,
    /// The decoder alone, `latent` → `decoded`. Without a manifest: it is no model that could hear.
    Decoder,
}
