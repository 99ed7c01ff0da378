"""The report's pictures, each as the bytes of a PNG."""

import io

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from .samples import RANGE, Comparison, Measured, band_edges
from .spectrogram import FFT_SIZE, FRAMES, HOP, LAST_SEEN_FRAME, SAMPLE_RATE, unscale

WIDTH_INCHES = 10.0
DOTS_PER_INCH = 140
INK, FAINT = "#22262b", "#8b929a"
COLOURS = ("#2459a6", "#d1603d", "#3f8f6b", "#8a5aa8")
QUIETEST_DB = -60.0
LOWEST_HZ, HIGHEST_HZ = 43.0, 20_000.0
LOG_ROWS = 220
TICKS_HZ = (100, 1000, 10_000)
LARGEST_ERROR_DB = 24.0
FEATURES_A_ROW = 16
# Losses begin a thousand times higher, which would flatten everything after.
SETTLED_STEP = 200
SECONDS = FRAMES * HOP / SAMPLE_RATE

matplotlib.rcParams.update(
    {
        "font.size": 9,
        "axes.titlesize": 9.5,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
        "axes.edgecolor": FAINT,
        "axes.labelcolor": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.prop_cycle": matplotlib.cycler(color=COLOURS),
        "grid.color": "#e6e8ea",
        "grid.linewidth": 0.8,
        "xtick.color": FAINT,
        "ytick.color": FAINT,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "legend.frameon": False,
        "text.color": INK,
    }
)


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH, facecolor="white")
    pyplot.close(figure)
    return buffer.getvalue()


def _curve(log: list[dict], key: str) -> tuple[list[int], list[float]]:
    lines = [line for line in log if key in line]
    return [line["step"] for line in lines], [line[key] for line in lines]


def _curves(axes: Axes, log: list[dict], named: dict[str, str]) -> None:
    for key, name in named.items():
        steps, values = _curve(log, key)
        if steps:
            axes.plot(steps, values, label=name, marker="o" if len(steps) < 12 else None, markersize=3.5)
    axes.set_xlim(0, max((line["step"] for line in log), default=1))
    if axes.lines:
        axes.legend(loc="best")
    else:
        axes.text(0.5, 0.5, "too few steps to show", transform=axes.transAxes, ha="center", color=FAINT)


def training_curves(log: list[dict], components_rms_db: float | None, components: int) -> bytes:
    """Losses and figures over steps. `log` is the run's, a value may be missing in any line."""
    figure, ((losses, rms), (convergence, divergence)) = pyplot.subplots(
        2, 2, figsize=(WIDTH_INCHES, 5.6), layout="constrained"
    )
    terms = {"decibel": "level of audible bins", "magnitude": "magnitude", "convergence": "spectral convergence"}
    _curves(losses, log, terms)
    losses.set(title="What training minimises (log scale, lower is better)", yscale="log")
    settled = [line[term] for term in terms for line in log if term in line and line["step"] >= SETTLED_STEP]
    if settled:
        losses.set_ylim(top=2.0 * max(settled))
    losses.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    losses.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    losses.yaxis.set_minor_locator(NullLocator())
    sounds = {"validation": "held-out sounds", "measured": "other loops"}
    _curves(rms, log, {f"{key}_audible_rms_db": name for key, name in sounds.items()})
    rms.set(title="Error over what is audible", ylabel="dB rms")
    if components_rms_db is not None:
        label = f"{components} principal components"
        rms.axhline(components_rms_db, color=FAINT, linestyle="--", linewidth=1.2, label=label)
        rms.legend(loc="best")
    _curves(convergence, log, {f"{key}_convergence_db": name for key, name in sounds.items()})
    convergence.set(title="Error of the loudest parts (spectral convergence)", ylabel="dB", xlabel="step")
    _curves(divergence, log, {"divergence": "all dimensions"})
    divergence.set(title="How much a window says through the latent", ylabel="nats", xlabel="step")
    return _png(figure)


