"""`python -m hai_ha_pipeline` is `hai-ha`."""

from hai_ha_pipeline.cli.main import main

main()
