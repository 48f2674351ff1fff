/** What adapters have learned, by section 7 of the paper: spectra, subspaces, amplification. Values only. */
@NullMarked
package dev.lora4j.analysis;

import org.jspecify.annotations.NullMarked;
