"""What a row is about, by name, and where it is printed: areas, indicators, documents with links that are safe to follow."""

from typing import Any
from urllib.parse import urlsplit

from hai_ha_pipeline.report.rows import Row
from hai_ha_pipeline.report.wording import Both, day, same, say


def indicator(row: Row) -> Both:
    """The name of its indicator."""
    return Both(row["indicator_name_en"], row["indicator_name_vi"] or row["indicator_name_en"])


def area(row: Row) -> Both:
    """The name of its area."""
    return Both(row["area_name_en"], row["area_name_vi"] or row["area_name_en"])


def document(row: Row, prefix: str = "") -> dict[str, Any]:
    """Where a figure is printed: the document's title, link, host, day and place in our files."""
    link, published = safe_link(row[f"{prefix}address"]), row[f"{prefix}published_on"]
    if published is None:
        when = say("published_unknown")
    else:
        when = say("published_about" if row[f"{prefix}is_published_on_inferred"] else "published_on", day=day(published))
    file = f"sources/{row[f'{prefix}source']}/{row[f'{prefix}file']}"
    line = row.get(f"{prefix}row")
    return {
        "document_title": row[f"{prefix}source_title"],
        "link": link,
        "host": (urlsplit(link).hostname or "").removeprefix("www.") if link else None,
        "address": row[f"{prefix}address"],
        "language": row[f"{prefix}language"],
        "when": when,
        "place_in_file": say("line_of", row=line, file=file) if line else same(file),
    }


def safe_link(address: str | None) -> str | None:
    """The address where it is one of the web; nothing for any other scheme, which a browser might run."""
    try:
        parts = urlsplit((address or "").strip())
    except ValueError:
        return None
    return (address or "").strip() if parts.scheme in {"http", "https"} and parts.hostname else None
