"""Task vectors: what a prompt's residual streams say of the task, and whether they cause it."""
