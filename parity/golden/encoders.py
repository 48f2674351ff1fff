"""Golden folders of encoders, and of decoders with a head for sequences: hidden states, classification, regression."""

import copy

import torch

from golden import files, lora
from golden.models import build, encoder_cases, generator

# Tokens of the first and of the second text of each example.
LENGTHS = ((5, 4), (6, 0), (3, 9))
CLASSES = (2, 0, 1)
TARGETS = (0.7, -1.3, 2.1)
LONGER = ((5, 4), (6, 0), (14, 19))
TARGET_MODULES = {
    "bert": ["query", "value"],
    "roberta": ["query", "value"],
    "distilbert": ["q_lin", "v_lin"],
    "deberta-v2": ["query_proj", "value_proj"],
    "llama": ["q_proj", "v_proj"],
    "gpt2": ["c_attn"],
}
BESIDE_CONVOLUTION = dict(target_modules=["conv.conv", "query_proj"])
# Every bias, so that those of the convolution and of the table's norm are trained too.
MORE = {
    "deberta-v2-classify": dict(target_modules=["query_proj", "key_proj"], bias="all"),
    "deberta-v2-convolution": BESIDE_CONVOLUTION,
}
# PEFT refuses to merge where a convolution has groups.
GROUPED = "deberta-v2-classify"
VARIANTS = {
    "deberta-v2-classify": {"grouped-convolution": BESIDE_CONVOLUTION},
    "deberta-v2-convolution": {
        "dora": dict(BESIDE_CONVOLUTION, use_dora=True),
        "rslora-lora-bias": dict(BESIDE_CONVOLUTION, use_rslora=True, lora_bias=True),
        "bias-lora-only": dict(target_modules=["encoder.conv.conv"], bias="lora_only"),
        "patterns": dict(BESIDE_CONVOLUTION, rank_pattern={"conv.conv": 6}, alpha_pattern={"conv.conv": 3}),
    },
}
TYPED = ("bert", "deberta-v2")


def write_all(root, only):
    for name, (model_class, config) in encoder_cases().items():
        if only and name not in only:
            continue
        model = build(name, model_class, config)
        folder = files.fresh_folder(root / name)
        model.save_pretrained(folder)
        examples = examples_of(name, config)
        write = write_classifier if model_class.__name__.endswith("ForSequenceClassification") else write_encoder
        tensors, facts = write(name, model, folder, examples)
        files.write_tensors(folder / "golden.safetensors", tensors)
        files.write_json(folder / "golden.json", dict(case=name, **facts))


def examples_of(name, config):
    random = generator(name + " examples")
    lengths = LONGER if config.model_type == "deberta-v2" else LENGTHS
    return [example(first, second, config, random) for first, second in lengths]


def example(first, second, config, random):
    ids = torch.randint(4, config.vocab_size, (first + second,), generator=random)
    if config.model_type not in TYPED:
        return dict(input_ids=ids)
    return dict(input_ids=ids, token_type_ids=torch.tensor([0] * first + [1] * second))


def lora_of(name, model):
    family = model.config.model_type
    settings = dict(r=4, lora_alpha=8, target_modules=TARGET_MODULES[family], fan_in_fan_out=family == "gpt2")
    return dict(settings, **MORE.get(name, {}))


def write_encoder(name, model, folder, examples):
    peft_model = lora.adapted(model, name, task_type="FEATURE_EXTRACTION", **lora_of(name, model))
    files.save_adapter(peft_model, folder / "adapter", name)
    tensors = {}
    with torch.no_grad():
        for prefix, each in models_of(model, peft_model).items():
            for i, example in enumerate(examples):
                out = each(**batch(example))
                hidden = out.last_hidden_state[0]
                tensors[f"{prefix}hidden.{i}"] = hidden
                if getattr(out, "pooler_output", None) is not None:
                    tensors[f"{prefix}pooled.{i}"] = out.pooler_output[0]
                tensors[f"{prefix}mean_embedding.{i}"] = torch.nn.functional.normalize(hidden.mean(dim=0), dim=0)
    return tensors, dict(examples=[plain(example) for example in examples])


def write_classifier(name, model, folder, examples):
    answers = torch.tensor(TARGETS if model.config.num_labels == 1 else CLASSES)
    peft_model = lora.adapted(model, name, task_type="SEQ_CLS", **lora_of(name, model))
    files.save_adapter(peft_model, folder / "adapter", name)
    tensors, losses = {}, {}
    with torch.no_grad():
        for prefix, each in models_of(model, peft_model).items():
            tensors[f"{prefix}logits"] = logits_of(each, examples)
            tensors[f"{prefix}example_loss"] = example_losses(each, examples, answers)
            losses[prefix] = loss_of(each, examples, answers).item()
    tensors.update(lora.gradients(peft_model, loss_of(peft_model, examples, answers), "grad."))
    steps, after = lora.adamw_steps(peft_model, lambda m: loss_of(m, examples, answers))
    tensors.update(after)
    facts = dict(
        examples=[dict(plain(example), label=answer.item()) for example, answer in zip(examples, answers)],
        loss=losses[""],
        adapter=dict(
            loss=losses["adapter."],
            merged_loss=losses["merged."],
            adamw=dict(lora.ADAMW, steps=lora.STEPS, losses=steps),
        ),
    )
    if name in VARIANTS:
        facts["variants"] = write_variants(name, model, folder, examples, answers)
    return tensors, facts


def write_variants(name, model, folder, examples, answers):
    """Further adapters of the case: logits, merged logits and gradients in variants.safetensors."""
    tensors, facts = {}, {}
    for variant, settings in VARIANTS[name].items():
        peft_model = lora.adapted(model, f"{name} {variant}", task_type="SEQ_CLS", r=4, lora_alpha=8, **settings)
        files.save_adapter(peft_model, folder / "variants" / variant, name)
        loss = loss_of(peft_model, examples, answers)
        tensors.update(lora.gradients(peft_model, loss, f"{variant}.grad."))
        with torch.no_grad():
            tensors[f"{variant}.logits"] = logits_of(peft_model, examples)
            if name != GROUPED:
                merged = copy.deepcopy(peft_model).merge_and_unload()
                tensors[f"{variant}.merged"] = logits_of(merged, examples)
        trained = sum(value.numel() for value in lora.trainable(peft_model).values())
        facts[variant] = dict(trained_parameters=trained, loss=loss.item())
    files.write_tensors(folder / "variants.safetensors", tensors)
    return facts


def models_of(model, peft_model):
    return {"": model, "adapter.": peft_model, "merged.": copy.deepcopy(peft_model).merge_and_unload()}


def batch(example):
    inputs = {key: value[None] for key, value in example.items()}
    return dict(inputs, attention_mask=torch.ones_like(inputs["input_ids"]))


def plain(example):
    return {key: value.tolist() for key, value in example.items()}


def logits_of(model, examples):
    return torch.cat([model(**batch(example)).logits for example in examples])


def example_losses(model, examples, answers):
    """The loss that transformers computes for each example alone."""
    return torch.stack([model(**batch(e), labels=a[None]).loss for e, a in zip(examples, answers)])


def loss_of(model, examples, answers):
    return example_losses(model, examples, answers).mean()
