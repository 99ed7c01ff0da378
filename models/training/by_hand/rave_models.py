"""Writes `.ts` files of RAVE's architectures with random weights, to try the importer on: see README.md, *Waveform models*.

    python rave_models.py OUT [NAME …]

`v2-ratio-256` has short steps, as low-latency models such as BRAVE have. Needs an environment of its own with acids-rave 2.3.1, torch and torchaudio 2.5.1, on Python 3.11. Nothing of it is part of Netbend."""

import sys
from pathlib import Path

import cached_conv
import gin
import torch

# Settings of RAVE by configuration files, channels, rate that is resampled to, and further gin lines.
ARCHITECTURES: dict[str, tuple[tuple[str, ...], int, int | None, tuple[str, ...]]] = {
    "v1": (("v1",), 1, None, ()),
    "v2": (("v2",), 1, None, ()),
    "v2-noise": (("v2", "noise"), 1, None, ()),
    "v2-small": (("v2_small",), 1, None, ()),
    "v2-causal": (("v2", "causal"), 1, None, ()),
    "v2-stereo": (("v2",), 2, None, ()),
    "v2-resampled": (("v2",), 1, 88_200, ()),
    "v2-capacity-16": (("v2",), 1, None, ("CAPACITY = 16",)),
    "v3": (("v3",), 1, None, ()),
    "discrete": (("discrete",), 1, None, ()),
    "wasserstein": (("v2", "wasserstein"), 1, None, ()),
    "spherical": (("v2", "spherical"), 1, None, ()),
    "raspberry": (("raspberry",), 1, None, ()),
    "v2-ratio-256": (("v2", "causal"), 1, None, ("RATIOS = [2, 2, 2, 2]",)),
    "v2-adain": (("v2", "adain"), 1, None, ()),
    "v2-snake": (("v2", "snake"), 1, None, ()),
}
RATE = 44_100
# Half of the latent dimensions carry what counts: 64 of 128 are kept.
KEPT_SHARE = 0.4


def write(name: str, folder: Path) -> None:
    """One architecture, streaming, as `rave export --streaming` writes it."""
    import rave
    import rave.core
    from scripts import export

    configurations, channels, resampled, lines = ARCHITECTURES[name]
    gin.clear_config()
    torch.manual_seed(1)
    cached_conv.use_cached_conv(True)
    root = Path(rave.__file__).parent / "configs"
    gin.add_config_file_search_path(str(root))
    gin.parse_config_files_and_bindings([str(root / f"{part}.gin") for part in configurations], list(lines))
    model = rave.RAVE(n_channels=channels).eval()
    size = model.fidelity.numel()
    model.fidelity.copy_(torch.linspace(0, 0.95 / KEPT_SHARE, size).clamp(max=1.0))
    if model.latent_pca.dim() == 2:
        model.latent_pca.copy_(torch.linalg.qr(torch.randn_like(model.latent_pca))[0])
    for part in model.modules():
        if hasattr(part, "weight_g"):
            torch.nn.utils.remove_weight_norm(part)
    kinds = {
        "VariationalEncoder": export.VariationalScriptedRAVE,
        "DiscreteEncoder": export.DiscreteScriptedRAVE,
        "WasserteinEncoder": export.WasserteinScriptedRAVE,
        "SphericalEncoder": export.SphericalScriptedRAVE,
    }
    scripted = kinds[type(model.encoder).__name__](pretrained=model, target_sr=resampled)
    silence = torch.zeros(1, channels, 2**14)
    scripted.decode(scripted.encode(silence))
    scripted.export_to_ts(str(folder / f"{name}.ts"))


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in sys.argv[2:] or ARCHITECTURES:
        try:
            with torch.no_grad():
                write(name, folder)
            print(f"{name}: {(folder / f'{name}.ts').stat().st_size / 1e6:.1f} MB", flush=True)
        except Exception as error:  # noqa: BLE001 - one that does not build says so, and the others go on.
            failed += 1
            print(f"{name}: {type(error).__name__}: {str(error).splitlines()[-1] if str(error) else ''}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
