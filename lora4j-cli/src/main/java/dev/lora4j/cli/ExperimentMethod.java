package dev.lora4j.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A method of an experiment, with the ranks, sizes and targets that it is tried with.
 *
 * @param name what tables call it
 * @param ranks each a cell of its own; empty where none is given
 * @param sizes each a cell of its own; empty where none is given
 * @param targets each a cell of its own, several names divided by commas; empty where none is given
 * @param settings of its trainings
 * @param byTask further settings for single tasks, by the tasks' keys
 */
record ExperimentMethod(
        String name,
        List<String> ranks,
        List<String> sizes,
        List<String> targets,
        Map<String, String> settings,
        Map<String, Map<String, String>> byTask) {

    /** One choice of a rank, size and targets, each of them empty where the method has none. */
    record Choice(String rank, String size, String targets) {}

    /** All ranks, or sizes, with all targets. */
    List<Choice> choices() {
        List<Choice> choices = new ArrayList<>();
        for (String chosen : targets.isEmpty() ? List.of("") : targets) {
            for (String rank : ranks.isEmpty() ? List.of("") : ranks) {
                for (String size : sizes.isEmpty() ? List.of("") : sizes) {
                    choices.add(new Choice(rank, size, chosen));
                }
            }
        }
        return choices;
    }

    /** Its settings for a task and a choice, over those that are common to all. */
    Map<String, String> settings(Map<String, String> common, ExperimentTask task, Choice choice) {
        Map<String, String> all = new LinkedHashMap<>(common);
        all.putAll(task.settings());
        all.putAll(settings);
        all.putAll(byTask.getOrDefault(task.key(), Map.of()));
        if (!choice.rank().isEmpty()) {
            all.put("rank", choice.rank());
        }
        if (!choice.size().isEmpty()) {
            all.put("size", choice.size());
        }
        if (!choice.targets().isEmpty()) {
            all.put("targets", choice.targets());
        }
        all.putIfAbsent("method", name);
        return all;
    }
}
