"""A client of the server that sends many requests at once, and notes when what came back."""

import asyncio
import json
import time
from dataclasses import dataclass, field

import httpx2

import many
from traffic import ENDS

NO_END = {str(token): -100 for token in ENDS}  # answers are as long as asked for


@dataclass
class Answer:
    """Times are seconds of time.perf_counter(); pieces are those of a stream's texts, of which the first counts most."""

    asked: float
    status: int = 0
    text: str = ""
    new_tokens: int = 0
    pieces: list = field(default_factory=list)
    ended: float = 0.0
    error: str = ""

    def take(self, event, now):
        if "error" in event:
            self.error = event["error"]["message"]
        for choice in event.get("choices", []):
            self.text += choice["text"]
            if choice["text"]:
                self.pieces.append(now)
        self.new_tokens = (event.get("usage") or {}).get("completion_tokens", self.new_tokens)


def closed(url, requests, at_once):
    """All requests, AT_ONCE of them at any time, as they get free; gives the seconds until the last answer, and the answers."""

    async def run(http):
        answers, waiting = [None] * len(requests), iter(enumerate(requests))

        async def one():
            for number, request in waiting:
                answers[number] = await ask(http, request, time.perf_counter(), False)

        began = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(at_once)))
        return time.perf_counter() - began, answers

    return within(url, run)


def arriving(url, requests):
    """Each request at its time, whatever became of those before, as streams; gives seconds and answers as above."""

    async def run(http):
        began = time.perf_counter()

        async def one(request):
            await asyncio.sleep(began + request.arrives - time.perf_counter())
            return await ask(http, request, began + request.arrives, True)

        answers = await asyncio.gather(*(one(request) for request in requests))
        return time.perf_counter() - began, answers

    return within(url, run)


def alone(url, requests, stream=False):
    """One after the other."""

    async def run(http):
        return [await ask(http, request, time.perf_counter(), stream) for request in requests]

    return within(url, run)


def within(url, run):
    async def session():
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx2.AsyncClient(base_url=url, timeout=None, limits=limits) as http:
            return await run(http)

    return asyncio.run(session())


async def ask(http, request, asked, stream):
    body = dict(
        model=many.name(request.adapter),
        prompt=request.prompt,
        max_tokens=request.new_tokens,
        temperature=0,
        logit_bias=NO_END,
        **(dict(stream=True, stream_options=dict(include_usage=True)) if stream else {}),
    )
    answer = Answer(asked)
    try:
        async with http.stream("POST", "completions", json=body) as response:
            answer.status = response.status_code
            if stream and response.status_code == 200:
                async for line in response.aiter_lines():
                    if line.startswith("data: {"):
                        answer.take(json.loads(line[6:]), time.perf_counter())
            else:
                answer.take(json.loads(await response.aread()), time.perf_counter())
    except httpx2.HTTPError as error:
        answer.error = f"{type(error).__name__}: {error}"
    answer.ended = time.perf_counter()
    if not answer.error and answer.new_tokens != request.new_tokens:
        answer.error = f"{answer.new_tokens} tokens, asked for {request.new_tokens}"
    return answer
