"""Every error a user can cause. Each message says what is wrong, where, and how to mend it.

Add an exception here when a user can mend the cause; a programming error stays a Python exception.
"""


class UserError(Exception):
    """A mistake somebody can mend: shown as one message, never as a traceback."""

    def __init__(self, where: str, what: str, mend: str) -> None:
        super().__init__(f"{where}: {what}\n  How to mend it: {mend}")
        self.where, self.what, self.mend = where, what, mend

    def __reduce__(self) -> tuple[type["UserError"], tuple[str, str, str]]:
        """Keep the three parts when the error crosses a process boundary."""
        return type(self), (self.where, self.what, self.mend)


class SourceError(UserError):
    """One source cannot be used as it stands; the other sources go on."""


class MasterDataError(UserError):
    """The master data under `sources/reference/` cannot be used; nothing can be judged without it."""


class PublishError(UserError):
    """The built warehouse is not fit to replace the published one."""


class PlaceError(UserError):
    """A folder or an address that a setting names cannot be read or written."""


class QueryError(UserError):
    """A query that a user typed cannot be answered."""
