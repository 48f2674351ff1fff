package dev.lora4j.formats.safetensors;

import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.StoredTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;

/** The rule that the tensors' bytes lie one after the other and fill the file: no overlap, no gap, no tail. */
final class Layout {
    private static final Comparator<StoredTensor.Mapped> BY_PLACE =
            Comparator.comparingLong(StoredTensor.Mapped::offset).thenComparingLong(StoredTensor.Mapped::bytes);

    private Layout() {}

    static void check(Path path, HeaderBounds bounds, Collection<StoredTensor.Mapped> tensors) {
        StoredTensor.Mapped[] sorted = tensors.toArray(StoredTensor.Mapped[]::new);
        Arrays.sort(sorted, BY_PLACE);
        long end = bounds.dataStart();
        for (StoredTensor.Mapped tensor : sorted) {
            if (tensor.offset() != end) {
                String problem = tensor.offset() < end ? "overlaps the one before it" : "leaves a gap before it";
                throw new InvalidFileException(path, "the tensor \"" + tensor.name() + "\" " + problem);
            }
            end += tensor.bytes();
        }
        long tail = bounds.dataStart() + bounds.dataBytes() - end;
        if (tail != 0) {
            throw new InvalidFileException(path, "has " + tail + " bytes after its last tensor");
        }
    }
}
