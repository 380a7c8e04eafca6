"""When a document was published: a day, or the month or year it prints, or an inferred one."""

import calendar
import re
from datetime import date


def read_published_on(text: str) -> tuple[date | None, bool]:
    """The day by which the document was out, and whether that day is inferred (`~` in front).

    A printed month or year stands for its last day: by then the figure was known for certain.
    """
    found = re.fullmatch(r"(~?)\s*(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", text.strip())
    if not found:
        return None, False
    year, month, day = int(found[2]), int(found[3] or 12), found[4]
    try:
        last = calendar.monthrange(year, month)[1]
        return date(year, month, int(day) if day else last), bool(found[1])
    except (ValueError, calendar.IllegalMonthError):
        return None, False
