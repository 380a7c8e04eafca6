#!/usr/bin/env bash
# Apache Superset in an environment of its own, on http://127.0.0.1:8088, with a throw-away administrator (admin / admin).
# Run again it starts what is already installed. Everything it makes stands in SUPERSET_HOME; remove that folder to begin anew.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
export SUPERSET_HOME="${SUPERSET_HOME:-$HOME/.hai-ha-superset}"
export SUPERSET_CONFIG_PATH="$here/superset_config.py" FLASK_APP=superset
bin="$SUPERSET_HOME/venv/bin"
mkdir -p "$SUPERSET_HOME"

if [ ! -e "$SUPERSET_HOME/installed" ]; then
  "${PYTHON:-python3.11}" -m venv "$SUPERSET_HOME/venv"
  # Superset 6.1 pins SQLAlchemy 1.4, for which duckdb-engine is made; it starts only with the last four beside it.
  "$bin/pip" install --quiet "apache-superset==6.1.*" "duckdb>=1.4" "duckdb-engine==0.17.*" rich cachetools "flask-caching<2.4" pytz
  touch "$SUPERSET_HOME/installed"
fi
if [ ! -e "$SUPERSET_HOME/ready" ]; then
  (umask 077 && head -c 42 /dev/urandom | base64 -w0 >"$SUPERSET_HOME/secret_key")
  "$bin/superset" db upgrade
  "$bin/superset" fab create-admin --username admin --password admin --firstname Local --lastname Admin --email admin@localhost
  "$bin/superset" init
  touch "$SUPERSET_HOME/ready"
fi
exec "$bin/superset" run --host 127.0.0.1 --port "${PORT:-8088}" --with-threads
