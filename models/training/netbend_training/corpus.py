"""Endless training clips out of a folder of sounds: drum patterns played from one-shots, and whole loops.

Everything is drawn from one seeded generator, so a seed and a folder give the same clips every time.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from .audio import Recording, read_folders, say_skipped
from .spectrogram import FFT_SIZE, HOP, SAMPLE_RATE, decibels
from .split import hold_out

CLIP_FRAMES = 1024
CLIP_SAMPLES = FFT_SIZE + HOP * (CLIP_FRAMES - 1)

LOOP_SECONDS = 2.5
"""A file this long is a loop, unless its folder's name says otherwise."""

STEPS = 16
ROLES = ("kick", "snare", "hat", "percussion", "bass", "tone")
ROLE_GAIN = {"kick": 1.0, "snare": 0.8, "hat": 0.45, "percussion": 0.5}
# The first of these found in a file's name gives its role; unnamed sounds go by their spectral centroid.
NAME_HINTS = (
    ("bass", "bass"), ("kick", "kick"), ("bd", "kick"), ("snare", "snare"), ("sn_", "snare"), ("clap", "snare"),
    ("snap", "snare"), ("rim", "snare"), ("hat", "hat"), ("hh", "hat"), ("ride", "hat"), ("cymbal", "hat"),
    ("crash", "hat"), ("shaker", "hat"), ("tom", "percussion"), ("perc", "percussion"), ("tabla", "percussion"),
    ("ambi", "tone"), ("guit", "tone"), ("pad", "tone"), ("drone", "tone"), ("vinyl", "tone"),
)  # fmt: skip
KICK_CENTROID_HZ = 700.0
HAT_CENTROID_HZ = 6000.0

LOOP_SHARE = 0.3
BLEND_SHARE = 0.15
ROOM_SHARE = 0.3
NOISE_BED_SHARE = 0.3
SATURATION_SHARE = 0.3
SILENT_START_SHARE = 0.08
QUIET_SHARE = 0.05


def is_loop(recording: Recording) -> bool:
    """By the nearest folder whose name says `loop` or `shot`, of those that were searched; otherwise by its length."""
    for folder in recording.path.parents:
        name = folder.name.lower()
        if "loop" in name:
            return True
        if "shot" in name:
            return False
        if folder == (recording.root or folder):
            break
    return recording.seconds >= LOOP_SECONDS


def role_of(recording: Recording) -> str:
    """What part of a drum kit a one-shot can play."""
    name = recording.path.stem.lower()
    for hint, role in NAME_HINTS:
        if hint in name:
            return role
    spectrum = np.abs(rfft(recording.samples)) ** 2
    frequencies = np.linspace(0.0, SAMPLE_RATE / 2, len(spectrum))
    centroid = (spectrum * frequencies).sum() / spectrum.sum()
    if centroid < KICK_CENTROID_HZ:
        return "kick" if recording.seconds < LOOP_SECONDS else "tone"
    return "hat" if centroid > HAT_CENTROID_HZ else "percussion"


def respeed(samples: np.ndarray, rate: float) -> np.ndarray:
    """Plays `samples` at `rate` times their speed (and pitch), by linear interpolation."""
    count = max(1, int(len(samples) / rate))
    positions = np.arange(count) * rate
    return np.interp(positions, np.arange(len(samples)), samples).astype(np.float32)


def parts(
    folders: list[Path], on_skipped: Callable[[Path, str], None] = say_skipped
) -> tuple[list[Recording], list[Recording]]:
    """The recordings of `folders` to train on, and those held out: a share of the loops and of the one-shots."""
    recordings = read_folders(folders, on_skipped)
    loops, shots = ([r for r in recordings if is_loop(r) == wanted] for wanted in (True, False))
    training, validation = zip(hold_out(loops), hold_out(shots))
    return [*training[0], *training[1]], [*validation[0], *validation[1]]


