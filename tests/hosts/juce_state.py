"""The state of a VST3 as JUCE hosts keep it: XML around the component's own bytes, which are written in an alphabet of 64 signs,
the lowest six bits first."""

import json
import re

SIGNS = ".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"
MAGIC = b"VC2!"
COMPONENT = re.compile(rb"<IComponent>(.*?)</IComponent>")


def component(state):
    """The component's bytes, Netbend's JSON."""
    length, signs = COMPONENT.search(state)[1].decode().split(".", 1)
    bits = sum(SIGNS.index(sign) << (6 * index) for index, sign in enumerate(signs))
    return bits.to_bytes(len(signs), "little")[: int(length)]


def value(state, parameter):
    """A parameter's value in a state."""
    (held,) = json.loads(component(state))["params"][parameter].values()
    return held


def with_value(state, parameter, text):
    """The state with another number in it, written as it stands."""
    found = re.compile(rf'("{parameter}":\{{"\w+":)[^}}]*'.encode())
    changed, times = found.subn(rf"\g<1>{text}".encode(), component(state))
    assert times == 1, f"{parameter} found {times} times"
    xml = COMPONENT.sub(b"<IComponent>" + _signs(changed).encode() + b"</IComponent>", state[8:].rstrip(b"\0"))
    return MAGIC + len(xml).to_bytes(4, "little") + xml + b"\0"


def _signs(data):
    bits = int.from_bytes(data, "little")
    count = -(-8 * len(data) // 6)
    return f"{len(data)}." + "".join(SIGNS[(bits >> (6 * index)) & 63] for index in range(count))
