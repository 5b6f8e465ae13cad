"""Texts that a language model compares or goes on with: sentences, questions, prompts."""
