"""S-LoRA's traffic: requests arrive by themselves, for 1 to 1,000 adapters that are all in memory."""

import statistics

import client
import traffic
from served import Server

ADAPTERS = "adapters/many-mixed"
MEMORY = "8GB"
NUMBERS = [1, 16, 256, 1000]
SHARES = [0.5, 0.8, 1.0]  # of the capacity
CAPACITY = 64  # requests of the closed loop that tells it
QUIET = 16  # requests that tell how long a first token takes when there is nobody else
PATIENCE = 3  # times that, within which a first token must come
CHECKED = 32


def measure(context, options):
    context.rounds = 1
    files = context.resolve(dict(model="models/smollm2", adapters=ADAPTERS))
    with Server(context, files["model"], files["adapters"], MEMORY) as server:
        memory = dict(adapters=in_memory(server), at_start=server.memory()["resident"])
        client.closed(server.url, traffic.closed("distinct", CAPACITY // 2, options.seed - 1), options.at_once)
        quiet = unloaded(server, options)
        seconds, _ = client.closed(server.url, traffic.closed("distinct", CAPACITY, options.seed), options.at_once)
        capacity = CAPACITY / seconds
        context.tell(f"first token after {quiet:.3f} s when quiet, capacity {capacity:.2f} requests/s")
        points, sample = [], []
        for alpha in options.alpha:
            for number in NUMBERS:
                for share in SHARES:
                    trace = dict(adapters=number, alpha=alpha, cv=1, rate=share * capacity, seconds=options.seconds)
                    requests = traffic.open_loop(seed=options.seed, **trace)
                    point, answers = serve(server, requests, PATIENCE * quiet)
                    points.append(dict(trace, share=share) | point)
                    if number == max(NUMBERS) and share == max(SHARES):
                        sample = list(zip(requests, answers))[:CHECKED]
                    context.tell(brief(points[-1]))
        check = checked(server, sample)
        context.tell(f"{check['differ_from_alone']} of {check['answers']} answers differ from those alone")
        memory |= dict(at_end=server.memory()["resident"], peak=server.memory()["peak"])
    return dict(
        title="open loop, arrivals by a Poisson process",
        requests_per_second=capacity,
        unloaded_first_token=quiet,
        patience=PATIENCE,
        points=points,
        memory=memory,
        check=check,
    )


def in_memory(server):
    figures = server.figures()
    if figures["lora4j_adapters_in_memory"] < max(NUMBERS):
        raise RuntimeError(f"{figures['lora4j_adapters_in_memory']:.0f} adapters are in memory, expected {max(NUMBERS)}")
    return dict(number=max(NUMBERS), bytes=int(figures["lora4j_adapter_memory_bytes"]))


def unloaded(server, options):
    requests = traffic.closed("distinct", QUIET, options.seed - 2)
    return statistics.median(first_token(each) for each in client.alone(server.url, requests, stream=True))


def serve(server, requests, patience):
    before = server.figures()
    seconds, answers = client.arriving(server.url, requests)
    after = server.figures()
    good = [each for each in answers if not each.error]
    firsts = [first_token(each) for each in good]
    gaps = [later - earlier for each in good for earlier, later in zip(each.pieces, each.pieces[1:])]
    if not gaps:
        raise RuntimeError(f"none of {len(answers)} answers came: {answers[0].status} {answers[0].error}")
    grew = {name: after[name] - before[name] for name in ("lora4j_adapter_hits_total", "lora4j_adapter_misses_total")}
    point = dict(
        requests=len(requests),
        finished=len(good),
        refused=sum(each.status == 429 for each in answers),
        errors=sum(bool(each.error) and each.status != 429 for each in answers),
        requests_per_second=len(good) / seconds,
        drained_seconds=seconds,
        first_token=percentiles(firsts, 50, 95, 99),
        inter_token=percentiles(gaps, 50, 99),
        attainment=sum(each <= patience for each in firsts) / len(requests),
        adapter_hits=grew["lora4j_adapter_hits_total"],
        adapter_misses=grew["lora4j_adapter_misses_total"],
        first_tokens=firsts,
    )
    return point, answers


def first_token(answer):
    """Seconds from the time at which it was to be asked; an answer that shows no text counts to its end."""
    return (answer.pieces[0] if answer.pieces else answer.ended) - answer.asked


def percentiles(values, *which):
    """By the nearest rank: the least value that so many percent do not exceed."""
    ordered = sorted(values)
    return {f"p{each}": ordered[-(-len(ordered) * each // 100) - 1] for each in which}


def checked(server, sample):
    alone = client.alone(server.url, [request for request, _ in sample])
    differ = sum(quiet.text != loaded.text for quiet, (_, loaded) in zip(alone, sample))
    return dict(answers=len(sample), differ_from_alone=differ)


def brief(point):
    first, gap = point["first_token"], point["inter_token"]
    return (
        f"{point['adapters']} adapters at {point['rate']:.2f}/s: {point['requests_per_second']:.2f} requests/s, "
        f"first token {first['p50']:.2f}, {first['p95']:.2f}, {first['p99']:.2f} s, then {gap['p50']:.3f}, {gap['p99']:.3f} s, "
        f"in time {point['attainment']:.0%}, {point['errors']} errors, {point['refused']} refused"
    )


def summary(result):
    return f"capacity {result['requests_per_second']:.2f} requests/s, peak of memory {result['memory']['peak'] / 1e9:.1f} GB"
