package dev.lora4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Small files of our own with the columns of GLUE's, in the words of {@link TinyModel}; the answer is the last word. */
final class GlueFiles {
    private GlueFiles() {}

    /** Writes a task's training file and development files, four rows of each kind, and gives the folder of all tasks. */
    static Path write(Path glue, String title) throws IOException {
        Path folder = Files.createDirectories(glue.resolve(title));
        String rows = (row(title, 0) + row(title, 1)).repeat(4);
        Files.writeString(folder.resolve("train.tsv"), header(title) + rows);
        List<String> parts = title.equals("MNLI") ? List.of("dev_matched", "dev_mismatched") : List.of("dev");
        for (String part : parts) {
            Files.writeString(folder.resolve(part + ".tsv"), header(title) + rows);
        }
        return glue;
    }

    private static String header(String title) {
        return switch (title) {
            case "CoLA" -> "";
            case "SST-2" -> "sentence\tlabel\n";
            case "MRPC" -> "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n";
            case "STS-B" -> "index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore\n";
            case "QQP" -> "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n";
            case "MNLI" -> "index\tpairID\tsentence1\tsentence2\tlabel1\tgold_label\n";
            case "QNLI" -> "index\tquestion\tsentence\tlabel\n";
            default -> "index\tsentence1\tsentence2\tlabel\n"; // RTE, WNLI
        };
    }

    private static String row(String title, int label) {
        String word = label == 0 ? "one" : "\"three";
        String pair = "\"two\t" + word;
        String entailment = label == 0 ? "entailment" : "not_entailment";
        return switch (title) {
            case "CoLA" -> "gj04\t" + label + "\t" + (label == 0 ? "*" : "") + "\t" + word + "\n";
            case "SST-2" -> word + " \t" + label + "\n";
            case "MRPC" -> label + "\t7\t8\t" + pair + "\r\n";
            case "STS-B" ->
                "0\tg\tf\t2012test\t1\tnone\tnone\t" + pair + "\t" + (label == 0 ? "0.500" : "4.000") + "\n";
            case "QQP" -> "1\t2\t3\t" + pair + "\t" + label + "\n";
            case "MNLI" -> "0\t1e\t" + pair + "\tneutral\t" + (label == 0 ? "entailment" : "contradiction") + "\n";
            case "WNLI" -> "0\t" + pair + "\t" + label + "\n";
            default -> "0\t" + pair + "\t" + entailment + "\n";
        };
    }
}
