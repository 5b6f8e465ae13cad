"""Transformers as sources: what heads, neurons and experts compare, from weights alone.

Nothing is run by anybody else's code: weights are read tensor by tensor, in one convention whatever
the architecture (`layouts`), what stands for a token at each layer is computed from them
(`stream`), and heads, neurons and experts become vector sites (Elhage et al. 2021, "A Mathematical
Framework for Transformer Circuits"; Geva et al. 2021, "Transformer Feed-Forward Layers Are
Key-Value Memories"; Dar et al. 2022, "Analyzing Transformers in Embedding Space").
"""
