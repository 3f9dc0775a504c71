"""ravine beside PyTorch and dlib on one machine: scripts/compare_peers."""
