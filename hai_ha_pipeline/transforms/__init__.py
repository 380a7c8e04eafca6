"""How each table is made: pure functions, Polars frames in and out. A function's name is the table."""
