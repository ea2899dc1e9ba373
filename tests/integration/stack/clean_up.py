"""Removes what root's stacks keep outside their var/."""

import os
import shutil

from config.stack.layout import Layout
from config.stack.postgres_binaries import SHARED_FOLDER


def forget_cluster(layout: Layout) -> None:
    """An ordinary user's cluster lies in var/ and goes with it."""
    if os.geteuid() == 0:
        shutil.rmtree(SHARED_FOLDER / layout.name, ignore_errors=True)
