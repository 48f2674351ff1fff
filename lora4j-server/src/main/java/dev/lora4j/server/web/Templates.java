package dev.lora4j.server.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.util.HashMap;
import java.util.Map;

/**
 * The page's templates (src/main/jte), which the build has made classes of this package. They escape whatever they are
 * given by where it stands. Safe for any number of threads.
 */
final class Templates {
    private final TemplateEngine engine = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Templates.class.getClassLoader(), Templates.class.getPackageName());
    private final PageAssets assets;

    Templates(PageAssets assets) {
        this.assets = assets;
    }

    /** A part of a page. */
    String fragment(String name, Map<String, Object> values) {
        StringOutput output = new StringOutput();
        engine.render(name + ".jte", values, output);
        return output.toString();
    }

    /** A whole page. */
    String page(String name, Frame frame, Map<String, Object> values) {
        Map<String, Object> all = new HashMap<>(values);
        all.put("frame", frame);
        all.put("assets", assets);
        return fragment(name, all);
    }
}
