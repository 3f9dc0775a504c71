"""How fast ravine is: its kernels, its peers, and how its costs grow."""
