/** What a text may be: grammars over bytes, JSON Schema among them, and the tokens that keep to one. */
@NullMarked
package dev.lora4j.grammar;

import org.jspecify.annotations.NullMarked;
