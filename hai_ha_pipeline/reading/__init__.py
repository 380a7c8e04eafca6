"""From files to statements: descriptors, CSV files, layouts, corrections, and the archive of what was read."""
