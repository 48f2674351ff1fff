/** OpenAI's API over one frozen base and many adapters: HTTP, the engine that batches, who may do what. */
@NullMarked
package dev.lora4j.server;

import org.jspecify.annotations.NullMarked;
