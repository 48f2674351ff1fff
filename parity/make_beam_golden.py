"""Writes golden/beams.json: what transformers' beam search finds with the small random models.

transformers' own no_repeat_ngram_size counts the prompt as well; the rule here counts what is generated alone, as the LoRA
paper's gpt2_beam.py does, so a processor of our own gives the processor of transformers the generated part.
"""

import json
import pathlib

import torch
from transformers import AutoModelForCausalLM, LogitsProcessor, LogitsProcessorList, NoRepeatNGramLogitsProcessor

FOLDER = pathlib.Path(__file__).parent.parent / "lora4j-core/src/test/resources/golden"
NEW = 10
SETTINGS = [  # beams, length penalty, n-gram
    (1, 1.0, 0),
    (4, 1.0, 0),
    (4, 0.0, 0),
    (3, 2.0, 2),
    (10, 0.8, 4),
    (5, -1.0, 1),
]


class OfTheGeneratedPart(LogitsProcessor):
    def __init__(self, prompt_length, ngram):
        self.prompt_length = prompt_length
        self.rule = NoRepeatNGramLogitsProcessor(ngram)

    def __call__(self, input_ids, scores):
        return self.rule(input_ids[:, self.prompt_length :], scores)


def texts(model, prompt, stops, beams, penalty, ngram):
    processors = LogitsProcessorList([OfTheGeneratedPart(len(prompt), ngram)] if ngram else [])
    with torch.no_grad():
        found = model.generate(
            torch.tensor([prompt]),
            num_beams=beams,
            num_return_sequences=beams,
            length_penalty=penalty,
            early_stopping=False,
            do_sample=False,
            max_new_tokens=NEW,
            eos_token_id=stops,
            pad_token_id=0,
            logits_processor=processors,
            output_scores=True,
            return_dict_in_generate=True,
        )
    result = []
    for i in range(beams):
        tokens = found.sequences[i, len(prompt) :].tolist()
        end = next((t for t, token in enumerate(tokens) if token in stops), None)
        tokens = tokens if end is None else tokens[: end + 1]
        if beams == 1:  # greedy search: no scores of sequences
            logs = torch.stack(found.scores[: len(tokens)])[:, 0].double().log_softmax(-1)
            score = sum(logs[t, token].item() for t, token in enumerate(tokens)) / len(tokens) ** penalty
        else:
            score = found.sequences_scores[i].item()
        if score > -1e8:
            result.append({"tokens": tokens, "score": score, "stopped": end is not None})
    return result


def main():
    torch.set_num_threads(1)
    cases = []
    for name in ("llama", "gpt2"):
        model = AutoModelForCausalLM.from_pretrained(FOLDER / name, dtype=torch.float32).eval()
        model.generation_config.repetition_penalty = 1.0
        golden = json.loads((FOLDER / name / "golden.json").read_text())
        prompts = [golden["greedy"]["prompt"], golden["sequences"][0]["input_ids"][:21]]
        stops = [golden["greedy"]["tokens"][5], golden["greedy"]["tokens"][7]]
        for prompt in prompts:
            for beams, penalty, ngram in SETTINGS:
                cases.append(
                    {
                        "model": name,
                        "prompt": prompt,
                        "stops": stops,
                        "beams": beams,
                        "length_penalty": penalty,
                        "ngram": ngram,
                        "texts": texts(model, prompt, stops, beams, penalty, ngram),
                    }
                )
    (FOLDER / "beams.json").write_text(json.dumps({"new_tokens": NEW, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
