"""Model folders: where the token table is in them, and in which of their files."""
