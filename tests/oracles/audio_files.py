"""Audio files of many kinds, made by ffmpeg, by libsndfile and byte by byte, and what ffmpeg, libsndfile or their maker say is in them."""

import struct
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

RATE = 44_100
SAMPLES = 22_051
SEED = 13

# Samples that are stored are the same to the bit. Decoders of lossy kinds round differently; what stands here is what two of them may.
EXACT = 0.0
LOSSY = 2e-5
AAC = 2e-4


def sound(channels=2, samples=SAMPLES):
    """Noise bursts on tones, 16-bit steps: `[sample, channel]` float32."""
    random = np.random.default_rng(SEED)
    time = np.arange(samples) / RATE
    tones = np.stack([0.3 * np.sin(2 * np.pi * (220 + 110 * channel) * time) for channel in range(channels)], axis=1)
    bursts = random.uniform(-0.3, 0.3, (samples, channels)) * (np.exp(-30 * (time % 0.125)))[:, None]
    return (np.round((tones + bursts) * 32_767) / 32_768).astype(np.float32)


def ffmpeg(*arguments):
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def decoded_by_ffmpeg(path, channels):
    samples = np.frombuffer(ffmpeg("-i", path, "-map", "0:a:0", "-f", "f32le", "-"), "<f4")
    return samples.reshape(-1, channels)


def decoded_by_libsndfile(path, _channels):
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


def chunk(name, body, size=None, padded=True):
    padding = b"\0" if len(body) % 2 and padded else b""
    return name + struct.pack("<I", len(body) if size is None else size) + body + padding


def riff(*chunks, size=None, name=b"RIFF"):
    body = b"WAVE" + b"".join(chunks)
    return name + struct.pack("<I", len(body) if size is None else size) + body


def fmt(bits=16, channels=2, tag=1, block=None, extra=b"", rate=RATE):
    block = channels * bits // 8 if block is None else block
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits) + extra)


def extensible(valid, bits, channels=2, tag=1):
    guid = struct.pack("<H", tag) + bytes.fromhex("000000001000800000aa00389b71")
    return fmt(bits, channels, 0xFFFE, extra=struct.pack("<HHI", 22, valid, 3) + guid)


