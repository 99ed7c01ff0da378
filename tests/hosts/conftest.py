"""What the tests share: the sounds, and what the command line makes of them. Prints the largest differences at the end."""

import compare
import dawdreamer_host
import pedalboard_host
import pytest
import sounds
from programs import bounce
from settings import BEND


def host_name(host):
    return host.NAME


@pytest.fixture(params=[pedalboard_host, dawdreamer_host], ids=host_name)
def host(request):
    return request.param


@pytest.fixture(scope="session")
def stereo():
    return sounds.drums(2, seed=1)


@pytest.fixture(scope="session")
def voice():
    return sounds.drums(2, seed=2)


@pytest.fixture(scope="session")
def bent(stereo):
    """The stereo sound as `netbend render` bends it."""
    rendered = bounce(stereo, sounds.RATE, BEND)
    assert compare.bent_share(rendered, stereo) > compare.BENT_SHARE
    return rendered


def pytest_terminal_summary(terminalreporter):
    for what, error in sorted(compare.worst.items()):
        terminalreporter.write_line(f"{error:7.1f} dB  {what}")
