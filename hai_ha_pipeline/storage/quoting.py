"""Text inside SQL where DuckDB takes no parameter: names of files, comments."""


def quoted(text: object) -> str:
    """The text between single quotes."""
    return str(text).replace("'", "''")
