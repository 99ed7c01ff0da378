"""What a waveform model may ask for at most: the one place for its limits."""

# Bytes of all files inside the `.ts`, unpacked.
UNPACKED_BYTES = 1 << 30
# A block is played at once: so many samples where nobody asks for another number, at least, and at most.
USUAL_BLOCK = 2048
SHORTEST_BLOCK = 64
LONGEST_BLOCK = 32_768
# Samples for one step of the latent.
MOST_RATIO = 32_768
# What the plugin plays: mono and stereo.
MOST_CHANNELS = 2
MOST_LATENT = 1024
# Rates in hertz.
LOWEST_RATE, HIGHEST_RATE = 8_000, 192_000
# Elements of all weights (400 MB), and of all states that are kept (64 MB).
MOST_WEIGHTS = 100_000_000
MOST_STATE_ELEMENTS = 16_000_000
MOST_STATES = 1000
# Operators of the graph.
MOST_NODES = 8_000
# Bytes of a name in the file.
LONGEST_NAME = 200
# Bytes of the manifest: what the plugin reads at most.
MANIFEST_BYTES = 1 << 20
# Fourier transforms become products with matrices, of this length at most.
LONGEST_TRANSFORM = 4_096
# Silent blocks, of the usual length or of that asked for, after which states have to stand still.
MOST_SILENT_BLOCKS = 400
# Largest difference from the `.ts`, relative to the rms of what that plays; and blocks it is measured over.
LARGEST_ERROR = 1e-4
COMPARED_BLOCKS = 32
