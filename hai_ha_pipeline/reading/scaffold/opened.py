"""A file as it was dropped: what it is, how it is packed, and in which encoding its text is written."""

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.content import BYTE_ORDER_MARKS, LOOK_ALIKES, decompressed

Format = Literal["csv", "tsv", "xlsx"]
Compression = Literal["gz", "zip"]
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"RIFF")
WORKBOOK, GZIP, ZIP = "an Excel workbook", "a gzip file", "a zip archive"
TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ]")
MEND = "give the exported table itself: CSV, TSV or .xlsx, also as .gz or .zip"


@dataclass(frozen=True)
class Opened:
    """A file: its name, its format and packing, its text or (of a workbook) its bytes, and what was guessed."""

    name: str
    content: bytes
    format: Format
    compression: Compression | None
    unpacked: bytes
    encoding: str = "utf-8"
    text: str = ""
    why: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


def opened(path: Path) -> Opened:
    """Open a file and find out what it is.

    Raises `SourceError` where there is none, or it is nothing that holds a table.
    """
    where = str(path)
    if path.is_dir():
        raise SourceError(where, "is a folder", "name the files in it")
    if not path.exists():
        raise SourceError(where, "there is no such file", "correct its name")
    if not path.is_file():
        raise SourceError(where, "is no file but a pipe or a device", "write what it gives into a file")
    content = path.read_bytes()
    packing: Compression | None = {GZIP: "gz", ZIP: "zip"}.get(kind) if (kind := _kind(content)) else None  # type: ignore[assignment]
    unpacked = decompressed(content, packing, where)
    kind = _kind(unpacked)
    if not unpacked:
        raise SourceError(where, "the file is empty", "export it again")
    if kind == WORKBOOK and packing is None:
        return Opened(path.name, content, "xlsx", None, unpacked)
    if kind:
        raise SourceError(where, f"{'holds' if packing else 'is'} {kind}", MEND)
    if unpacked.startswith(PICTURES):
        raise SourceError(where, "is a picture", MEND)
    encoding, text, why, doubts = _decoded(unpacked, where)
    if "\x00" in text:
        raise SourceError(where, "is no text: it holds NUL characters", MEND)
    if not text.strip():
        raise SourceError(where, "the file holds nothing but blanks", "export it again")
    return Opened(
        path.name, content, "csv", packing, unpacked, encoding, unicodedata.normalize("NFC", text.removeprefix("\ufeff")), why, doubts
    )


def _kind(content: bytes) -> str | None:
    """What the first bytes say the file is, if no text; a workbook is a zip that holds one."""
    kind = next((kind for beginning, kind, _ in LOOK_ALIKES if re.match(beginning, content)), None)
    if kind == ZIP and zipfile.is_zipfile(io.BytesIO(content)):
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
        return WORKBOOK if any(name.startswith("xl/") for name in names) else ZIP
    return kind


def _decoded(content: bytes, where: str) -> tuple[str, str, list[str], list[str]]:
    """Encoding and text, with the reason or the doubt."""
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return name, _strict(content, name, where), [f"the byte order mark says {name}"], []
    pairs = content[:4096]
    if len(pairs) > 3 and pairs[1::2].count(0) > len(pairs) / 6:
        return "utf-16-le", _strict(content, "utf-16-le", where), ["every other byte is a NUL, as in UTF-16"], []
    if len(pairs) > 3 and pairs[0::2].count(0) > len(pairs) / 6:
        return "utf-16-be", _strict(content, "utf-16-be", where), ["every other byte is a NUL, as in UTF-16"], []
    try:
        return "utf-8", content.decode(), ([] if content.isascii() else ["all of it is valid UTF-8"]), []
    except UnicodeDecodeError as error:
        mended = content.decode(errors="ignore")
        if sum(not char.isascii() for char in mended) > 20 * content.decode(errors="replace").count("\ufffd"):
            said = f"nearly all of it is UTF-8, but byte {error.start} is not: it is damaged"
            return "utf-8", content.decode(errors="replace"), [], [said]
    return _single_byte(content)


def _strict(content: bytes, encoding: str, where: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeError as error:
        raise SourceError(where, f"begins as {encoding}, but does not decode: {error}", "export the file again") from None


def _single_byte(content: bytes) -> tuple[str, str, list[str], list[str]]:
    """windows-1258 where its tone marks make Vietnamese letters, else windows-1252; latin-1 where a byte is neither."""
    vietnamese = unicodedata.normalize("NFC", content.decode("windows-1258", errors="replace"))
    tones = len(TONES.findall(content.decode("windows-1258", errors="replace")))
    loose = len(TONES.findall(vietnamese))
    try:
        western, name = content.decode("windows-1252"), "windows-1252"
    except UnicodeDecodeError:
        western, name = content.decode("latin-1"), "latin-1"
    sample = _sample(vietnamese)
    if (tones or VIETNAMESE.search(vietnamese)) and loose <= tones / 20 and "\ufffd" not in vietnamese and vietnamese != western:
        doubt = f"it is not UTF-8, and read as windows-1258 it is Vietnamese ({sample}): look whether the letters are right"
        return "windows-1258", vietnamese, [], [doubt]
    doubt = f"it is not UTF-8; read as {name} it holds {_sample(western)}: look whether the letters are right"
    return name, western, [], [doubt]


def _sample(text: str) -> str:
    words = [word for word in re.findall(r"\w+", text) if not word.isascii()]
    return ", ".join(dict.fromkeys(words[:40])) if len(words) < 4 else ", ".join([*dict.fromkeys(words)][:4])
