"""Real data sets by the catalog: scripts/fetch_datasets."""
