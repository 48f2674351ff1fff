/** Chat templates: an interpreter for the Jinja that Hugging Face tokenizers carry. */
@NullMarked
package dev.lora4j.template;

import org.jspecify.annotations.NullMarked;
