package dev.lora4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The file that describes the API, and what it says of a request and its answer. Safe for any number of threads. */
final class OpenApi {
    static final OpenApi FILE = new OpenApi();

    private static final String NAME = "urn:lora4j:openapi";

    private final JsonNode document = read();
    private final SchemaRegistry registry = SchemaRegistry.withDialect(
            Dialects.getOpenApi31(), builder -> builder.schemas(Map.of(NAME, document.toString())));
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    private OpenApi() {}

    private static JsonNode read() {
        try {
            return new YAMLMapper().readTree(Path.of("../docs/openapi.yaml").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Such as {@code GET /v1/models/{}}, whatever the parameters are called. */
    static String operation(String method, String path) {
        return method.toUpperCase(Locale.ROOT) + " " + path.replaceAll("[<{][^>}]*[>}]", "{}");
    }

    /** Everything that can be asked for. */
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(name -> {
                    if (!name.equals("parameters")) { // what the path's methods share
                        operations.add(operation(name, path.getKey()));
                    }
                }));
        return operations;
    }

    /** Where the file describes an operation, as a JSON pointer; empty for a path that is no route. */
    private Optional<String> pointer(String method, String path) {
        for (Map.Entry<String, JsonNode> each : document.path("paths").properties()) {
            String lower = method.toLowerCase(Locale.ROOT);
            // a model's name may have slashes
            String pattern = each.getKey().replace("{model}", ".+").replaceAll("\\{[^}]*}", "[^/]+");
            if (path.matches(pattern) && each.getValue().has(lower)) {
                return Optional.of("/paths/" + escaped(each.getKey()) + "/" + lower);
            }
        }
        return Optional.empty();
    }

    private static String escaped(String part) {
        return part.replace("~", "~0").replace("/", "~1");
    }

    /** What is wrong with a body by the schema at a place of the file; nothing if all is well. */
    List<String> faults(String pointer, JsonNode body) {
        assertThat(document.at(pointer).isMissingNode())
                .as("the file has nothing at " + pointer)
                .isFalse();
        return schemas
                .computeIfAbsent(
                        pointer,
                        at -> registry.getSchema(SchemaLocation.of(
                                NAME + "#" + at.replace("{", "%7B").replace("}", "%7D"))))
                .validate(body)
                .stream()
                .map(Error::toString)
                .toList();
    }

    /** What is wrong with the body of a request to a route that takes JSON. */
    List<String> requestFaults(String path, String body) {
        String route = path.replaceFirst("\\?.*", "");
        String operation = pointer("POST", route).orElseThrow(() -> new AssertionError("no route is " + path));
        return faults(operation + "/requestBody/content/application~1json/schema", json(body));
    }

    private static JsonNode json(String text) {
        try {
            return TestServer.JSON.readTree(text);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    /** Fails if an answer is not what the file says of its route, status and type. */
    void check(String method, HttpResponse<String> response) {
        String path = response.uri().getRawPath();
        Optional<String> operation = pointer(method, path);
        if (operation.isEmpty()) {
            return;
        }
        String responses = operation.get() + "/responses/";
        String status = Integer.toString(response.statusCode());
        JsonNode described = document.at(responses + status);
        String at = responses + (described.isMissingNode() ? "default" : status);
        String reference = document.at(at).path("$ref").asText();
        if (!reference.isEmpty()) {
            at = reference.substring(1);
        }
        String type =
                response.headers().firstValue("content-type").orElse("none").replaceFirst(";.*", "");
        String content = at + "/content/" + escaped(type);
        String what = method + " " + path + " " + status + " " + type;
        if (type.equals("text/event-stream")) {
            response.body()
                    .lines()
                    .filter(line -> line.startsWith("data: {"))
                    .map(line -> line.substring("data: ".length()))
                    .forEach(event -> assertThat(faults(
                                    event.startsWith("{\"error\"") ? "/components/schemas/Error" : content + "/x-event",
                                    json(event)))
                            .as("%s: %s", what, event)
                            .isEmpty());
        } else if (type.equals("application/json")) {
            assertThat(faults(content + "/schema", json(response.body())))
                    .as("%s: %s", what, response.body())
                    .isEmpty();
        } else {
            assertThat(document.at(content).isMissingNode()).as(what).isFalse();
        }
    }
}
