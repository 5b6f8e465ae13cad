"""Changes that can be proved: forgetting, quarantine, feedback, audit; they call SQL functions."""
