"""The JSON that travels inside the model file, under the metadata key `netbend`: all a loader needs to know."""

from . import spectrogram
from .network import DECODER_SIZES, Shape

KEY = "netbend"
FORMAT = 1


def manifest(
    shape: Shape,
    name: str,
    version: str,
    training: dict,
    licence: str = "",
    latent_prior: dict | None = None,
    parts: list[dict] | None = None,
) -> dict:
    """`licence` is that of the weights, empty where none is stated. `training` says where the weights come from: command,
    seed, steps, data, figures. `latent_prior` is the Gaussian that latents of the training windows follow, `mean` and
    `std` of each dimension; left out where it was not measured. `parts` is what `parts.Groups.described` gives, left out for
    models without parts."""
    features = shape.decoder_features[1:]
    described = {
        "netbend": FORMAT,
        "name": name,
        "version": version,
        "sample_rate": spectrogram.SAMPLE_RATE,
        "fft_size": spectrogram.FFT_SIZE,
        "hop": spectrogram.HOP,
        "bins": spectrogram.BINS,
        "frames": spectrogram.FRAMES,
        "last_seen_frame": spectrogram.LAST_SEEN_FRAME,
        "decibels": {
            "floor_db": spectrogram.FLOOR_DB,
            "reference_db": spectrogram.REFERENCE_DB,
            "ceiling_db": spectrogram.CEILING_DB,
        },
        "level": {
            "kind": "window-peak",
            "step_db": spectrogram.LEVEL_STEP_DB,
            "lowest_db": spectrogram.LOWEST_LEVEL_DB,
        },
        "tensors": {
            "spectrogram": "spectrogram",
            "latent_mean": "latent_mean",
            "latent_log_variance": "latent_log_variance",
            "latent": "latent",
            "decoded": "decoded",
        },
        "latent_size": shape.latent,
        "layers": [
            {"index": index, "tensor": f"decoder_{index}", "features": count, "rows": rows, "columns": columns}
            for index, (count, (rows, columns)) in enumerate(zip(features, DECODER_SIZES), 1)
        ],
        "clusters": [],
        "licence": licence,
        "training": training,
    }
    if latent_prior is not None:
        described["latent_prior"] = latent_prior
    if parts:
        described["parts"] = parts
    return described
