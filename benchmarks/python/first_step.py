"""The usual script with transformers' Trainer and PEFT, up to its first step: what a user waits for.

usage: python first_step.py MODEL ROWS OUTPUT     prints the loss of the first step as a line of JSON
"""

import json
import sys

import torch
from peft import LoraConfig, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    DataCollatorForLanguageModeling,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)


class Tell(TrainerCallback):
    def on_log(self, args, state, control, logs=None, **kwargs):
        if "loss" in logs:
            print(json.dumps(dict(loss=logs["loss"])), flush=True)


def main(model_folder, rows, output):
    tokenizer = AutoTokenizer.from_pretrained(model_folder)
    model = AutoModelForCausalLM.from_pretrained(model_folder, dtype=torch.float32)
    settings = LoraConfig(r=8, lora_alpha=8, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
    with open(rows, encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    dataset = [dict(input_ids=tokenizer(text).input_ids + [tokenizer.eos_token_id]) for text in texts]
    tokenizer.pad_token = "<|endoftext|>"  # it is the end token, whose label the collator would take away
    collator = DataCollatorForLanguageModeling(tokenizer, mlm=False)
    arguments = TrainingArguments(
        output_dir=output,
        max_steps=1,
        per_device_train_batch_size=len(texts),
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
    )
    Trainer(
        get_peft_model(model, settings), arguments, data_collator=collator, train_dataset=dataset, callbacks=[Tell()]
    ).train()


if __name__ == "__main__":
    main(*sys.argv[1:])