def _image(axes: Axes, window: np.ndarray, **how) -> None:
    """`[time, frequency]` on a logarithmic frequency axis."""
    hertz = np.geomspace(LOWEST_HZ, HIGHEST_HZ, LOG_ROWS)
    bins = hertz * FFT_SIZE / SAMPLE_RATE
    below = np.floor(bins).astype(int)
    share = bins - below
    rows = window[:, below] * (1.0 - share) + window[:, below + 1] * share
    axes.imshow(rows.T, origin="lower", aspect="auto", extent=(0, SECONDS, 0, LOG_ROWS), **how)
    span = np.log(HIGHEST_HZ / LOWEST_HZ)
    axes.set_yticks([np.log(hz / LOWEST_HZ) / span * LOG_ROWS for hz in TICKS_HZ], ["100 Hz", "1 kHz", "10 kHz"])
    axes.set_xticks([0.0, 0.5], ["0", "0.5 s"])
    axes.grid(visible=False)


def _grid(rows: int, columns: int, height: float) -> tuple[Figure, np.ndarray]:
    return pyplot.subplots(
        rows,
        columns,
        figsize=(WIDTH_INCHES, height),
        layout="constrained",
        squeeze=False,
        sharex=True,
        sharey=True,
    )


def _levels(window: np.ndarray) -> np.ndarray:
    return unscale(np.clip(window[0].astype(np.float64), 0.0, 1.25))


LEVELS = {"vmin": QUIETEST_DB, "vmax": 0.0, "cmap": "magma"}


def reconstructions(windows: np.ndarray, decoded: np.ndarray) -> bytes:
    """Originals over what the model makes of them over the difference; a few scaled windows `[n, 1, time, frequency]`."""
    figure, axes = _grid(3, len(windows), 5.4)
    for column, (window, output) in enumerate(zip(windows, decoded)):
        original, made = _levels(window), _levels(output)
        _image(axes[0, column], original, **LEVELS)
        _image(axes[1, column], made, **LEVELS)
        audible = np.maximum(original, QUIETEST_DB), np.maximum(made, QUIETEST_DB)
        error = {"vmin": -LARGEST_ERROR_DB, "vmax": LARGEST_ERROR_DB, "cmap": "RdBu_r"}
        _image(axes[2, column], audible[1] - audible[0], **error)
        # What the encoder sees ends here.
        axes[2, column].axvline((LAST_SEEN_FRAME + 1) * HOP / SAMPLE_RATE, color=FAINT, linewidth=0.8)
    for axis, title in zip(axes[:, 0], ("Original", "Model", "Model minus original")):
        axis.set_title(title)
    figure.colorbar(axes[1, -1].images[0], ax=axes[:2], label="dB", shrink=0.6, pad=0.01)
    figure.colorbar(axes[2, -1].images[0], ax=axes[2], label="dB", shrink=0.8, pad=0.01)
    return _png(figure)


def error_by_frame(model_db: np.ndarray, components_db: np.ndarray | None, components: int) -> bytes:
    """Error at each of the window's frames."""
    figure, axes = pyplot.subplots(figsize=(WIDTH_INCHES, 2.4), layout="constrained")
    axes.axvspan(LAST_SEEN_FRAME + 0.5, FRAMES, color="#f0f1f2", zorder=0)
    axes.plot(model_db, label="model")
    if components_db is not None:
        axes.plot(components_db, color=FAINT, linestyle="--", label=f"{components} principal components")
    axes.set(xlabel="frame (5.8 ms each)", ylabel="dB rms", xlim=(0, FRAMES), ylim=(0, None))
    axes.legend(loc="lower left", ncols=2)
    axes.annotate("not seen", (FRAMES, 0), (-3, 4), textcoords="offset points", ha="right", color=FAINT)
    return _png(figure)


