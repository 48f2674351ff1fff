/** Real data and a real model out of Maven jars: the embedded default of the quickstart. */
@NullMarked
package dev.lora4j.samples;

import org.jspecify.annotations.NullMarked;
