"""Writes the page: `index.html` in a generation's `report/`, from its finished DuckDB file.

The same content gives the same bytes: the page holds no clock, and charts and hashes are made from the content alone.
"""

import base64
import hashlib
from functools import cache
from importlib import resources
from pathlib import Path

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from hai_ha_pipeline.report.rows import Limits, read_rows
from hai_ha_pipeline.report.view import page_of

MOST_BYTES = 4_000_000  # what a telephone still opens at once


def write_report(database: Path, folder: Path, limits: Limits | None = None) -> None:
    """Write `folder/report/index.html` from a finished warehouse.

    `database` is read only; `folder` is the generation's. The page is one file of less than 4 MB that asks no network:
    where everything within `limits` would be larger, it shows half as much, and says what it leaves out. Raises
    `QueryError` where the warehouse lacks a table or column.
    """
    page = folder / "report" / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_bytes(_fitting(database, limits or Limits()))


def _fitting(database: Path, limits: Limits) -> bytes:
    html = rendered(database, limits).encode()
    return html if len(html) <= MOST_BYTES or limits == limits.halved() else _fitting(database, limits.halved())


def rendered(database: Path, limits: Limits) -> str:
    """The page as text, within these limits."""
    style, script = _part("style.css"), _part("script.js")
    assets = {"style": Markup(style), "script": Markup(script), "style_hash": _hash(style), "script_hash": _hash(script)}  # noqa: S704
    return _template().render(page_of(read_rows(database, limits)) | assets)


@cache
def _template() -> Template:
    """Whatever is not marked as safe is escaped, and a name that is missing is an error."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_part("report.html"))


def _part(name: str) -> str:
    return (resources.files("hai_ha_pipeline.report") / "page" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """What the page's security policy names a style or script by: nothing else runs, not even what an error would let in."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
