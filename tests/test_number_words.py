"""Numbers spelt out in English, German and Vietnamese come back exactly; each is spelt here by the grammar of its language."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hai_ha_pipeline.parsing.number_words import in_digits

ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
).split()
ENGLISH_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
GERMAN = (
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"
).split()
GERMAN_TENS = "- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
VIETNAMESE = "không một hai ba bốn năm sáu bảy tám chín".split()


def english(number: int) -> str:
    for scale, word in ((10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= scale:
            rest = number % scale
            joined = f"and {english(rest)}" if rest and scale == 100 else english(rest)
            return f"{english(number // scale)} {word}" + (f" {joined}" if rest else "")
    if number < 20:
        return ENGLISH[number]
    return ENGLISH_TENS[number // 10] + (f"-{ENGLISH[number % 10]}" if number % 10 else "")


def german(number: int) -> str:
    """As it is said alone: `eins`, `hunderteins`, `eine Million`."""
    millions, below = divmod(number, 10**6)
    said = [] if not millions else ["eine Million" if millions == 1 else f"{german_below_a_million(millions)} Millionen"]
    if below or not millions:
        ends_with_one = below % 100 == 1
        said.append(german_below_a_million(below) + ("s" if ends_with_one else ""))
    return " ".join(said)


def german_below_a_million(number: int) -> str:
    for scale, word in ((1000, "tausend"), (100, "hundert")):
        if number >= scale:
            return german_below_a_million(number // scale) + word + (german_below_a_million(number % scale) if number % scale else "")
    if number < 20:
        return GERMAN[number]
    return (f"{GERMAN[number % 10]}und" if number % 10 else "") + GERMAN_TENS[number // 10]


def vietnamese(number: int) -> str:
    thousands, below = divmod(number, 1000)
    if not thousands:
        return vietnamese_below_a_thousand(below, is_whole=True)
    return f"{vietnamese_below_a_thousand(thousands, is_whole=True)} nghìn" + (f" {vietnamese_below_a_thousand(below)}" if below else "")


def vietnamese_below_a_thousand(number: int, *, is_whole: bool = False) -> str:
    """Behind a thousand the hundreds are said even where there are none."""
    hundreds, below = divmod(number, 100)
    tens, unit = divmod(below, 10)
    said = [] if is_whole and not hundreds else [VIETNAMESE[hundreds], "trăm"]
    if said and below and not tens:
        return " ".join([*said, "linh", VIETNAMESE[unit]])
    if tens == 1:
        said += ["mười"] + ([] if not unit else ["lăm" if unit == 5 else VIETNAMESE[unit]])
    elif tens:
        said += [VIETNAMESE[tens], "mươi"] + ([] if not unit else [{1: "mốt", 4: "tư", 5: "lăm"}.get(unit, VIETNAMESE[unit])])
    elif unit or not said:
        said.append(VIETNAMESE[unit])
    return " ".join(said)


SPELT = {"en": (english, 10**9), "de": (german, 10**9), "vi": (vietnamese, 10**6)}


@pytest.mark.parametrize("language", SPELT)
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_number_spelt_out_comes_back_exactly(language: str, data: st.DataObject) -> None:
    spell, end = SPELT[language]
    number = data.draw(st.one_of(st.integers(0, 1200), st.integers(0, end - 1)))
    found = in_digits(spell(number), language)
    assert int(found.text) * 10**found.power == number, spell(number)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["en", "de", "vi"]), st.integers(1, 10**6 - 1))
@example("vi", 1005)
def test_a_number_word_beside_a_number_is_never_left_out(language: str, number: int) -> None:
    spell, _ = SPELT[language]
    found = in_digits(f"{spell(number)} {spell(7)}", language)
    assert found.problem or not found.text.strip().isdigit() or int(found.text) * 10**found.power != number


@pytest.mark.parametrize(
    ("number", "language", "spelt"),
    [
        (101, "en", "one hundred and one"),
        (24_464, "en", "twenty-four thousand four hundred and sixty-four"),
        (1_000_021, "de", "eine Million einundzwanzig"),
        (97_301, "de", "siebenundneunzigtausenddreihunderteins"),
        (1_005, "vi", "một nghìn không trăm linh năm"),
        (45, "vi", "bốn mươi lăm"),
    ],
)
def test_numbers_are_spelt_here_as_their_language_does(number: int, language: str, spelt: str) -> None:
    assert SPELT[language][0](number) == spelt
