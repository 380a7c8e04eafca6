"""The command line, `hai-ha`."""
