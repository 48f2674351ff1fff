package dev.lora4j.cli;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes such as {@code 512MB} or {@code 1.5 GB}, in powers of 1000; without a unit, bytes. */
final class ByteSize implements ITypeConverter<Long> {
    private static final List<String> UNITS = List.of("", "KB", "MB", "GB", "TB");
    private static final Pattern FORM = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)\\s*([KMGT]?B)?");

    @Override
    public Long convert(String text) {
        Matcher matcher = FORM.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TypeConversionException("\"" + text + "\" is no size, expected one such as 512MB, 2GB or 0");
        }
        String unit = matcher.group(2) == null || matcher.group(2).equals("B") ? "" : matcher.group(2);
        BigDecimal bytes = new BigDecimal(matcher.group(1)).scaleByPowerOfTen(3 * UNITS.indexOf(unit));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new TypeConversionException("\"" + text + "\" is more bytes than can be counted");
        }
        return bytes.longValue();
    }
}
