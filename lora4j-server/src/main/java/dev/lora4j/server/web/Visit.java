package dev.lora4j.server.web;

import io.javalin.http.Context;

/** A request of somebody who was let in. */
record Visit(Context context, Workbench workbench) {
    /** The value of a query's parameter, or nothing at all. */
    String query(String name) {
        String value = context.queryParam(name);
        return value == null ? "" : value;
    }

    /** True if only a part of the page is wanted. */
    boolean wantsFragment() {
        return "true".equals(context.header("HX-Request"));
    }
}
