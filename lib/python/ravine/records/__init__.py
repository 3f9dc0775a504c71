"""Records: the fewest steps to a published target, each with a test over seeds. scripts/records."""
