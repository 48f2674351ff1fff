package dev.lora4j.formats.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What the hub tells about a repository and its files. */
final class HubApi {
    private static final int MAX_LISTING_BYTES = 50 << 20;
    private static final int MAX_FILES = 100_000;
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    private final HubSettings settings;
    private final HubHttp http;
    private final RepositoryName repository;

    HubApi(HubSettings settings, HubHttp http, RepositoryName repository) {
        this.settings = settings;
        this.http = http;
        this.repository = repository;
    }

    /** A commit and the names of its files. */
    record Listing(String commit, List<String> files) {}

    Listing listing() throws IOException {
        SmallBody body = new SmallBody(MAX_LISTING_BYTES);
        HubHttp.Reply reply = http.get(repository.infoPath(), Map.of(), body);
        requireSuccess(reply, "");
        ObjectNode info = JsonFile.parse(body.text(), settings.endpoint() + repository.infoPath());
        String commit = info.path("sha").asText();
        if (!RepositoryName.isCommit(commit)) {
            throw new HubException("the hub names the commit \"" + commit + "\" for " + repository);
        }
        List<String> files = new ArrayList<>();
        for (JsonNode file : info.path("siblings")) {
            files.add(file.path("rfilename").asText());
        }
        if (files.size() > MAX_FILES) {
            throw new HubException(repository + " has " + files.size() + " files, the limit is " + MAX_FILES);
        }
        return new Listing(commit, files);
    }

    RemoteFile file(String commit, String name) throws IOException {
        HubHttp.Reply reply = http.head(repository.filePath(commit, name));
        if (!reply.isRedirect()) {
            requireSuccess(reply, name);
        }
        String tag =
                reply.header("X-Linked-Etag").or(() -> reply.header("ETag")).orElse("none");
        String digest = tag.replaceFirst("^W/", "").replace("\"", "");
        if (!DIGEST.matcher(digest).matches()) {
            throw new HubException("the hub sends the ETag " + tag + " for " + name
                    + ", expected a SHA-1 or SHA-256; is HF_ENDPOINT a hub?");
        }
        String served = reply.header("X-Repo-Commit").orElse(commit);
        if (!served.equals(commit)) {
            throw new HubException("the hub sends " + name + " of commit " + served + " instead of " + commit);
        }
        return new RemoteFile(name, digest, size(reply, name));
    }

    private static long size(HubHttp.Reply reply, String name) {
        String size = reply.header("X-Linked-Size")
                .or(() -> reply.isRedirect() ? Optional.empty() : reply.header("Content-Length"))
                .orElse("");
        if (!size.matches("[0-9]{1,18}")) {
            throw new HubException("the hub does not say how long " + name + " is");
        }
        return Long.parseLong(size);
    }

    /** Turns a refusal into a sentence; a passing failure becomes an IOException, which is worth another try. */
    void requireSuccess(HubHttp.Reply reply, String file) throws IOException {
        int status = reply.status();
        if (status >= 200 && status < 300) {
            return;
        }
        if (status == 429 || status >= 500) {
            throw new IOException("the hub answers " + status);
        }
        String code = reply.header("X-Error-Code").orElse("");
        String token = settings.token().isEmpty() ? "set HF_TOKEN" : "check the token in HF_TOKEN";
        if (code.equals("GatedRepo") || status == 403) {
            throw new HubException(repository + " is closed to you: accept its terms at " + settings.endpoint() + "/"
                    + repository.id() + " and " + token);
        }
        if (code.equals("RevisionNotFound")) {
            throw new HubException(repository.id() + " has no revision \"" + repository.revision() + "\"");
        }
        if (code.equals("EntryNotFound")) {
            throw new HubException(repository + " has no file " + file);
        }
        if (status == 401 || status == 404) {
            throw new HubException(
                    repository + " is not on " + settings.endpoint() + ", or is private: check the name, or " + token);
        }
        throw new HubException("the hub answers " + status + " for " + repository + (file.isEmpty() ? "" : "/" + file));
    }
}
