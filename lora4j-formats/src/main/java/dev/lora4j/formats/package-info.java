/** Files of the outside world as values: tensors on disk, model folders, atomic writes. */
@NullMarked
package dev.lora4j.formats;

import org.jspecify.annotations.NullMarked;
