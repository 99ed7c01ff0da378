"""Trains small causal autoencoders of sound itself, and exports them as the streaming `.ts` files that `netbend_waveform` imports."""
