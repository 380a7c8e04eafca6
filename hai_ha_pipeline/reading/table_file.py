"""From a file of any declared format to its records: CSV, also compressed, or a sheet of a workbook."""

import re

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.csv_file import Records, read_records
from hai_ha_pipeline.reading.descriptor import Layout, Resource
from hai_ha_pipeline.reading.statements import value_columns_of


def read_table(content: bytes, where: str, resource: Resource, layout: Layout) -> Records:
    """The records of one file of a resource.

    Raises `SourceError` where it is no table of this descriptor.
    """
    pattern = re.compile(layout.value_columns.matching) if layout.value_columns else None
    records = read_records(content, where, resource.encoding, resource.dialect, resource.table_schema, pattern)
    if not value_columns_of(layout, records.cells.columns):
        raise SourceError(
            where, f"no column matches {pattern.pattern if pattern else ''!r}; the header is {records.header}", "correct `value_columns`"
        )
    return records
