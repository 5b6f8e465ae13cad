"""Statistics over answers: how well they agree with people; nothing is changed."""
