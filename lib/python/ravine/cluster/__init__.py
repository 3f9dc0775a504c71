"""Runs of scripts/slurm/submit, seen from outside."""
