"""`make bench`: our engine and its peers in one process on one core, as ratios, against the machine's bound.

Prints a table and writes build/bench.json. Only ratios within one run hold: other work on the machine slows
all contestants, not always alike. About three minutes.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import environment

if __name__ == "__main__":
    environment.enter()
    from benchmarks.report import main

    main()
