"""What the Dagster UI shows of a table: its columns, row count, a preview, failing cases, and a chart of a mart."""

import base64
import io

import dagster as dg
import polars as pl

from hai_ha_pipeline.contracts.types import Column, Contract, columns

PREVIEW_ROWS = 10
PREVIEW_TEXT = 60
CHARTED = {"attainment": "attainment_chart", "growth": "growth_chart", "consistency": "consistency_chart"}


def column_schema(contract: type[Contract]) -> dg.TableSchema:
    """The contract as Dagster's column schema."""
    return dg.TableSchema([_table_column(column) for column in columns(contract)])


def of_table(name: str, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
    """Row count, preview, and where the table is a mart its chart."""
    shown: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.IntMetadataValue(rows.height),
        "preview": dg.MarkdownMetadataValue(as_markdown(rows.head(PREVIEW_ROWS))),
    }
    if name in CHARTED and (chart := _chart(name, rows)):
        picture = base64.b64encode(chart).decode()
        shown["chart"] = dg.MarkdownMetadataValue(f"![{name}](data:image/png;base64,{picture})")
    return shown


def _chart(name: str, rows: pl.DataFrame) -> bytes | None:
    """The chart of a mart; what draws is imported only where something is drawn."""
    from hai_ha_pipeline.orchestration import charts

    chart: bytes | None = getattr(charts, CHARTED[name])(rows)
    return chart


def as_markdown(rows: pl.DataFrame) -> str:
    """Rows as a Markdown table: long texts cut, and signs that would break the table or become HTML made harmless."""
    texts = rows.select(_harmless(pl.all().cast(pl.String).fill_null("").str.head(PREVIEW_TEXT)))
    header = pl.select(_harmless(pl.lit(pl.Series(texts.columns, dtype=pl.String)))).to_series()
    page = io.StringIO()
    page.write(f"| {' | '.join(header)} |\n|{' --- |' * texts.width}\n")
    page.writelines(f"| {' | '.join(row)} |\n" for row in texts.iter_rows())
    return page.getvalue()


def _harmless(text: pl.Expr) -> pl.Expr:
    one_line = text.str.replace_all(r"\s+", " ")
    return one_line.str.replace_all("|", "\\|", literal=True).str.replace_all("<", "&lt;", literal=True)


def _table_column(column: Column) -> dg.TableColumn:
    return dg.TableColumn(
        column.name,
        column.dtype.lower(),
        description=column.description,
        constraints=dg.TableColumnConstraints(nullable=column.is_nullable),
    )
