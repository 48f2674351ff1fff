"""Which modules PEFT adapts for which settings, found by injecting into tiny models."""

import copy

from peft import LoraConfig, get_peft_model
from peft.tuners.lora import LoraLayer
from peft.utils import ModulesToSaveWrapper
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
)

from golden import files
from golden.models import BERT, GPT2, LLAMA

TASKS = {"llama": "CAUSAL_LM", "gpt2": "CAUSAL_LM", "bert": "SEQ_CLS"}
PREFIX = "base_model.model."
Q_V = ["q_proj", "v_proj"]
CASES = [
    ("llama", dict(target_modules=Q_V)),
    ("llama", dict(target_modules=["model.layers.0.self_attn.q_proj"])),
    ("llama", dict(target_modules=["self_attn.q_proj", "mlp.up_proj"])),
    ("llama", dict(target_modules=["layers.1.mlp.down_proj"])),
    ("llama", dict(target_modules=["proj"])),
    ("llama", dict(target_modules=["roj"])),
    ("llama", dict(target_modules=["q_proj", "no_such_module"])),
    ("llama", dict(target_modules=["input_layernorm"])),
    ("llama", dict(target_modules=["self_attn"])),
    ("llama", dict(target_modules=["embed_tokens"])),
    ("llama", dict(target_modules=["lm_head"])),
    ("llama", dict(target_modules="all-linear")),
    ("llama", dict(target_modules="ALL-LINEAR")),
    ("llama", dict(target_modules="q_proj")),
    ("llama", dict(target_modules=r".*q_proj")),
    ("llama", dict(target_modules=r".*\.(q|k)_proj")),
    ("llama", dict(target_modules=r"model\.layers\.\d+\.mlp\.(gate|up)_proj")),
    ("llama", dict(target_modules=r"layers\.0\.self_attn\.q_proj")),
    ("llama", dict(target_modules=r".*_proj", exclude_modules=r".*mlp.*")),
    ("llama", dict(target_modules=Q_V, exclude_modules=["v_proj"])),
    ("llama", dict(target_modules=Q_V, exclude_modules=["layers.0.self_attn.q_proj"])),
    ("llama", dict(target_modules=Q_V, exclude_modules=["model.layers.1.self_attn.v_proj"])),
    ("llama", dict(target_modules=Q_V, exclude_modules=r"model\.layers\.0\..*")),
    ("llama", dict(target_modules=Q_V, exclude_modules=Q_V)),
    ("llama", dict(target_modules="all-linear", exclude_modules=["down_proj", "o_proj"])),
    ("llama", dict(target_modules="all-linear", layers_to_transform=[1])),
    ("llama", dict(target_modules=Q_V, layers_to_transform=[1])),
    ("llama", dict(target_modules=Q_V, layers_to_transform=0)),
    ("llama", dict(target_modules=Q_V, layers_to_transform=[0, 1])),
    ("llama", dict(target_modules=Q_V, layers_to_transform=[7])),
    ("llama", dict(target_modules=Q_V, layers_to_transform=[1], layers_pattern="layers")),
    ("llama", dict(target_modules=Q_V, layers_to_transform=[1], layers_pattern=["h", "layers"])),
    ("llama", dict(target_modules=Q_V, layers_to_transform=[1], layers_pattern="blocks")),
    ("llama", dict(target_modules=["q_proj", "model.layers.0.self_attn.v_proj"], layers_to_transform=[1])),
    ("llama", dict(target_modules=["q_proj", "lm_head"], layers_to_transform=[1])),
    ("llama", dict(target_modules=["q_proj", "lm_head"], modules_to_save=["lm_head"])),
    ("llama", dict(target_modules=Q_V, modules_to_save=["embed_tokens", "norm"])),
    ("llama", dict(target_modules=Q_V, modules_to_save=["v_proj"])),
    ("llama", dict(target_modules=Q_V, rank_pattern={"q_proj": 2}, alpha_pattern={"v_proj": 32})),
    ("llama", dict(target_modules=Q_V, rank_pattern={"layers.0.self_attn.q_proj": 2, "model.layers.1.self_attn.q_proj": 3})),
    ("llama", dict(target_modules=Q_V, rank_pattern={r"layers\.\d\.self_attn\.v_proj": 5, "proj": 7})),
    ("llama", dict(target_modules=Q_V, rank_pattern={"q_proj": 2, "layers.0.self_attn.q_proj": 16})),
    ("llama", dict(target_modules=Q_V, rank_pattern={"layers.0.self_attn.q_proj": 16, "q_proj": 2})),
    ("llama", dict(target_modules=Q_V, rank_pattern={"^model.layers.1.self_attn.v_proj": 9, ".*q_proj": 3})),
    ("llama", dict(target_modules=Q_V, alpha_pattern={"layers.1.*": 5})),
    ("llama", dict(target_modules=Q_V, use_rslora=True, rank_pattern={"q_proj": 16})),
    ("bert", dict(target_modules=["query", "value"])),
    ("bert", dict(target_modules=["dense"])),
    ("bert", dict(target_modules=["output.dense"])),
    ("bert", dict(target_modules=["attention.output.dense"])),
    ("bert", dict(target_modules=["classifier"])),
    ("bert", dict(target_modules=["word_embeddings"])),
    ("bert", dict(target_modules="all-linear")),
    ("bert", dict(target_modules=r".*attention.*", exclude_modules=r".*(dropout|LayerNorm|self|output|attention)")),
    ("bert", dict(target_modules=r"bert\.encoder\.layer\.0\..*\.(query|key)")),
    ("bert", dict(target_modules=["query"], layers_to_transform=[1])),
    ("bert", dict(target_modules=["query"], layers_to_transform=[1], layers_pattern="layer")),
    ("bert", dict(target_modules=["dense"], layers_to_transform=[0])),
    ("bert", dict(target_modules=["dense"], modules_to_save=["pooler"])),
    ("gpt2", dict(target_modules=["c_attn"])),
    ("gpt2", dict(target_modules=["c_proj"])),
    ("gpt2", dict(target_modules=["attn.c_proj"])),
    ("gpt2", dict(target_modules=["mlp.c_proj", "c_fc"])),
    ("gpt2", dict(target_modules="all-linear")),
    ("gpt2", dict(target_modules=["wte"])),
    ("gpt2", dict(target_modules=["c_attn"], layers_to_transform=[0], layers_pattern="h")),
    ("gpt2", dict(target_modules=["c_attn"], layers_to_transform=[0], layers_pattern="layers")),
    ("gpt2", dict(target_modules=r".*\.h\.1\.attn\.c_attn")),
]


