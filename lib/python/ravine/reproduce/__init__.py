"""Figures of papers and of the lecture, each from one command, beside what was published."""
