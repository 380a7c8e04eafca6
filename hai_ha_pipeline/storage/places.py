"""A folder that is a path or an `s3://` address: what Polars, deltalake and pyarrow need to reach it, and small files in it.

Endpoint and credentials come from the standard variables of AWS (`AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, ...).
"""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pyarrow.fs import FileSelector, FileSystem, FileType, LocalFileSystem

from hai_ha_pipeline.errors import PlaceError
from hai_ha_pipeline.storage import durable

CANNOT_REACH = "see that the address is right, that it is reachable from here, and that AWS_ENDPOINT_URL and the credentials fit it"


def is_address(place: Path | str) -> bool:
    """Whether a place is an address and no path."""
    return "://" in str(place)


def options() -> dict[str, str]:
    """What Polars and deltalake must be told beyond the variables of AWS: a server inside one's own network may speak plain HTTP."""
    return {"aws_allow_http": "true"} if os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://") else {}


def read_text(place: Path | str, name: str) -> str | None:
    """A small file of a place; none where it is not there. Raises `PlaceError` where the place cannot be reached."""
    with _reached(place) as (files, folder):
        file = f"{folder}/{name}"
        if files.get_file_info(file).type == FileType.NotFound:
            return None
        with files.open_input_stream(file) as stream:
            return str(stream.readall().decode())


def write_text(place: Path | str, name: str, text: str) -> None:
    """Write a small file whole or not at all. Raises `PlaceError` where the place cannot be reached."""
    with _reached(place) as (files, folder):
        if not isinstance(files, LocalFileSystem):
            with files.open_output_stream(f"{folder}/{name}") as stream:
                stream.write(text.encode())
            return
        Path(folder).mkdir(parents=True, exist_ok=True)
        durable.write(Path(folder) / name, text)


def fetch(place: Path | str, name: str, into: Path) -> Path:
    """Copy a file of a place into the folder `into`. Raises `PlaceError` where it is not there, or cannot be reached."""
    (into / name).parent.mkdir(parents=True, exist_ok=True)
    with _reached(place) as (files, folder), files.open_input_stream(f"{folder}/{name}") as stream, (into / name).open("wb") as copy:
        while chunk := stream.read(1 << 23):
            copy.write(chunk)
    return into / name


def exists(place: Path | str, name: str) -> bool:
    """Whether a place has a file with content. Raises `PlaceError` where the place cannot be reached."""
    with _reached(place) as (files, folder):
        found = files.get_file_info(f"{folder}/{name}")
        return bool(found.type == FileType.File and found.size)


def remove_folders(place: Path | str, inside: str, kept: Collection[str]) -> None:
    """Remove every folder in the folder `inside` of a place but those `kept` by name."""
    with _reached(place) as (files, folder):
        for each in files.get_file_info(FileSelector(f"{folder}/{inside}", allow_not_found=True)):
            if each.type == FileType.Directory and each.base_name not in kept:
                files.delete_dir(each.path)


@contextmanager
def _reached(place: Path | str) -> Iterator[tuple[Any, str]]:
    """The file system of a place and the place's path in it."""
    with reaching(place):
        yield FileSystem.from_uri(str(place).rstrip("/")) if is_address(place) else (LocalFileSystem(), str(place))


@contextmanager
def reaching(place: Path | str) -> Iterator[None]:
    """Raise `PlaceError` where what is done meanwhile does not reach the place."""
    try:
        yield
    except (OSError, ValueError) as error:
        raise PlaceError(str(place), str(error).strip().splitlines()[0], CANNOT_REACH) from error
