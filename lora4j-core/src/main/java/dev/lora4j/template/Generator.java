package dev.lora4j.template;

import java.util.Iterator;

/** Items that can be read once, as the filters map and select give them. */
record Generator(Iterator<Object> items) {}
