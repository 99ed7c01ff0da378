"""Trains, exports and measures the spectrogram autoencoders that Netbend bends. See README.md."""
