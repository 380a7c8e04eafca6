"""Numbers and scales in words, rewritten in digits: `zwölf` is 12, `1,2 triệu` is 1,2 times ten to the sixth.

A word means what its language says: a Billion is 10^12 in German and 10^9 in English. Without a language, a word with two
meanings has none. Add a word to the table of its language.
"""

import itertools
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

Reader = Callable[[list[str]], int | None]
SCALES: dict[str, dict[str, int]] = {
    "en": {"thousand": 3, "million": 6, "millions": 6, "mn": 6, "billion": 9, "billions": 9, "bn": 9, "trillion": 12, "trillions": 12},
    "de": {
        "tausend": 3, "tsd": 3, "million": 6, "millionen": 6, "mio": 6, "milliarde": 9, "milliarden": 9, "mrd": 9,
        "billion": 12, "billionen": 12, "trillion": 18, "trillionen": 18,
    },
    "vi": {
        "nghìn": 3, "ngàn": 3, "vạn": 4, "triệu": 6, "nghìn triệu": 9, "tỷ": 9, "tỉ": 9,
        "nghìn tỷ": 12, "ngàn tỷ": 12, "nghìn tỉ": 12, "ngàn tỉ": 12, "triệu tỷ": 15,
    },
    "fr": {"mille": 3, "million": 6, "millions": 6, "milliard": 9, "milliards": 9, "billion": 12, "billions": 12},
    "ko": {"천": 3, "만": 4, "백만": 6, "천만": 7, "억": 8, "조": 12},
    "zh": {"千": 3, "万": 4, "萬": 4, "百万": 6, "亿": 8, "億": 8, "兆": 12},
}  # fmt: skip
TIMES: dict[str, str] = {
    "doubled": "2 times", "tripled": "3 times", "quadrupled": "4 times", "verdoppelt": "2 times", "verdreifacht": "3 times",
    "vervierfacht": "4 times", "das doppelte": "2 times", "das dreifache": "3 times", "das vierfache": "4 times",
    "tăng gấp đôi": "gấp 2 lần", "gấp đôi": "gấp 2 lần", "gấp rưỡi": "gấp 1,5 lần",
}  # fmt: skip
ENGLISH = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {
    word: 10 * number for number, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)
}
GERMAN_UNITS = {
    word: number
    for number, word in enumerate(
        [
            "null",
            "ein",
            "zwei",
            "drei",
            "vier",
            "fünf",
            "sechs",
            "sieben",
            "acht",
            "neun",
            "zehn",
            "elf",
            "zwölf",
            "dreizehn",
            "vierzehn",
            "fünfzehn",
            "sechzehn",
            "siebzehn",
            "achtzehn",
            "neunzehn",
        ]
    )
} | {"eins": 1, "eine": 1, "einer": 1, "einem": 1, "zwo": 2}
GERMAN_TENS = {
    word: 10 * number
    for number, word in enumerate(["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"], start=2)
}
VIETNAMESE = {
    word: number for number, word in enumerate(["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"])
} | {"mốt": 1, "tư": 4, "lăm": 5, "bẩy": 7}  # fmt: skip
BETWEEN = re.compile(r"^(?:between|zwischen|giữa)\s+(.+?)\s+(?:and|und|và)\s+(.+)$", re.IGNORECASE)
EXPONENT = re.compile(r"^([+-]?\d+(?:[.,]\d+)?)[eE]([+-]?\d{1,2})$")
DIGIT = re.compile(r"\d")
WORD = re.compile(r"[^\W\d_]+", re.UNICODE)


@dataclass(frozen=True)
class Digits:
    """A text in digits, to be multiplied by ten to `power`; `problem` says why its words have no certain meaning.

    `is_scaled` says that the power comes from a scale word, which must not stand in the unit once more.
    """

    text: str
    power: int = 0
    problem: str | None = None
    is_scaled: bool = False


def in_digits(text: str, language: str | None) -> Digits:
    """The text with its number and scale words in digits, as far as it has any.

    `1,2 triệu` is `1,2` and a power of 6; `2 triệu 300 nghìn` is `2300` and a power of 3; `15 bis 16 Millionen` keeps its range.
    """
    tidy = unicodedata.normalize("NFC", text).strip()
    if found := EXPONENT.match(tidy):
        return Digits(found[1], int(found[2]))
    lower = tidy.lower()
    for phrase, times in TIMES.items():
        if re.search(rf"(?<!\w){phrase}(?!\w)", lower):
            return Digits(re.sub(rf"(?<!\w){phrase}(?!\w)", times, lower))
    if between := BETWEEN.match(tidy):
        tidy = f"{between[1]} - {between[2]}"
    if not DIGIT.search(tidy):
        return _spelled_out(tidy, language)
    return _scaled(tidy, language)


def has_scale(text: str) -> bool:
    """Whether a text, such as a unit, holds a scale word of any language."""
    words = {word for table in SCALES.values() for word in table}
    return any(word.lower() in words for word in WORD.findall(unicodedata.normalize("NFC", text)))


