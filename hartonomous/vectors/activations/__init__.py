"""Residual streams of transformer blocks: read by hooks, streamed, and added to.

Layers are blocks, counted from 0: layer i is the output of block i, which ``transformers`` calls
``hidden_states[i + 1]``; ``hidden_states[0]`` is the embedding and has no layer here. The last
block's output is taken before the final norm.
"""
