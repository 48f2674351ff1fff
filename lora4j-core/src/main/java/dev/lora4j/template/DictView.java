package dev.lora4j.template;

import java.util.List;

/**
 * What keys(), values() and items() of a dict give: it can be read and counted, but not indexed.
 *
 * @param kind keys, values or items
 */
record DictView(String kind, List<Object> items) {}
