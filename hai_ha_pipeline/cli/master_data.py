"""The master data as the commands need them: to judge statements, and to ask whether a word names something known.

The rules are those of the transforms: a name that is known here is known when a figure loads.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from hai_ha_pipeline.parsing.periods import read_period
from hai_ha_pipeline.parsing.words import read_words
from hai_ha_pipeline.reading.descriptor import StatementField
from hai_ha_pipeline.reading.reference import read_reference
from hai_ha_pipeline.transforms import dimensions
from hai_ha_pipeline.transforms.figures import figure
from hai_ha_pipeline.transforms.names import with_area, with_indicator, with_unit

EVER = (date(1900, 1, 1), date(2100, 12, 31))
NEAREST = "nearest: "


@dataclass(frozen=True)
class MasterData:
    """What is known of indicators, areas and units."""

    dim_indicator: pl.DataFrame
    dim_area: pl.DataFrame
    dim_unit: pl.DataFrame

    def judge(self, statement: pl.DataFrame) -> pl.DataFrame:
        """Statements as figures."""
        return figure(statement, self.dim_indicator, self.dim_area, self.dim_unit)

    def codes(self, field: StatementField, texts: Iterable[str]) -> dict[str, str]:
        """The code of each text that is known as this field of a statement; an area that is one or another by its period stays as it is."""
        distinct = sorted({text for text in texts if text.strip()})
        if field in {"indicator", "area", "unit"}:
            named = self._named(field, distinct).filter(pl.col("code").is_not_null())
            return dict(named.select("text", "code").iter_rows())
        if field == "period":
            return {text: period.code for text in distinct if (period := read_period(text))}
        said = {text: read_words(text) for text in distinct}
        known = {text: words for text, words in said.items() if words.unknown is None}
        if field == "status":
            return {text: words.status for text, words in known.items() if words.status}
        if field == "qualifier":
            return {text: words.qualifier or "reduced_by" for text, words in known.items() if words.qualifier or words.is_reduction}
        return {}

    def nearest(self, field: StatementField, texts: Iterable[str]) -> dict[str, list[str]]:
        """The codes that come nearest to each text, the nearest first."""
        if field not in {"indicator", "area", "unit"}:
            return {}
        hints = self._named(field, sorted({*texts})).select("text", "hint").iter_rows()
        return {
            text: list(dict.fromkeys(near.split(" ")[0] for near in hint.removeprefix(NEAREST).split(", ")))
            for text, hint in hints
            if _is_near(hint)
        }

    def scaled_unit(self, code: str, power_of_ten: int) -> str | None:
        """The unit of the same quantity that is 10^n times this one, e.g. million USD for USD and 6; none where there is none."""
        powers = {
            unit: (quantity, power) for unit, quantity, power in self.dim_unit.select("unit_code", "quantity", "power_of_ten").iter_rows()
        }
        quantity, power = powers[code]
        return next((unit for unit, scale in powers.items() if scale == (quantity, power + power_of_ten)), None)

    def _named(self, field: StatementField, texts: list[str]) -> pl.DataFrame:
        asked = pl.DataFrame({field: texts}, schema={field: pl.String})
        if field == "indicator":
            named = with_indicator(asked, self.dim_indicator)
        elif field == "unit":
            named = with_unit(asked.with_columns(canonical_unit=pl.lit(None, pl.String)), self.dim_unit)
        else:
            named = with_area(asked.with_columns(first_day=pl.lit(EVER[0]), last_day=pl.lit(EVER[1])), self.dim_area)
            several = pl.when(pl.col("area_units") > 1)
            candidates = pl.concat_str(pl.lit(NEAREST), pl.col("area_candidates").str.replace_all("; ", ", ", literal=True))
            named = named.with_columns(
                area_code=several.then("area").otherwise("area_code"), area_hint=several.then(candidates).otherwise("area_hint")
            )
        return named.select(text=field, code=f"{field}_code", hint=f"{field}_hint")


def master_data(sources: Path) -> MasterData:
    """The master data under `sources/reference/`.

    Raises `MasterDataError` where a file of it cannot be used.
    """
    return MasterData(
        dimensions.dim_indicator(read_reference(sources, "indicators")),
        dimensions.dim_area(read_reference(sources, "areas"), read_reference(sources, "area_changes")),
        dimensions.dim_unit(read_reference(sources, "units")),
    )


def _is_near(hint: str | None) -> bool:
    return bool(hint) and str(hint).startswith(NEAREST)
