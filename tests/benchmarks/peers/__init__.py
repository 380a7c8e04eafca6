"""Other tools at the same job: a script with its requirements each, which the benchmark runs in an environment of its own and never imports."""
