"""Writes `.ts` files of RAVE's architectures with random weights, to try the importer on: see README.md, *Waveform models*.

    python rave_models.py OUT [NAME …]
    python rave_models.py OUT --config brave.gin …

With `--config`, models are built by gin files of other people, such as BRAVE's, which stay where they are. Needs an environment of its own with acids-rave 2.3.1, torch and torchaudio 2.5.1, on Python 3.11. Nothing of it is part of Netbend."""

import argparse
import sys
from dataclasses import dataclass
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
# Half of the latent dimensions carry what counts: 64 of 128 are kept.
KEPT_SHARE = 0.4


@dataclass(frozen=True)
class Configured:
    """A model to build: its gin files, and what they leave open."""

    name: str
    files: tuple[Path, ...]
    channels: int = 1
    resampled: int | None = None
    lines: tuple[str, ...] = ()


def own(name: str) -> Configured:
    """One of RAVE's own architectures."""
    import rave

    configurations, channels, resampled, lines = ARCHITECTURES[name]
    folder = Path(rave.__file__).parent / "configs"
    return Configured(name, tuple(folder / f"{part}.gin" for part in configurations), channels, resampled, lines)


def write(configured: Configured, folder: Path) -> None:
    """One architecture, streaming, as `rave export --streaming` writes it."""
    import rave
    import rave.core
    from scripts import export

    gin.clear_config()
    torch.manual_seed(1)
    cached_conv.use_cached_conv(True)
    gin.add_config_file_search_path(str(Path(rave.__file__).parent / "configs"))
    gin.parse_config_files_and_bindings([str(file) for file in configured.files], list(configured.lines))
    model = rave.RAVE(n_channels=configured.channels).eval()
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
    scripted = kinds[type(model.encoder).__name__](pretrained=model, target_sr=configured.resampled)
    silence = torch.zeros(1, configured.channels, 2**14)
    scripted.decode(scripted.encode(silence))
    scripted.export_to_ts(str(folder / f"{configured.name}.ts"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="OUT")
    parser.add_argument("names", nargs="*", metavar="NAME", help="architectures of RAVE's own (default: all)")
    parser.add_argument(
        "--config", nargs="+", type=Path, default=[], metavar="FILE.gin", help="a mono model each, in place of NAMEs"
    )
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in ARCHITECTURES]
    if unknown:
        parser.error(f"no architecture {', '.join(unknown)}; expected some of {', '.join(ARCHITECTURES)}")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    named = arguments.names or (() if arguments.config else ARCHITECTURES)
    failed = 0
    for configured in [*map(own, named), *(Configured(file.stem, (file,)) for file in arguments.config)]:
        name = configured.name
        try:
            with torch.no_grad():
                write(configured, arguments.folder)
            print(f"{name}: {(arguments.folder / f'{name}.ts').stat().st_size / 1e6:.1f} MB", flush=True)
        except Exception as error:  # noqa: BLE001 - one that does not build says so, and the others go on.
            failed += 1
            print(f"{name}: {type(error).__name__}: {str(error).splitlines()[-1] if str(error) else ''}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