def activations(layers: list[np.ndarray]) -> bytes:
    """Maps of one window, `[feature, time, frequency]` for each layer: the strongest features first."""
    rows = [min(2, -(-len(maps) // FEATURES_A_ROW)) for maps in layers]
    figure, axes = pyplot.subplots(
        len(layers),
        1,
        figsize=(WIDTH_INCHES, 0.55 * len(layers) + 0.72 * sum(rows)),
        layout="constrained",
        squeeze=False,
        height_ratios=rows,
    )
    for index, (axis, maps, count) in enumerate(zip(axes[:, 0], layers, rows), 1):
        energy = np.square(maps).mean(axis=(1, 2))
        strongest = np.argsort(-energy, kind="stable")[: count * FEATURES_A_ROW]
        shown = maps[strongest]
        brightest = max(float(np.percentile(shown, 99.5)), 1e-6)
        _, time, frequency = maps.shape
        gap_rows, gap_columns = -(-frequency // 24), -(-time // 24)
        canvas = np.full((count * (frequency + gap_rows), FEATURES_A_ROW * (time + gap_columns)), np.nan)
        for place, feature in enumerate(shown):
            top, left = place // FEATURES_A_ROW * (frequency + gap_rows), place % FEATURES_A_ROW * (time + gap_columns)
            canvas[top : top + frequency, left : left + time] = feature.T[::-1]
        # The root shows the weaker features too.
        norm = PowerNorm(0.5, 0.0, brightest)
        axis.imshow(canvas, aspect="auto", cmap="magma", norm=norm, interpolation="nearest")
        silent = int((energy == 0.0).sum())
        quiet = f", {silent} silent here" if silent else ""
        axis.set_title(f"Layer {index}: {len(shown)} of {len(maps)} features, {time} × {frequency} each{quiet}")
        axis.set_axis_off()
    return _png(figure)


def sampled(rows: dict[str, np.ndarray]) -> bytes:
    """A row of scaled windows for each name."""
    figure, axes = _grid(len(rows), max(len(windows) for windows in rows.values()), 1.75 * len(rows) + 0.2)
    for row, (name, windows) in zip(axes, rows.items()):
        row[0].set_title(name)
        for axis, window in zip(row, windows):
            _image(axis, _levels(window), **LEVELS)
    return _png(figure)


def likeness(comparisons: dict[str, Comparison], data: Measured) -> bytes:
    """Long-term spectra and onset rates of samples over the ranges of the training windows."""
    figure, (spectra, rates) = pyplot.subplots(
        1, 2, figsize=(WIDTH_INCHES, 3.0), layout="constrained", width_ratios=(3, 2)
    )
    edges = (band_edges() - 0.5) * SAMPLE_RATE / FFT_SIZE
    middles = np.sqrt(edges[:-1] * edges[1:])
    first = next(iter(comparisons.values()))
    wording = f"{RANGE[0]:.0f} to {RANGE[1]:.0f} % of training windows"
    spectra.fill_between(middles, *first.ranges_db, color="#dfe5ee", label=wording)
    bins = np.arange(0.0, max(data.onset_rates.max(), 1.0) + 2.0, 1.0 / (0.98 * SECONDS))
    weights = np.full(len(data.onset_rates), 1.0 / len(data.onset_rates))
    rates.hist(data.onset_rates, bins, weights=weights, color="#c9d3e2", label="training windows")
    for (name, comparison), colour in zip(comparisons.items(), COLOURS[1:]):
        spectra.plot(middles, comparison.mean_spectrum_db, label=f"samples of {name}, mean", color=colour)
        drawn = comparison.samples.onset_rates
        share = np.full(len(drawn), 1.0 / len(drawn))
        rates.hist(drawn, bins, weights=share, histtype="step", color=colour, linewidth=1.6, label=name)
    spectra.set(title="Long-term spectrum", xscale="log", ylabel="dB of the total", ylim=(-60, 2))
    spectra.set_xticks(TICKS_HZ, ["100 Hz", "1 kHz", "10 kHz"])
    spectra.legend(loc="lower left")
    rates.set(title="Onsets a second", ylabel="share of windows")
    rates.legend(loc="upper right")
    return _png(figure)
