package dev.lora4j.data;

/** What the rows of one file are; all of them are the same. */
enum RowKind {
    TEXT("a text"),
    PROMPT_COMPLETION("a prompt with its completion"),
    CHAT_PROMPT_COMPLETION("messages as a prompt with messages as its completion"),
    CONVERSATION("a conversation"),
    LABELLED("a labelled text"),
    LABELLED_PAIR("a labelled pair of texts");

    private final String words;

    RowKind(String words) {
        this.words = words;
    }

    @Override
    public String toString() {
        return words;
    }
}
