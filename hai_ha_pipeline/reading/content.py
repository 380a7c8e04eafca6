"""What the bytes of a file are: unpacked, certainly a text, and in which encoding. Nothing here knows of tables.

A file that is something else than its descriptor says (a workbook, a page, a database named `.csv`) is recognised here.
"""

import codecs
import gzip
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Literal

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.text import Text

MEBIBYTE = 1024 * 1024
PIECE = 4 * MEBIBYTE
MOST_BYTES, MOST_TIMES, ALWAYS_ALLOWED = 8192 * MEBIBYTE, 200, 64 * MEBIBYTE
UTF_8 = ("utf-8", "utf-8-sig", "ascii")
CONTROLS = bytes([*range(0x01, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
C1_CONTROLS = re.compile(rb"\xc2[\x80-\x9f]")  # as UTF-8; a file declared as latin-1 that is windows-1252 is full of them
BYTE_ORDER_MARKS = (  # UTF-32 LE begins like UTF-16 LE, so it comes first
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
EXPORT_AGAIN = "export the table as CSV"
LOOK_ALIKES = tuple(
    (re.compile(beginning), kind, mend)
    for beginning, kind, mend in (
        (rb"\x1f\x8b", "a gzip file", "declare `compression: gz`, or put the unpacked file into the folder"),
        (rb"PK\x03\x04(?s:.{0,4000}?)(?:\[Content_Types\]|xl/)", "an Excel workbook", "declare `format: xlsx`, or export the sheet as CSV"),
        (rb"PK(?:\x03\x04|\x05\x06)", "a zip archive", "declare `compression: zip`, or put the unpacked file into the folder"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls)", "save it as .xlsx, or export the sheet as CSV"),
        (rb"SQLite format 3\x00", "an SQLite database", EXPORT_AGAIN),
        (rb"(?s:.{8})DUCK(?s:.{2})\x00{6}", "a DuckDB database", EXPORT_AGAIN),
        (rb"PAR1[\x00-\x1f]", "a Parquet file", EXPORT_AGAIN),
        (rb"%PDF-", "a PDF document", EXPORT_AGAIN),
        (rb"BZh[1-9]1AY&SY|\xfd7zXZ\x00|\x28\xb5\x2f\xfd", "a compressed file", "put the unpacked file into the folder"),
        (rb"(?i)(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)\b", "an HTML page", "download the file itself, not its page"),
        (rb"(?:\xef\xbb\xbf)?\s*<\?xml\b", "an XML document", EXPORT_AGAIN),
    )
)


def decompressed(content: bytes, compression: Literal["gz", "zip"] | None, where: str) -> bytes:
    """The content of a file as declared: unpacked, or as it is.

    Raises `SourceError` where it is not packed so, is not whole, or unpacks to more than a table would.
    """
    if compression is None:
        return content
    try:
        with _packed(content, compression, where) as packed:
            return _read_within_limit(packed, len(content), where)
    except EOFError:
        raise SourceError(where, f"the {compression} file ends too early", "copy or download it again") from None
    except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise SourceError(where, f"is no whole {compression} file: {error}", "correct `compression`, or download the file again") from None


def _packed(content: bytes, compression: Literal["gz", "zip"], where: str) -> IO[bytes]:
    if compression == "gz":
        return io.BufferedReader(gzip.GzipFile(fileobj=io.BytesIO(content)))
    archive = zipfile.ZipFile(io.BytesIO(content))
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) != 1:
        raise SourceError(
            where, f"the zip holds {len(members)} files: {[each.filename for each in members[:10]]}", "pack one file, or unpack them here"
        )
    if members[0].flag_bits & 1:
        raise SourceError(where, "the zip is locked with a password", "unpack it, and put the file into the folder")
    return archive.open(members[0])


def _read_within_limit(packed: IO[bytes], size: int, where: str) -> bytes:
    limit = min(MOST_BYTES, max(ALWAYS_ALLOWED, MOST_TIMES * size))
    pieces, total = [], 0
    while piece := packed.read(PIECE):
        pieces.append(piece)
        total += len(piece)
        if total > limit:
            raise SourceError(
                where,
                f"{size} bytes unpack to more than {limit // MEBIBYTE} MiB, {MOST_TIMES} times their size: no table does",
                "unpack the file and look at it; if it is right, put it into the folder unpacked",
            )
    return b"".join(pieces)


def text_of(content: bytes, where: str, encoding: str) -> Text:
    """The text of a file.

    Raises `SourceError` where the file is empty, is something else than a text, or is not in this encoding.
    """
    _check_is_no_other_format(content, where)
    try:
        codec = codecs.lookup(encoding).name
        _check_mark(content, where, encoding, codec)
        text = _utf8(content, codec) if codec in UTF_8 else _transcoded(content, codec)
    except LookupError:
        raise SourceError(where, f"no encoding is called {encoding!r}", "name one such as utf-8 or windows-1258") from None
    except UnicodeError as error:
        raise _undecodable(content, where, encoding, error) from None
    if not text.data:
        raise SourceError(where, "the file is empty", "export it again")
    if (at := text.data.find(b"\x00")) >= 0:
        line, byte = text.lines_before(at) + 1, text.bytes_before([at])[0]
        raise SourceError(where, f"line {line} holds a NUL (byte {byte}): no text file", "export it as CSV again, or correct `encoding`")
    return text


def _check_is_no_other_format(content: bytes, where: str) -> None:
    if not content:
        raise SourceError(where, "the file is empty", "export it again")
    for beginning, kind, mend in LOOK_ALIKES:
        if beginning.match(content):
            raise SourceError(where, f"is {kind}, not a CSV file", mend)


def _check_mark(content: bytes, where: str, encoding: str, codec: str) -> None:
    """A byte order mark says the encoding, and text that is valid UTF-8 though not ASCII is nothing else."""
    marked = next((name for mark, name in BYTE_ORDER_MARKS if content.startswith(mark)), None)
    is_turned = codec[-3:] in {"-le", "-be"} and codec.endswith("-le") != content.startswith(b"\xff\xfe")
    if marked and (not codec.startswith(marked) or (marked != "utf-8" and is_turned)):
        what = f"is declared as {encoding}, but begins with the byte order mark of {marked}"
        raise SourceError(where, what, f"declare `encoding: {marked}`")
    if not codec.startswith(("utf", "ascii")) and not content.isascii() and _is_utf8(content):
        raise SourceError(where, f"is declared as {encoding}, but is valid UTF-8 from end to end", "declare `encoding: utf-8`")


def _utf8(content: bytes, codec: str) -> Text:
    """The text of a UTF-8 or ASCII file, checked piece by piece and never copied."""
    mark = len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0
    data = content[mark:]
    is_composed, has_controls = True, False
    for piece in _pieces(data):
        is_composed &= unicodedata.is_normalized("NFC", piece.decode(codec))
        has_controls |= _has_controls(piece)
    return Text(data, codec, mark, is_composed, has_controls)


def _transcoded(content: bytes, codec: str) -> Text:
    marks = [mark for mark, _ in BYTE_ORDER_MARKS if content.startswith(mark)]
    text = content.decode(codec).removeprefix("\ufeff")
    data = text.encode()
    return Text(data, codec, len(marks[0]) if marks else 0, unicodedata.is_normalized("NFC", text), _has_controls(data))


def _has_controls(data: bytes) -> bool:
    return len(data.translate(None, CONTROLS)) < len(data) or (b"\xc2" in data and C1_CONTROLS.search(data) is not None)


def _pieces(data: bytes) -> Iterator[bytes]:
    """Pieces of whole lines, some megabytes each: nothing combines across a line end."""
    at = 0
    while at < len(data):
        end = data.find(b"\n", at + PIECE) + 1 or len(data)
        yield data[at:end]
        at = end


def _undecodable(content: bytes, where: str, encoding: str, error: UnicodeError) -> SourceError:
    """The error that names the first byte which is not of the declared encoding."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError as first:
        line = len(re.findall(r"\r\n|\r|\n", content[: first.start].decode(encoding, errors="replace"))) + 1
        what = f"byte {first.start} (line {line}) does not decode as {encoding} ({content[first.start]:#04x})"
    except UnicodeError:
        what = f"does not decode as {encoding}: {error}"
    mend = "declare the encoding the file really has in the descriptor's `encoding`"
    return SourceError(where, what, f"{mend}: it is valid UTF-8" if _is_utf8(content) else mend)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
