"""How time and memory grow: scripts/cost_growth."""
