"""What a warehouse of the benchmark holds, and whether two hold the same: a peer that computes something else is no peer."""

import math
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

FACTS = ("observation", "fact_observation")  # the second in the reference of another folder
ROUNDING = 1e-9  # float64 in another order, relative


@dataclass(frozen=True)
class Result:
    """How many facts and their sum, how many growths on last year and the sum of their per cents."""

    facts: int
    values: float
    growths: int
    growth: float

    def is_that_of(self, other: "Result") -> bool:
        """Whether both are the same job; sums may differ by rounding."""
        counts_agree = (self.facts, self.growths) == (other.facts, other.growths)
        sums = ((self.values, other.values), (self.growth, other.growth))
        return counts_agree and all(math.isclose(*pair, rel_tol=ROUNDING) for pair in sums)


def result_of(database: Path) -> Result:
    """What the warehouse in this file holds."""
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' AND table_name IN (SELECT unnest($facts))"
        ((table,),) = connection.execute(query, {"facts": FACTS}).fetchall()
        query = f"""
            SELECT facts.*, growths.*
            FROM (SELECT count(*), coalesce(sum(value), 0)::DOUBLE FROM {table}) AS facts,
                 (SELECT count(growth_pct), coalesce(sum(growth_pct), 0)::DOUBLE FROM growth) AS growths"""
        return Result(*connection.execute(query).fetchall()[0])


def hold_to_the_reference(peer: str, database: Path, reference: Path) -> None:
    """Raise `SystemExit` with both results where the peer's is another."""
    found, expected = result_of(database), result_of(reference)
    if not found.is_that_of(expected):
        sys.exit(f"{peer} is no peer, it made another warehouse:\n{found}\nby hand:\n{expected}")
