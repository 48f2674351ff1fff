"""The tiny base models: one configuration per case and the seeded random weights."""

import zlib

import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    DebertaV2Config,
    DebertaV2ForSequenceClassification,
    DebertaV2Model,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    DistilBertModel,
    Gemma2Config,
    Gemma2ForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GemmaConfig,
    GemmaForCausalLM,
    GPT2Config,
    GPT2ForSequenceClassification,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForSequenceClassification,
    MistralConfig,
    MistralForCausalLM,
    MixtralConfig,
    MixtralForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
    RobertaConfig,
    RobertaForSequenceClassification,
    RobertaModel,
)

SHAPE = dict(
    vocab_size=96,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
    bos_token_id=1,
    eos_token_id=2,
)
LLAMA = dict(SHAPE, rms_norm_eps=1e-5)
MIXTRAL = dict(LLAMA, intermediate_size=24)
GEMMA = dict(
    SHAPE,
    vocab_size=128,
    num_hidden_layers=3,
    num_key_value_heads=1,
    head_dim=16,
    intermediate_size=48,
    sliding_window=8,
    sliding_window_pattern=2,
    query_pre_attn_scalar=24,
    bos_token_id=2,
    eos_token_id=1,
)
GEMMA1 = {key: value for key, value in GEMMA.items() if key not in ("sliding_window", "sliding_window_pattern", "query_pre_attn_scalar")}
GEMMA2 = {key: value for key, value in GEMMA.items() if key != "sliding_window_pattern"}
BERT = dict(
    vocab_size=128,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    max_position_embeddings=64,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
)
GPT2 = dict(vocab_size=96, n_positions=64, n_embd=32, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=2)
# The wavelengths of theta 10 and head size 8 are 6.3, 11.2, 19.9 and 35.3: with 32 original positions the bounds are
# 8 and 32, so that all three branches of the llama3 rule occur.
LLAMA3_ROPE = dict(
    rope_type="llama3",
    rope_theta=10.0,
    factor=4.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=32,
)
GEMMA_ROPE = dict(
    full_attention=dict(rope_type="linear", factor=8.0, rope_theta=1_000_000.0),
    sliding_attention=dict(rope_type="default", rope_theta=10_000.0),
)


# Chosen so that greedy decoding visits several tokens and no step is a near tie.
WEIGHT_SEEDS = {
    "llama": "llama 6",
    "llama-tied": "llama-tied 15",
    "qwen2": "qwen2 44",
    "gemma3": "gemma3 29",
    "gemma3-softcap": "gemma3 29",
    "gpt2": "gpt2 25",
    "gpt2-old": "gpt2-old 22",
}


def causal_cases():
    """Name of the case -> (model class, configuration, sequence lengths)."""
    return {
        "llama": (LlamaForCausalLM, LlamaConfig(**LLAMA, tie_word_embeddings=False), (11, 7)),
        "llama-tied": (
            LlamaForCausalLM,
            LlamaConfig(
                **dict(LLAMA, max_position_embeddings=128), tie_word_embeddings=True, rope_parameters=LLAMA3_ROPE
            ),
            (11, 7),
        ),
        "llama-linear-rope": (
            LlamaForCausalLM,
            LlamaConfig(**LLAMA, rope_parameters=dict(rope_type="linear", factor=4.0, rope_theta=10_000.0)),
            (11, 7),
        ),
        "mistral": (MistralForCausalLM, MistralConfig(**LLAMA, sliding_window=4), (11, 7)),
        "mixtral": (
            MixtralForCausalLM,
            MixtralConfig(**MIXTRAL, num_local_experts=4, num_experts_per_tok=2, sliding_window=None),
            (11, 7),
        ),
        "qwen2": (Qwen2ForCausalLM, Qwen2Config(**SHAPE, tie_word_embeddings=True), (11, 7)),
        "qwen3": (Qwen3ForCausalLM, Qwen3Config(**SHAPE, head_dim=16), (11, 7)),
        "gemma": (GemmaForCausalLM, GemmaConfig(**GEMMA1), (14, 11)),
        "gemma2": (
            Gemma2ForCausalLM,
            Gemma2Config(**GEMMA2, attn_logit_softcapping=0.5, final_logit_softcapping=1.0),
            (14, 11),
        ),
        "gemma3": (Gemma3ForCausalLM, Gemma3TextConfig(**GEMMA), (14, 11)),
        "gemma3-softcap": (
            Gemma3ForCausalLM,
            Gemma3TextConfig(**GEMMA, final_logit_softcapping=1.0, rope_parameters=GEMMA_ROPE),
            (14, 11),
        ),
        "gpt2": (GPT2LMHeadModel, GPT2Config(**GPT2), (11, 7)),
        "gpt2-old": (
            GPT2LMHeadModel,
            GPT2Config(
                **GPT2,
                n_inner=48,
                activation_function="relu",
                scale_attn_by_inverse_layer_idx=True,
                tie_word_embeddings=False,
            ),
            (11, 7),
        ),
    }


