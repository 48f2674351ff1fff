"""Writes golden/text-metrics.json: scores of our own sentences by sacrebleu, rouge-score, NLTK, pycocoevalcap and METEOR 1.5.

pycocoevalcap brings Stanford's tokenizer and METEOR as jars, which it runs: this script needs a java on the path.
"""

import json
import pathlib
import re
import subprocess
import tempfile

import nltk.translate.nist_score
import pycocoevalcap.tokenizer.ptbtokenizer as ptb
from nltk.stem.porter import PorterStemmer
from nltk.stem.snowball import SnowballStemmer
from pycocoevalcap.cider.cider import Cider
from pycocoevalcap.rouge.rouge import Rouge
from rouge_score.rouge_scorer import RougeScorer
from rouge_score.tokenize import tokenize as rouge_tokens
from sacrebleu.metrics import BLEU, TER
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from text_metric_texts import SEGMENTS, TEXTS

TARGET = pathlib.Path(__file__).parent.parent / "lora4j-core/src/test/resources/golden/text-metrics.json"
FUNCTION_WORDS = TARGET.parents[4] / "src/main/java/dev/lora4j/evaluation/text/FunctionWords.java"
METEOR = pathlib.Path(ptb.__file__).parent.parent / "meteor/meteor-1.5.jar"


def transposed(references):
    """sacrebleu's form: a list per place, with None where a segment has fewer."""
    most = max(len(each) for each in references)
    return [[each[i] if i < len(each) else None for each in references] for i in range(most)]


def caption_tokens(texts):
    entries = {i: [{"caption": text}] for i, text in enumerate(texts)}
    tokens = ptb.PTBTokenizer().tokenize(entries)
    return [tokens[i][0] for i in range(len(texts))]


def rouge(candidates, references, kind, stem):
    scorer = RougeScorer([kind], use_stemmer=stem)
    pairs = zip(candidates, references)
    return [scorer.score_multi(several, candidate)[kind].fmeasure for candidate, several in pairs]


def meteor(candidates, references):
    """METEOR of each segment and of all by exact words and stems, with our function words; fewer references are repeated."""
    words = " ".join(re.findall(r'"([^"]*)"', FUNCTION_WORDS.read_text().split("WORDS =")[1].split(";")[0])).split()
    most = max(len(each) for each in references)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "test").write_text("\n".join(candidates) + "\n", encoding="utf8")
        lines = [each[min(i, len(each) - 1)] for each in references for i in range(most)]
        (folder / "reference").write_text("\n".join(lines) + "\n", encoding="utf8")
        (folder / "words").write_text("\n".join(words) + "\n")
        options = ["-m", "exact stem", "-w", "1.0 0.6", "-s", "words"]
        out = subprocess.run(
            ["java", "-Xmx1G", "-jar", str(METEOR), "test", "reference", "-l", "en", "-r", str(most), *options],
            cwd=folder, capture_output=True, text=True, check=True).stdout
    segments = [float(value) for value in re.findall(r"^Segment \d+ score:\s+(\S+)", out, re.M)]
    return {"segments": segments, "corpus": float(re.search(r"^Final score:\s+(\S+)", out, re.M).group(1))}


def main():
    candidates = [candidate for candidate, _ in SEGMENTS]
    references = [several for _, several in SEGMENTS]
    first = [several[0] for several in references]
    lists = transposed(references)
    texts = TEXTS + candidates + [text for several in references for text in several]
    captions = dict(zip(texts, caption_tokens(texts)))
    coco_references = {i: [captions[text] for text in several] for i, several in enumerate(references)}
    coco_candidates = {i: [captions[text]] for i, text in enumerate(candidates)}
    mteval = Tokenizer13a()
    words = sorted({word for text in texts for word in re.findall("[a-z]+", text.lower())})
    words += ["skies", "dying", "hopping", "hoping", "falling", "generalization", "analogically", "traditional", "flies",
              "died", "agreed", "controlled", "roll", "probate", "rationally", "hopefully", "geology", "succeed", "yes", "by"]
    coco = {}
    for name, metric in (("rouge_l", Rouge()), ("cider", Cider())):
        score, each = metric.compute_score(coco_references, coco_candidates)
        coco[name] = {"score": float(score), "segments": [float(value) for value in each]}
    nist = nltk.translate.nist_score.corpus_nist(
        [[mteval(text.lower()).split()] for text in first[:8]], [mteval(text.lower()).split() for text in candidates[:8]])
    lower = [captions[text] for text in candidates]
    lower_references = [[captions[text] for text in several] for several in references]
    golden = {
        "segments": [{"candidate": candidate, "references": several} for candidate, several in SEGMENTS],
        "mteval_tokens": {text: mteval(text).split() for text in texts},
        "caption_tokens": {text: tokens.split() for text, tokens in captions.items()},
        "rouge_tokens": {text: rouge_tokens(text, PorterStemmer()) for text in texts},
        "porter": {word: PorterStemmer().stem(word) for word in words},
        "snowball": {word: SnowballStemmer("english").stem(word) for word in words},
        "bleu": BLEU().corpus_score(candidates, lists).score,
        "bleu_lowercase": BLEU(lowercase=True).corpus_score(candidates, lists).score,
        "bleu_first_ten": [BLEU().corpus_score([c], [[r] for r in s]).score for c, s in SEGMENTS[:10]],
        "ter": TER().corpus_score(candidates, lists).score,
        "ter_segments": [TER().corpus_score([c], [[r] for r in s]).score for c, s in SEGMENTS],
        "coco": coco,
        "nist_single_reference_of_first_eight": nist,
        "rouge": {f"{kind}{'-stem' if stem else ''}": rouge(candidates, references, kind, stem)
                  for kind in ("rouge1", "rouge2", "rougeL") for stem in (False, True)},
        "meteor_exact_stem": meteor(lower, lower_references),
    }
    TARGET.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf8")


if __name__ == "__main__":
    main()
