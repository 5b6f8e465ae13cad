"""Files of words and their vectors, one file a format."""
