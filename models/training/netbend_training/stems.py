"""Endless training clips whose parts are known: patterns played from one-shots with a stem for each part, and whole loops.

The stems of a clip add up to it: room and level are linear, and saturation is a gain over time that the whole clip sets and
every stem is given. Everything is drawn from one seeded generator.
"""

from dataclasses import dataclass

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from .corpus import (
    CLIP_SAMPLES,
    LOOP_SHARE,
    NOISE_BED_SHARE,
    QUIET_SHARE,
    ROOM_SHARE,
    SATURATION_SHARE,
    SILENT_START_SHARE,
    STEPS,
    respeed,
)
from .parts import LOOP, Sound, names_of
from .spectrogram import SAMPLE_RATE
from .variation import vary

REST = -1
"""In place of a part's number: what is no part's."""
SUSTAINED_SECONDS = 0.8
"""A part whose sounds last longer than this (their median) is held under the pattern and not played as hits."""
FADE_SAMPLES = 256


@dataclass(frozen=True)
class Style:
    """How a part is played: how full of hits its steps are, how loud they are, how often it is left out, and the steps
    that have a hit with some probability."""

    density: tuple[float, float] = (0.05, 0.35)
    gain: float = 0.5
    muted: float = 0.2
    beats: tuple[int, ...] = ()
    beat_share: float = 0.0


HELD = Style(muted=0.5)
STYLES = {
    "kick": Style((0.12, 0.3), 1.0, 0.12, (0,), 1.0),
    "snare": Style((0.06, 0.22), 0.8, 0.12, (4, 12), 0.8),
    "hats": Style((0.1, 0.9), 0.45, 0.12),
    "percussion": Style((0.05, 0.35), 0.5, 0.2),
    "tones": HELD,
}


@dataclass(frozen=True)
class Clip:
    """`audio` is float32 `[stem, CLIP_SAMPLES]`; `parts` is the part of each stem, or `REST`."""

    audio: np.ndarray
    parts: tuple[int, ...]


