"""The cells of the table of missing values, a module for each idea; study/test_missing.py runs them."""
