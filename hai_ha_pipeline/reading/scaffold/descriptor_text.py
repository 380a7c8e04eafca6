"""A guess as the text of a descriptor: what is certain stands there, what is not is a placeholder or a comment."""

import glob
from collections.abc import Iterator

from hai_ha_pipeline.reading.descriptor import StatementField
from hai_ha_pipeline.reading.scaffold.figures import NumberFormat
from hai_ha_pipeline.reading.scaffold.guessed import CHANGE, Guess, Place
from hai_ha_pipeline.reading.scaffold.unsaid import common_edges
from hai_ha_pipeline.reading.scaffold.yaml_text import mapping, quoted, sequence, single_quoted

MOST_NAMES = 60
HEAD = """\
# yaml-language-server: $schema=../../hai_ha_pipeline/reading/descriptor.schema.json
# Guessed from the files. Settle each line that begins with "# doubt:", then delete it; docs/sources.md explains every key.
$schema: https://datapackage.org/profiles/2.0/datapackage.json
name: {name}
# doubt: no file says what this source is, who publishes it, under which terms and where: write it here
title: "CHANGE ME: what this source is"
contributors:
  - {{title: "CHANGE ME: who publishes it", roles: [publisher]}}
licenses:
  - {{name: other-closed, title: "CHANGE ME: under which terms it may be used"}}
sources:
  - title: "CHANGE ME: the page or document"  # and its address: path: "https://..."
resources:
"""


def descriptor_text(folder: str, resources: dict[str, Guess]) -> str:
    """The descriptor of a source in `folder`, its resources by name."""
    lines = [line for name, guess in resources.items() for line in _resource(name, guess)]
    return HEAD.format(name=folder.replace("_", "-")) + "\n".join(f"  {line}".rstrip() for line in lines) + "\n"


def _resource(name: str, guess: Guess) -> Iterator[str]:
    first = guess.files[0].opened
    yield f"- name: {name}"
    yield f"  path: {_path(guess)}"
    if first.format == "xlsx":
        yield "  format: xlsx"
    if first.compression:
        yield f"  compression: {first.compression}"
    if first.format != "xlsx":
        yield from _doubts(guess, "encoding", 2)
        yield f"  encoding: {first.encoding}"
    yield from _doubts(guess, "dialect", 2)
    dialect = _dialect(guess)
    if dialect:
        yield f"  dialect: {{{dialect}}}"
    yield "  schema:"
    yield f"    missingValues: {sequence(guess.marks)}"
    yield from _doubts(guess, "schema", 4)
    yield "    fields:"
    for _, column in guess.grid.named:
        if not (guess.pattern and column in guess.meaning.figures):
            yield f"      - {{name: {quoted(column)}, {_type(guess, column)}}}"
    yield "  hai-ha:"
    yield from (f"    {line}" for line in _layout(guess))


def _path(guess: Guess) -> str:
    """The file, or the pattern that their names share: the file of next year is read too."""
    names = [file.opened.name for file in guess.files]
    if len(names) == 1:
        return quoted(glob.escape(names[0]))
    begin, end = common_edges(names)
    return quoted(f"{glob.escape(begin)}*{glob.escape(end)}") if len(begin) > 2 else sequence([glob.escape(name) for name in names])


def _dialect(guess: Guess) -> str:
    grid = guess.grid
    said = {
        "delimiter": quoted(grid.delimiter) if grid.delimiter else None,
        "quoteChar": quoted(grid.quote_char) if grid.quote_char != '"' else None,
        "escapeChar": quoted(grid.escape_char) if grid.escape_char else None,
        "skipInitialSpace": "true" if grid.skip_initial_space else None,
        "header": None if grid.has_header else "false",
        "headerRows": str(grid.header_rows) if grid.has_header and grid.header_rows != [1] else None,
        "commentRows": str(grid.comment_rows) if grid.comment_rows else None,
        "commentChar": quoted(grid.comment_char) if grid.comment_char else None,
        "sheetName": quoted(grid.sheet_name) if grid.sheet_name else None,
    }
    return ", ".join(f"{key}: {text}" for key, text in said.items() if text is not None)


def _type(guess: Guess, column: str) -> str:
    return f"type: number, {_marks(guess.formats[column])}" if column in guess.formats else "type: string"


def _marks(format_: NumberFormat) -> str:
    return f"decimalChar: {quoted(format_.decimal)}, groupChar: {quoted(format_.group)}"


def _layout(guess: Guess) -> Iterator[str]:
    yield f"layout: {'wide' if guess.meaning.is_wide else 'long'}"
    if guess.language:
        yield f"language: {guess.language}"
    yield from _doubts(guess, "columns", 0)
    if guess.columns:
        yield "columns:"
        yield from (f"  {name}: {quoted(column)}" for name, column in guess.columns.items())
    yield from _doubts(guess, "values", 0)
    if guess.pattern:
        format_ = next(iter(guess.formats.values()))
        yield "value_columns:"
        yield f"  matching: {single_quoted(guess.pattern)}"
        yield f"  decimalChar: {quoted(format_.decimal)}"
        yield f"  groupChar: {quoted(format_.group)}"
    elif guess.values:
        yield "values:"
        for column, said in guess.values.items():
            yield f"  {quoted(column)}: {mapping({str(name): text for name, text in said.items()})}"
    yield from _doubts(guess, "constants", 0)
    if guess.constants:
        yield "constants:"
        yield from (f"  {name}: {quoted(text)}" for name, text in guess.constants.items())
    yield from _doubts(guess, "file_name", 0)
    if guess.file_name:
        yield f"file_name: {single_quoted(guess.file_name)}"
    if guess.fill_down:
        yield f"fill_down: {sequence(guess.fill_down)}"
    if guess.headings:
        yield f"headings: {guess.headings}"
    if guess.round_to is not None:
        yield f"round_to: {guess.round_to}"
    yield from _names(guess)
    if guess.totals:
        yield "# doubt: these are no areas that are known; if they are totals or regions, set them aside on purpose:"
        yield f"# excluded: {{area: {sequence(guess.totals[:MOST_NAMES])}}}"
    yield "completeness: partial"


def _names(guess: Guess) -> Iterator[str]:
    """Names that are mapped, then as comments those that a person must map, each with the nearest known code."""
    yield from _doubts(guess, "names", 0)
    fields = list(dict.fromkeys([*guess.names, *(name for name, texts in guess.unknown.items() if texts)]))
    if not fields:
        return
    if not all(name in guess.names for name in fields):
        yield "# doubt: these words of the file are not known; judge each code, and delete its `# `"
    yield "names:" if guess.names else "# names:"
    for name in fields:
        mark = "" if name in guess.names else "# "
        yield f"{mark}  {name}:"
        for text, code in guess.names.get(name, {}).items():
            yield f"    {quoted(text)}: {quoted(code)}"
        yield from _unknown(name, guess.unknown.get(name, {}))


def _unknown(name: StatementField, texts: dict[str, list[str]]) -> Iterator[str]:
    for text, nearest in list(texts.items())[:MOST_NAMES]:
        first, *others = nearest or [CHANGE]
        yield f"#     {quoted(text)}: {quoted(first)}" + (f"  # or {', '.join(others)}" if others else "")
    if len(texts) > MOST_NAMES:
        yield f"#     and {len(texts) - MOST_NAMES} more: hai-ha source check lists every {name}"


def _doubts(guess: Guess, place: Place, indent: int) -> Iterator[str]:
    """The doubts about one key, above it."""
    yield from (f"{' ' * indent}# doubt: {' '.join(said.split())}" for where, said in guess.doubts if where == place)
