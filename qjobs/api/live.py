"""The events of one job as a stream: what happened after a place, then what happens."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from common.event_stream import event
from qjobs.api.documents import milestone_json, step_json
from qjobs.api.lookout import DATABASE_AWAY, lookout
from qjobs.selectors.news import Place, Sight, news_after

HEARTBEAT_SECONDS = 15.0
LIFE_SECONDS = 900.0
"""A stream ends after so long and its reader comes back: one that was forgotten open is not open for ever."""
RETRY_MILLISECONDS = 2000


async def job_stream(job_id: int, place: Place) -> AsyncIterator[bytes]:
    """`step`, `milestone` and `standing` as they come, with their place; `end` when no more can come."""
    watch = lookout()
    ends_at = asyncio.get_running_loop().time() + LIFE_SECONDS
    seen: Sight | None = None
    yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
    async with watch.watching(job_id):
        while asyncio.get_running_loop().time() < ends_at:
            sight = await watch.changed(job_id, seen, HEARTBEAT_SECONDS)
            if sight is None:
                yield b": still here\n\n"
                continue
            seen, mark = sight, sight.mark
            try:
                parts, place = await watch.read(partial(parts_after, job_id, place))
            except DATABASE_AWAY:
                return  # the reader comes back with the place that it has
            for part in parts:
                yield part
            if mark is not None:
                yield event("standing", {"state": mark.state, "words": sight.standing}, str(place))
            if mark is None or mark.has_ended:
                yield event("end", {}, str(place))
                return


def parts_after(job_id: int, place: Place) -> tuple[list[bytes], Place]:
    """Everything after the place, each event with the place that a reader has once it is read."""
    parts: list[bytes] = []
    has_more = True
    while has_more:
        news = news_after(job_id, place)
        for step in news.steps:
            place = Place(step.sequence, place.block, place.log_index)
            parts.append(event("step", step_json(step), str(place)))
        for one in news.milestones:
            place = Place(place.step, one.block, one.log_index)
            parts.append(event("milestone", milestone_json(one), str(place)))
        place, has_more = news.place, news.has_more
    return parts, place
