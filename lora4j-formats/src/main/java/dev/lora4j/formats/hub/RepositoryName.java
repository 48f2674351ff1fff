package dev.lora4j.formats.hub;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A model repository and one of its revisions, by the hub's rules for names.
 *
 * @param id {@code name} or {@code organisation/name}
 * @param revision a branch, a tag or a commit
 */
record RepositoryName(String id, String revision) {
    private static final Pattern ID = Pattern.compile("(\\w[\\w.-]{0,95}/)?\\w[\\w.-]{0,95}");
    private static final Pattern REVISION_PART = Pattern.compile("[\\w][\\w.+@=-]{0,199}");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final int MAX_PARTS = 8;

    RepositoryName {
        String name = id.substring(id.indexOf('/') + 1);
        if (!ID.matcher(id).matches()
                || id.length() > 96
                || id.contains("--")
                || id.contains("..")
                || name.endsWith(".git")
                || name.endsWith(".")
                || name.endsWith("-")) {
            throw new HubException(
                    "\"" + id + "\" is not a name on the hub, expected something like organisation/model");
        }
        String[] parts = revision.split("/", -1);
        for (String part : parts) {
            if (parts.length > MAX_PARTS
                    || !REVISION_PART.matcher(part).matches()
                    || part.contains("..")
                    || part.endsWith(".lock")) {
                throw new HubException("\"" + revision + "\" is not a revision, expected a branch, a tag or a commit");
            }
        }
    }

    boolean isCommit() {
        return isCommit(revision);
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** The folder's name in the cache. */
    String folder() {
        return "models--" + id.replace("/", "--");
    }

    /** The path of the list of files under the endpoint. */
    String infoPath() {
        return "/api/models/" + id + "/revision/" + encode(revision);
    }

    /** The path of a file under the endpoint. */
    String filePath(String commit, String file) {
        StringBuilder path = new StringBuilder("/" + id + "/resolve/" + commit);
        for (String part : file.split("/", -1)) {
            path.append('/').append(encode(part));
        }
        return path.toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return revision.equals("main") ? id : id + "@" + revision;
    }
}
