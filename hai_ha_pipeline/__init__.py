"""Hai Ha pipeline: printed plan targets and results, from CSV to a DuckDB warehouse."""
