package dev.lora4j.formats.hub;

import java.nio.file.Path;

/** The process that parity/check_hub_cache.py starts: pulls one repository by the settings of the environment. */
final class PullOnce {
    private PullOnce() {}

    public static void main(String[] arguments) {
        HubSettings settings = HubSettings.from(System.getenv(), Path.of(System.getProperty("user.home")));
        System.out.println(HubClient.of(settings, DownloadProgress.none()).pull(arguments[0], arguments[1]));
    }
}
