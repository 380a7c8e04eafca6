"""Switching readers to a generation, and looking at it as they do: what cannot be read is switched back.

Used by a publication and by a rollback alike; neither says "done" before this has returned.
"""

from collections.abc import Mapping

from hai_ha_pipeline.errors import PublishError
from hai_ha_pipeline.storage.generations import Generations
from hai_ha_pipeline.storage.verify import GENERATION, Read, check_from_a_new_process


def switch(generations: Generations, number: int, rows: Mapping[str, int], read: Read | None = None) -> None:
    """Publish a generation that holds these rows, in a database all of which was `read` just now, or else is now.

    Raises `PublishError` where a new process cannot read it through the stable path; then the one before is published again.
    """
    before = generations.current()
    generations.switch(number)
    try:
        check_from_a_new_process(generations.database, rows, number if GENERATION in rows else None, read)
    except PublishError:
        if before is None:
            generations.link.unlink()
        else:
            generations.switch(before)
        raise
