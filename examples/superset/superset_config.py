"""Superset's settings for one person on one machine: a metadata database beside this run, DuckDB files allowed, no cache.

Named by SUPERSET_CONFIG_PATH in `serve.sh`. A key that nobody knows is made for each installation; nothing secret stands here.
"""

import os
from pathlib import Path

HOME = Path(os.environ["SUPERSET_HOME"])
SECRET_KEY = (HOME / "secret_key").read_text(encoding="utf-8").strip()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}"

# DuckDB is a file, and Superset refuses files unless told otherwise. The one who may add a database may then read any DuckDB or SQLite
# file that the server can: keep "can write on Database" to administrators.
PREVENT_UNSAFE_DB_CONNECTIONS = False

# With a cache, a chart shows the generation from before until its time runs out. Without one each view asks the warehouse.
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}

ROW_LIMIT = 5000
BABEL_DEFAULT_LOCALE = "en"
