"""Golden folders of the causal language models."""

import copy
import tempfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

from golden import files, lora, variants
from golden.models import build, causal_cases, generator

UNLABELLED = 3
NEW_TOKENS = 12
SMOOTHING = 0.1
TARGETS = ["q_proj", "v_proj"]
GPT2_TARGETS = ["c_attn"]


def write_all(root, only):
    for name, (model_class, config, lengths) in causal_cases().items():
        if only and name not in only:
            continue
        model = build(name, model_class, config)
        folder = files.fresh_folder(root / name)
        model.save_pretrained(folder)
        if name == "gpt2-old":
            files.rewrite_as_released(folder)
        if config.model_type != "gpt2":
            files.write_version_four_config(folder)
        write_case(name, model, folder, sequences_of(name, config.vocab_size, lengths))


def sequences_of(name, vocabulary, lengths):
    random = generator(name + " sequences")
    drawn = [torch.randint(4, vocabulary, (length,), generator=random) for length in lengths]
    return [(ids, torch.where(torch.arange(len(ids)) < UNLABELLED, -100, ids)) for ids in drawn]


def write_case(name, model, folder, sequences):
    tensors, facts = base_values(model, sequences)
    gpt2 = model.config.model_type == "gpt2"
    check_reloaded(folder, "config.json" if gpt2 else "config-v4.json", tensors["logits.0"], sequences[0][0])
    targets = dict(target_modules=GPT2_TARGETS, fan_in_fan_out=True) if gpt2 else dict(target_modules=TARGETS)
    peft_model = lora.adapted(model, name, r=4, lora_alpha=8, task_type="CAUSAL_LM", **targets)
    files.save_adapter(peft_model, folder / "adapter", name)
    more, adapter_facts = adapter_values(peft_model, sequences)
    tensors.update(more)
    if name == "llama":
        smoothed, smoothed_facts = smoothed_values(model, peft_model, sequences)
        tensors.update(smoothed)
        facts["smoothed"] = smoothed_facts
    if name in variants.VARIANTS:
        facts["variants"] = variants.write(name, model, folder, sequences)
    facts["greedy"] = greedy(model, sequences[1][0])
    adapter_facts["greedy"] = greedy(peft_model, sequences[1][0])
    losses, after = lora.adamw_steps(peft_model, lambda m: loss_of(m, sequences))
    tensors.update(after)
    adapter_facts["adamw"] = dict(lora.ADAMW, steps=lora.STEPS, losses=losses)
    files.write_tensors(folder / "golden.safetensors", tensors)
    files.write_json(folder / "golden.json", dict(case=name, **facts, adapter=adapter_facts))


def base_values(model, sequences):
    tensors, facts = {}, {"sequences": []}
    with torch.no_grad():
        for i, (ids, labels) in enumerate(sequences):
            tensors[f"logits.{i}"] = logits_of(model, ids)
            tensors[f"token_loss.{i}"] = token_losses(model, ids, labels)
            facts["sequences"].append(dict(input_ids=ids.tolist(), labels=labels.tolist()))
        facts["labelled_tokens"] = sum(int((labels[1:] != -100).sum()) for _, labels in sequences)
        facts["loss"] = loss_of(model, sequences).item()
    return tensors, facts


def adapter_values(peft_model, sequences):
    tensors = {}
    loss = loss_of(peft_model, sequences)
    facts = dict(loss=loss.item())
    tensors.update(lora.gradients(peft_model, loss, "grad."))
    merged = copy.deepcopy(peft_model).merge_and_unload()
    with torch.no_grad():
        for i, (ids, labels) in enumerate(sequences):
            tensors[f"adapter.logits.{i}"] = logits_of(peft_model, ids)
            tensors[f"adapter.token_loss.{i}"] = token_losses(peft_model, ids, labels)
            tensors[f"merged.logits.{i}"] = logits_of(merged, ids)
        facts["merged_loss"] = loss_of(merged, sequences).item()
    return tensors, facts


def smoothed_values(model, peft_model, sequences):
    loss = loss_of(peft_model, sequences, SMOOTHING)
    with torch.no_grad():
        base = loss_of(model, sequences, SMOOTHING).item()
    facts = dict(epsilon=SMOOTHING, loss=base, adapter_loss=loss.item())
    return lora.gradients(peft_model, loss, "smoothed.grad."), facts


def logits_of(model, ids):
    return model(input_ids=ids[None], attention_mask=torch.ones_like(ids)[None], use_cache=False).logits[0]


def token_losses(model, ids, labels, smoothing=0.0):
    """Element t is the loss of label t + 1 under the logits at t, and 0 where that label is -100."""
    log_probabilities = torch.log_softmax(logits_of(model, ids)[:-1], dim=-1)
    labelled = labels[1:] != -100
    negative = -log_probabilities.gather(1, labels[1:].clamp(min=0)[:, None])[:, 0]
    smooth = -log_probabilities.mean(dim=-1)
    return ((1 - smoothing) * negative + smoothing * smooth) * labelled


def loss_of(model, sequences, smoothing=0.0):
    total = sum(token_losses(model, ids, labels, smoothing).sum() for ids, labels in sequences)
    return total / sum(int((labels[1:] != -100).sum()) for _, labels in sequences)


def greedy(model, prompt):
    settings = model.generation_config
    settings.eos_token_id = settings.pad_token_id = None
    out = model.generate(
        input_ids=prompt[None],
        attention_mask=torch.ones_like(prompt)[None],
        do_sample=False,
        use_cache=True,
        max_new_tokens=NEW_TOKENS,
        return_dict_in_generate=True,
        output_logits=True,
    )
    best = torch.stack(out.logits)[:, 0].topk(2).values
    margin = (best[:, 0] - best[:, 1]).min().item()
    return dict(prompt=prompt.tolist(), tokens=out.sequences[0, len(prompt) :].tolist(), smallest_margin=margin)


def check_reloaded(folder, config, expected, ids):
    """The rewritten configuration or file must mean the same to transformers."""
    with tempfile.TemporaryDirectory() as scratch:
        copied = Path(scratch)
        (copied / "config.json").write_text((folder / config).read_text())
        (copied / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes())
        model = AutoModelForCausalLM.from_pretrained(copied, attn_implementation="eager", dtype=torch.float32).eval()
    with torch.no_grad():
        difference = (logits_of(model, ids) - expected).abs().max().item()
    if difference != 0.0:
        raise AssertionError(f"{folder.name}: {config} changes the logits by {difference}")
