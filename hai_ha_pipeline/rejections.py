"""The page `docs/rejections.md`: what is set aside and why, from the list in `contracts.rejections`, and what fails a source.

`python -m hai_ha_pipeline.catalogue` writes it. A new rule belongs in the list; a new `SourceError` in `FAILURES`.
"""

from collections.abc import Iterable

from hai_ha_pipeline.contracts.rejections import FIGURES, RECORDS, Rejection

HEAD = """# What is set aside, and how to mend it

A figure that cannot be read with certainty, or that breaks a rule, is **rejected**: it does not load, the rest of its file does, and
nothing is guessed or dropped silently. Every rejection has its source, file, line, column, the text as printed, the name of its
rule, and a reason that says what would mend it. They are seen

- in the summary of `hai-ha run`: how many, by which rule, with an example;
- in `hai-ha source check NAME`: those of one source, before anything is published;
- in the warehouse: `hai-ha query "FROM audit.rejected"`.

Mend the cause where it lies: in the export, in the descriptor, in `reference/`, or with a line in `corrections.csv` beside the
descriptor (file, row, column, what is `expected` there, what to read as `corrected`, reason, since). Then run again.

This page is generated (`make docs`) from the one list of rules in the code. Names are those of [Frictionless](https://framework.frictionlessdata.io)
error types where one fits, and they stay as they are.
"""
BETWEEN = """
## When a whole source fails

Some mistakes leave no single line to set aside. The source then fails with one message: where, what, how to mend it. Its last
good content stays published and is marked `stale` in `audit.load`; a source that never loaded is `failed`. The others go on.

| what | cause | remedy |
|---|---|---|
"""
FAILURES: tuple[tuple[str, str, str], ...] = (
    ("no descriptor, or it is not readable as YAML", "The folder lacks `datapackage.yaml`, or one of its lines is malformed.", "Write one with `hai-ha source add FILE`; correct the line that the message names."),
    ("an unknown or a wrong key in the descriptor", "A key is misspelt, stands twice, has a value of the wrong kind, or keys contradict each other. The message gives its place: `resources.0` is the first resource.", "Correct the key; an editor that knows the JSON Schema shows them all."),
    ("a file is missing", "No file fits `path`.", "Put the export into the folder, or correct `path`."),
    ("a path leaves the folder, or is no regular file", "`path` is absolute or holds `..`; the file is a folder, a pipe, or a link to a file elsewhere.", "Put the exported file itself into the folder."),
    ("a file is read twice", "Two resources have one file.", "Narrow the `path` of one of them."),
    ("the file is something else", "A gzip or zip archive, a workbook, a web page, a PDF or a database is named like a CSV file, or the file is empty.", "Export the table as CSV, or declare `compression` or `format`, as the message says."),
    ("bytes do not decode", "The file is in another encoding than `encoding` says, or was cut off. The message names the byte.", "Declare the encoding that the file really has."),
    ("a compressed file cannot be unpacked", "It ends too early, is locked, holds several files, or unpacks to an incredible size.", "Download it again, or put the unpacked file into the folder."),
    ("a workbook cannot be read", "It is no `.xlsx`, lacks the sheet, or holds formulas that were never calculated.", "Open it and save it as `.xlsx`; correct `sheetName` or `sheetNumber`."),
    ("the header does not fit", "A declared column is missing, there is one that is not declared, one stands twice, or there is no header.", "Correct `headerRows`, `delimiter` or `fields`; `fieldsMatch: subset` allows more columns than declared, `superset` fewer."),
    ("no column, or no file name, matches", "The pattern of `value_columns` or `file_name` fits nothing.", "Correct the pattern, or narrow `path`."),
    ("too many figures are rejected", "More than `max_rejected_share` of a file: it is not read as it was meant. The message shows the first.", "Correct the descriptor, usually the number format or `names`. Raise the share only where so many are meant to be set aside, or list them under `excluded`."),
    ("a correction no longer fits", "The cell does not hold what `expected` says: the publisher has changed the figure, or the line has moved.", "Look at the figure again, then adapt or delete the line in `corrections.csv`."),
    ("a correction is not complete", "It lacks its reason or date, names no line or a file that no resource reads, or corrects a cell twice.", "Complete or delete the line in `corrections.csv`."),
    ("a unit has changed", "A series is printed in another unit than in the last load, and `drift` says that this fails the source.", "Check the unit; if it is right, set `drift: {changed_unit: warn}`."),
    ("figures are gone", "The export lacks more figures of the last load than `drift` allows: it may be cut off.", "Restore the whole export. If they are meant to be gone, set `drift: {fewer_figures: warn, max_fewer_share: 1}`."),
    ("the file changed while it was read", "Something is still writing it.", "Run again when the export is complete."),
    ("a case that is not foreseen", "An error of this project.", "Please report it with the file; the log holds where it happened."),
)  # fmt: skip


def page() -> str:
    """The page as Markdown."""
    rules = "".join(
        f"\n## {title}\n\n| rule | cause | remedy | example |\n|---|---|---|---|\n{_rows(map(_cells, rejections))}"
        for title, rejections in (("Records that cannot be read", RECORDS), ("Figures that break a rule", FIGURES))
    )
    return f"{HEAD}{rules}{BETWEEN}{_rows(FAILURES)}"


def _cells(rejection: Rejection) -> tuple[str, ...]:
    return f"`{rejection.rule}`", rejection.cause, rejection.remedy, rejection.example


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)
