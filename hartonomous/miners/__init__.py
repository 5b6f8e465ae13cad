"""Sites and symbols to observations, one file each."""
