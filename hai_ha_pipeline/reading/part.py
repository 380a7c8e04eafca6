"""One part of all sources: which figures of which loads it is made of, as plain data, and those figures with their clocks.

A recipe names only what touches its part, so its key changes when, and only when, its figures can have changed.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

import polars as pl

from hai_ha_pipeline.contracts.reading import EarlierFigure, Figure, JudgedFigure
from hai_ha_pipeline.contracts.types import empty
from hai_ha_pipeline.reading.clocks import LoadRead, put_together
from hai_ha_pipeline.reading.kept import Shelf
from hai_ha_pipeline.reading.replay import LoadKept

Recipe = list[list[dict[str, Any]]]
"""For each source the loads that differ in this part, the oldest first."""


def recipes(histories: Iterable[list[LoadKept]], count: int) -> list[Recipe]:
    """The recipe of each of `count` parts."""
    made: list[Recipe] = [[] for _ in range(count)]
    for loads in histories:
        of_parts = [_by_part(load) for load in loads]
        for part in {part for files in of_parts for part in files}:
            told = [_load(load, files.get(part, [])) for load, files in zip(loads, of_parts, strict=True)]
            made[part].append([next(same) for _, same in groupby(told, key=lambda load: (load["files"], load["is_removed"]))])
    return made


def recipe_key(recipe: Recipe, shared: str) -> str:
    """A hash of all that the tables of a part are made from."""
    return hashlib.sha256(json.dumps([shared, recipe], sort_keys=True).encode()).hexdigest()[:32]


def figures_of_part(recipe: Recipe, shelf: Shelf) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The present figures of a part with their clocks, and those of earlier loads that the present files lack."""
    both = [put_together([_load_read(load, shelf) for load in loads]) for loads in recipe]
    return pl.concat([empty(Figure), *(figure for figure, _ in both)]), pl.concat([empty(EarlierFigure), *(gone for _, gone in both)])


def present_figures(recipe: Recipe, shelf: Shelf) -> pl.DataFrame:
    """The present figures of a part as each source gives them by itself."""
    files = [file for loads in recipe for file in loads[-1]["files"]]
    return pl.concat([empty(JudgedFigure), *(shelf.read(*place) for file in files for place in file["places"])])


def _by_part(load: LoadKept) -> dict[int, list[dict[str, Any]]]:
    """The files of a load by the parts that have figures of them, with where those are kept."""
    parts: dict[int, list[dict[str, Any]]] = {}
    for file, is_full in load.files:
        for part, shares in groupby(sorted(file.shares, key=lambda share: (share.part, share.table)), key=lambda share: share.part):
            places = [(share.table, share.start, share.length) for share in shares]
            parts.setdefault(part, []).append({"content": file.sha256, "is_full": is_full, "places": places})
    return parts


def _load(load: LoadKept, files: list[dict[str, Any]]) -> dict[str, Any]:
    return {"moment": load.moment.isoformat(), "is_removed": load.is_removed, "full": dict(load.full), "files": files}


def _load_read(load: Mapping[str, Any], shelf: Shelf) -> LoadRead:
    nothing = empty(JudgedFigure).with_columns(content=pl.lit(None, pl.String), is_full=pl.lit(value=True))
    figures = [
        shelf.read(*place).with_columns(content=pl.lit(file["content"]), is_full=pl.lit(file["is_full"]))
        for file in load["files"]
        for place in file["places"]
    ]
    return LoadRead(datetime.fromisoformat(load["moment"]), pl.concat([nothing, *figures]), load["full"], load["is_removed"])
