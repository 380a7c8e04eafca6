"""The page for readers in a real browser: it asks no network, speaks two languages, fits a telephone, prints whole, works without script."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from hai_ha_pipeline.report.write import write_report
from tests.conftest import Tables
from tests.e2e.test_dagster import QUIET
from tests.warehouse import database_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium: apt-get install chromium (.ci/run does)")
OPEN_ALL = "for (const one of document.querySelectorAll('details')) { one.hidden = false; one.open = true; }"


@dataclass
class Watched:
    """A page with everything it complained about and every address it asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def address(shipped: Tables, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("page")
    write_report(database_of(folder / "hai_ha.duckdb", shipped), folder)
    return (folder / "report" / "index.html").as_uri()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield started
        started.close()


def opened(browser: Browser, address: str, **context: Any) -> Watched:
    """The page in a context of its own; nothing but the file itself is answered."""
    page = browser.new_context(**context).new_page()
    watched = Watched(page)
    page.on("console", lambda message: watched.complaints.append(message.text))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.on("request", lambda request: watched.asked.append(request.url))
    page.goto(address)
    return watched


def chosen(page: Page, language: str) -> None:
    page.locator(f"#language-{language}").check()


def test_it_asks_for_nothing_and_complains_of_nothing(browser: Browser, address: str) -> None:
    watched = opened(browser, address)
    page = watched.page
    page.locator("#area").select_option(label="Quang Ninh province")
    page.locator("#year").select_option("p-22-2025")
    chosen(page, "vi")
    page.locator("#show-all").click()
    page.evaluate(OPEN_ALL)
    assert watched.complaints == []
    assert watched.asked == [address]


def test_a_reader_chooses_area_and_year(browser: Browser, address: str) -> None:
    page = opened(browser, address).page
    assert page.locator("details.place:visible h3").all_inner_texts() == ["Hai Ha district, 2024"]
    page.locator("#area").select_option(label="Quang Ninh province")
    page.locator("#year").select_option("p-22-2024")
    assert page.locator("details.place:visible h3").all_inner_texts() == ["Quang Ninh province, 2024"]
    assert page.evaluate("location.hash") == "#en/p-22-2024"
    page.reload()
    assert page.locator("details.place:visible h3").all_inner_texts() == ["Quang Ninh province, 2024"]
    page.locator("#show-all").click()
    assert page.locator("details.place:visible").count() == 23


def test_the_language_switches_words_numbers_charts_and_the_page_itself(browser: Browser, address: str) -> None:
    page = opened(browser, address).page
    place = page.locator("#p-201-2024")
    assert "at least 23,803.2 billion VND" in place.inner_text()
    assert place.locator("svg.chart text:visible", has_text="Near-poor households").count() == 1
    chosen(page, "vi")
    assert page.evaluate("[document.documentElement.lang, document.title]") == ["vi", "Chỉ tiêu kế hoạch và kết quả thực hiện"]
    assert "tối thiểu 23.803,2 tỷ đồng" in place.inner_text()
    assert "đạt kế hoạch" in place.inner_text()
    assert "at least" not in place.inner_text()
    assert place.locator("svg.chart text:visible", has_text="Near-poor households").count() == 0
    assert page.locator("h1").inner_text() == "Chỉ tiêu kế hoạch và kết quả thực hiện"
    assert page.locator("#area option:checked").inner_text() == "Huyện Hải Hà"


def test_a_vietnamese_browser_begins_in_vietnamese(browser: Browser, address: str) -> None:
    page = opened(browser, address, locale="vi-VN").page
    assert page.locator("h1").inner_text() == "Chỉ tiêu kế hoạch và kết quả thực hiện"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_it_never_scrolls_sideways(browser: Browser, address: str, language: str) -> None:
    page = opened(browser, address).page
    chosen(page, language)
    page.evaluate(OPEN_ALL)
    for width in (320, 360, 768, 900, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width


def test_every_control_is_large_enough_for_a_finger(browser: Browser, address: str) -> None:
    """24 by 24 pixels, as WCAG 2.2 (2.5.8, level AA) asks."""
    page = opened(browser, address, viewport={"width": 360, "height": 800}).page
    sizes = page.locator("select, button, .language label, nav a").evaluate_all("found => found.map(e => e.getBoundingClientRect().height)")
    assert len(sizes) >= 9
    assert min(sizes) >= 24


def test_every_drawing_has_a_name_in_the_language_of_the_page(browser: Browser, address: str) -> None:
    page = opened(browser, address).page
    assert page.get_by_role("img", name="Chart: targets of Hai Ha district, 2024. Every figure").count() == 1
    chosen(page, "vi")
    assert page.get_by_role("img", name="Biểu đồ: chỉ tiêu của Huyện Hải Hà, năm 2024. Mọi số liệu").count() == 1


def test_the_focus_is_seen(browser: Browser, address: str) -> None:
    page = opened(browser, address).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)") >= 2
    assert page.locator(".skip").bounding_box() is not None


def test_it_can_be_read_and_switched_without_script(browser: Browser, address: str) -> None:
    watched = opened(browser, address, java_script_enabled=False)
    page = watched.page
    assert page.locator("details.place:visible").count() == 23
    assert page.locator("#picker").is_hidden()
    assert "at least 23,803.2 billion VND" in page.locator("#p-201-2024").inner_text()
    chosen(page, "vi")
    assert "tối thiểu 23.803,2 tỷ đồng" in page.locator("#p-201-2024").inner_text()


def test_print_shows_where_every_figure_comes_from_and_no_controls(browser: Browser, address: str) -> None:
    page = opened(browser, address).page
    printed_text = page.locator("#p-201-2024 q.printed", has_text="mehr als 36.000 Milliarden VND").first
    assert not printed_text.is_visible()
    page.emulate_media(media="print")
    assert printed_text.is_visible()
    assert page.locator("#picker").is_hidden()
    assert page.locator("details.place:visible").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars_have_the_colour_of_their_status_in_both_themes(browser: Browser, address: str, theme: Any) -> None:
    page = opened(browser, address, color_scheme=theme).page
    colour = page.locator('#p-201-2024 svg.chart path[fill="var(--achieved)"]').first.evaluate("bar => getComputedStyle(bar).fill")
    assert colour == {"light": "rgb(11, 107, 58)", "dark": "rgb(92, 201, 138)"}[theme]
