/** What a fine-tuning run would take: trained values, files, memory; by shapes alone, without any weights. */
@NullMarked
package dev.lora4j.plan;

import org.jspecify.annotations.NullMarked;