def _scaled(text: str, language: str | None) -> Digits:
    """Numbers in digits, each with the scale word that follows it."""
    table, doubtful = _scale_words(language)
    words = "|".join(sorted(map(re.escape, table.keys() | doubtful), key=len, reverse=True))
    scale = re.compile(rf"(?<=\d)\s*({words})\.?(?![^\W\d_])", re.IGNORECASE)
    found = [match[1].lower() for match in scale.finditer(text)]
    if not found:
        return Digits(text)
    if unclear := next((word for word in found if word in doubtful), None):
        return Digits(text, 0, f"'{unclear}' is 10^9 or 10^12, depending on the language: declare `language`")
    powers = [table[word] for word in found]
    numbers = re.findall(r"\d(?:[\d.,' \u00a0\u202f]*\d)?", text)
    if len(set(powers)) == 1 and len(found) in {1, len(numbers)}:
        return Digits(scale.sub("", text), powers[0], is_scaled=True) if _ends_with_a_scale(text, scale, numbers) else Digits(text)
    return _summed(text, scale, table, language)


def _ends_with_a_scale(text: str, scale: re.Pattern[str], numbers: list[str]) -> bool:
    """Whether no number stands behind the last scale word: in `15 - 16 triệu` it holds for both, in `15 triệu - 16` it is not clear."""
    last = [match.end() for match in scale.finditer(text)][-1]
    return not DIGIT.search(text[last:]) or len(numbers) == 1


def _summed(text: str, scale: re.Pattern[str], table: dict[str, int], language: str | None) -> Digits:
    """`2 triệu 300 nghìn`, `24조 4,646억`: whole numbers with falling scales, added; in East Asia a comma groups."""
    whole_number = r"\d,\d{3}|\d{1,4}" if (language or "")[:2] in {"ko", "zh", "ja"} else r"\d{1,4}"
    parts = re.compile(rf"((?<![\d.,])(?:{whole_number})){scale.pattern}\s*", re.IGNORECASE)
    matches = list(parts.finditer(text))
    powers = [table[match[2].lower()] for match in matches]
    whole = "".join(match[0] for match in matches)
    if not matches or whole not in text or any(later >= earlier for earlier, later in itertools.pairwise(powers)):
        return Digits(text)
    amount = sum(int(match[1].replace(",", "")) * 10 ** (power - powers[-1]) for match, power in zip(matches, powers, strict=True))
    return Digits(text.replace(whole, f"{amount} "), powers[-1], is_scaled=True)


def _scale_words(language: str | None) -> tuple[dict[str, int], set[str]]:
    """The scale words that hold, and those without a certain meaning; those of East Asia hold everywhere."""
    everywhere = SCALES["ko"] | SCALES["zh"]
    if language and language[:2] in SCALES:
        return everywhere | SCALES[language[:2]], set()
    meanings: dict[str, set[int]] = {}
    for table in SCALES.values():
        for word, power in table.items():
            meanings.setdefault(word, set()).add(power)
    certain = {word: min(powers) for word, powers in meanings.items() if len(powers) == 1}
    return certain, {word for word, powers in meanings.items() if len(powers) > 1}


def _spelled_out(text: str, language: str | None) -> Digits:
    """A text without any digit, its one number in words replaced; unchanged where it holds none, or several."""
    readers = {"en": _english, "de": _german, "vi": _vietnamese}
    known = readers.get((language or "")[:2])
    tokens = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*|[^\w]+", text, re.UNICODE)
    found = {each for read in ([known] if known else readers.values()) for each in [_replaced(tokens, read)] if each}
    return Digits(found.pop()) if len(found) == 1 else Digits(text)


def _replaced(tokens: list[str], read: Reader) -> str | None:
    """The tokens with the longest run of words that are one number replaced; none where there is no such run, or two."""
    words = [place for place, token in enumerate(tokens) if token[0].isalpha()]
    bound = next((place for place, following in itertools.pairwise(words) if _no_more_than(tokens, place, following)), None)
    words = [place for place in words if place != bound]
    runs: list[tuple[int, int, int]] = []
    at = 0
    while at < len(words):
        for end in range(len(words), at, -1):
            number = read([tokens[place].lower() for place in words[at:end]])
            if number is not None:
                runs.append((words[at], words[end - 1], number))
                at = end
                break
        else:
            at += 1
    if len(runs) != 1:
        return None
    first, last, number = runs[0]
    return "".join([*tokens[:first], str(number), *tokens[last + 1 :]])


def _no_more_than(tokens: list[str], place: int, following: int) -> bool:
    """`không` is zero, but `không quá` is no more than."""
    return tokens[place].lower() == "không" and tokens[following].lower() == "quá"