DISTILBERT = dict(
    vocab_size=128,
    dim=32,
    hidden_dim=64,
    n_layers=2,
    n_heads=4,
    max_position_embeddings=64,
    dropout=0.0,
    attention_dropout=0.0,
    seq_classif_dropout=0.0,
)
DEBERTA = dict(BERT, relative_attention=True, pos_att_type=["p2c", "c2p"], layer_norm_eps=1e-7)
# As microsoft/deberta-v3-base and -v2-xlarge are, but for the sizes.
DEBERTA_V3 = dict(
    DEBERTA,
    position_buckets=8,
    share_att_key=True,
    norm_rel_ebd="layer_norm",
    position_biased_input=False,
    max_relative_positions=-1,
)
DEBERTA_V2_XLARGE = dict(
    DEBERTA_V3, pos_att_type="p2c|c2p", attention_head_size=8, conv_kernel_size=3, conv_act="gelu", conv_groups=2
)
# As microsoft/deberta-v2-xlarge has it: one group; wider than there, so that the padding is more than a token.
DEBERTA_CONVOLUTION = dict(DEBERTA_V2_XLARGE, conv_groups=1, conv_kernel_size=5, conv_act="tanh")
# What no released checkpoint has, yet the configuration can say.
DEBERTA_OTHER = dict(DEBERTA, max_relative_positions=6, embedding_size=24, type_vocab_size=2)


def encoder_cases():
    """Name of the case -> (model class, configuration)."""
    labels = dict(id2label={0: "red", 1: "green", 2: "blue"}, label2id={"red": 0, "green": 1, "blue": 2})
    roberta = dict(BERT, type_vocab_size=1)
    return {
        "bert": (BertModel, BertConfig(**BERT)),
        "bert-classify": (BertForSequenceClassification, BertConfig(**BERT, **labels)),
        "bert-regress": (
            BertForSequenceClassification,
            BertConfig(**BERT, num_labels=1, problem_type="regression"),
        ),
        "roberta": (RobertaModel, RobertaConfig(**roberta)),
        "roberta-classify": (RobertaForSequenceClassification, RobertaConfig(**roberta, **labels)),
        "distilbert": (DistilBertModel, DistilBertConfig(**DISTILBERT)),
        "distilbert-classify": (
            DistilBertForSequenceClassification,
            DistilBertConfig(**DISTILBERT, sinusoidal_pos_embds=True, **labels),
        ),
        "deberta": (DebertaV2Model, DebertaV2Config(**DEBERTA_OTHER)),
        "deberta-v3-classify": (DebertaV2ForSequenceClassification, DebertaV2Config(**DEBERTA_V3, **labels)),
        "deberta-v2-classify": (DebertaV2ForSequenceClassification, DebertaV2Config(**DEBERTA_V2_XLARGE, **labels)),
        "deberta-v2-convolution": (DebertaV2ForSequenceClassification, DebertaV2Config(**DEBERTA_CONVOLUTION, **labels)),
        "llama-classify": (LlamaForSequenceClassification, LlamaConfig(**LLAMA, **labels)),
        "gpt2-classify": (
            GPT2ForSequenceClassification,
            GPT2Config(**GPT2, **labels, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0),
        ),
    }


def seed_of(text):
    return zlib.crc32(text.encode())


def generator(text):
    return torch.Generator().manual_seed(seed_of(text))


def build(name, model_class, config):
    """A model in eval mode whose every parameter is random, so that no 1 or 0 hides an error."""
    config._attn_implementation = "eager"
    model = model_class(config).float().eval()
    random = generator(WEIGHT_SEEDS.get(name, name))
    gemma = config.model_type.startswith("gemma")
    gpt2 = config.model_type == "gpt2"
    with torch.no_grad():
        for key, value in model.named_parameters():
            value.copy_(random_weight(gpt2_key(key) if gpt2 else key, value.shape, gemma, random))
    return model


def gpt2_key(key):
    """GPT-2's norms and tables under the names that the other families have."""
    return key.replace(".ln_", ".norm_").replace(".wte.", ".embed_tokens.").replace(".wpe.", ".embed_positions.")


def random_weight(key, shape, gemma, random):
    noise = torch.randn(shape, generator=random)
    if "norm" in key.lower() and key.endswith("weight"):
        return 0.3 * noise if gemma else 1.0 + 0.3 * noise
    if key.endswith("bias"):
        return 0.2 * noise
    if "embed" in key:
        return 0.1 * noise  # larger tied embeddings would predict their own token again and again
    return noise / shape[1:].numel() ** 0.5
