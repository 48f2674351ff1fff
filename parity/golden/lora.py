"""Adapters: creation with non-zero B, names as in the adapter file, gradients and AdamW steps."""

import copy

import torch
from peft import LoraConfig, get_peft_model
from peft.optimizers import create_loraplus_optimizer

from golden.models import generator, seed_of

ADAMW = dict(lr=1e-2, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
STEPS = 3


def adapted(model, seed, **settings):
    """A PEFT model over a copy of the model; every trainable tensor is random, B included."""
    torch.manual_seed(seed_of(seed))
    peft_model = get_peft_model(copy.deepcopy(model), LoraConfig(**settings)).eval()
    random = generator(seed)
    with torch.no_grad():
        for name, value in trainable(peft_model).items():
            noise = torch.randn(value.shape, generator=random)
            if ".lora_B." in name:
                value.copy_(0.2 * noise)
            elif ".lora_A." not in name:
                value.add_(0.1 * noise)
    return peft_model


def trainable(peft_model):
    """Trainable tensors under the names that PEFT gives them in adapter_model.safetensors."""
    return {plain(name): value for name, value in peft_model.named_parameters() if value.requires_grad}


def plain(name):
    """A parameter's name as its file has it: without the adapter's name and what wraps the module."""
    name = name.replace(".modules_to_save.default.", ".").replace(".default.", ".")
    return name.removesuffix(".default").replace(".lora_magnitude_vector.weight", ".lora_magnitude_vector")


def gradients(peft_model, loss, prefix):
    tensors = trainable(peft_model)
    return {prefix + name: grad for name, grad in zip(tensors, torch.autograd.grad(loss, list(tensors.values())))}


def adamw_steps(peft_model, loss_of):
    """Trains the model in place on one fixed batch; the losses before each step and the tensors after the last."""
    tensors = trainable(peft_model)
    optimizer = torch.optim.AdamW(tensors.values(), **ADAMW, foreach=False, fused=False)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(peft_model)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    losses.append(loss_of(peft_model).item())
    return losses, {f"after{STEPS}.{name}": value for name, value in tensors.items()}


def loraplus_steps(peft_model, loss_of):
    """Trains a copy by PEFT's LoRA+ at ratio 16; the tensors after the last step."""
    peft_model = copy.deepcopy(peft_model)
    settings = dict(ADAMW, lr=1e-3, foreach=False, fused=False)
    optimizer = create_loraplus_optimizer(
        peft_model, optimizer_cls=torch.optim.AdamW, loraplus_lr_ratio=16, loraplus_weight_decay=0.01, **settings
    )
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss_of(peft_model).backward()
        optimizer.step()
    return {f"after{STEPS}.{name}": value for name, value in trainable(peft_model).items()}
