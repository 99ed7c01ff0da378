"""The Rust programs under test, built by `cargo xtask test`, which says where they are:

NETBEND_BUNDLED    folder with the command line and `Netbend.resources` (ONNX Runtime, models)
NETBEND_EXAMPLES   folder with the examples `bend_maps` and `decode` of netbend-models, `phase_oracle` of netbend-dsp and `decode_audio` of
                   netbend-audio-file
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

SUFFIX = ".exe" if os.name == "nt" else ""


def folder(variable):
    if variable not in os.environ:
        raise RuntimeError(f"{variable} is not set; run the oracles with `cargo xtask test`")
    return Path(os.environ[variable])


def resources():
    return folder("NETBEND_BUNDLED") / "Netbend.resources"


def shipped_model():
    return resources() / "models" / "drums.onnx"


def run(*command):
    command = [str(word) for word in command]
    ran = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "NETBEND_RESOURCES": str(resources())}
    )
    assert ran.returncode == 0, f"{' '.join(command)}\n{ran.stdout}{ran.stderr}"
    return ran.stdout


def netbend(*arguments):
    return run(folder("NETBEND_BUNDLED") / f"netbend{SUFFIX}", *arguments)


def bend_maps(maps, bends):
    """The operator's result on `[feature, rows, columns]`; `bends` as `bend_maps` reads them."""
    features, rows, columns = maps.shape
    with tempfile.TemporaryDirectory() as scratch:
        before, after, job = (Path(scratch) / name for name in ("in", "out", "job"))
        maps.astype("<f4").tofile(before)
        shape = {"features": features, "rows": rows, "columns": columns}
        job.write_text(json.dumps({**shape, "maps": str(before), "out": str(after), "bends": bends}))
        run(folder("NETBEND_EXAMPLES") / f"bend_maps{SUFFIX}", job)
        return np.fromfile(after, "<f4").reshape(maps.shape)


def decode(model, latents, preset=None):
    """The engine's windows `[item, …]` of `latents` `[item, size]`, bent by a preset's text."""
    with tempfile.TemporaryDirectory() as scratch:
        before, after, file = (Path(scratch) / name for name in ("in", "out", "preset.yaml"))
        latents.astype("<f4").tofile(before)
        file.write_text(preset or "transforms: []\n")
        run(folder("NETBEND_EXAMPLES") / f"decode{SUFFIX}", resources(), model, before, after, file)
        return np.fromfile(after, "<f4").reshape(len(latents), -1)


def export(model, preset, out, *options):
    """`netbend export` of a preset's text; gives the file written."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "preset.yaml"
        file.write_text(preset)
        netbend("export", "--preset", file, "--model", model, out, *options)
    return out


def onnx_runtime(model, name, values):
    """`decoded` by Python's own ONNX Runtime."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    return session.run(["decoded"], {name: values.astype(np.float32)})[0]
