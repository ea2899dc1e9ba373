"""`make bench`, second part: the catalogue with 100,000 datasets, search and pages, p50 and p95.

`python benchmarks/catalogue.py [datasets]`, about five minutes; prints a table, writes
build/bench-catalogue.json, and fails where a goal is missed. A throw-away PostgreSQL holds the rows.
"""

import os
import sys
from pathlib import Path

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    django.setup()
    from benchmarks.catalogue_speed import DATASETS, main

    main(int(sys.argv[1]) if len(sys.argv) > 1 else DATASETS)
