"""Relations that somebody wrote down, one a line: each form of file has a module here."""
