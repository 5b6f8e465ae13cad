"""Arrays to arrays: nearest neighbours, spectral coordinates, the sphere; no files, no database."""
