"""Which model comes from which, by what is near to what in them."""
