"""Where tables live: Parquet between steps, one published DuckDB file. Only this package imports duckdb."""
