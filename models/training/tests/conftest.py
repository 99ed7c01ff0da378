"""One thread for the arithmetic: these networks are tiny, and threads that wait for each other on a busy machine made the
tests ten times slower."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
