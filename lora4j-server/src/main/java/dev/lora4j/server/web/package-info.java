/** The page in the browser: what it shows, who may see it, and how it stays safe. It knows the server by two interfaces. */
@NullMarked
package dev.lora4j.server.web;

import org.jspecify.annotations.NullMarked;
