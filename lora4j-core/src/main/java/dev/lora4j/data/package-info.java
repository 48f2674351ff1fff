/** What a model learns from: rows of a user's files, made into tokens with the part of them to learn. */
@NullMarked
package dev.lora4j.data;

import org.jspecify.annotations.NullMarked;
