"""Turns streaming waveform models (TorchScript, as nn~ plays them) into ONNX files that Netbend can bend. See README.md."""
