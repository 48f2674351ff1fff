"""One epoch of real rows in each round, from the same adapter, with transformers' Trainer or TRL's SFTTrainer with packing.

Same rows in the same order, batches of the same number of rows, the schedule and the AdamW of lora4j's defaults.
Packing fills sequences of 1,024 tokens instead, one to a batch.
"""

import tempfile

import torch
from peft import PeftModel

from fixtures import load
from steps import batch
from worker import read, timed

PACKED = 1024
USUAL = dict(
    num_train_epochs=1,
    warmup_steps=0.03,
    weight_decay=0.01,
    lr_scheduler_type="linear",
    train_sampling_strategy="sequential",
    save_strategy="no",
    logging_strategy="no",
    report_to=[],
    disable_tqdm=True,
    use_cpu=True,
    dataloader_pin_memory=False,
)


class Epochs:
    def __init__(self, request):
        self.request = request
        base = load(request["model"], request["adapters"][0])
        base.config.use_cache = False
        self.model = PeftModel.from_pretrained(base, request["adapters"][0], is_trainable=True)
        self.start = {key: value.detach().clone() for key, value in self.model.named_parameters() if value.requires_grad}
        self.rows, self.held = read(request["rows"][0]), read(request["held"])
        self.folder = tempfile.TemporaryDirectory()

    def prepare(self):
        return dict(losses=[self.loss()])

    def round(self):
        with torch.no_grad():
            for key, value in self.model.named_parameters():
                if key in self.start:
                    value.copy_(self.start[key])
        trainer = self.packing() if self.request["library"] == "trl" else self.trainer()
        seconds, _ = timed(trainer.train)
        tokens = sum(len(row["tokens"]) for row in self.rows)
        return dict(seconds=seconds, tokens=tokens, losses=[self.loss()])

    def trainer(self):
        from transformers import Trainer, TrainingArguments

        arguments = TrainingArguments(
            output_dir=self.folder.name,
            per_device_train_batch_size=self.request["batch"],
            learning_rate=self.request["learning_rate"],
            remove_unused_columns=False,
            **USUAL,
        )
        return Trainer(self.model, arguments, data_collator=batch, train_dataset=self.rows)

    def packing(self):
        from datasets import Dataset
        from transformers import AutoTokenizer
        from trl import SFTConfig, SFTTrainer

        rows = [
            dict(
                input_ids=row["tokens"],
                completion_mask=[int(i >= row["from"]) for i in range(len(row["tokens"]))],
            )
            for row in self.rows
        ]
        arguments = SFTConfig(
            output_dir=self.folder.name,
            per_device_train_batch_size=1,
            learning_rate=self.request["learning_rate"],
            packing=True,
            max_length=PACKED,
            completion_only_loss=True,
            gradient_checkpointing=False,
            bf16=False,
            **USUAL,
        )
        tokenizer = AutoTokenizer.from_pretrained(self.request["model"])
        return SFTTrainer(self.model, arguments, train_dataset=Dataset.from_list(rows), processing_class=tokenizer)

    def loss(self):
        """Mean over the labels of the rows held out, in batches of one row: nothing is padded."""
        self.model.eval()
        total, count = 0.0, 0
        with torch.no_grad():
            for row in self.held:
                labels = 1 if "label" in row else len(row["tokens"]) - max(1, row["from"])
                total += self.model(**batch([row])).loss.item() * labels
                count += labels
        self.model.train()
        return total / count
