package dev.lora4j.template;

/** Text under construction, within the {@link Budget}. */
final class Output {
    private final StringBuilder text = new StringBuilder();
    private final Budget budget;

    Output(Budget budget) {
        this.budget = budget;
    }

    void append(String more) {
        budget.text(more.length());
        if ((long) text.length() + more.length() > Limits.TEXT_CHARS) {
            budget.text((long) text.length() + more.length());
        }
        text.append(more);
    }

    int length() {
        return text.length();
    }

    String text() {
        return text.toString();
    }
}
