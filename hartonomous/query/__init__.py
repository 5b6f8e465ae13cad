"""Questions: they call SQL functions and shape the answers."""
