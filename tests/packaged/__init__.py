"""The package as it is deployed, run as Lambda runs it: `shape` is the place, `stage` a stage of such functions."""
