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
from hai_ha_pipeline.reading.clocks import ABOUT, LoadRead, put_together
from hai_ha_pipeline.reading.kept import Shelf
from hai_ha_pipeline.reading.replay import LoadKept

Recipe = list[list[dict[str, Any]]]
"""For each source the loads that differ in this part, the oldest first."""
Place = tuple[str, str]


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
    both = [_over_time(loads, shelf) for loads in recipe]
    return pl.concat([empty(Figure), *(figure for figure, _ in both)]), pl.concat([empty(EarlierFigure), *(gone for _, gone in both)])


def _over_time(loads: list[dict[str, Any]], shelf: Shelf) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The figures of one source with their clocks.

    What stands in files that every load has, about something that no other file is about, is there since the first load. Only the
    rest is gone through load by load.
    """
    steady = set.intersection(*({_place(file) for file in load["files"]} for load in loads)) if len(loads) > 1 else set()
    figures = {_place(file): _figures(file, shelf) for load in loads for file in load["files"]}
    if not steady:
        return put_together([_load_read(load, figures) for load in loads])
    touched = pl.concat([empty(JudgedFigure).select(ABOUT), *(figures[place].select(ABOUT) for place in figures.keys() - steady)]).unique()
    in_order = [place for file in loads[-1]["files"] if (place := _place(file)) in steady]
    unmoved = pl.concat([figures[place].join(touched, on=ABOUT, how="anti", nulls_equal=True) for place in in_order])
    mixed = {place: figures[place].join(touched, on=ABOUT, how="semi", nulls_equal=True) for place in in_order}
    figure, earlier = put_together([_load_read(load, figures | mixed) for load in loads])
    return pl.concat([_since_the_first(unmoved, loads).select(figure.columns), figure]), earlier


def _since_the_first(unmoved: pl.DataFrame, loads: list[dict[str, Any]]) -> pl.DataFrame:
    """Figures that every load has, with their clocks; what is rejected is known since it was looked at last."""
    first, last = (pl.lit(datetime.fromisoformat(load["moment"]), pl.Datetime("us")) for load in (loads[0], loads[-1]))
    since = pl.when(pl.col("verdict") == "accepted").then(first).otherwise(last)
    return unmoved.with_columns(ingested_at=since, is_restated=pl.lit(value=False))


def _place(file: Mapping[str, Any]) -> Place:
    """What a file of a recipe holds, and where that is kept."""
    return file["content"], json.dumps(file["places"])


def _figures(file: Mapping[str, Any], shelf: Shelf) -> pl.DataFrame:
    return pl.concat([empty(JudgedFigure), *(shelf.read(*place) for place in file["places"])])


def present_figures(recipe: Recipe, shelf: Shelf) -> pl.DataFrame:
    """The present figures of a part as each source gives them by itself."""
    return pl.concat([empty(JudgedFigure), *(_figures(file, shelf) for loads in recipe for file in loads[-1]["files"])])


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


def _load_read(load: Mapping[str, Any], figures: Mapping[Place, pl.DataFrame]) -> LoadRead:
    nothing = empty(JudgedFigure).with_columns(content=pl.lit(None, pl.String), is_full=pl.lit(value=True))
    of_files = [
        figures[_place(file)].with_columns(content=pl.lit(file["content"]), is_full=pl.lit(file["is_full"])) for file in load["files"]
    ]
    return LoadRead(datetime.fromisoformat(load["moment"]), pl.concat([nothing, *of_files]), load["full"], load["is_removed"])
