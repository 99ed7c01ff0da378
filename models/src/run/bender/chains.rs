//! The halves of a model's graph as chains of stages, where they are. Pool thread or offline, when a model is loaded.

use crate::incremental::can_be_cut;
use crate::incremental::decoder_chain::DecoderChain;
use crate::incremental::encoder_chain::EncoderChain;
use crate::incremental::simplify::simplify;
use crate::onnx::proto::ModelProto;
use crate::onnx::shapes::Shapes;
use crate::package::manifest::Manifest;

/// A batch larger than 1, for which shapes are worked out.
const BATCH: usize = 2;

/// The stages of an encoder, if it has any that can be streamed.
pub(super) fn encoder_chain(model: &mut ModelProto, manifest: &Manifest) -> Option<EncoderChain> {
    let spectrogram = manifest.tensors.spectrogram.as_str();
    let given = vec![BATCH, 1, manifest.frames, manifest.bins];
    let cut = can_be_cut(model);
    let graph = model.graph.as_mut()?;
    let shapes = Shapes::explore(graph, &[(spectrogram, given)]);
    simplify(graph, &shapes);
    let chain = EncoderChain::find(graph, spectrogram, &shapes, manifest.last_seen_frame + 1);
    chain.filter(|_| cut)
}

/// The shapes of a decoder's tensors, and its stages, if there are any of which a part can be computed.
pub(super) fn decoder_chain(
    model: &mut ModelProto,
    manifest: &Manifest,
) -> (Shapes, Option<DecoderChain>) {
    let latent = manifest.tensors.latent.as_str();
    let cut = can_be_cut(model);
    let Some(graph) = &mut model.graph else {
        return (Shapes::default(), None);
    };
    let shapes = Shapes::explore(graph, &[(latent, vec![BATCH, manifest.latent_size])]);
    simplify(graph, &shapes);
    let chain = DecoderChain::find(graph, latent, &manifest.layers, &shapes);
    let chain = chain.filter(|chain| cut && chain.frames() == manifest.frames);
    (shapes, chain)
}
