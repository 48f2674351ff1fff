/** Our side of the benchmark: a process that prepares a workload once and runs rounds of it when told to. */
@NullMarked
package dev.lora4j.benchmarks;

import org.jspecify.annotations.NullMarked;