def integers(samples, bits, low=False):
    """Little-endian integers; `bits` of 24 in 3 bytes, of 32 in 4; with `low`, 24 in the lower three of four."""
    if low:
        return np.round(samples.astype(np.float64) * 2**23).astype("<i4").tobytes()
    whole = np.round(samples.astype(np.float64) * 2**31).astype("<i4")
    return whole.view(np.uint8).reshape(-1, 4)[:, 4 - bits // 8 :].tobytes()


PCM = integers(sound(), 16)


@dataclass
class Case:
    """One file: how it is made, who says what is in it, and how far from that Netbend may be."""

    name: str
    make: Callable[[Path], None]
    judge: Callable[[Path, int], np.ndarray]
    tolerance: float = EXACT
    channels: int = 2
    rate: int = RATE
    warns: bool = False
    needs_ffmpeg: bool = False


def known(samples):
    return lambda _path, _channels: samples


def by_hand(name, content, judge=None, **others):
    return Case(name, lambda path: path.write_bytes(content), judge or known(sound()), **others)


def by_libsndfile(name, subtype, file_format, samples=None, endian="FILE", **others):
    samples = sound() if samples is None else samples

    def make(path):
        soundfile.write(path, samples, others.get("rate", RATE), subtype, endian, file_format)

    return Case(name, make, decoded_by_libsndfile, channels=samples.shape[1], **others)


def by_ffmpeg(name, *options, judge=decoded_by_ffmpeg, then=None, samples=None, **others):
    samples = sound() if samples is None else samples

    def make(path):
        source = path.with_name("source.wav")
        soundfile.write(source, samples, RATE, "PCM_16")
        ffmpeg("-i", source, *options, path)
        if then:
            path.write_bytes(then(path.read_bytes()))

    return Case(name, make, judge, channels=samples.shape[1], **others)


def id3v2(content):
    size = len(content)
    return b"ID3\4\0\0" + bytes([size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127]) + content


def ogg_in_wav(path):
    vorbis = stream("a.ogg", "-c:a", "libvorbis")
    path.with_suffix(".1.ogg").write_bytes(vorbis)
    path.write_bytes(riff(fmt(tag=0x674F, extra=b"\0\0"), chunk(b"data", vorbis)))


def chained_ogg(path):
    """Two streams behind each other, as radio stations and players join them."""
    links = [stream("a.ogg", "-c:a", "libvorbis", "-serial_offset", str(number)) for number in (1, 2)]
    for number, link in enumerate(links, 1):
        path.with_suffix(f".{number}.ogg").write_bytes(link)
    path.write_bytes(b"".join(links))


def links_by_libsndfile(path, channels):
    links = sorted(path.parent.glob(f"{path.stem}.?.ogg"))
    return np.concatenate([decoded_by_libsndfile(link, channels) for link in links])


def stream(name, *options):
    """A file's bytes, made by ffmpeg in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.wav", Path(folder) / name
        soundfile.write(source, sound(), RATE, "PCM_16")
        ffmpeg("-i", source, *options, target)
        return target.read_bytes()


def wave64(data_size=None):
    """By hand: its sound has a length that needs no padding."""
    tail = bytes.fromhex("f3acd3118cd100c04f8edb8a")

    def part(name, body):
        size = 24 + len(body) if name != b"data" or data_size is None else data_size
        return name + tail + struct.pack("<Q", size) + body + b"\0" * (-len(body) % 8)

    body = b"wave" + tail + part(b"fmt ", fmt()[8:]) + part(b"data", PCM[:-4])
    return b"riff" + bytes.fromhex("2e91cf11a5d628db04c10000") + struct.pack("<Q", 24 + len(body)) + body


def float_ramp():
    return (sound() * np.float32(1.7)).astype(np.float32)


def cases():
    """Every file."""
    data = chunk(b"data", PCM)
    ds64 = chunk(b"ds64", struct.pack("<QQQI", len(PCM) + 72, len(PCM), SAMPLES, 0))
    mp3 = stream("a.mp3", "-c:a", "libmp3lame", "-b:a", "320k", "-write_xing", "0", "-id3v2_version", "0")
    yield by_libsndfile("8-bit.wav", "PCM_U8", "WAV")
    yield by_libsndfile("16-bit.wav", "PCM_16", "WAV")
    yield by_libsndfile("24-bit.wav", "PCM_24", "WAV")
    yield by_libsndfile("32-bit.wav", "PCM_32", "WAV")
    yield by_libsndfile("float.wav", "FLOAT", "WAV", samples=float_ramp())
    yield by_libsndfile("double.wav", "DOUBLE", "WAV")
    yield by_libsndfile("a-law.wav", "ALAW", "WAV")
    yield by_libsndfile("u-law.wav", "ULAW", "WAV")
    yield by_libsndfile("big-endian.wav", "PCM_24", "WAV", endian="BIG")
    yield by_libsndfile("extensible.wav", "PCM_24", "WAVEX")
    yield by_libsndfile("rf64.wav", "PCM_24", "RF64")
    yield by_libsndfile("wave64.w64", "FLOAT", "W64")
    yield by_libsndfile("mono.wav", "PCM_16", "WAV", samples=sound(1))
    yield by_libsndfile("eight.wav", "PCM_24", "WAVEX", samples=sound(8))
    yield by_libsndfile("384-khz.wav", "PCM_24", "WAV", rate=384_000)
    yield by_libsndfile("8-khz.wav", "PCM_16", "WAV", rate=8_000)
    yield by_libsndfile("one.wav", "PCM_16", "WAV", samples=sound()[:1])
    yield by_libsndfile("16-bit.aiff", "PCM_16", "AIFF")
    yield by_libsndfile("24-bit.aiff", "PCM_24", "AIFF")
    yield by_libsndfile("8-bit.aiff", "PCM_S8", "AIFF")
    yield by_libsndfile("little.aifc", "PCM_16", "AIFF", endian="LITTLE")
    yield by_libsndfile("float.aifc", "FLOAT", "AIFF")
    yield by_libsndfile("law.aifc", "ULAW", "AIFF")
    yield by_libsndfile("16-bit.caf", "PCM_16", "CAF")
    yield by_libsndfile("float.caf", "FLOAT", "CAF")
    yield by_libsndfile("alac.caf", "ALAC_16", "CAF", needs_ffmpeg=True)
    yield by_libsndfile("16-bit.flac", "PCM_16", "FLAC")
    yield by_libsndfile("24-bit.flac", "PCM_24", "FLAC")
    yield by_libsndfile("wrong-name.mp3", "PCM_16", "WAV")
    yield by_hand("24-in-4.wav", riff(fmt(24, block=8), chunk(b"data", integers(sound(), 32))))
    fine = (np.round(sound() * 0.9 * 2**23) / 2**23).astype(np.float32)
    low = chunk(b"data", integers(fine, 24, low=True))
    yield by_hand("24-in-4-low.wav", riff(fmt(24, block=8), low), known(fine), warns=True)
    yield by_hand("24-in-4-extensible.wav", riff(extensible(24, 32), chunk(b"data", integers(sound(), 32))))
    yield by_hand("20-in-3.wav", riff(extensible(20, 24), chunk(b"data", integers(sound(), 24))))
    cool = (sound() * np.float32(2**23)).astype("<f4").tobytes()
    yield by_hand("cool-edit.wav", riff(fmt(24, block=8), chunk(b"data", cool)), decoded_by_ffmpeg, warns=True)
    yield by_hand("riff-size-0.wav", riff(fmt(), data, size=0), warns=True)
    yield by_hand("riff-size-small.wav", riff(fmt(), data, size=len(PCM) // 2), warns=True)
    yield by_hand("riff-size-large.wav", riff(fmt(), data, size=10 * len(PCM)), warns=True)
    yield by_hand("crashed.wav", riff(fmt(), chunk(b"data", PCM, size=0), size=0), warns=True)
    yield by_hand("streamed.wav", riff(fmt(), chunk(b"data", PCM, size=2**32 - 1), size=2**32 - 1), warns=True)
    yield by_hand("data-too-long.wav", riff(fmt(), chunk(b"data", PCM, size=len(PCM) + 5_000)), warns=True)
    yield by_hand("cut-frame.wav", riff(fmt(), chunk(b"data", PCM[:-3])), known(sound()[:-1]))
    yield by_hand("fmt-18.wav", riff(fmt(extra=b"\0\0"), data))
    yield by_hand("fmt-20.wav", riff(fmt(extra=b"\0\0\0\0"), data))
    yield by_hand("fmt-40-of-zeros.wav", riff(fmt(extra=b"\0" * 24), data))
    yield by_hand("data-before-fmt.wav", riff(data, fmt()))
    yield by_hand("list-overruns.wav", riff(fmt(), b"LIST" + struct.pack("<I", 5_000) + b"INFO", data), warns=True)
    yield by_hand("list-overruns-far.wav", riff(fmt(), b"LIST" + struct.pack("<I", 2**31) + b"INFO", data), warns=True)
    yield by_hand("list-inner.wav", riff(fmt(), chunk(b"LIST", b"INFOISFT" + struct.pack("<I", 4_000) + b"ab"), data))
    yield by_hand("no-padding.wav", riff(fmt(), chunk(b"LIST", b"INFOx", padded=False), data))
    yield by_hand("two-data.wav", riff(fmt(), data, data), known(np.concatenate([sound(), sound()])))
    yield by_hand("data-and-junk.wav", riff(fmt(), data) + bytes(range(256)) * 9)
    yield by_hand("block-of-0.wav", riff(fmt(block=0), data), warns=True)
    yield by_hand("rf64-no-size.wav", riff(fmt(), chunk(b"data", PCM, size=2**32 - 1), name=b"RF64"), warns=True)
    yield by_hand("bw64.wav", riff(ds64, fmt(), chunk(b"data", PCM, size=2**32 - 1), name=b"BW64"))
    yield by_hand("wave64-by-hand.w64", wave64(), known(sound()[:-1]))
    yield by_hand("wave64-crashed.w64", wave64(data_size=2**62), known(sound()[:-1]), warns=True)
    yield Case("ogg.wav", ogg_in_wav, links_by_libsndfile, tolerance=LOSSY)
    yield by_ffmpeg("mp3.wav", "-c:a", "libmp3lame", "-f", "wav", tolerance=LOSSY)
    yield by_ffmpeg("ms-adpcm.wav", "-c:a", "adpcm_ms")
    yield by_ffmpeg("ima-adpcm.wav", "-c:a", "adpcm_ima_wav")
    yield by_ffmpeg("g726.wav", "-c:a", "adpcm_g726", "-ar", "8000", "-ac", "1", samples=sound(1), rate=8_000, needs_ffmpeg=True)
    for bitrate in ("96k", "320k"):
        yield by_ffmpeg(f"lame-{bitrate}.mp3", "-c:a", "libmp3lame", "-b:a", bitrate, tolerance=LOSSY)
    yield by_ffmpeg("vbr.mp3", "-c:a", "libmp3lame", "-q:a", "2", tolerance=LOSSY)
    yield by_ffmpeg("no-xing-vbr.mp3", "-c:a", "libmp3lame", "-q:a", "2", "-write_xing", "0", tolerance=LOSSY)
    yield by_ffmpeg("mono.mp3", "-c:a", "libmp3lame", samples=sound(1), tolerance=LOSSY)
    # ffmpeg 5 decodes intensity stereo of the lower rates differently from everybody else.
    yield by_ffmpeg("24-khz.mp3", "-c:a", "libmp3lame", "-ar", "24000", judge=decoded_by_libsndfile, rate=24_000, tolerance=LOSSY)
    yield by_ffmpeg("changing.mp3", "-c:a", "libmp3lame", "-b:a", "96k", "-write_xing", "0", "-id3v2_version", "0",
                    then=lambda content: mp3 + content, tolerance=LOSSY)
    yield by_ffmpeg("id3v1.mp3", "-c:a", "libmp3lame", "-write_id3v1", "1", "-metadata", "title=x", tolerance=LOSSY)
    yield by_ffmpeg("big-tag.mp3", "-c:a", "libmp3lame", "-id3v2_version", "0",
                    then=lambda content: id3v2(b"\xff\xfb\x90\x64" * 5_000) + content, tolerance=LOSSY)
    yield by_ffmpeg("garbage-first.mp3", "-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0",
                    then=lambda content: b"\1\2\3 rubbish \xff\xe0" * 20 + content, tolerance=LOSSY)
    yield by_ffmpeg("layer-2.mp2", "-c:a", "mp2", tolerance=AAC)
    yield by_ffmpeg("vorbis.ogg", "-c:a", "libvorbis", judge=decoded_by_libsndfile, tolerance=LOSSY)
    yield by_ffmpeg("vorbis-mono.ogg", "-c:a", "libvorbis", samples=sound(1), judge=decoded_by_libsndfile, tolerance=LOSSY)
    yield Case("chained.ogg", chained_ogg, links_by_libsndfile, tolerance=LOSSY)
    yield by_ffmpeg("flac.oga", "-c:a", "flac")
    yield by_ffmpeg("opus.opus", "-c:a", "libopus", rate=48_000, needs_ffmpeg=True)
    yield by_ffmpeg("aac.m4a", "-c:a", "aac", judge=lambda path, channels: decoded_by_ffmpeg(path, channels)[:SAMPLES], tolerance=AAC)
    yield by_ffmpeg("aac-fragments.m4a", "-c:a", "aac", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4", tolerance=AAC)
    yield by_ffmpeg("aac-no-edits.m4a", "-c:a", "aac", "-use_editlist", "0", "-f", "mp4", tolerance=AAC)
    yield by_ffmpeg("aac.aac", "-c:a", "aac", tolerance=AAC)
    yield by_ffmpeg("alac.m4a", "-c:a", "alac")
    yield by_ffmpeg("flac.mp4", "-c:a", "flac", "-strict", "-2")
    yield by_ffmpeg("vorbis.mka", "-c:a", "libvorbis", tolerance=LOSSY)
    yield by_ffmpeg("flac.mka", "-c:a", "flac")
    yield by_ffmpeg("wavpack.wv", "-c:a", "wavpack", needs_ffmpeg=True)
    yield by_ffmpeg("au.au", "-c:a", "pcm_s16be", needs_ffmpeg=True)
    yield by_ffmpeg("wma.wma", "-c:a", "wmav2", needs_ffmpeg=True, tolerance=LOSSY)
    yield by_ffmpeg("true-audio.tta", "-c:a", "tta", needs_ffmpeg=True)
    yield by_ffmpeg("flac-no-length.flac", "-c:a", "flac", then=lambda content: content[:21] + bytes([content[21] & 0xF0, 0, 0, 0, 0])
                    + content[26:])
    yield by_ffmpeg("flac-short-length.flac", "-c:a", "flac", then=lambda content: content[:21] + bytes([content[21] & 0xF0])
                    + struct.pack(">I", 5_000) + content[26:])
    yield by_ffmpeg("flac-no-md5.flac", "-c:a", "flac", then=lambda content: content[:26] + bytes(16) + content[42:])