class Corpus:
    """Draws clips from recordings. One process uses it; it is not shared."""

    def __init__(self, recordings: list[Recording], seed: int):
        self.random = np.random.default_rng(seed)
        self.loops: list[np.ndarray] = []
        self.shots: dict[str, list[np.ndarray]] = {role: [] for role in ROLES}
        for recording in recordings:
            if is_loop(recording):
                self.loops.append(recording.samples)
            else:
                self.shots[role_of(recording)].append(recording.samples)
        if not recordings:
            raise ValueError("no recordings to draw from; expected one-shots or loops")

    def summary(self) -> str:
        counts = ", ".join(f"{len(sounds)} {role}" for role, sounds in self.shots.items() if sounds)
        return f"{len(self.loops)} loops; one-shots: {counts or 'none'}"

    def clip_decibels(self) -> np.ndarray:
        """The next clip's spectrogram, float16 `[CLIP_FRAMES, BINS]` decibels."""
        return decibels(self.clip()).astype(np.float16)

    def clip(self) -> np.ndarray:
        """The next clip, float32 `[CLIP_SAMPLES]`, peak at most 1."""
        chance = self.random.random
        has_shots = any(self.shots.values())
        if self.loops and (not has_shots or chance() < LOOP_SHARE):
            clip = self._loop()
            if has_shots and chance() < BLEND_SHARE:
                clip = clip + self._pattern() * self.random.uniform(0.2, 0.8)
        else:
            clip = self._pattern()
        if chance() < ROOM_SHARE:
            clip = self._in_room(clip)
        clip = clip / (np.abs(clip).max() + 1e-6)
        if chance() < SATURATION_SHARE:
            drive = self.random.uniform(1.0, 4.0)
            clip = np.tanh(clip * drive) / np.tanh(drive)
        if chance() < NOISE_BED_SHARE:
            clip = clip + self._noise_bed()
        if chance() < SILENT_START_SHARE:
            clip[: int(self.random.uniform(0.1, 1.5) * SAMPLE_RATE)] = 0.0
        quietest_db = -75.0 if chance() < QUIET_SHARE else -18.0
        gain = 10.0 ** (self.random.uniform(quietest_db, 0.0) / 20.0)
        return (clip / max(1.0, np.abs(clip).max()) * gain).astype(np.float32)

    def _pick(self, *roles: str) -> np.ndarray | None:
        """A random one-shot of the first of `roles` that has any, else of any role."""
        for role in (*roles, *ROLES):
            if self.shots[role]:
                return self.shots[role][self.random.integers(len(self.shots[role]))]
        return None

    def _loop(self) -> np.ndarray:
        loop = respeed(self.loops[self.random.integers(len(self.loops))], self.random.uniform(0.7, 1.4))
        if len(loop) < CLIP_SAMPLES + 1:
            loop = np.tile(loop, CLIP_SAMPLES // len(loop) + 2)
        start = self.random.integers(0, len(loop) - CLIP_SAMPLES)
        return loop[start : start + CLIP_SAMPLES].copy()

    def _pattern(self) -> np.ndarray:
        """Sixteenth-note drums with a random kit, tempo, swing and now and then a bass or tone under them."""
        random = self.random
        clip = np.zeros(CLIP_SAMPLES, np.float32)
        step = 60.0 / random.uniform(70.0, 180.0) / 4.0 * SAMPLE_RATE
        swing = random.uniform(0.0, 0.3) if random.random() < 0.3 else 0.0
        density = {"kick": 0.22, "snare": 0.12, "hat": random.uniform(0.1, 0.9), "percussion": random.uniform(0, 0.3)}
        kit, hits = {}, {}
        for role, probability in density.items():
            sources = ("snare", "percussion") if role == "snare" and random.random() < 0.8 else (role,)
            if random.random() < 0.15:
                sources = ("percussion",)
            kit[role] = [respeed(self._pick(*sources), random.uniform(0.7, 1.4)) for _ in range(random.integers(1, 3))]
            hits[role] = random.random(STEPS) < probability
        hits["kick"][0] = True
        if random.random() < 0.8:
            hits["snare"][[4, 12]] = True
        muted = [role for role in density if random.random() < 0.12]
        for index in range(int(CLIP_SAMPLES / step) + 1):
            start = int((index + (swing if index % 2 else 0.0)) * step)
            for role in density:
                is_variation = random.random() < 0.03
                if role not in muted and bool(hits[role][index % STEPS]) != is_variation:
                    sounds = kit[role]
                    length = int(SAMPLE_RATE * random.uniform(0.3, 2.0))
                    hit = sounds[random.integers(len(sounds))][:length]
                    _add(clip, hit, start, ROLE_GAIN[role] * random.uniform(0.4, 1.0))
        if random.random() < 0.35:
            self._add_tones(clip, step)
        start = random.integers(0, int(step) * 2)
        return np.concatenate([clip[start:], np.zeros(start, np.float32)]) if random.random() < 0.1 else clip

    def _add_tones(self, clip: np.ndarray, step: float) -> None:
        random = self.random
        tone = self._pick("bass" if random.random() < 0.6 else "tone", "bass", "tone")
        every = int(random.choice([4, 8, 16]))
        gain = random.uniform(0.2, 0.7)
        for index in range(0, int(CLIP_SAMPLES / step) + 1, every):
            _add(clip, respeed(tone, random.uniform(0.5, 1.5))[: int(every * step)], int(index * step), gain)

    def _in_room(self, clip: np.ndarray) -> np.ndarray:
        """Adds a short room: the clip convolved with decaying noise."""
        length = int(self.random.uniform(0.1, 0.9) * SAMPLE_RATE)
        decay = np.exp(-6.9 * np.arange(length) / length)
        response = (self.random.standard_normal(length) * decay).astype(np.float32)
        response /= np.sqrt((response**2).sum())
        size = next_fast_len(len(clip) + length)
        wet = irfft(rfft(clip, size) * rfft(response, size), size)[: len(clip)]
        return clip + wet.astype(np.float32) * self.random.uniform(0.05, 0.5)

    def _noise_bed(self) -> np.ndarray:
        """Hiss under everything, -80 to -35 dBFS, from white to slightly dull."""
        noise = self.random.standard_normal(CLIP_SAMPLES).astype(np.float32)
        dullness = self.random.uniform(0.0, 0.9)
        noise[1:] += dullness * noise[:-1]
        return noise * 10.0 ** (self.random.uniform(-80.0, -35.0) / 20.0)


def _add(clip: np.ndarray, sound: np.ndarray, start: int, gain: float) -> None:
    count = min(len(sound), len(clip) - start)
    if count > 0:
        clip[start : start + count] += sound[:count] * np.float32(gain)
