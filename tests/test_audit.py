"""What became of everything that was read."""

from datetime import date
from typing import Any

import pandera.errors
import polars as pl
import pytest

from hai_ha_pipeline.contracts.audit import Load
from hai_ha_pipeline.contracts.reading import SourceFile
from hai_ha_pipeline.contracts.types import polars_schema
from hai_ha_pipeline.transforms import audit
from tests.build import NO_EARLIER, dim_period, figures, observations, targets

REJECTED = {"verdict": "rejected", "rule": "type-error", "reason": "no number"}


def files(*rows: dict[str, Any]) -> pl.DataFrame:
    usual = {"source": "pages", "file": "table.csv", "state": "loaded", "records_read": 4, "cells_read": 4}
    return pl.DataFrame([usual | row for row in rows], schema=polars_schema(SourceFile))


def test_only_rejected_figures_are_set_aside_in_the_order_of_their_lines() -> None:
    found = audit.rejected(figures({}, REJECTED | {"row": 9}, REJECTED | {"row": 3}, {"verdict": "missing"}), NO_EARLIER)
    assert found.select("row", "rule", "reason").rows() == [(3, "type-error", "no number"), (9, "type-error", "no number")]


def test_the_counts_of_a_file_come_from_the_tables_that_hold_its_figures() -> None:
    first_of_other = 2**32  # the key of a file stands above the 32 bits of the position in it
    figure = figures({}, {"role": "target"}, REJECTED, {"verdict": "missing"}, {"source": "other", "statement_key": first_of_other})
    counted = audit.file_count(
        figure,
        observations({"value": "1", "observation_key": 0}, {"value": "1", "observation_key": first_of_other}),
        targets({"value": "1", "target_key": 1}),
        dim_period("2024"),
        audit.rejected(figure, NO_EARLIER),
    )
    read = files({}, {"source": "other", "cells_read": 1}, {"source": "broken", "file": None, "state": "failed", "cells_read": 0})
    found = audit.load(read, counted)
    assert found.select("source", "last_result_on").rows() == [
        ("broken", None),
        ("other", date(2024, 12, 31)),
        ("pages", date(2024, 12, 31)),
    ]
    assert found.select("source", "figures_loaded", "figures_rejected", "cells_missing").rows() == [
        ("broken", 0, 0, 0),
        ("other", 1, 0, 0),
        ("pages", 2, 1, 1),
    ]
    Load.validate(found)


def test_a_lost_figure_breaks_the_contract() -> None:
    figure = figures({}, {"role": "target"})
    observed = observations({"value": "1", "observation_key": 0})
    counted = audit.file_count(figure, observed, targets(), dim_period("2024"), audit.rejected(figure, NO_EARLIER))
    found = audit.load(files({"cells_read": 2}), counted)
    with pytest.raises(pandera.errors.SchemaError, match="_counts_add_up"):
        Load.validate(found)
