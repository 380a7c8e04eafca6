"""The Pollock benchmark of damaged CSV files, where its corpus is at hand: nothing wrong loads, and nothing is lost.

`python -m tests.benchmarks.pollock` prints the same figures beside those of other readers.
"""

from pathlib import Path

import pytest

from tests.benchmarks.pollock import by_hai_ha, convert, records_unaccounted, score, unpacked

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
pytestmark = pytest.mark.skipif(
    not (CORPORA / "pollock.tar.xz").exists(), reason=f"the Pollock corpus is not part of this project, and not at {CORPORA}"
)


@pytest.fixture(scope="module")
def polluted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(CORPORA, tmp_path_factory.mktemp("pollock"))


def test_damaged_files_load_what_is_whole_and_never_a_wrong_row(polluted: Path, tmp_path: Path) -> None:
    convert(polluted, by_hai_ha, tmp_path / "converted")
    found = score(CORPORA, polluted, tmp_path / "converted")
    assert found["files"] == 2290
    assert found["silent_files"] == 0  # the descriptor lists the names of the fields
    assert found["refused"] == 1  # the empty file
    assert found["simple"] >= 9.95
    assert found["weighted"] >= 9.86


def test_every_record_of_a_damaged_file_is_loaded_or_set_aside(polluted: Path) -> None:
    assert records_unaccounted(polluted) == {}
