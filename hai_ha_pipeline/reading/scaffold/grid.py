"""From text, or a sheet, to a table of cells: delimiter, quotes, header, records, and the lines around them.

What the cells mean is not asked here.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.scaffold.rows import Row, comment_char_of, figure_columns, filled, fitted, header_of, names_of, no_data_of

DELIMITERS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas"}
SAMPLE_LINES = 2000
EQUAL = 0.05  # two delimiters whose records are equally even; the one that is rarer in texts wins


@dataclass(frozen=True)
class Grid:
    """A table: its dialect, the names of its columns and its records, all as text; with the lines around it."""

    delimiter: str | None
    names: list[str]
    records: list[Row]
    quote_char: str = '"'
    escape_char: str | None = None
    skip_initial_space: bool = False
    header_rows: list[int] = field(default_factory=lambda: [1])
    has_header: bool = True
    comment_rows: list[int] = field(default_factory=list)
    comment_char: str | None = None
    above: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    sheet_name: str | None = None

    @property
    def named(self) -> list[tuple[int, str]]:
        """Position and name of each column that has a name."""
        return [(place, name) for place, name in enumerate(self.names) if name]

    def column(self, place: int) -> list[str]:
        """The cells of one column, stripped."""
        return [cells[place].strip() for _, cells in self.records]


def grid_of_text(text: str, where: str) -> Grid:
    """The table that a text holds.

    Raises `SourceError` where no delimiter makes columns of it.
    """
    quote = "'" if "'" in text and '"' not in text and re.search(r"(?:^|[,;\t|])'[^'\n]*'(?:[,;\t|]|\s*$)", text, re.MULTILINE) else '"'
    escape = "\\" if rf"\{quote}" in text and quote * 2 not in text else None
    sample = "".join(io.StringIO(text, newline="").readlines()[:SAMPLE_LINES])

    def split(content: str, delimiter: str, *, skip: bool = False) -> list[Row]:
        return list(_records(content, delimiter, quote, escape, skip=skip))

    scores = {delimiter: _evenness(split(sample, delimiter)) for delimiter in DELIMITERS}
    best = max(scores.values())
    if best <= 0:
        raise SourceError(where, "is no table: no comma, semicolon, tab or bar makes columns of its lines", "export the table as CSV")
    delimiter = next(each for each, score in scores.items() if score >= best - EQUAL)
    skip = bool(re.search(rf"{re.escape(delimiter)} {quote}", sample))
    table = _table(split(text, delimiter, skip=skip), where)
    rivals = [DELIMITERS[each] for each, score in scores.items() if each != delimiter and score >= best - 2 * EQUAL]
    said = f"columns are separated by {DELIMITERS[delimiter]}: {scores[delimiter]:.0%} of the lines have the same width"
    return replace(
        table,
        delimiter=delimiter,
        quote_char=quote,
        escape_char=escape,
        skip_initial_space=skip,
        why=[said, *table.why],
        doubts=[*(f"{rival} would make even columns too" for rival in rivals), *table.doubts],
    )


def grid_of_rows(rows: list[list[str]], where: str, sheet_name: str | None) -> Grid:
    """The table that a sheet holds, its rows given from the first."""
    width = max((len(cells) for cells in rows), default=0)
    padded = [(line, [*cells, *[""] * (width - len(cells))]) for line, cells in enumerate(rows, 1)]
    return replace(_table([row for row in padded if filled(row[1])], where), sheet_name=sheet_name)


def _records(text: str, delimiter: str, quote: str, escape: str | None, *, skip: bool) -> Iterator[Row]:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quotechar=quote,
        escapechar=escape,
        doublequote=escape is None,
        skipinitialspace=skip,
    )
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = []
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _evenness(rows: list[Row]) -> float:
    """How many of the lines have one width; nothing for a delimiter that leaves cells full of others."""
    width = _usual_width(rows)
    if not width:
        return 0.0
    even = [cells for _, cells in rows if len(cells) == width]
    left = sum(sum(cell.count(other) for other in DELIMITERS) for cells in even for cell in cells) / (len(even) * width)
    return len(even) / len(rows) - (0.5 if left > 1 else 0)


def _usual_width(rows: list[Row]) -> int:
    """The width that most records have; of columns there are at least two."""
    widths = Counter(len(cells) for _, cells in rows if len(cells) > 1)
    return max(widths, key=lambda width: (widths[width], width)) if widths else 0


def _table(rows: list[Row], where: str) -> Grid:
    """Header, records and the lines that are no data."""
    width = _usual_width(rows)
    near = {width - 1, width, width + 1}  # a header may have a delimiter more or fewer than its records
    wide = [place for place, (_, cells) in enumerate(rows) if len(cells) in near and filled(cells) > 1]
    if not wide:
        raise SourceError(where, "is no table: no line has two filled columns", "export the table as CSV")
    values = figure_columns([cells for _, cells in rows[wide[0] + 1 :] if len(cells) == width], width)
    header = header_of(rows, wide[0], width, values)
    begins = header[-1] + 1 if header else wide[0]
    no_data = no_data_of(rows, begins, width, values, [rows[place][1] for place in header])
    comment_char = comment_char_of([cells for _, cells in rows[begins:]], width)
    comments = [rows[place] for place in sorted(no_data) if not (comment_char and rows[place][1][0].startswith(comment_char))]
    names = names_of([fitted(rows[place][1], width) for place in header], width) if header else _made_up(width, values)
    return Grid(
        delimiter=None,
        names=names,
        records=[row for place, row in enumerate(rows[begins:], begins) if place not in no_data and len(row[1]) == width],
        header_rows=[rows[place][0] for place in header] or [1],
        has_header=bool(header),
        comment_rows=[line for first, cells in comments for line in range(first, first + 1 + sum(cell.count("\n") for cell in cells))],
        comment_char=comment_char,
        above=[" ".join(cell.strip() for cell in cells if cell.strip()) for _, cells in rows[:begins][: header[0] if header else wide[0]]],
        why=_explained(rows, header, names),
        doubts=_doubted(rows, header, comments, width),
    )


def _doubted(rows: list[Row], header: list[int], comments: list[Row], width: int) -> list[str]:
    said = []
    if not header:
        said.append("the file has no header: its first line already holds figures; name its columns")
    elif len(rows[header[-1]][1]) != width:
        said.append(f"the header has {len(rows[header[-1]][1])} columns, most records have {width}: mend the header in the export")
    if comments:
        said.append(f"taken for notes, not for data: {_spoken([line for line, _ in comments])}")
    return said


def _explained(rows: list[Row], header: list[int], names: list[str]) -> list[str]:
    if not header:
        return []
    lines = [rows[place][0] for place in header]
    said = [f"the header is {_spoken(lines)}"] if lines != [1] else []
    return said + (["a nameless column at the end holds nothing"] if names[-1:] == [""] else [])


def _made_up(width: int, values: list[int]) -> list[str]:
    """Names for the columns of a file that has none."""
    return ["value" if values == [place] else f"column_{place + 1}" for place in range(width)]


def _spoken(lines: list[int]) -> str:
    """Line numbers, runs of them shortened: `lines 4-6, 9`."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return ("line " if len(lines) == 1 else "lines ") + ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
