"""Questions: each module calls SQL functions and gives their answers a type."""
