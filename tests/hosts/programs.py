"""The built programs under test. `cargo xtask test` says where they are:

NETBEND_BUNDLED    folder with `Netbend.vst3`, the command line and `Netbend.resources` (ONNX Runtime, models)
"""

import os
import subprocess
import tempfile
from pathlib import Path

import soundfile

SUFFIX = ".exe" if os.name == "nt" else ""


def folder():
    if "NETBEND_BUNDLED" not in os.environ:
        raise RuntimeError("NETBEND_BUNDLED is not set; run the hosts with `cargo xtask test`")
    return Path(os.environ["NETBEND_BUNDLED"])


def vst3():
    return str(folder() / "Netbend.vst3")


def run(*words):
    """Runs `netbend` with these words."""
    ran = subprocess.run(
        [str(word) for word in (folder() / f"netbend{SUFFIX}", *words)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "NETBEND_RESOURCES": str(folder() / "Netbend.resources")},
    )
    assert ran.returncode == 0, f"{ran.args}\n{ran.stdout}{ran.stderr}"


def bounce(sound, rate, settings, sidechain=None, automation=None, preset=None):
    """`netbend render`: what a host's offline render is to give, `[channel, sample]`.

    `automation` is the text of a file for `--automate`, `preset` the file of a preset.
    """
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        before, after = scratch / "in.wav", scratch / "out.wav"
        soundfile.write(before, sound.T, rate, subtype="FLOAT")
        command = ["render", before, after]
        if preset is not None:
            command += ["--preset", preset]
        for setting in settings:
            command += ["--set", f"{setting.id}={setting.text}"]
        if sidechain is not None:
            heard = scratch / "sidechain.wav"
            soundfile.write(heard, sidechain.T, rate, subtype="FLOAT")
            command += ["--sidechain", heard]
        if automation is not None:
            lanes = scratch / "automation.csv"
            lanes.write_text(automation)
            command += ["--automate", lanes]
        run(*command)
        rendered, _ = soundfile.read(after, dtype="float32", always_2d=True)
        return rendered.T.copy()
