"""Renders requests of OpenAI's API that have tools, as transformers' apply_chat_template(tools=…) does.

Usage: python parity/make_tool_golden.py
Writes lora4j-server/src/test/resources/golden/tool-prompts.json. Pinned: transformers 5.24.0, jinja2 3.1.6.
A request holds the arguments of a call as a string; templates take an object. The flag strict is not for the model. The clock stands.
"""

import copy
import datetime
import json
import pathlib

import transformers
import transformers.utils.chat_template_utils as chat

ROOT = pathlib.Path(__file__).resolve().parent
TARGET = ROOT.parent / "lora4j-server/src/test/resources/golden/tool-prompts.json"
TEMPLATES = ["chatml-tools", "llama3-headers", "mistral-inst", "qwen3-reverse", "glm-xml"]


class StoppedClock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2026, 3, 7, 9, 5, 3)


chat.datetime = StoppedClock
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": 'The weather of "Zürich" & <others>',
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
            "required": ["city"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}
CLOCK = {"type": "function", "function": {"name": "clock", "description": "The time", "parameters": {"type": "object", "properties": {}}}}


def call(id, name, arguments):
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


REQUESTS = {
    "first": {"tools": [WEATHER, CLOCK], "messages": [{"role": "user", "content": "Weather in Zürich?"}]},
    "system": {
        "tools": [WEATHER],
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Weather in Zürich?"}],
    },
    "answered": {
        "tools": [WEATHER],
        "messages": [
            {"role": "user", "content": "Weather in Zürich?"},
            {"role": "assistant", "content": None, "tool_calls": [call("abcdefghi", "get_weather", '{"city": "Zürich", "days": 2, "x": [1.5, null, true, {"y": "\\u00fc"}]}')]},
            {"role": "tool", "tool_call_id": "abcdefghi", "content": '{"sky": "grey"}'},
        ],
    },
    "several": {
        "tools": [WEATHER, CLOCK],
        "messages": [
            {"role": "user", "content": "Weather and time?"},
            {
                "role": "assistant",
                "content": "I look.",
                "tool_calls": [call("abcdefghi", "get_weather", '{"city":"Ulm"}'), call("abcdefghj", "clock", "{}")],
            },
            {"role": "tool", "tool_call_id": "abcdefghi", "content": "grey"},
            {"role": "tool", "tool_call_id": "abcdefghj", "content": "noon"},
            {"role": "assistant", "content": "Grey at noon."},
            {"role": "user", "content": "Thanks"},
        ],
    },
}


def for_template(request):
    """What a user of transformers passes."""
    request = copy.deepcopy(request)
    for tool in request["tools"]:
        tool["function"].pop("strict", None)
    for message in request["messages"]:
        for each in message.get("tool_calls", []):
            each["function"]["arguments"] = json.loads(each["function"]["arguments"])
    return request


def main():
    cases = []
    templates = {name: (ROOT / f"chat-templates/{name}.jinja").read_text(encoding="utf-8") for name in TEMPLATES}
    for name, template in templates.items():
        for title, request in REQUESTS.items():
            passed = for_template(request)
            try:
                texts, _ = chat.render_jinja_template(
                    conversations=[passed["messages"]],
                    tools=passed["tools"],
                    chat_template=template,
                    add_generation_prompt=True,
                    **TOKENS,
                )
                cases.append({"template": name, "request": title, "text": texts[0]})
            except Exception as error:  # a template may refuse what its model cannot do
                cases.append({"template": name, "request": title, "error": str(error)})
    golden = {
        "versions": {"transformers": transformers.__version__},
        "tokens": TOKENS,
        "templates": templates,
        "requests": REQUESTS,
        "cases": cases,
    }
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(cases)} cases, {sum('error' in case for case in cases)} errors, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
