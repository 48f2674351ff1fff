/** Figures for people: pages that load nothing, and pictures of curves and heat maps. */
@NullMarked
package dev.lora4j.report;

import org.jspecify.annotations.NullMarked;