def _english(words: list[str]) -> int | None:
    """`two hundred and five thousand`, `twenty-one`."""
    parts = [part for word in words for part in word.split("-")]
    if parts[:1] == ["a"] and len(parts) > 1:
        parts[0] = "one"
    if "and" in {parts[0], parts[-1]} or ("zero" in parts and parts != ["zero"]):
        return None
    total = group = 0
    last = 10**9
    step = 10**9
    for part in (each for each in parts if each != "and"):
        if part in ENGLISH and ENGLISH[part] < step:
            group, step = group + ENGLISH[part], 10 if ENGLISH[part] >= 20 else 1
        elif part == "hundred" and 0 < group < 10:
            group, step = group * 100, 100
        elif part in {"thousand", "million"} and group and SCALES["en"][part] < last:
            last = SCALES["en"][part]
            total, group, step = total + group * 10**last, 0, 10**9
        else:
            return None
    return total + group


def _german(words: list[str]) -> int | None:
    """`dreiundzwanzig`, `zweihundertfünf`, `eine Million zweihunderttausend`."""
    total, millions = 0, [place for place, word in enumerate(words) if word in {"million", "millionen"}]
    if millions:
        head, words = words[: millions[0]], words[millions[0] + 1 :]
        factor = _german_below_a_million(head[0]) if len(head) == 1 else None
        if not factor:
            return None
        total = factor * 10**6
    if not words:
        return total
    rest = _german_below_a_million(words[0]) if len(words) == 1 else None
    return None if rest is None else total + rest


def _german_below_a_million(word: str) -> int | None:
    head, tausend, tail = word.partition("tausend")
    if not tausend:
        return _german_below_a_thousand(word)
    thousands, rest = _german_below_a_thousand(head) if head else 1, _german_below_a_thousand(tail) if tail else 0
    return None if not thousands or rest is None else thousands * 1000 + rest


def _german_below_a_thousand(word: str) -> int | None:
    head, hundert, tail = word.partition("hundert")
    if not hundert:
        return _german_below_a_hundred(word)
    hundreds, rest = GERMAN_UNITS.get(head) if head else 1, _german_below_a_hundred(tail.removeprefix("und")) if tail else 0
    return None if not hundreds or hundreds > 9 or rest is None else hundreds * 100 + rest


def _german_below_a_hundred(word: str) -> int | None:
    if word in GERMAN_UNITS:
        return GERMAN_UNITS[word]
    for tens, number in GERMAN_TENS.items():
        if word == tens:
            return number
        unit = GERMAN_UNITS.get(word.removesuffix(f"und{tens}")) if word.endswith(f"und{tens}") else None
        if unit and unit < 10:
            return number + unit
    return None


def _vietnamese(words: list[str]) -> int | None:
    """`hai mươi mốt`, `một trăm linh năm`, `ba nghìn hai trăm`."""
    scales = {"tỷ": 9, "tỉ": 9, "triệu": 6, "nghìn": 3, "ngàn": 3}
    total, last, group = 0, 10, list[str]()
    for word in words:
        if word not in scales:
            group.append(word)
            continue
        amount = _vietnamese_below_a_thousand(group)
        if not amount or scales[word] >= last:
            return None
        total, last, group = total + amount * 10 ** scales[word], scales[word], []
    if not group:
        return total
    # `một triệu hai` is 1.2 million in speech, and so is `một triệu hai trăm`: what could mean two things has no meaning.
    if total and (last > 3 or (len(group) == 1 and group != ["mười"])):
        return None
    rest = _vietnamese_below_a_thousand(group)
    return None if rest is None else total + rest


def _vietnamese_below_a_thousand(words: list[str]) -> int | None:
    if len(words) > 1 and words[1] == "trăm":
        hundreds, rest = VIETNAMESE.get(words[0]), words[2:]
        if hundreds is None or hundreds > 9:
            return None
        if rest[:1] in (["linh"], ["lẻ"]):
            unit = VIETNAMESE.get(rest[1]) if len(rest) == 2 else None
            return hundreds * 100 + unit if unit and unit < 10 else None
        below = _vietnamese_below_a_hundred(rest) if rest else 0
        return None if below is None or 0 < below < 10 else hundreds * 100 + below
    return _vietnamese_below_a_hundred(words)


def _vietnamese_below_a_hundred(words: list[str]) -> int | None:
    numbers = [VIETNAMESE.get(word) for word in words]
    match words, numbers:
        case [one], [number] if one not in {"mốt", "tư", "lăm"}:
            return number
        case [*_, "mười" | "mươi", "năm"], _:
            return None  # `mười năm` is ten years, fifteen is `mười lăm`
        case ["mười", _], [_, unit] if unit and unit < 10:
            return 10 + unit
        case [_, "mươi"], [tens, _] if tens and 2 <= tens <= 9:
            return tens * 10
        case [_, "mươi", _], [tens, _, unit] if tens and unit and 2 <= tens <= 9 and unit < 10:
            return tens * 10 + unit
    return None
