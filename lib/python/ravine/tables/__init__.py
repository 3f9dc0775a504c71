"""Tables for papers: what each optimizer reached on each problem."""
