"""SDMX: a valid structure in which every code of the data stands, and figures that two public readers give back whole.

pysdmx and sdmx1 need pandas to read data. pandas must not be in the project's environment, so they read in a process that has
it from a folder of its own.
"""

import csv
import json
import os
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from pysdmx.io import read_sdmx
from pysdmx.io.reader import Message  # type: ignore[attr-defined]
from pysdmx.model import Role

from hai_ha_pipeline.contracts.core import FactObservation, FactTarget
from hai_ha_pipeline.contracts.types import allowed_values
from hai_ha_pipeline.exports.sdmx_components import COMPONENTS, OPERATORS
from tests.build import REPOSITORY
from tests.conftest import Tables
from tests.exported import built, exported, write_exports
