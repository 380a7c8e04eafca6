"""Words around a figure, in the languages of the sources."""

import unicodedata

import pytest

from hai_ha_pipeline.parsing.words import Words, read_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, Words()),
        ("", Words()),
        ("mehr als", Words(qualifier="more_than")),
        ("hơn", Words(qualifier="more_than")),
        ("More Than", Words(qualifier="more_than")),
        ("at least", Words(qualifier="at_least")),
        ("% or more", Words(qualifier="at_least", is_percent=True)),
        ("fast", Words(qualifier="nearly")),
        ("không quá", Words(qualifier="at_most")),
        ("khoảng", Words(qualifier="about")),
        ("ước trên", Words(qualifier="more_than", status="E")),
        ("over, estimated", Words(qualifier="more_than", status="E")),
        ("sơ bộ", Words(status="P")),
        ("sb", Words(status="P")),
        ("dự báo", Words(status="F")),
        ("abgebaut", Words(is_reduction=True)),
        ("reduziert um %", Words(is_reduction=True, is_percent=True)),
        ("% of the same period", Words(growth="index", is_percent=True)),
        ("% des gleichen Zeitraums", Words(growth="index", is_percent=True)),
        ("tăng %", Words(growth="rise", is_percent=True)),
        ("Rückgang von %", Words(growth="fall", is_percent=True)),
        ("(E)", Words(status="E")),
        ("VNĐ", Words(currency="vnd")),
    ],
)
def test_known_phrases_say_what_the_figure_is(text: str | None, words: Words) -> None:
    assert read_words(text) == words


@pytest.mark.parametrize(
    ("text", "unknown"), [("per household", "per household"), ("mehr als sonst", "sonst"), ("overall", "overall"), ("aber", "aber")]
)
def test_a_phrase_that_no_table_holds_is_named(text: str, unknown: str) -> None:
    assert read_words(text).unknown == unknown


def test_decomposed_vietnamese_letters_are_the_same_words() -> None:
    assert read_words(unicodedata.normalize("NFD", "hơn, sơ bộ")) == Words(qualifier="more_than", status="P")


@pytest.mark.parametrize("text", ["% over the same period", "% gegenüber dem gleichen Zeitraum", "% so với cùng kỳ"])
def test_a_growth_over_the_same_period_is_no_index(text: str) -> None:
    # "14.8 % over the same period" adds 14.8 %; only "107.2 % of the same period" is a level of 107.2 % of it.
    assert read_words(text).growth != "index"


def test_a_rise_over_the_same_period_is_a_rise() -> None:
    assert read_words("tăng % so với cùng kỳ").growth == "rise"
