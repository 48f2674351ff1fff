package dev.lora4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.gguf.GgufModelFiles;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.server.finetuning.FineTuningOptions;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * The pictures of docs/web-page.md: a real model learns to sort messages while the page is looked at. By the profile
 * {@code screenshots} alone, since it needs a model and minutes: {@code -Dscreenshots.model=FILE.gguf}.
 */
@Tag("screenshots")
class PageScreenshotsTest {
    private static final Dimension DESKTOP = new Dimension(1280, 800);
    private static final Dimension PHONE = new Dimension(390, 844);
    private static final int MOST_BYTES = 200_000;
    private static final String QUESTION = "I paid twice for one ticket, and the concert is tonight.";

    @TempDir
    Path folder;

    private final Path images = Path.of("..", "docs", "images").toAbsolutePath().normalize();

    @Test
    void picturesOfARealJobAndAChatWithWhatItMade() throws IOException {
        Path file = Path.of(Objects.requireNonNull(System.getProperty("screenshots.model"), "which model?"));
        Files.createDirectories(images);
        ServerOptions options = ServerOptions.local("SmolLM2-135M-Instruct")
                .withFineTuning(FineTuningOptions.in(folder.resolve("data")));
        try (GgufModelFiles files = GgufModelFiles.open(file);
                Tokenizer tokenizer = Tokenizer.of(files);
                LanguageModel model = LanguageModel.load(files);
                LoraServer server = LoraServer.of(model, tokenizer, options)) {
            server.start();
            String url = "http://127.0.0.1:" + server.port();
            ChromeDriver light = Chromium.start(false);
            ChromeDriver dark = Chromium.start(true);
            try {
                String job = train(light, url);
                dark.get(url + "/web/training/job?id=" + job);
                pictures(light, dark, url, job);
            } finally {
                light.quit();
                dark.quit();
            }
        }
    }

    private static WebDriverWait patience(ChromeDriver chrome) {
        return new WebDriverWait(chrome, Duration.ofMinutes(8));
    }

    private static String resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(PageScreenshotsTest.class.getResource("/page/" + name))
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void upload(ChromeDriver chrome, String name) {
        chrome.findElement(By.id("file")).sendKeys(resource(name));
        chrome.findElement(By.cssSelector(".upload button")).click();
        patience(chrome).until(ExpectedConditions.textToBePresentInElementLocated(By.id("rows"), name));
    }

    /** Starts the job by the page and takes a picture on the way. */
    private String train(ChromeDriver chrome, String url) throws IOException {
        chrome.get(url + "/web/training");
        upload(chrome, "tickets-validation.jsonl");
        upload(chrome, "tickets.jsonl");
        chrome.findElement(By.id("suffix")).sendKeys("tickets");
        chrome.findElement(By.cssSelector("form.stack summary")).click();
        chrome.findElement(By.id("epochs")).sendKeys("6");
        chrome.findElement(By.id("batch")).sendKeys("4");
        chrome.findElement(By.id("rate")).sendKeys("5");
        chrome.findElement(By.id("seed")).sendKeys("7");
        chrome.findElement(By.id("validation")).sendKeys("tickets-validation");
        chrome.executeScript("window.scrollTo(0, 0)");
        save(chrome, "training-desktop", DESKTOP);
        chrome.findElement(By.id("suffix")).sendKeys(Keys.ENTER);
        patience(chrome).until(ExpectedConditions.urlContains("/web/training/job?id="));
        patience(chrome)
                .until(ExpectedConditions.textMatches(By.cssSelector(".lead"), Pattern.compile("Step (3\\d|4\\d) of")));
        save(chrome, "job-desktop", DESKTOP);
        patience(chrome).until(ExpectedConditions.textToBePresentInElementLocated(By.id("state"), "Done"));
        String address = String.valueOf(chrome.getCurrentUrl());
        return address.substring(address.indexOf('=') + 1);
    }

    private void pictures(ChromeDriver light, ChromeDriver dark, String url, String job) throws IOException {
        for (ChromeDriver chrome : new ChromeDriver[] {light, dark}) {
            chrome.get(url + "/web/training/job?id=" + job);
            patience(chrome).until(ExpectedConditions.presenceOfElementLocated(By.cssSelector(".plot canvas")));
        }
        save(dark, "job-dark", DESKTOP);
        light.get(url + "/web/training/job?id=" + job);
        Chromium.size(light, PHONE);
        light.navigate().refresh();
        patience(light).until(ExpectedConditions.presenceOfElementLocated(By.cssSelector(".plot canvas")));
        save(light, "job-phone", PHONE);
        Chromium.size(light, DESKTOP);
        light.findElement(By.cssSelector("#state .button")).click();
        ask(light);
        assertThat(light.findElements(By.cssSelector(".said")).get(1).getText()).contains("\"topic\"");
        save(light, "chat-desktop", DESKTOP);
        save(light, "chat-phone", PHONE);
        Chromium.size(light, DESKTOP);
        light.get(url + "/");
        save(light, "adapters-desktop", DESKTOP);
        save(light, "adapters-phone", PHONE);
    }

    private static void ask(ChromeDriver chrome) {
        chrome.findElement(By.cssSelector(".composer summary")).click();
        chrome.findElement(By.id("maxTokens")).clear();
        chrome.findElement(By.id("maxTokens")).sendKeys("60");
        chrome.findElement(By.cssSelector(".composer summary")).click();
        chrome.findElement(By.id("question")).sendKeys(QUESTION, Keys.ENTER);
        patience(chrome).until(ExpectedConditions.numberOfElementsToBe(By.cssSelector(".said[aria-busy=false]"), 2));
    }

    private void save(ChromeDriver chrome, String name, Dimension size) throws IOException {
        Chromium.size(chrome, size);
        byte[] png = chrome.getScreenshotAs(OutputType.BYTES);
        assertThat(png.length).as(name).isLessThan(MOST_BYTES);
        Files.write(images.resolve(name + ".png"), png);
    }
}
