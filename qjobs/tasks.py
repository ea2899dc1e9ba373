"""What Celery workers do. Tasks take ids, may run twice, and begin by taking their row's lease.

The web process names these tasks and never imports this module, which brings Qiskit's callers with it.
"""

from celery import shared_task

from common.wake import wake
from qjobs.executor.advance import advance_run
from qjobs.executor.attesting import look_at_dispute
from qjobs.executor.inputs import forget_left_folders
from qjobs.executor.previewing import draw_preview
from qjobs.executor.tile_rows import forget_left_tiles
from qjobs.executor.tiling import advance_tile
from qjobs.selectors.work import disputes_to_look_at, previews_to_draw, runs_to_push, tiles_to_push


@shared_task(name="qjobs.look_for_work")
def look_for_work() -> None:
    """Nudges for every row that could move: new ones, expired leases, waits that are over.

    Removes the tiles and folders that killed workers left.
    """
    for job_id, task in runs_to_push():
        wake("qjobs.run", job_id=job_id, task=task)
    for job_id, task, number in tiles_to_push():
        wake("qjobs.tile", job_id=job_id, task=task, number=number)
    for dispute_id in disputes_to_look_at():
        wake("qjobs.dispute", dispute_id=dispute_id)
    for digest in previews_to_draw():
        wake("qjobs.preview", digest=digest)
    forget_left_tiles()
    forget_left_folders()


@shared_task(name="qjobs.run")
def run(*, job_id: int, task: int) -> None:
    """Moves one run as far as it goes now."""
    advance_run(job_id=job_id, task=task)


@shared_task(name="qjobs.tile")
def tile(*, job_id: int, task: int, number: int) -> None:
    """Computes one tile of a large run."""
    advance_tile(job_id=job_id, task=task, number=number)


@shared_task(name="qjobs.dispute")
def dispute(*, dispute_id: str) -> None:
    """Computes a disputed result again and attests what was found; closes the dispute once it may be."""
    look_at_dispute(dispute_id)


@shared_task(name="qjobs.preview")
def preview(*, digest: str) -> None:
    """Draws a spec's circuit from the spec alone, without any data."""
    draw_preview(digest)
