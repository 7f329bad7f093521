"""Running it: the door, the versions that are served, workers, logs, figures."""