def write(root):
    models = {
        "llama": LlamaForCausalLM(LlamaConfig(**LLAMA)),
        "bert": BertForSequenceClassification(BertConfig(**BERT, num_labels=3)),
        "gpt2": GPT2LMHeadModel(GPT2Config(**GPT2)),
    }
    modules = {name: leaves(model) for name, model in models.items()}
    cases = [case(name, models[name], settings) for name, settings in CASES]
    files.write_json(root / "matching.json", dict(r=4, lora_alpha=8, modules=modules, cases=cases))


def leaves(model):
    return {name: type(m).__name__ for name, m in model.named_modules() if not any(m.children())}


def case(name, model, settings):
    answer = dict(model=name, task_type=TASKS[name], settings=settings)
    try:
        shape = dict(r=4, lora_alpha=8, task_type=TASKS[name], fan_in_fan_out=name == "gpt2")
        config = LoraConfig(**shape, **copy.deepcopy(settings))
        adapted = get_peft_model(copy.deepcopy(model), config)
    except ValueError as refused:
        return dict(answer, error=reason(str(refused)))
    found = {n.removeprefix(PREFIX): m for n, m in adapted.named_modules() if isinstance(m, LoraLayer)}
    saved = [n.removeprefix(PREFIX) for n, m in adapted.named_modules() if isinstance(m, ModulesToSaveWrapper)]
    return dict(answer, adapted={n: facts(m) for n, m in found.items()}, saved_modules=saved)


def reason(message):
    """PEFT's message without the parts that change from run to run."""
    for part in ("not found in the base model", "is not supported", "No modules were targeted", "cannot be used when"):
        if part in message:
            return part
    raise AssertionError("unknown refusal: " + message)


def facts(layer):
    return dict(r=layer.r["default"], lora_alpha=layer.lora_alpha["default"], scaling=layer.scaling["default"])
