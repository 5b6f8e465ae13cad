"""Trait vectors: from a definition to responses, activations, vectors, monitoring and steering.

Stages read and write files under ``experiments/EXPERIMENT/TRAIT/``: ``trait_definition.json``,
``responses/{pos,neg}.csv``, ``activations/``, ``vectors/``, ``analysis/``.
"""
