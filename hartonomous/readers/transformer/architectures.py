"""The architectures that are known by the names of their tensors."""

from __future__ import annotations

from dataclasses import replace

from hartonomous.readers.transformer.layouts import Layout

_BERT = Layout(
    "BERT",
    query="encoder.layer.{l}.attention.self.query",
    key="encoder.layer.{l}.attention.self.key",
    value="encoder.layer.{l}.attention.self.value",
    output="encoder.layer.{l}.attention.output.dense",
    up="encoder.layer.{l}.intermediate.dense",
    down="encoder.layer.{l}.output.dense",
    attention_norm="encoder.layer.{l}.attention.output.LayerNorm",
    mlp_norm="encoder.layer.{l}.output.LayerNorm",
    norms_after=True,
    first_norm="embeddings.LayerNorm",
    position="embeddings.position_embeddings",
    token_type="embeddings.token_type_embeddings",  # noqa: S106  # a tensor
)
_GPT2 = Layout(
    "GPT-2",
    query="h.{l}.attn.c_attn[0/3]",
    key="h.{l}.attn.c_attn[1/3]",
    value="h.{l}.attn.c_attn[2/3]",
    output="h.{l}.attn.c_proj",
    up="h.{l}.mlp.c_fc",
    down="h.{l}.mlp.c_proj",
    attention_norm="h.{l}.ln_1",
    mlp_norm="h.{l}.ln_2",
    final_norm="ln_f",
    position="wpe",
    unembedding=("lm_head",),
    is_causal=True,
    is_transposed=True,
    activation="gelu_new",
)
_LLAMA = Layout(
    "Llama",
    query="layers.{l}.self_attn.q_proj",
    key="layers.{l}.self_attn.k_proj",
    value="layers.{l}.self_attn.v_proj",
    output="layers.{l}.self_attn.o_proj",
    up="layers.{l}.mlp.up_proj",
    down="layers.{l}.mlp.down_proj",
    gate="layers.{l}.mlp.gate_proj",
    attention_norm="layers.{l}.input_layernorm",
    mlp_norm="layers.{l}.post_attention_layernorm",
    query_norm="layers.{l}.self_attn.q_norm",
    key_norm="layers.{l}.self_attn.k_norm",
    final_norm="norm",
    unembedding=("lm_head",),
    norm="rms",
    is_causal=True,
    rotary=True,
    activation="silu",
    # Gemma norms twice and by 1 + weight
    excluded="layers.{l}.pre_feedforward_layernorm",
)
_MIXTRAL = replace(
    _LLAMA,
    name="Mixtral",
    up="layers.{l}.block_sparse_moe.experts.{e}.w3",
    down="layers.{l}.block_sparse_moe.experts.{e}.w2",
    gate="layers.{l}.block_sparse_moe.experts.{e}.w1",
    router="layers.{l}.block_sparse_moe.gate",
)
_EXPERTS = replace(
    _LLAMA,
    name="Qwen and OLMo with experts",
    up="layers.{l}.mlp.experts.{e}.up_proj",
    down="layers.{l}.mlp.experts.{e}.down_proj",
    gate="layers.{l}.mlp.experts.{e}.gate_proj",
    router="layers.{l}.mlp.gate",
    excluded="layers.{l}.mlp.shared_expert.up_proj",
)
_T5 = Layout(
    "T5, its encoder",
    query="encoder.block.{l}.layer.0.SelfAttention.q",
    key="encoder.block.{l}.layer.0.SelfAttention.k",
    value="encoder.block.{l}.layer.0.SelfAttention.v",
    output="encoder.block.{l}.layer.0.SelfAttention.o",
    up="encoder.block.{l}.layer.1.DenseReluDense.wi",
    down="encoder.block.{l}.layer.1.DenseReluDense.wo",
    attention_norm="encoder.block.{l}.layer.0.layer_norm",
    mlp_norm="encoder.block.{l}.layer.1.layer_norm",
    final_norm="encoder.final_layer_norm",
    norm="rms",
    activation="relu",
)
_T5_GATED = replace(
    _T5,
    name="T5 1.1, its encoder",
    gate="encoder.block.{l}.layer.1.DenseReluDense.wi_0",
    up="encoder.block.{l}.layer.1.DenseReluDense.wi_1",
    activation="gelu_new",
)
_MODERNBERT = Layout(
    "ModernBERT",
    query="layers.{l}.attn.Wqkv[0/3]",
    key="layers.{l}.attn.Wqkv[1/3]",
    value="layers.{l}.attn.Wqkv[2/3]",
    output="layers.{l}.attn.Wo",
    gate="layers.{l}.mlp.Wi[0/2]",
    up="layers.{l}.mlp.Wi[1/2]",
    down="layers.{l}.mlp.Wo",
    attention_norm="layers.{l}.attn_norm",
    mlp_norm="layers.{l}.mlp_norm",
    first_norm="embeddings.norm",
    final_norm="final_norm",
    rotary=True,
)
_GGUF = Layout(
    "Llama as GGUF",
    query="blk.{l}.attn_q",
    key="blk.{l}.attn_k",
    value="blk.{l}.attn_v",
    output="blk.{l}.attn_output",
    up="blk.{l}.ffn_up",
    down="blk.{l}.ffn_down",
    gate="blk.{l}.ffn_gate",
    attention_norm="blk.{l}.attn_norm",
    mlp_norm="blk.{l}.ffn_norm",
    query_norm="blk.{l}.attn_q_norm",
    key_norm="blk.{l}.attn_k_norm",
    final_norm="output_norm",
    unembedding=("output",),
    norm="rms",
    is_causal=True,
    rotary=True,
    rotates_neighbours=True,
    activation="silu",
    excluded="blk.{l}.post_ffw_norm",
)

#: In the order in which they are tried.
LAYOUTS = (_BERT, _GPT2, _MIXTRAL, _EXPERTS, _LLAMA, _T5_GATED, _T5, _MODERNBERT, _GGUF)
