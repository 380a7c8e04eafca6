"""Run by a Python that has PySpark: the rows of every table whose files a JSON file names, printed as JSON."""

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
files = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
sys.stdout.write(json.dumps({table: spark.read.parquet(*paths).count() if paths else 0 for table, paths in files.items()}))
