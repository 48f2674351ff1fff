package dev.lora4j.server;

import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterLease;
import dev.lora4j.lora.AdapterRegistry;
import dev.lora4j.lora.AdapterVersion;
import dev.lora4j.server.finetuning.FineTuning;
import dev.lora4j.server.web.AdapterCard;
import dev.lora4j.server.web.Traffic;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the page tells of the served models. An adapter is looked at once; what was found is kept as long as its version is
 * what a name stands for. Safe for any number of threads.
 *
 * @param inference empty for an encoder
 * @param training empty where there is none
 * @param seen what was found, by the number of the version
 */
record PageModels(
        ServedModels served,
        AdapterRegistry registry,
        ServerMetrics metrics,
        Optional<Inference> inference,
        Optional<Training> training,
        Map<Long, AdapterCard> seen) {

    /**
     * What the page needs for fine-tuning.
     *
     * @param serving false once the server is told to stop
     * @param uploads that may come at a time
     */
    record Training(FineTuning jobs, BooleanSupplier serving, Semaphore uploads) {
        Training(FineTuning jobs, BooleanSupplier serving) {
            this(jobs, serving, new Semaphore(PageTrainingDesk.UPLOADS));
        }
    }

    /** The adapters with an allowed name, by name. */
    List<AdapterCard> adapters(Predicate<String> allowed, boolean withTraffic) {
        List<AdapterVersion> versions = registry.versions();
        seen.keySet().retainAll(versions.stream().map(AdapterVersion::number).toList());
        return versions.stream()
                .filter(version -> allowed.test(version.name()))
                .map(this::card)
                .flatMap(Optional::stream)
                .map(card -> withTraffic ? with(card, traffic(card.name())) : card)
                .sorted(Comparator.comparing(AdapterCard::name))
                .toList();
    }

    private Optional<AdapterCard> card(AdapterVersion version) {
        AdapterCard known = seen.get(version.number());
        if (known != null) {
            return Optional.of(known);
        }
        try (AdapterLease lease = registry.lease(version.name())) {
            AdapterCard card = card(lease.version(), lease.adapter());
            seen.put(lease.version().number(), card);
            return Optional.of(card);
        } catch (AdapterException e) {
            return Optional.empty(); // removed a moment ago
        }
    }

    private static AdapterCard card(AdapterVersion version, Adapter adapter) {
        return new AdapterCard(
                version.name(),
                version.digest(),
                adapter.lowRanks().values().stream()
                        .map(pair -> pair.a().size(0))
                        .distinct()
                        .sorted()
                        .toList(),
                adapter.config().alpha(),
                Stream.of(adapter.lowRanks(), adapter.saved(), adapter.biases())
                        .flatMap(part -> part.keySet().stream())
                        .map(path -> path.substring(path.lastIndexOf('.') + 1))
                        .distinct()
                        .toList(),
                adapter.parameters(),
                adapter.bytes(),
                Optional.empty());
    }

    private static AdapterCard with(AdapterCard card, Traffic traffic) {
        return new AdapterCard(
                card.name(),
                card.digest(),
                card.ranks(),
                card.alpha(),
                card.targets(),
                card.parameters(),
                card.bytes(),
                Optional.of(traffic));
    }

    Traffic traffic(String model) {
        return new Traffic(served.requests(model), metrics.promptTokens(model), metrics.newTokens(model));
    }
}
