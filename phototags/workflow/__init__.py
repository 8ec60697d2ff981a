"""Plan of a run: typed params, experiments, file paths and code dependencies."""
