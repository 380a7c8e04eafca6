"""Publishing part by part: what stands is what building the whole file would have given, and nothing is replaced where that is uncertain."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hai_ha_pipeline.errors import PublishError
from hai_ha_pipeline.storage import increment
from hai_ha_pipeline.storage.build import Content, build
from hai_ha_pipeline.storage.generations import Generations
from hai_ha_pipeline.storage.macros import MACROS
from hai_ha_pipeline.storage.manifest import sha256_of
from hai_ha_pipeline.storage.parts import Parts
from hai_ha_pipeline.storage.publish import Published, publish
from hai_ha_pipeline.storage.rollback import roll_back
from hai_ha_pipeline.storage.verify import Read, check_from_a_new_process, differences, state_of
from tests.parted_warehouse import CUT, PARTS, TABLES, GrowthHistory, Row, codes, figures_of, parts_of, publish_parts, said, stage

CONTENT = ("audit.build", "core.dim_area", "core.fact", "marts.growth_history")
LOOKS = (
    "SELECT schema_name, table_name, comment FROM duckdb_tables()",
    "SELECT schema_name, table_name, column_index, column_name, data_type, comment FROM duckdb_columns()",
    "SELECT schema_name, function_name, array_to_string(list_sort(string_split(macro_definition, '')), ''), comment FROM duckdb_functions()",
)
Figures = list[list[Row]]
Files = dict[str, list[Path]]


def look(database: Path, rows: dict[str, int], generation: int | None, read: Read | None) -> None:
    """A look from this process, which does not cost the start of a new one."""
    assert differences(database, rows, generation, read) == ""


def write_export(database: Path, folder: Path) -> None:
    """A writer: the number of facts as a file."""
    (folder / "exports").mkdir()
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        (folder / "exports" / "rows.txt").write_text(str(connection.execute("SELECT count(*) FROM core.fact").fetchall()[0][0]))


@pytest.fixture(autouse=True)
def look_from_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hai_ha_pipeline.storage.switch.check_from_a_new_process", look)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "parted.duckdb"


def difference(database: Path, files: Files, parts: Parts | None = None) -> list[Any]:
    """How a published file differs from one that is built whole from the same Parquet: in rows, types, comments or macros."""
    whole = database.parent.parent / "whole.duckdb"
    whole.unlink(missing_ok=True)
    build(whole, Content(files, TABLES, 1, datetime(2026, 11, 28, tzinfo=UTC).replace(tzinfo=None), "v1.4.0", parts))
    found: list[Any] = []
    with closing(duckdb.connect()) as connection:
        for name, file in (("published", database.resolve()), ("built", whole)):
            connection.execute(f"ATTACH '{file}' AS {name} (READ_ONLY)")
        for table in CONTENT:
            for left, right in (("published", "built"), ("built", "published")):
                found += connection.execute(f"FROM {left}.{table} EXCEPT ALL FROM {right}.{table}").fetchall()
        for sql in LOOKS:
            one, other = (
                connection.execute(f"{sql} WHERE database_name = ? ORDER BY ALL", [name]).fetchall() for name in ("published", "built")
            )
            assert one
            found += set(one) ^ set(other)
    return found


def rewrite(file: Path, column: str) -> None:
    """Put another column in the place of one of a Parquet file."""
    with closing(duckdb.connect()) as connection:
        connection.execute(f"COPY (SELECT * REPLACE ({column}) FROM '{file}') TO '{file}.new' (FORMAT parquet)")
    Path(f"{file}.new").replace(file)


def keys_in(database: Path) -> list[str]:
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        return [key for (key,) in connection.execute("SELECT content_key FROM audit.part ORDER BY part").fetchall()]


row = st.tuples(st.integers(0, 1), st.integers(0, 1), st.one_of(st.none(), st.integers(0, 2)))
some_rows = st.lists(row, max_size=4)
changes = st.lists(st.dictionaries(st.integers(0, PARTS - 1), some_rows, max_size=3), min_size=1, max_size=4)


@settings(max_examples=5)
@given(first=st.lists(some_rows, min_size=PARTS, max_size=PARTS), steps=changes)
@example(
    first=[[(0, 0, 1), (0, 0, 1), (0, 0, 1)]] * PARTS, steps=[{1: [(0, 0, 1)]}, {1: []}, {1: [(0, 1, 1)] * 4, 7: []}, {1: [(0, 0, 1)] * 2}]
)
def test_after_any_publications_the_file_holds_what_building_it_whole_gives(first: Figures, steps: list[dict[int, list[Row]]]) -> None:
    """Parts that change, grow and empty, rows that stand twice, versions of areas that come and go."""
    with TemporaryDirectory() as root, patch("hai_ha_pipeline.storage.switch.check_from_a_new_process", look):
        database, figures = Path(root) / "warehouse" / "parted.duckdb", first
        assert publish_parts(database, figures).replaced is None
        for step in steps:
            new = [step.get(part, rows) for part, rows in enumerate(figures)]
            changed = [part for part in range(PARTS) if new[part] != figures[part]]
            published = publish_parts(database, new)
            if published.is_new:
                assert published.replaced == (changed if 3 * len(changed) < PARTS else None)
            else:
                assert [sorted(map(repr, rows)) for rows in new] == [sorted(map(repr, rows)) for rows in figures]
                new = figures if changed else new
                assert not changed or keys_in(database) == parts_of(figures).keys
            assert difference(database, stage(Path(root) / "stage", new)) == []
            figures = new


def test_a_generation_says_what_its_parts_were_made_from(database: Path) -> None:
    publish_parts(database, figures_of(67))
    publish_parts(database, figures_of(28))
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        said_of_parts = connection.execute("FROM audit.part ORDER BY part").fetchall()
        generation = connection.execute("SELECT generation FROM audit.generation").fetchall()
    assert said_of_parts == parts_of(figures_of(28)).rows()
    assert said_of_parts[2][:2] == (2, "area")
    assert said_of_parts[2][3:] == ('["2a", "it\'s 2b"]', '["fact", "growth_history"]')
    assert generation == [(2,)]


def test_what_is_not_cut_is_replaced_where_no_part_changed(database: Path) -> None:
    publish_parts(database, figures_of(28), "before")
    published = publish_parts(database, figures_of(28), "it's after")
    assert (published.generation, published.replaced) == (2, [])
    assert difference(database, stage(database.parent.parent / "stage", figures_of(28), "it's after")) == []


def test_the_same_rows_make_no_new_generation_whatever_their_keys(database: Path) -> None:
    publish_parts(database, figures_of(28))
    assert not publish_parts(database, figures_of(28)).is_new
    files, parts = stage(database.parent.parent / "stage", figures_of(28)), parts_of(figures_of(28))
    assert not publish(database, files, TABLES, parts=replace(parts, keys=["another", *parts.keys[1:]])).is_new
    assert not publish(database, files, TABLES, parts=replace(parts, keys=["another"] * PARTS)).is_new
    assert not publish(database, files, TABLES).is_new
    assert Generations(database).numbers() == [1]


def test_macros_are_those_of_today(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_parts(database, figures_of(67))
    [macro] = [macro for macro in MACROS if macro.name == "marts.growth_as_of"]
    monkeypatch.setattr("hai_ha_pipeline.storage.build.MACROS", (replace(macro, condition="value > 20", comment="Large ones."),))
    assert publish_parts(database, figures_of(28)).replaced == [2]
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        assert connection.execute("SELECT value FROM marts.growth_as_of('2024-07-15')").fetchall() == [(28,)]
    assert difference(database, stage(database.parent.parent / "stage", figures_of(28))) == []


def test_a_damaged_file_beside_the_database_is_made_anew(database: Path) -> None:
    files, parts = stage(database.parent.parent / "stage", figures_of(28)), parts_of(figures_of(28))
    publish(database, files, TABLES, [write_export], parts)
    exported = database.parent / "exports" / "rows.txt"
    exported.resolve().chmod(0o644)
    exported.write_text("1")
    published = publish(database, files, TABLES, [write_export], parts)
    assert (published.generation, published.replaced, exported.read_text()) == (2, [], "16")


def test_a_reader_keeps_the_generation_it_opened(database: Path) -> None:
    publish_parts(database, figures_of(67))
    before = database.resolve().read_bytes()
    opened = database.resolve()
    with closing(duckdb.connect(str(database), read_only=True)) as reader:
        assert publish_parts(database, figures_of(28)).replaced == [2]
        assert reader.execute("SELECT value FROM core.fact WHERE area_key = 210").fetchall() == [(67,)]
    assert opened.read_bytes() == before
    assert said(database) == {"says": 28, "problems": []}
    roll_back(database)
    assert said(database) == {"says": 67, "problems": []}
    assert publish_parts(database, figures_of(29)).replaced == [2]


def test_the_file_keeps_a_format_that_older_duckdb_reads(database: Path) -> None:
    """The number of the storage format stands at byte 12; 1.4 writes 67."""
    for number in (67, 28):
        publish_parts(database, figures_of(number))
    assert int.from_bytes(database.read_bytes()[12:20], "little") == 67


def test_what_was_published_is_not_taken_for_what_was_checked(database: Path) -> None:
    """The new process looks whether it is the file that was read to its end, or at least has its bytes."""
    publish_parts(database, figures_of(28))
    state, sha256 = state_of(database), sha256_of(database)
    for read in ((state, "0" * 64), ((0, *state[1:]), sha256)):  # a file system may give another inode after a rename
        check_from_a_new_process(database, {}, 1, read)
    for other in ((0, *state[1:]), (state[0], 0, state[2]), (*state[:2], 0)):
        with pytest.raises(PublishError, match="cannot be read back: other bytes than those that were checked"):
            check_from_a_new_process(database, {}, 1, (other, "0" * 64))


def test_rows_stand_in_the_order_of_the_parts(database: Path) -> None:
    """Though both halves of the parts are loaded at the same time, each anew at every publication."""
    figures = [[(0, 0, 100 * part + number) for number in range(50)] for part in range(PARTS)]
    for first in range(3):
        publish_parts(database, [[(0, 0, first), *rows] for rows in figures])
        with closing(duckdb.connect(str(database), read_only=True)) as connection:
            values = [value for (value,) in connection.execute("SELECT value FROM core.fact ORDER BY rowid").fetchall()]
        assert values == [value for rows in figures for value in (first, *(each for _, _, each in rows))]


class TestBuiltWhole:
    """Each time one part changed, and something else speaks against replacing it."""

    @pytest.fixture(autouse=True)
    def published_before(self, database: Path) -> None:
        publish_parts(database, figures_of(67))

    @staticmethod
    def publish_next(database: Path, files: Files | None = None, parts: Parts | None = None, tables: Any = TABLES) -> Published:
        """Publish another number, and see that all is as if it were built whole."""
        figures = figures_of(28)
        files = files or stage(database.parent.parent / "stage", figures)
        published = publish(database, files, tables, parts=parts or parts_of(figures))
        assert (published.is_new, published.replaced) == (True, None)
        return published

    def test_but_for_that_it_would_be_replaced(self, database: Path) -> None:
        assert publish_parts(database, figures_of(28)).replaced == [2]

    def test_a_damaged_file(self, database: Path) -> None:
        file = database.resolve()
        file.chmod(0o644)
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)
        self.publish_next(database)
        assert said(database) == {"says": 28, "problems": []}

    def test_a_file_that_is_no_database_any_more(self, database: Path) -> None:
        file = database.resolve()
        file.chmod(0o644)
        file.write_text("gone")
        self.publish_next(database)
        assert said(database) == {"says": 28, "problems": []}

    def test_another_storage_format(self, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HAI_HA_STORAGE_VERSION", "v1.0.0")
        self.publish_next(database)
        assert publish_parts(database, figures_of(29)).replaced == [2]

    @pytest.mark.parametrize("which", ["hai_ha_pipeline", "duckdb"])
    def test_another_version_of_the_package_or_of_duckdb(self, database: Path, which: str) -> None:
        manifest = database.parent / "manifest.json"
        said_before = json.loads(manifest.read_text())
        said_before["versions"][which] = "0.0.1"
        manifest.resolve().chmod(0o644)
        manifest.write_text(json.dumps(said_before))
        self.publish_next(database)

    def test_an_older_package_that_kept_no_parts(self, database: Path) -> None:
        """Its file has no audit.part."""
        file, generations = database.resolve(), Generations(database)
        file.chmod(0o644)
        with closing(duckdb.connect(str(file))) as connection:
            connection.execute("DROP TABLE audit.part")
        manifest = generations.manifest(1)
        assert manifest
        (database.parent / "manifest.json").resolve().chmod(0o644)
        (database.parent / "manifest.json").write_text(manifest.with_files_of(generations.path(1)).as_json())
        self.publish_next(database)

    def test_other_columns(self, database: Path) -> None:
        files = stage(database.parent.parent / "stage", figures_of(28))
        for file in files["growth_history"]:
            rewrite(file, "value::INTEGER AS value")
        self.publish_next(database, files)

    def test_other_comments(self, database: Path) -> None:
        class Reworded(GrowthHistory):
            """One row is one figure, in other words."""

        self.publish_next(database, tables=TABLES | {"growth_history": ("marts", Reworded)})

    def test_other_macros(self, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("hai_ha_pipeline.storage.build.MACROS", ())
        self.publish_next(database)

    def test_a_table_fewer(self, database: Path) -> None:
        self.publish_next(database, tables={name: table for name, table in TABLES.items() if name != "growth_history"})

    @pytest.mark.parametrize(
        "otherwise",
        [
            lambda parts: replace(parts, dimension="indicator"),
            lambda parts: replace(parts, codes=[codes(0)[:1], [*codes(1), codes(0)[1]], *parts.codes[2:]]),
            lambda parts: replace(parts, keys=parts.keys[:-1], codes=[*parts.codes[:-2], parts.codes[-2] + parts.codes[-1]]),
        ],
        ids=["by the other dimension", "other codes", "one part fewer"],
    )
    def test_tables_that_are_cut_otherwise(self, database: Path, otherwise: Callable[[Parts], Parts]) -> None:
        self.publish_next(database, parts=otherwise(parts_of(figures_of(28))))

    def test_another_table_that_is_cut(self, database: Path) -> None:
        parts = replace(parts_of(figures_of(28)), tables=CUT - {"fact"})
        self.publish_next(database, parts=parts)

    def test_a_row_in_a_part_that_is_not_its_own(self, database: Path) -> None:
        """The next publication would not know that it is there."""
        files = stage(database.parent.parent / "stage", figures_of(28))
        files["growth_history"][2].write_bytes(files["growth_history"][3].read_bytes())
        self.publish_next(database, files)
        assert difference(database, files) == []

    def test_rows_that_the_codes_of_their_part_do_not_reach(self, database: Path) -> None:
        """A row without a code was published with the part before; deleting by codes leaves it."""
        files = stage(database.parent.parent / "stage", figures_of(28))
        file = files["growth_history"][2]
        before = file.read_bytes()
        rewrite(file, "NULL::VARCHAR AS area_code")
        self.publish_next(database, files)
        file.write_bytes(before)
        parts = parts_of(figures_of(28))
        self.publish_next(database, files, replace(parts, keys=[*parts.keys[:2], "another", *parts.keys[3:]]))
        assert difference(database, files) == []

    def test_a_file_with_much_free_space(self, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(increment, "FEW_BLOCKS", 0)
        monkeypatch.setattr(increment, "MOST_FREE", 1_000_000)
        assert publish_parts(database, figures_of(30)).replaced == [2], "a file built whole has no free block"
        self.publish_next(database)


def test_a_publication_of_parts_killed_at_any_step_leaves_the_old_or_the_new_generation(tmp_path: Path) -> None:
    finished = subprocess.run([sys.executable, "-m", "tests.parted_warehouse", str(tmp_path)], capture_output=True, text=True, check=True)
    deaths = [json.loads(line) for line in finished.stdout.splitlines()]
    assert deaths[-1]["killed_at"] is None, "the sweep did not come to the end"
    assert [death for death in deaths if death["problems"]] == []
    switched_at = next(death["step"] for death in deaths if death["says"] == 1000)
    assert [death["says"] for death in deaths] == [28] * (switched_at - 1) + [1000] * (len(deaths) - switched_at + 1)
    assert any(death["killed_at"].startswith("open") and death["killed_at"].endswith("parted.duckdb") for death in deaths[:-1]), (
        "in the copy"
    )
