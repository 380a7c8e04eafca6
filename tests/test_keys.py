"""Keys that stay, errors that travel, and where a project is."""

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hai_ha_pipeline.errors import SourceError, UserError
from hai_ha_pipeline.keys import file_key, stable_key
from hai_ha_pipeline.settings import project
from tests.build import REPOSITORY

PARTS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x1f"), max_size=8), min_size=1, max_size=3)


@given(PARTS)
def test_a_key_is_a_whole_number_that_javascript_holds(parts: list[str]) -> None:
    assert 0 <= stable_key(*parts) < 2**48
    assert stable_key(*parts) == stable_key(*parts)


@given(st.text(), st.text())
def test_the_keys_of_a_files_cells_fit_63_bits(source: str, file: str) -> None:
    assert 0 <= (file_key(source, file) << 32) + 2**32 - 1 < 2**63


def test_a_key_depends_on_where_its_parts_end() -> None:
    assert len({stable_key("ab", "c"), stable_key("a", "bc"), stable_key("abc")}) == 3


def test_a_key_is_the_same_in_every_build() -> None:
    # The first 12 hexadecimal digits of the SHA-256 of `abc`, as FIPS 180-2 prints it.
    assert stable_key("abc") == 0xBA7816BF8F01


def test_an_error_keeps_its_three_parts_across_processes() -> None:
    error = pickle.loads(pickle.dumps(SourceError("sources/pages", "is broken", "mend it")))  # noqa: S301
    assert (type(error), error.where, error.what, error.mend) == (SourceError, "sources/pages", "is broken", "mend it")
    assert str(error) == "sources/pages: is broken\n  How to mend it: mend it"


def test_the_project_is_the_named_one_else_the_working_directory_else_this_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HAI_HA_PROJECT", raising=False)
    monkeypatch.chdir(tmp_path)
    assert project().root == REPOSITORY
    (tmp_path / "sources").mkdir()
    assert project().root == tmp_path
    monkeypatch.setenv("HAI_HA_PROJECT", str(tmp_path / "elsewhere"))
    with pytest.raises(UserError, match="there is no folder sources/ in it"):
        project()
    (tmp_path / "elsewhere" / "sources").mkdir(parents=True)
    assert project().database == tmp_path / "elsewhere" / "warehouse" / "hai_ha.duckdb"