class StemCorpus:
    """Draws clips from sounds. One process uses it; it is not shared. `varied` plays variations of the sounds, otherwise they
    are played as they are but for their pitch."""

    def __init__(self, sounds: list[Sound], seed: int, names: tuple[str, ...] | None = None, varied: bool = True):
        if not sounds:
            raise ValueError("no recordings to draw from; expected one-shots or loops")
        self.random = np.random.default_rng(seed)
        self.names = names or names_of(sounds)
        self.loops = [sound.recording.samples for sound in sounds if sound.part == LOOP]
        self.shots = [[s.recording.samples for s in sounds if s.part == name] for name in self.names]
        self.styles = [self._style(name, shots) for name, shots in zip(self.names, self.shots)]
        self._varied = varied

    @staticmethod
    def _style(name: str, shots: list[np.ndarray]) -> Style:
        if name in STYLES:
            return STYLES[name]
        seconds = np.median([len(shot) for shot in shots]) / SAMPLE_RATE if shots else 0.0
        return HELD if seconds > SUSTAINED_SECONDS else Style()

    def clip(self) -> Clip:
        """The next clip; its sum's peak is at most 1."""
        chance = self.random.random
        has_shots = any(self.shots)
        if self.loops and (not has_shots or chance() < LOOP_SHARE):
            stems = {REST: self._loop()}
        else:
            stems = self.pattern()
        parts, audio = tuple(stems), np.stack(list(stems.values()))
        if chance() < ROOM_SHARE:
            audio = self._in_room(audio)
        audio = audio / (np.abs(audio.sum(0)).max() + 1e-6)
        if chance() < SATURATION_SHARE:
            audio = audio * saturation_gain(audio.sum(0), self.random.uniform(1.0, 4.0))
        if chance() < NOISE_BED_SHARE:
            bed = self._noise_bed()
            if REST in parts:
                audio[parts.index(REST)] += bed
            else:
                parts, audio = (*parts, REST), np.concatenate([audio, bed[None]])
        if chance() < SILENT_START_SHARE:
            audio[:, : int(self.random.uniform(0.1, 1.5) * SAMPLE_RATE)] = 0.0
        quietest_db = -75.0 if chance() < QUIET_SHARE else -18.0
        gain = 10.0 ** (self.random.uniform(quietest_db, 0.0) / 20.0)
        return Clip((audio / max(1.0, np.abs(audio.sum(0)).max()) * gain).astype(np.float32), parts)

    def pattern(self) -> dict[int, np.ndarray]:
        """Sixteenth notes of a random kit, tempo and swing: the stem of each part that plays, dry."""
        random = self.random
        step = 60.0 / random.uniform(70.0, 180.0) / 4.0 * SAMPLE_RATE
        swing = random.uniform(0.0, 0.3) if random.random() < 0.3 else 0.0
        there = [part for part, shots in enumerate(self.shots) if shots]
        playing = [part for part in there if random.random() >= self.styles[part].muted]
        stems = {}
        for part in playing or [there[random.integers(len(there))]]:
            stem = np.zeros(CLIP_SAMPLES, np.float32)
            if self.styles[part] is HELD:
                self._hold(stem, part, step)
            else:
                self._hit(stem, part, step, swing)
            stems[part] = stem
        return stems

    def _sound(self, part: int) -> np.ndarray:
        shots = self.shots[part]
        if self._varied:
            return vary(lambda: shots[self.random.integers(len(shots))], self.random)
        return respeed(shots[self.random.integers(len(shots))], self.random.uniform(0.7, 1.4))

    def _hit(self, stem: np.ndarray, part: int, step: float, swing: float) -> None:
        random, style = self.random, self.styles[part]
        sounds = [self._sound(part) for _ in range(random.integers(1, 3))]
        hits = random.random(STEPS) < random.uniform(*style.density)
        if style.beats and random.random() < style.beat_share:
            hits[list(style.beats)] = True
        gain = style.gain * 10.0 ** (random.normal(0.0, 2.0) / 20.0)
        for index in range(int(CLIP_SAMPLES / step) + 1):
            is_variation = random.random() < 0.03
            if bool(hits[index % STEPS]) != is_variation:
                sound = sounds[random.integers(len(sounds))]
                length = int(SAMPLE_RATE * random.uniform(0.3, 2.0))
                start = int((index + (swing if index % 2 else 0.0)) * step)
                _add(stem, sound, length, start, gain * random.uniform(0.4, 1.0))

    def _hold(self, stem: np.ndarray, part: int, step: float) -> None:
        random = self.random
        sound = self._sound(part)
        every = int(random.choice([2, 4, 8, 16]))
        gain = random.uniform(0.2, 0.8)
        pitches = random.uniform(0.6, 1.5, 4)
        played = [respeed(sound, pitch) for pitch in pitches]
        for index in range(0, int(CLIP_SAMPLES / step) + 1, every):
            _add(stem, played[random.integers(4)], int(every * step), int(index * step), gain)

    def _loop(self) -> np.ndarray:
        loop = respeed(self.loops[self.random.integers(len(self.loops))], self.random.uniform(0.7, 1.4))
        if len(loop) < CLIP_SAMPLES + 1:
            loop = np.tile(loop, CLIP_SAMPLES // len(loop) + 2)
        start = self.random.integers(0, len(loop) - CLIP_SAMPLES)
        return loop[start : start + CLIP_SAMPLES].copy()

    def _in_room(self, audio: np.ndarray) -> np.ndarray:
        """Adds the same short room to every stem: decaying noise it is convolved with."""
        length = int(self.random.uniform(0.1, 0.9) * SAMPLE_RATE)
        decay = np.exp(-6.9 * np.arange(length) / length)
        response = (self.random.standard_normal(length) * decay).astype(np.float32)
        response *= self.random.uniform(0.05, 0.5) / np.sqrt((response**2).sum())
        size = next_fast_len(CLIP_SAMPLES + length, real=True)
        wet = irfft(rfft(audio, size) * rfft(response, size), size)[:, :CLIP_SAMPLES]
        return audio + wet.astype(np.float32)

    def _noise_bed(self) -> np.ndarray:
        """Hiss under everything, -80 to -35 dBFS, from white to slightly dull."""
        noise = self.random.standard_normal(CLIP_SAMPLES).astype(np.float32)
        dullness = np.float32(self.random.uniform(0.0, 0.9))
        noise[1:] += dullness * noise[:-1]
        return noise * np.float32(10.0 ** (self.random.uniform(-80.0, -35.0) / 20.0))


def saturation_gain(mix: np.ndarray, drive: float) -> np.ndarray:
    """What a saturated mix is of the clean one at every sample, `tanh(drive x) / (x tanh drive)`: stems that are given it
    add up to the saturated mix."""
    safe = np.where(np.abs(mix) < 1e-4, 1.0, mix)
    gain = np.where(np.abs(mix) < 1e-4, drive, np.tanh(drive * safe) / safe)
    return (gain / np.tanh(drive)).astype(np.float32)


def _add(stem: np.ndarray, sound: np.ndarray, length: int, start: int, gain: float) -> None:
    """The sound from `start` on, faded out where `length` or the stem's end cuts it."""
    count = min(len(sound), length, len(stem) - start)
    if count <= 0:
        return
    part = sound[:count] * np.float32(gain)
    if count == length:
        fade = min(FADE_SAMPLES, count)
        part[count - fade :] *= np.linspace(1.0, 0.0, fade, dtype=np.float32)
    stem[start : start + count] += part
