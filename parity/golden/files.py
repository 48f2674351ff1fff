"""Writes golden folders: stable bytes, no paths of this machine."""

import json
import shutil

import safetensors.torch
import torch


def fresh_folder(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write_json(file, value):
    file.write_text(json.dumps(value, indent=1) + "\n")


def write_tensors(file, tensors):
    plain = {name: value.detach().clone().contiguous() for name, value in tensors.items()}
    safetensors.torch.save_file(plain, file)


def save_adapter(peft_model, folder, base):
    """PEFT's own save_pretrained; then the set-ordered lists are sorted and its README is removed."""
    peft_model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)
    file = folder / "adapter_config.json"
    config = json.loads(file.read_text())
    config["base_model_name_or_path"] = base
    for key, value in config.items():
        if key in ("target_modules", "target_parameters", "exclude_modules", "modules_to_save") and isinstance(value, list):
            config[key] = sorted(value)
    file.write_text(json.dumps(config, indent=2, sort_keys=True))


def write_version_four_config(folder):
    """The same configuration as transformers 4 wrote it, as config-v4.json."""
    config = json.loads((folder / "config.json").read_text())
    config["torch_dtype"] = config.pop("dtype")
    config["transformers_version"] = "4.46.0"
    rope = config.pop("rope_parameters")
    if config["model_type"] == "gemma3_text":
        config["rope_local_base_freq"] = rope["sliding_attention"]["rope_theta"]
        config["sliding_window_pattern"] = 2
        rope = rope["full_attention"]
    config.pop("layer_types", None)
    config["rope_theta"] = rope.pop("rope_theta")
    config["rope_scaling"] = None if rope["rope_type"] == "default" else rope
    (folder / "config-v4.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def rewrite_as_released(folder):
    """GPT-2's tensors as the released files have them: without the prefix and with the masks."""
    file = folder / "model.safetensors"
    tensors = safetensors.torch.load_file(file)
    positions = tensors["transformer.wpe.weight"].shape[0]
    released = {name.removeprefix("transformer."): value for name, value in tensors.items()}
    for layer in range(sum(name.endswith(".attn.c_attn.weight") for name in tensors)):
        mask = torch.tril(torch.ones(positions, positions)).view(1, 1, positions, positions)
        released[f"h.{layer}.attn.bias"] = mask.to(torch.uint8)
        released[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    safetensors.torch.save_file(released, file, metadata={"format": "pt"})
