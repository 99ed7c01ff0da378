"""What each operator of PyTorch becomes in ONNX, by kind."""

from . import arithmetic, indexing, network, reduction, shapes, spectrum

__all__ = ["arithmetic", "indexing", "network", "reduction", "shapes", "spectrum"]
