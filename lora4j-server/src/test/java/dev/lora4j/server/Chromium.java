package dev.lora4j.server;

import java.util.Map;
import java.util.logging.Level;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A Chromium without a screen, of the machine's own: nothing is downloaded. */
final class Chromium {
    private Chromium() {}

    static ChromeDriver start(boolean dark) {
        ChromeOptions options = new ChromeOptions();
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars");
        if (dark) {
            options.addArguments("--blink-settings=preferredColorScheme=0");
        }
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.WARNING);
        options.setCapability("goog:loggingPrefs", logs);
        // the driver that the profile names: without one Selenium would look for it on the network
        ChromeDriver chrome = new ChromeDriver(ChromeDriverService.createDefaultService(), options);
        size(chrome, new Dimension(1280, 800));
        return chrome;
    }

    /** The page's own size, whatever frame the window has. */
    static void size(ChromeDriver chrome, Dimension size) {
        chrome.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", size.width, "height", size.height, "deviceScaleFactor", 1, "mobile", false));
    }
}
