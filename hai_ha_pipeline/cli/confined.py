"""Hard limits of a process that answers a stranger's SQL, for what DuckDB neither counts nor interrupts.

DuckDB's memory limit leaves out long texts and lists, and one call of a function runs to its end. Only for a process of its own.
"""

import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer

from hai_ha_pipeline.storage.query import Limits

# In MiB: the interpreter, DuckDB's code and the stacks of its threads.
ADDRESS_SPACE_BEFORE = 2048
GRACE = 2.0


@contextmanager
def confined(limits: Limits) -> Iterator[None]:
    """Let this process take no more memory than the limits say, and end it where it runs on long after its time."""
    allowed = (ADDRESS_SPACE_BEFORE + limits.memory) * 2**20
    with suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (allowed, resource.getrlimit(resource.RLIMIT_AS)[1]))
    timer = Timer(limits.seconds + GRACE, _end, [limits.seconds])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _end(seconds: float) -> None:
    sys.stderr.write(f"the query: it took longer than {seconds:g} seconds\n  How to mend it: ask for less, or raise --seconds\n")
    sys.stderr.flush()
    os._exit(1)
