"""The written model in ONNX Runtime, block by block, on one thread."""

import numpy as np
import onnx
import onnxruntime

from .building import OUTPUT, state_input, state_output
from .noise import Noise, Source


class Running:
    """A stream of blocks through a model."""

    def __init__(self, model: onnx.ModelProto, states: dict[str, np.ndarray], noises: list[tuple[str, Noise]]) -> None:
        """`states` are those after silence, by name. `noises` are the inputs for noise, in the order in which they are drawn."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        self._rest = states
        self._noises = noises
        self._wanted = [OUTPUT, *(state_output(name) for name in states)]
        self.states = dict(states)

    def reset(self) -> None:
        """Back to what is after silence."""
        self.states = dict(self._rest)

    def play(self, audio: np.ndarray, source: Source) -> np.ndarray:
        """One block `[1, channels, block]`."""
        given = {state_input(name): value for name, value in self.states.items()}
        given["audio"] = audio
        # Drawn in order even where the graph does not use one, so that the next is that of the `.ts`.
        drawn = {name: source(noise).numpy() for name, noise in self._noises}
        names = {value.name for value in self._session.get_inputs()}
        given.update({name: value for name, value in drawn.items() if name in names})
        output, *after = self._session.run(self._wanted, given)
        self.states = dict(zip(self.states, after))
        return output

    def play_all(self, blocks: np.ndarray, source: Source) -> np.ndarray:
        """`[blocks, 1, channels, block]` from rest."""
        self.reset()
        return np.stack([self.play(block, source) for block in blocks])
