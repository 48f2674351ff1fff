"""Writes the golden files of the methods that the LoRA paper compares with: adapters in lora4j's form, what a model gives
with each, and the gradient of every value, by transformers' models with hooks and torch's autograd.

usage: python parity/make_baseline_golden.py

Reads the bases that make_model_golden.py has written; writes golden/baselines/CASE-METHOD/. The loss is Σ hidden ∘ seed over
the rows of real tokens, so that no head is in the way.
"""

import os

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from safetensors.torch import save_file
from transformers import AutoModel

from golden import files
from make_model_golden import ROOT

SEQUENCES = [[5, 17, 3, 40, 9], [21, 8, 33]]
WIDTH, TOKENS = 3, 2

# per case: prefix of the paths in lora4j, embedding, and for each block what attention reads, the last layers of
# attention and feed-forward, and where the feed-forward branch ends
CASES = {
    "llama": ("model.", "embed_tokens", "layers.{}.input_layernorm", "layers.{}.self_attn.o_proj",
              "layers.{}.mlp.down_proj", "layers.{}.mlp.down_proj"),
    "gemma2": ("model.", "embed_tokens", "layers.{}.input_layernorm", "layers.{}.self_attn.o_proj",
               "layers.{}.mlp.down_proj", "layers.{}.post_feedforward_layernorm"),
    "gpt2": ("transformer.", "wte", "h.{}.ln_1", "h.{}.attn.c_proj", "h.{}.mlp.c_proj", "h.{}.mlp.c_proj"),
    "bert": ("", "embeddings.word_embeddings", None, "encoder.layer.{}.attention.output.dense",
             "encoder.layer.{}.output.dense", "encoder.layer.{}.output.LayerNorm"),
}
METHODS = ["bitfit", "adapter-h", "adapter-l", "adapter-p", "prefix-embedding", "prefix-layer", "top-layers"]
SIZES = {"bitfit": 0, "top-layers": 1, "prefix-embedding": TOKENS, "prefix-layer": TOKENS}


class Case:
    def __init__(self, name):
        self.name = name
        self.prefix, self.words, self.states, self.attention, self.down, self.end = CASES[name]
        plain = dict(attn_implementation="eager", dtype=torch.float32)
        self.model = AutoModel.from_pretrained(ROOT / name, **plain).eval().requires_grad_(False)
        self.causal = name != "bert"
        self.layers = self.model.config.num_hidden_layers

    def module(self, path):
        return self.model.get_submodule(path)

    def state_paths(self):
        if self.states:
            return [self.states.format(i) for i in range(self.layers)]
        return ["embeddings.LayerNorm"] + [self.end.format(i) for i in range(self.layers - 1)]


def bottleneck(case, path, normed, values):
    d = case.model.config.hidden_size
    base = case.prefix + path + ".bottleneck."
    own = {
        base + "down.weight": torch.randn(WIDTH, d) * 0.3, base + "down.bias": torch.randn(WIDTH) * 0.3,
        base + "up.weight": torch.randn(d, WIDTH) * 0.3, base + "up.bias": torch.randn(d) * 0.3,
    }
    if normed:
        own[base + "norm.weight"] = 1 + torch.randn(d) * 0.1
        own[base + "norm.bias"] = torch.randn(d) * 0.1
    own = {name: value.requires_grad_() for name, value in own.items()}
    values.update(own)

    def hook(module, inputs, x):
        z = x
        if normed:
            z = torch.nn.functional.layer_norm(x, (d,), own[base + "norm.weight"], own[base + "norm.bias"])
        narrow = torch.relu(z @ own[base + "down.weight"].T + own[base + "down.bias"])
        return x + narrow @ own[base + "up.weight"].T + own[base + "up.bias"]

    return case.module(path).register_forward_hook(hook)


def virtual(case, path, values):
    width = case.module(path).weight.shape[-1]
    table = (torch.randn(TOKENS, width) * 0.5).requires_grad_()
    values[case.prefix + path + ".virtual_tokens.weight"] = table
    at = 0 if case.causal else 1

    def hook(module, inputs, x):
        scaled = table * getattr(module, "embed_scale", 1)  # gemma2's embedding scales what it looks up; lora4j does after it
        return torch.cat([x[:, :at], scaled[None], x[:, at + TOKENS:]], 1)

    return case.module(path).register_forward_hook(hook)


def put(case, method):
    """The method's values by their names in the file, and the hooks that apply them."""
    values = {}
    if method == "bitfit":
        for name, parameter in case.model.named_parameters():
            if name.endswith(".bias"):
                parameter.data.add_(torch.randn_like(parameter) * 0.1)
                values[case.prefix + name] = parameter.requires_grad_()
        return values, []
    if method == "top-layers":
        layers = {"gpt2": "h.{}.", "bert": "encoder.layer.{}."}.get(case.name, "layers.{}.")
        top = layers.format(case.layers - 1)
        for name, parameter in case.model.named_parameters():
            if name.startswith(top):
                parameter.data.add_(torch.randn_like(parameter) * 0.02)
                values[case.prefix + name] = parameter.requires_grad_()
        return values, []
    if method == "adapter-h":
        paths = [p.format(i) for i in range(case.layers) for p in (case.attention, case.down)]
        return values, [bottleneck(case, path, False, values) for path in paths]
    if method in ("adapter-l", "adapter-p"):
        return values, [bottleneck(case, case.end.format(i), method == "adapter-l", values) for i in range(case.layers)]
    paths = [case.words] if method == "prefix-embedding" else case.state_paths()
    return values, [virtual(case, path, values) for path in paths]



def write(name, method):
    torch.manual_seed(sum(map(ord, name + method)))
    case = Case(name)
    values, hooks = put(case, method)
    if not values:
        return  # no bias in this model
    at = 0 if case.causal else 1
    prefix = method.startswith("prefix")
    golden, loss = {}, 0
    for i, ids in enumerate(SEQUENCES):
        room = ids[:at] + [0] * TOKENS + ids[at:] if prefix else ids
        hidden = case.model(torch.tensor([room])).last_hidden_state[0]
        if prefix:
            hidden = torch.cat([hidden[:at], hidden[at + TOKENS:]])
        seed = torch.randn_like(hidden)
        golden[f"hidden.{i}"], golden[f"seed.{i}"] = hidden.detach(), seed
        loss = loss + (hidden * seed).sum()
    loss.backward()
    for hook in hooks:
        hook.remove()
    folder = ROOT / "baselines" / f"{name}-{method}"
    folder.mkdir(parents=True, exist_ok=True)
    for key, value in values.items():
        if value.grad is not None:  # nothing reads bert's pooler here
            golden["grad.base_model.model." + key] = value.grad
    tensors = {"base_model.model." + key: value.detach().clone().contiguous() for key, value in values.items()}
    save_file(tensors, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    files.write_tensors(folder / "golden.safetensors", golden)
    config = {
        "base_model_name_or_path": name,
        "modules_to_save": [],
        "peft_type": method.upper().replace("-", "_"),
        "size": SIZES.get(method, WIDTH),
        "task_type": "CAUSAL_LM" if case.causal else "FEATURE_EXTRACTION",
    }
    files.write_json(folder / "adapter_config.json", config)


def main():
    torch.set_num_threads(1)
    for name in CASES:
        for method in METHODS:
            write(name, method)


if __name__ == "__main__":
    main()
