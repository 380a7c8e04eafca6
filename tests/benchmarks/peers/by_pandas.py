"""The same job as a pandas user writes it: `by_pandas.py IN.csv OUT.duckdb`, in an environment of its own.

Numbers become float64, as is usual in pandas, where the others hold DECIMAL(18, 6): less work, and no exact sums. The frames
are written to a DuckDB file by DuckDB itself, which reads them in place; `to_sql` would insert row by row.
"""

import sys
from contextlib import closing

import duckdb
import pandas as pd

NAMES = ("area", "indicator", "period", "unit")
SERIES = ["area_key", "indicator_key", "month"]


def build(export: str, database: str) -> None:
    """The warehouse of one export."""
    printed = pd.read_csv(export, sep=";", dtype="str", engine="pyarrow", keep_default_na=False)
    tables = {}
    facts = pd.DataFrame(index=printed.index)
    for name in NAMES:
        keys, members = pd.factorize(printed[name], sort=True)
        facts[f"{name}_key"] = (keys + 1).astype("int32")
        tables[name] = pd.DataFrame({f"{name}_key": range(1, len(members) + 1), name: members}).astype({f"{name}_key": "int32"})
    value = printed["value"].str.replace(".", "", regex=False).str.replace(",", ".", regex=False).astype("float64")
    tables["observation"] = facts.assign(status=printed["status"], value_as_printed=printed["value"], value=value)

    period = tables["period"]["period"]
    months = 12 * period.str[:4].astype("int32") + period.str[5:].astype("int32")
    figures = facts.drop(columns="unit_key").assign(value=value, month=months.to_numpy()[facts["period_key"] - 1])
    before = figures[[*SERIES, "value"]].rename(columns={"value": "base"}).assign(month=figures["month"] + 12)
    growth = figures.merge(before, on=SERIES, how="left").drop(columns="month")
    tables["growth"] = growth.assign(growth_pct=100 * (growth["value"] - growth["base"]) / growth["base"])

    with closing(duckdb.connect(database)) as connection:
        connection.execute("SET preserve_insertion_order = false")
        for name, frame in tables.items():
            connection.register("frame", frame)
            connection.execute(f"CREATE TABLE {name} AS FROM frame")


if __name__ == "__main__":
    build(*sys.argv[1:])
