"""Programs as a user of the warehouse would write them, each run in a process with its own packages; they print JSON."""
