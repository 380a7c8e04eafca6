"""Texts as YAML writes them: always quoted, so that `06922` stays a code and `no` a word, and letters stay as they are."""

import json
import re
from collections.abc import Mapping, Sequence

BREAKS = {"\u0085": "\\N", "\u2028": "\\L", "\u2029": "\\P", "\ufeff": "\\uFEFF", "\u007f": "\\x7F"}


def quoted(text: str) -> str:
    """A text in double quotes; whatever would break the line is escaped."""
    written = json.dumps(text, ensure_ascii=False)
    return re.sub("|".join(BREAKS), lambda found: BREAKS[found[0]], written)


def single_quoted(text: str) -> str:
    """A text in single quotes, in which a backslash is only a backslash: for patterns of one line."""
    return "'" + text.replace("'", "''") + "'"


def sequence(texts: Sequence[str]) -> str:
    """A list on one line."""
    return "[" + ", ".join(map(quoted, texts)) + "]"


def mapping(texts: Mapping[str, str]) -> str:
    """A mapping on one line; its keys are words of ours."""
    return "{" + ", ".join(f"{key}: {quoted(text)}" for key, text in texts.items()) + "}"
