"""Parts that figures fall into, so that the facts and marts of each can be made without the others.

No table looks from one family of indicators to another, nor from one cluster of areas to another: a family is a total with its parts
and what is derived from them, a cluster is what succeeded each other. So a part is some clusters, or some families, whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapreplace
from typing import Literal

import polars as pl

from hai_ha_pipeline.keys import POSITION_BITS
from hai_ha_pipeline.transforms.shape import looked_up
from hai_ha_pipeline.transforms.successors import BETWEEN_CODES


@dataclass(frozen=True)
class Cut:
    """How figures are cut: into `count` parts of whole areas or indicators; `part_of_code` has the part of each code (`code`, `part`)."""

    dimension: Literal["area", "indicator"]
    count: int
    part_of_code: pl.DataFrame

    def part_of(self, figures: pl.DataFrame) -> pl.Series:
        """The part of each figure; one whose area or indicator is not known has that of its file."""
        if self.count == 1:
            return pl.Series("part", [0], pl.Int64).new_from_index(0, figures.height)
        code = f"{self.dimension}_code"
        placed = looked_up(figures.select("statement_key", code), self.part_of_code.rename({"code": code}), code)
        return placed.select(pl.coalesce("part", (pl.col("statement_key") // 2**POSITION_BITS) % self.count)).to_series()

    def codes(self, part: int) -> list[str]:
        """The codes of the areas or indicators of a part."""
        return self.part_of_code.filter(pl.col("part") == part)["code"].to_list()


def cut(dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, area_succession: pl.DataFrame, area_coverage: pl.DataFrame, count: int) -> Cut:
    """Parts of areas or of indicators: of those whose largest group is the smaller share of all."""
    families, clusters = _families(dim_indicator), _clusters(dim_area, area_succession, area_coverage)
    dimension: Literal["area", "indicator"] = "area" if _largest_share(clusters) <= _largest_share(families) else "indicator"
    parts = sorted(_dealt(clusters if dimension == "area" else families, count).items())
    return Cut(dimension, count, pl.DataFrame(parts, schema={"code": pl.String, "part": pl.Int64}, orient="row"))


def _dealt(groups: dict[str, str], count: int) -> dict[str, int]:
    """The part of each code: group by group, in their order, whole, to the part that has fewest codes by then.

    Neighbours in that order often have much in common, such as whether there are figures of them at all, so they are spread.
    """
    codes: dict[str, list[str]] = {}
    for code, group in sorted(groups.items()):
        codes.setdefault(group, []).append(code)
    parts = [(0, part) for part in range(count)]
    part_of: dict[str, int] = {}
    for _, of_group in sorted(codes.items()):
        size, part = parts[0]
        heapreplace(parts, (size + len(of_group), part))
        part_of |= dict.fromkeys(of_group, part)
    return part_of


def _largest_share(groups: dict[str, str]) -> float:
    sizes = pl.Series(list(groups.values()), dtype=pl.String).value_counts()["count"]
    return float(sizes.max() or 0) / max(len(groups), 1)  # type: ignore[arg-type]


def _families(dim_indicator: pl.DataFrame) -> dict[str, str]:
    links = [pl.col("parent_code"), pl.col("derived_from_code")]
    pairs = [pair for link in links for pair in dim_indicator.filter(link.is_not_null()).select("indicator_code", link).rows()]
    return _joined(dim_indicator["indicator_code"].to_list(), pairs)


def _clusters(dim_area: pl.DataFrame, area_succession: pl.DataFrame, area_coverage: pl.DataFrame) -> dict[str, str]:
    covered = area_coverage.select("area_code", pl.col("successor_codes").str.split(BETWEEN_CODES)).explode("successor_codes").drop_nulls()
    succeeded = area_succession.select("old_area_code", "new_area_code")
    return _joined(dim_area["area_code"].unique().to_list(), [*covered.rows(), *succeeded.rows()])


def _joined(codes: Iterable[str], pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each code with the smallest of those that it is joined with, over however many pairs."""
    root = {code: code for code in codes}

    def find(code: str) -> str:
        while root[code] != code:
            code = root[code] = root[root[code]]
        return code

    for one, other in pairs:
        if one in root and other in root:
            first, second = sorted((find(one), find(other)))
            root[second] = first
    return {code: find(code) for code in root}
