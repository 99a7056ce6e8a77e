"""What Jinling's speed rests on, measured against peers in one run: `python -m benchmarks`."""
