"""Images: what models see in them, what others wrote about them, and where it stands."""
