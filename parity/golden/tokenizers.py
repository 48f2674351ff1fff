"""A byte-level BPE tokenizer as RoBERTa has it, small enough to commit, and what transformers makes of texts and pairs."""

import json

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import RobertaTokenizerFast

from golden import files

SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]
MERGES = [("h", "e"), ("l", "l"), ("Ġ", "w"), ("he", "ll"), ("hell", "o"), ("Ġ", "t"), ("Ġt", "he"), ("o", "r")]
TEXTS = [
    ("hello world", None),
    ("hello world", "the hello"),
    ("", "the"),
    (" hello", " world"),
    ("naïve café", "the 世界"),
    ("a <s> b", "c </s> <mask>"),
    ("hello hello hello the world", "the hello world the"),
]
LONGEST = 11


def write(root):
    folder = files.fresh_folder(root / "roberta-tokenizer")
    tokenizer = RobertaTokenizerFast(tokenizer_object=byte_level(), add_prefix_space=False)
    tokenizer.save_pretrained(folder)
    for other in set(folder.iterdir()) - {folder / "tokenizer.json", folder / "tokenizer_config.json"}:
        other.unlink()
    cases = [case(tokenizer, text, pair) for text, pair in TEXTS]
    files.write_json(folder / "expected.json", dict(longest=LONGEST, cases=cases))


def byte_level():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    pieces = SPECIALS + alphabet + [a + b for a, b in MERGES] + ["<mask>"]
    tokenizer = Tokenizer(models.BPE(vocab={piece: i for i, piece in enumerate(pieces)}, merges=MERGES))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), True, False)
    return tokenizer


def case(tokenizer, text, pair):
    whole = tokenizer(text, pair, return_token_type_ids=True)
    cut = tokenizer(text, pair, truncation="longest_first", max_length=LONGEST)
    return dict(
        text=text,
        pair=pair,
        input_ids=whole["input_ids"],
        token_type_ids=whole["token_type_ids"],
        truncated=cut["input_ids"],
    )
