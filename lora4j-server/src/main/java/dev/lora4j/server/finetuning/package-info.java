/**
 * Fine-tuning by request: files, jobs, their events and checkpoints in a folder that outlives the process.
 *
 * <p>Knows nothing of HTTP; the server's handlers speak with {@link dev.lora4j.server.finetuning.FineTuning}.
 */
@NullMarked
package dev.lora4j.server.finetuning;

import org.jspecify.annotations.NullMarked;
