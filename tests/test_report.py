"""The page for readers, as text: what it says of the shipped sources, that nothing in it can be markup, and that it stays small."""

import re
import subprocess
import sys
from collections import Counter
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from hai_ha_pipeline.contracts.marts import CHECKS
from hai_ha_pipeline.report import write
from hai_ha_pipeline.report.naming import safe_link
from hai_ha_pipeline.report.rows import Limits
from hai_ha_pipeline.report.wording import Both, day, number, percent, period, words
from hai_ha_pipeline.report.write import rendered, write_report
from tests.build import REPOSITORY
from tests.warehouse import database_of

PAGE = REPOSITORY / "hai_ha_pipeline" / "report" / "page"
VOID = {"meta", "input", "br", "hr", "img", "link", "path", "line", "use"}
HOSTILE = "\"><img src=x onerror=alert(1)></text></style><script>alert('x')</script>{{ 7 * 7 }}"
Tables = dict[str, pl.DataFrame]


class Document(HTMLParser):
    """A page as its elements, and what is wrong with how they are nested."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.mistakes: list[str] = []
        self.feed(html)
        self.mistakes += [f"{tag} is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(f"</{tag}> closes another element at {self.getpos()}")

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def database(shipped: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return database_of(tmp_path_factory.mktemp("report") / "hai_ha.duckdb", shipped)


@pytest.fixture(scope="module")
def html(database: Path) -> str:
    return rendered(database, Limits())


@pytest.fixture(scope="module")
def document(html: str) -> Document:
    return Document(html)


def place(html: str, identity: str) -> str:
    """One area and year of the page."""
    found = re.search(rf'<details class="place" id="{identity}".*?(?=<details class="place"|<h2 id="contradictions")', html, re.DOTALL)
    assert found
    return found[0]


def in_language(html: str, language: str) -> str:
    """What is read in one language, as text in one line."""
    other = {"en": "vi", "vi": "en"}[language]
    kept = re.sub(rf'<(span|g) class="{other}" lang="{other}">.*?</\1>', "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", re.sub(r"</?(?:span|q|cite|a|b|code)\b[^>]*>", "", kept)))


# By hand: (126 - 281) / (140.5 - 281) = 110.32 %; 24,464.6 / 23,803.2 = 102.78 %; 7,400 / 10,815 = 68.42 %, 213 of 366 days = 58.20 %.
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "110.3% of the way from 281"),
        ("vi", "110,3% quãng đường từ mức 281"),
        ("en", "at least 23,803.2 billion VND"),
        ("vi", "tối thiểu 23.803,2 tỷ đồng"),
        ("en", "At least 68.4% of the target is reached; an even pace would be 58.2% by then (pace 1.18)."),
        ("vi", "Đã thực hiện tối thiểu 68,4% kế hoạch; nếu tiến độ đều phải đạt 58,2% (hệ số tiến độ 1,18)."),
        ("vi", "trên 7.400 tỷ đồng"),
    ],
)
def test_a_place_says_how_far_its_targets_are_in_both_languages(html: str, language: str, said: str) -> None:
    assert said in in_language(place(html, "p-201-2024"), language)


def test_every_target_shows_its_printed_text_and_the_document_it_stands_in(html: str) -> None:
    shown = place(html, "p-201-2024")
    assert '<q class="printed" lang="de">mehr als 36.000 Milliarden VND</q>' in shown
    assert 'href="https://vjs.vietnam.vn/de/huyen-hai-ha-quyet-tam-hoan-thanh' in shown
    assert "published 31 July 2024 or before (inferred from its content)" in shown
    assert "line 2 of sources/hai_ha_interview_2024/statements.csv" in shown


def test_contradictions_come_in_plain_words(html: str) -> None:
    text = in_language(html, "en")
    assert "The total is printed as changing by 12.7%; its parts change by 5.15 to 9.65%." in text
    assert "The total is printed as 19 targets; its printed parts add up to 18 targets." in text
    assert "The share is printed as 61.9%; the printed amounts give 66.978%." in text
    assert "Tỷ trọng được in là 61,9%; tính từ các giá trị được in là 66,978%." in in_language(html, "vi")
    assert html.count('<article class="contradiction">') == 10


def test_what_contributed_to_a_growth_adds_up_to_it(html: str) -> None:
    """21.40 - 14.23 = 7.17, as in docs/method.md."""
    shown = in_language(place(html, "p-22-2025"), "en")
    assert (
        "contributions to tourist visits, first quarter of 2025: International tourist visits +21.4; Not explained by the printed parts −14.23; Growth of the whole +7.17%"
        in shown
    )


def test_what_is_missing_is_counted(html: str) -> None:
    text = in_language(html, "en")
    assert "Of 733 cells that can hold a figure, 618 were loaded, 0 rejected, and 115 are declared missing by their publisher." in text
    assert "Targets without a result: 40." in text


def test_the_page_is_well_formed_and_fit_for_screen_readers(document: Document) -> None:
    assert document.mistakes == []
    identities = Counter(attributes["id"] for _, attributes in document.elements if "id" in attributes)
    assert [name for name, count in identities.items() if count > 1] == []
    for _, attributes in document.elements:
        assert set(attributes.get("aria-labelledby", "").split()) <= set(identities)
    for drawing in document.all("svg"):
        assert drawing.get("aria-hidden") == "true" or drawing["aria-labelledby"]
    assert sum(drawing.get("role") == "img" for drawing in document.all("svg")) >= 20
    tables, captions = len(document.all("table")), len(document.all("caption"))
    assert tables == captions > 20
    assert all(header["scope"] in {"col", "row"} for header in document.all("th"))
    levels = [int(tag[1]) for tag, _ in document.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_asks_the_network_for_nothing(html: str, document: Document) -> None:
    loading = [name for _, attributes in document.elements for name in attributes if name in {"src", "srcset", "action", "data", "poster"}]
    assert loading == []
    assert document.all("link") == document.all("iframe") == document.all("img") == []
    assert "@import" not in html
    assert "url(" not in html
    assert len(html.encode()) < 2_000_000


def test_every_link_leads_to_the_web_or_to_the_page(document: Document) -> None:
    addresses = [attributes["href"] for _, attributes in document.elements if "href" in attributes]
    assert sum(address.startswith("http") for address in addresses) > 100
    assert [address for address in addresses if not address.startswith(("https://", "http://", "#"))] == []


def test_the_same_content_gives_the_same_bytes(shipped: Tables, html: str, tmp_path: Path) -> None:
    """From rows in another order, in another process, another time zone and another language."""
    database = database_of(
        tmp_path / "shuffled.duckdb", {name: table.sample(fraction=1, shuffle=True, seed=7) for name, table in shipped.items()}
    )
    program = f"from pathlib import Path; from hai_ha_pipeline.report.write import write_report; write_report(Path({str(database)!r}), Path({str(tmp_path)!r}))"
    environment = {"TZ": "Pacific/Auckland", "LANG": "C", "PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "99"}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment, cwd=REPOSITORY)
    assert (tmp_path / "report" / "index.html").read_bytes() == html.encode()


def test_no_text_of_a_source_becomes_markup(shipped: Tables, tmp_path: Path) -> None:
    hostile = {name: _hostile(table) for name, table in shipped.items()}
    rejected = pl.DataFrame(
        {
            "statement_key": [1],
            "source": [HOSTILE],
            "file": [HOSTILE],
            "row": [2],
            "value_as_printed": [HOSTILE],
            "rule": ["excluded"],
            "reason": [HOSTILE],
        }
    )
    hostile["rejected"] = pl.concat([shipped["rejected"].clear(), rejected], how="diagonal")
    html = rendered(database_of(tmp_path / "hostile.duckdb", hostile), Limits())
    document = Document(html)
    assert document.mistakes == []
    assert len(document.all("script")) == len(document.all("style")) == 1
    assert document.all("img") == []
    assert [name for _, attributes in document.elements for name in attributes if name.startswith("on")] == []
    addresses = [attributes["href"] for _, attributes in document.elements if "href" in attributes]
    assert {address.split("-")[0] for address in addresses if not address.startswith("#")} == set()
    assert html.count("&lt;script&gt;") > 500
    assert "{{ 7 * 7 }}" in html


def _hostile(table: pl.DataFrame) -> pl.DataFrame:
    """Every free text of a table says something that would run, and every address is one that would."""
    free = [
        name
        for name in table.columns
        if re.search(r"name_|_as_printed|title|publisher|reason$|explanation|language|message|expected$|corrected$", name)
    ]
    texts = [name for name in free if table.schema[name] == pl.String]
    addresses = ["address"] if "address" in table.columns else []
    joined = ["area_name_en"] if "area_name_en" in texts else []  # keeps the versions of an area apart
    return table.with_columns(
        *[pl.when(pl.col(name).is_not_null()).then(pl.lit(HOSTILE)).alias(name) for name in texts if name not in joined],
        *[pl.concat_str(pl.col(name), pl.lit(HOSTILE)).alias(name) for name in joined],
        *[pl.lit("javascript:alert(1)//https://x").alias(name) for name in addresses],
    )


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "data:text/html,x",
        "//host/x",
        "https:",
        "http://[",
        "",
        None,
        "vbscript:x",
        "java\nscript:x",
    ],
)
def test_an_address_that_is_not_of_the_web_is_no_link(address: str | None) -> None:
    assert safe_link(address) is None


def test_an_address_of_the_web_is_a_link() -> None:
    assert safe_link(" https://vjs.vietnam.vn/de/x?a=1&b=2 ") == "https://vjs.vietnam.vn/de/x?a=1&b=2"


def test_a_sum_of_successors_is_marked_as_derived(shipped: Tables, tmp_path: Path) -> None:
    is_one = (
        (pl.col("indicator_code") == "total_production_value")
        & (pl.col("area_code") == "201")
        & pl.col("is_latest")
        & (pl.col("target_period") == "2024")
    )
    gone = pl.lit(None, dtype=pl.Int64)
    attainment = shipped["attainment"].with_columns(
        is_derived=pl.col("is_derived") | is_one,
        observation_key=pl.when(is_one).then(gone).otherwise("observation_key"),
        result_source_key=pl.when(is_one).then(gone).otherwise("result_source_key"),
    )
    assert attainment["is_derived"].sum() == 1
    html = rendered(database_of(tmp_path / "derived.duckdb", shipped | {"attainment": attainment}), Limits(places=1))
    shown = place(html, "p-201-2024")
    assert "derived: sum of the successors, printed by no source" in shown
    assert "at least 37,000 billion VND" in shown


def test_what_does_not_fit_is_left_out_with_a_note(database: Path) -> None:
    text = in_language(rendered(database, Limits(places=2, rows=3, entries=4)), "en")
    assert "Not shown here: 21 more areas and years; those with the most results are." in text
    assert "Targets without a result: 40." in text
    assert "Not shown here: 13 more. Ask the warehouse: hai-ha attainment 201 2024" in text
    assert "Not shown here: 6 more. Ask the warehouse: hai-ha query &#34;FROM marts.consistency WHERE verdict" in text
    assert "Not shown here: 77 more. Ask the warehouse: hai-ha query &#34;FROM core.dim_source&#34;" in text


def test_a_page_that_would_be_too_large_shows_less(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(places=4, rows=4, entries=4)
    most = len(rendered(database, limits).encode()) - 1
    monkeypatch.setattr(write, "MOST_BYTES", most)
    write_report(database, tmp_path, limits)
    page = (tmp_path / "report" / "index.html").read_bytes()
    assert len(page) <= most
    assert b"Not shown here: 21 more areas and years" in page


def test_a_warehouse_without_figures_has_a_page_too(tmp_path: Path) -> None:
    html = rendered(database_of(tmp_path / "empty.duckdb", {}), Limits())
    assert Document(html).mistakes == []
    assert "No contradiction was found." in html


def test_every_word_stands_in_both_languages_and_is_used() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in [PAGE / "report.html", *PAGE.parent.glob("*.py")])
    built = ("status_", "means_", "column_", "check_", "finding_", "state_", "stage_", "verdict_")
    unused = [key for key in words() if not key.startswith(built) and not re.search(rf"[\"'.]{key}\b", sources)]
    assert unused == []
    same_in_both = {key for key, both in words().items() if both.en == both.vi}
    assert same_in_both == set()
    for key, both in words().items():
        assert set(re.findall(r"\{\w+\}", both.en)) == set(re.findall(r"\{\w+\}", both.vi)), key


def test_every_check_and_column_has_words() -> None:
    for check in CHECKS:
        assert words()[f"check_{check}"]
        assert words()[f"finding_{check}"]


def test_numbers_are_written_as_each_language_writes_them() -> None:
    assert number(Decimal("1234.500000")) == Both("1,234.5", "1.234,5")
    assert number(Decimal("-0.000001"), 2) == Both("0", "0")
    assert number(1750000) == Both("1,750,000", "1.750.000")
    assert percent(Decimal("14.849"), signed=True) == Both("+14.8%", "+14,8%")
    assert percent(Decimal(-7), signed=True) == Both("−7%", "−7%")


@pytest.mark.parametrize(
    ("code", "english", "vietnamese"),
    [
        ("2024", "2024", "năm 2024"),
        ("2024-S1", "first half of 2024", "6 tháng đầu năm 2024"),
        ("2024-S2", "second half of 2024", "6 tháng cuối năm 2024"),
        ("2024-Q4", "fourth quarter of 2024", "quý IV/2024"),
        ("2024-07", "July 2024", "tháng 7/2024"),
        ("2024-01-01/P7M", "January to July 2024", "7 tháng đầu năm 2024"),
        ("2024-06-30", "30 June 2024", "ngày 30/6/2024"),
        ("2024-08-01/P24D", "1 August to 24 August 2024", "từ 1/8/2024 đến 24/8/2024"),
        ("2021-01-01/P5Y", "2021 to 2025", "giai đoạn 2021–2025"),
        ("2023-07-01/P12M", "2023 to 2024", "từ tháng 7/2023 đến tháng 6/2024"),
        ("no period", "no period", "no period"),
    ],
)
def test_periods_are_named_as_each_language_names_them(code: str, english: str, vietnamese: str) -> None:
    assert period(code) == Both(english, vietnamese)


def test_a_day_is_written_as_each_language_writes_it() -> None:
    assert day(date(2025, 7, 1)) == Both("1 July 2025", "1/7/2025")


TEXT = (
    "ink",
    "muted",
    "link",
    "warn",
    "achieved",
    "on_track",
    "at_risk",
    "off_track",
    "reversing",
    "not_achieved",
    "undetermined",
    "not_assessable",
    "no_result",
)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("colour", TEXT)
def test_every_colour_of_text_has_enough_contrast(theme: int, colour: str) -> None:
    """4.5 to 1 on the page and on its cards, as WCAG 2.2 (1.4.3, level AA) asks; that holds for the shapes too, which need 3 (1.4.11)."""
    palette = _palette(theme)
    assert _contrast(palette[colour], palette["paper"]) >= 4.5
    assert _contrast(palette[colour], palette["card"]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_a_bar_of_growth_stands_out_from_the_page(theme: int) -> None:
    palette = _palette(theme)
    assert _contrast(palette["bar"], palette["paper"]) >= 3


def _palette(theme: int) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", (PAGE / "style.css").read_text(encoding="utf-8"), re.DOTALL)
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", blocks[theme]))


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
