package dev.lora4j.formats.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against huggingface_hub's documented environment variables. */
class HubSettingsTest {
    @TempDir
    private Path home;

    private HubSettings from(Map<String, String> environment) {
        return HubSettings.from(environment, home);
    }

    @Test
    void hasTheDefaultsOfPython() {
        HubSettings settings = from(Map.of());
        assertThat(settings.endpoint()).hasToString("https://huggingface.co");
        assertThat(settings.cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
        assertThat(settings.token()).isEmpty();
        assertThat(settings.offline()).isFalse();
        assertThat(settings.symlinks()).isTrue();
    }

    @Test
    void prefersTheMoreSpecificVariable() {
        assertThat(from(Map.of("XDG_CACHE_HOME", "/c")).cache()).isEqualTo(Path.of("/c/huggingface/hub"));
        assertThat(from(Map.of("XDG_CACHE_HOME", "/c", "HF_HOME", "/h")).cache())
                .isEqualTo(Path.of("/h/hub"));
        assertThat(from(Map.of("HF_HOME", "/h", "HF_HUB_CACHE", "~/x")).cache()).isEqualTo(home.resolve("x"));
    }

    @Test
    void takesTheTokenFromTheVariableOrTheFile() throws IOException {
        Path file = Files.createDirectories(home.resolve(".cache/huggingface")).resolve("token");
        Files.writeString(file, "hf_file\n");
        assertThat(from(Map.of()).token()).isEqualTo("hf_file");
        assertThat(from(Map.of("HF_TOKEN", " hf_variable ")).token()).isEqualTo("hf_variable");
        assertThat(from(Map.of("HF_TOKEN_PATH", "/nowhere")).token()).isEmpty();
    }

    @Test
    void understandsWhatPythonTakesForTrue() {
        for (String yes : new String[] {"1", "ON", "yes", "True"}) {
            assertThat(from(Map.of("HF_HUB_OFFLINE", yes)).offline()).isTrue();
        }
        assertThat(from(Map.of("HF_HUB_OFFLINE", "0")).offline()).isFalse();
        assertThat(from(Map.of("TRANSFORMERS_OFFLINE", "1")).offline()).isTrue();
        assertThat(from(Map.of("HF_HUB_DISABLE_SYMLINKS", "1")).symlinks()).isFalse();
    }

    @Test
    void takesAnotherEndpointWithoutItsSlash() {
        assertThat(from(Map.of("HF_ENDPOINT", "http://localhost:8080/")).endpoint())
                .hasToString("http://localhost:8080");
        for (String wrong : new String[] {"file:///etc", "hub", "http://", "http://a b"}) {
            assertThatThrownBy(() -> from(Map.of("HF_ENDPOINT", wrong)))
                    .isInstanceOf(HubException.class)
                    .hasMessageContaining("HF_ENDPOINT is \"");
        }
    }

    @Test
    void neverPrintsTheToken() {
        assertThat(from(Map.of("HF_TOKEN", "hf_secret")).toString())
                .contains("[REDACTED]")
                .doesNotContain("hf_secret");
    }
}
