package dev.lora4j.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.server.finetuning.FineTuningOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.FluentWait;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page in Chromium, by the profile {@code browser}; docs/web-page.md tells what it needs. */
@Tag("browser")
class PageBrowserTest {
    @TempDir
    static Path folder;

    private final TestServer server = TestServer.start(
                    ServerOptions.local(TestServer.BASE).withFineTuning(FineTuningOptions.in(data())))
            .with("all-linear", "rslora");
    private final ChromeDriver chrome = Chromium.start(false);
    private final FluentWait<WebDriver> wait = new WebDriverWait(chrome, Duration.ofSeconds(20))
            .ignoring(WebDriverException.class); // of a part that is exchanged while it is looked at

    /** A folder for each test, so that none sees the models of another. */
    private static Path data() {
        try {
            return Files.createTempDirectory(folder, "data");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void stop() {
        chrome.quit();
        server.close();
    }

    private void open(String path) {
        chrome.get(server.url() + path);
    }

    private WebElement find(String selector) {
        return chrome.findElement(By.cssSelector(selector));
    }

    private void ask(String question) {
        find("#question").sendKeys(question, Keys.ENTER);
    }

    private void awaitAnswers(int turns) {
        wait.until(driver ->
                driver.findElements(By.cssSelector(".said[aria-busy=false]")).size() == 2 * turns);
    }

    private List<String> complaints() {
        return chrome.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::getMessage)
                .toList();
    }

    @Test
    void aQuestionByTheKeyboardIsAnsweredByBothModels() {
        open("/web/chat?adapter=all-linear");
        ask(LetterModel.PROMPT);
        awaitAnswers(1);
        List<WebElement> said = chrome.findElements(By.cssSelector(".said"));
        String text = said.get(0).getDomProperty("textContent");
        assertThat(text).startsWith(LetterModel.ANSWER); // and on, up to 200 tokens
        assertThat(said.get(1).getDomProperty("textContent")).isNotBlank().isNotEqualTo(text);
        assertThat(find("#question").getDomProperty("value")).isEmpty();
        assertThat(chrome.findElements(By.cssSelector(".note")))
                .allSatisfy(note -> assertThat(note.getText()).contains("tokens"));
        ask("S-L");
        awaitAnswers(2);
        assertThat(complaints()).isEmpty();
    }

    @Test
    void aMistakeIsToldWhereItWasMadeAndGoesAwayWithTheNextQuestion() {
        open("/web/chat");
        find("summary").click();
        WebElement tokens = find("#maxTokens");
        tokens.clear();
        tokens.sendKeys("5000");
        ((JavascriptExecutor) chrome).executeScript("document.getElementById('composer').noValidate = true");
        ask("a");
        wait.until(ExpectedConditions.textToBe(
                By.cssSelector("#problem"), "Most tokens is “5000”; it must be from 1 to 4096."));
        assertThat(find("#question").getDomProperty("value")).isEqualTo("a");
        tokens.clear();
        tokens.sendKeys("2");
        find("#question").sendKeys(Keys.ENTER);
        awaitAnswers(1);
        assertThat(find("#problem").getText()).isEmpty();
    }

    @Test
    void theTabKeyGoesFromTheSkipLinkThroughThePage() {
        open("/");
        assertThat(tab()).isEqualTo("Skip to the content");
        assertThat(tab()).isEqualTo("lora4j");
        assertThat(tab()).isEqualTo("Adapters");
        assertThat(tab()).isEqualTo("Chat");
        assertThat(tab()).isEqualTo("Fine-tuning");
        assertThat(tab()).startsWith("Chat").contains("all-linear");
        assertThat(tab()).startsWith("Chat").contains("rslora");
    }

    private String tab() {
        chrome.switchTo().activeElement().sendKeys(Keys.TAB);
        return String.valueOf(chrome.switchTo().activeElement().getDomProperty("textContent"))
                .strip();
    }

    @Test
    void theSkipLinkLeadsToTheContent() {
        open("/");
        chrome.switchTo().activeElement().sendKeys(Keys.TAB);
        chrome.switchTo().activeElement().sendKeys(Keys.ENTER);
        assertThat(chrome.switchTo().activeElement().getDomAttribute("id")).isEqualTo("content");
    }

    @Test
    void aFileIsUploadedAJobFollowedAndItsModelChattedWith() throws IOException {
        Path rows = Files.writeString(
                folder.resolve("lesson.jsonl"),
                ("{\"prompt\": \"" + LetterModel.PROMPT + "\", \"completion\": \"LESSON\"}\n").repeat(16));
        open("/web/training");
        find("#file").sendKeys(rows.toString());
        find(".upload button").click();
        wait.until(ExpectedConditions.textToBePresentInElementLocated(By.id("rows"), "lesson.jsonl"));
        find("#suffix").sendKeys("lesson");
        find("summary").click();
        find("#epochs").sendKeys("12");
        find("#rate").sendKeys("50");
        find("#suffix").sendKeys(Keys.ENTER);
        wait.until(ExpectedConditions.textToBePresentInElementLocated(By.id("state"), "lesson"));
        wait.until(ExpectedConditions.presenceOfElementLocated(By.cssSelector(".plot canvas")));
        wait.until(ExpectedConditions.textToBePresentInElementLocated(By.id("state"), "Done"));
        assertThat(find("[data-no-points]").isDisplayed()).isFalse();
        assertThat(find(".log").getText()).contains("The job has successfully completed");
        find("#state .button").click();
        ask(LetterModel.PROMPT);
        awaitAnswers(1);
        List<WebElement> said = chrome.findElements(By.cssSelector(".said"));
        assertThat(said.get(0).getDomProperty("textContent")).startsWith(LetterModel.ANSWER);
        assertThat(said.get(1).getDomProperty("textContent")).startsWith("LESSON");
        assertThat(complaints()).isEmpty();
    }

    @Test
    void aJobIsCancelledAfterAQuestion() throws IOException {
        Path rows = Files.writeString(
                folder.resolve("long.jsonl"), "{\"prompt\": \"a\", \"completion\": \"b\"}\n".repeat(400));
        open("/web/training");
        find("#file").sendKeys(rows.toString());
        find(".upload button").click();
        wait.until(ExpectedConditions.textToBePresentInElementLocated(By.id("rows"), "long.jsonl"));
        find("summary").click();
        find("#epochs").sendKeys("50");
        find("#batch").sendKeys("1");
        find("#seed").sendKeys(Keys.ENTER);
        wait.until(ExpectedConditions.textToBePresentInElementLocated(By.id("state"), "Training"));
        find("#state .danger").click();
        wait.until(ExpectedConditions.alertIsPresent()).accept();
        wait.until(ExpectedConditions.textToBePresentInElementLocated(By.id("state"), "Cancelled"));
        assertThat(complaints()).isEmpty();
    }

    @Test
    void aFileThatWillNotDoIsToldOnThePage() throws IOException {
        Path rows = Files.writeString(folder.resolve("bad.jsonl"), "not JSON\n");
        open("/web/training");
        find("#file").sendKeys(rows.toString());
        find(".upload button").click();
        wait.until(ExpectedConditions.textToBePresentInElementLocated(By.id("problem"), "line 1"));
    }

    @Test
    void nothingIsWiderThanAPhone() {
        server.server.publish(
                "an-adapter-with-a-name-as-long-as-names-may-be.of.64.letters.xyz", LetterModel.adapter("all-linear"));
        Chromium.size(chrome, new Dimension(390, 844));
        for (String path : List.of("/", "/web/training", "/web/chat", "/web/chat?adapter=none")) {
            open(path);
            Object wider = ((JavascriptExecutor) chrome)
                    .executeScript("return document.documentElement.scrollWidth - window.innerWidth");
            assertThat(wider).as(path).isEqualTo(0L);
        }
    }

    @Test
    void noPageBreaksItsOwnPolicy() {
        for (String path : List.of("/", "/web/chat", "/web/training")) {
            open(path);
            assertThat(complaints()).as(path).isEmpty();
        }
    }

    @Test
    void theTableRenewsItselfAndKeepsTheFocus() {
        open("/");
        find("[id='chat-rslora']").sendKeys("");
        ((JavascriptExecutor) chrome).executeScript("document.getElementById('chat-rslora').focus()");
        WebElement old = find("#adapters");
        server.server.unpublish("all-linear");
        wait.until(ExpectedConditions.stalenessOf(old));
        assertThat(find("#adapters").getText()).doesNotContain("all-linear").contains("rslora");
        assertThat(chrome.switchTo().activeElement().getDomAttribute("id")).isEqualTo("chat-rslora");
    }
}
