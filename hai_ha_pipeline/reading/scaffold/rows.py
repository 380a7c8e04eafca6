"""Which rows of a table are its header, and which below it are no data: by whether they look like figures, not by what they mean."""

import re

from hai_ha_pipeline.reading.header import Header, clean, column_names
from hai_ha_pipeline.reading.scaffold.figures import MARKS, is_figure

Row = tuple[int, list[str]]  # the line on which a record begins, and its cells
HEADER_JOIN = " "
FIGURES_SHARE = 0.5
_LARGE = re.compile(r"\d{5}|\d[.,]\d{3}")  # no header counts so far: "more than 36.000" is a figure


def header_of(rows: list[Row], first: int, width: int, values: list[int]) -> list[int]:
    """The places of the header's rows: from the first that names figure columns to the one with which all have a name."""
    header: list[int] = []
    for place in range(first, len(rows)):
        line, cells = rows[place]
        fits = abs(len(cells) - width) <= 1
        if header and (not fits or line != rows[header[-1]][0] + 1):
            break
        if not fits:
            continue
        kind = _kind(fitted(cells, width), values)
        is_complete = bool(header) and _names_all(names_of([fitted(rows[each][1], width) for each in header], width), values)
        if kind == "data" or (header and kind in {"empty", "numbers"}) or (is_complete and kind == "names"):
            break
        if kind != "empty" or not values:
            header.append(place)
        if not values:
            break
    return _without_remarks(header, rows, width, values)


def _without_remarks(header: list[int], rows: list[Row], width: int, values: list[int]) -> list[int]:
    """Where the last row names every filled column, one above it belongs to the header only if it groups several of them."""
    cells = {place: fitted(rows[place][1], width) for place in header}
    below = [fitted(cells, width) for _, cells in rows[header[-1] + 1 :]] if header else []
    used = [place for place in range(width) if any(each[place].strip() for each in below)]
    if len(header) < 2 or not _names_all(names_of([cells[header[-1]]], width), used):
        return header
    kept = header[-1:]
    for place in reversed(header[:-1]):
        if sum(bool(cells[place][each].strip()) for each in values) < 2:
            break
        kept.insert(0, place)
    return kept


def _kind(cells: list[str], values: list[int]) -> str:
    """Of a row near the top: `data`, `numbers` that count the columns, `names` or `units` of them, or `empty` where figures stand."""
    said = [text for place in values if (text := cells[place].strip()) not in MARKS]
    if _is_numbering(cells):
        return "numbers"
    if any((is_figure(text) and not _is_year(text)) or _LARGE.search(text) for text in said):
        return "data"
    if not said:
        return "data" if any(cells[place].strip() for place in values) else "empty"
    return "names" if any(map(_is_year, said)) or len(said) * 2 < len(values) else "units"


def _is_year(text: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", text))


def _is_numbering(cells: list[str]) -> bool:
    """`A`, `B`, `1`, `2`, `3` below the names, as official tables count their columns."""
    said = [text for cell in cells if (text := cell.strip().strip("()"))]
    numbers = [int(text) for text in said if text.isdecimal()]
    counts = len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] < 5
    return counts and all(re.fullmatch(r"[A-Za-z]|\d{1,2}", text) for text in said)


def _names_all(names: list[str], values: list[int]) -> bool:
    named = [names[place] for place in values]
    return all(named) and not any(name.endswith(" (2)") for name in named)


def names_of(rows: list[list[str]], width: int) -> list[str]:
    """The name of each column, as the reader makes it of the header's rows."""
    cells = [[clean(cell) for cell in row] for row in rows]
    return Header(column_names(cells, HEADER_JOIN) if rows else [""] * width, cells, 0, 0).columns


def no_data_of(rows: list[Row], begins: int, width: int, values: list[int], header: list[list[str]]) -> set[int]:
    """The places of lines below the header that hold no record: column numbers, the header again, notes at the end."""
    found = {place for place in range(begins, len(rows)) if rows[place][1] in header}
    if begins < len(rows) and header and _is_numbering(rows[begins][1]):
        found.add(begins)
    fits = [place for place in range(begins, len(rows)) if len(rows[place][1]) == width]
    with_figures = [place for place in fits if any(is_figure(rows[place][1][each].strip()) for each in values)]
    after = with_figures[-1] + 1 if with_figures else len(rows)
    return found | {place for place in range(after, len(rows)) if len(rows[place][1]) != width or filled(rows[place][1]) == 1}


def comment_char_of(rows: list[list[str]], width: int) -> str | None:
    """`#` where lines between the records begin so and are no records."""
    begin_so = [cells for cells in rows if cells[0].startswith("#")]
    return "#" if begin_so and all(len(cells) != width or filled(cells) == 1 for cells in begin_so) else None


def figure_columns(rows: list[list[str]], width: int) -> list[int]:
    """The columns most of whose filled cells are figures."""
    found = []
    for place in range(width):
        said = [text for cells in rows if (text := cells[place].strip()) not in MARKS]
        if said and sum(map(is_figure, said)) / len(said) > FIGURES_SHARE:
            found.append(place)
    return found


def fitted(cells: list[str], width: int) -> list[str]:
    """The cells of a row, made as wide as the table."""
    return [*cells, *[""] * (width - len(cells))][:width]


def filled(cells: list[str]) -> int:
    """How many cells hold something."""
    return sum(bool(cell.strip()) for cell in cells)
