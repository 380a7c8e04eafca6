"""What leaves the warehouse as files: Parquet, CSV for spreadsheets, SDMX, and the Data Package that describes them."""
