package dev.lora4j.data;

/** Whether a language model can learn from a row, as far as that can be told without its tokenizer. */
final class RowCheck {
    private RowCheck() {}

    static void check(RowOrigin origin, Row row) {
        if (row instanceof Row.Labelled) {
            throw new BadRowException(
                    origin, "has a label, but a language model is trained; leave \"label\" and \"text_pair\" out");
        }
        if (row instanceof Row.Conversation conversation
                && conversation.messages().stream().noneMatch(Message::learned)) {
            throw new BadRowException(
                    origin,
                    "\"messages\" has no message to be learned, expected one of the role \"assistant\" whose \"weight\""
                            + " is not 0");
        }
    }
}
