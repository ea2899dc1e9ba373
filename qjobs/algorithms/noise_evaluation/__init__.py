"""What hardware would make of a trained model: measured, reported, and judged."""
