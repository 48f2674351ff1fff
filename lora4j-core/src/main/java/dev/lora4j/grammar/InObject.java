package dev.lora4j.grammar;

import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * Between the members of an object.
 *
 * @param seen the names that have come; never changed
 * @param depth of the members' values
 */
record InObject(ObjectRule object, BitSet seen, Place place, int depth) implements Frame {
    /** Where in the object. */
    enum Place {
        /** After the brace that opens it, and white space. */
        OPENED,
        /** After a member. */
        MEMBER,
        /** After a comma, and white space. */
        COMMA
    }

    static Stack begin(ObjectRule object, int depth, Stack below) {
        return below.push(new InObject(object, new BitSet(), Place.OPENED, depth))
                .push(JsonText.SPACE)
                .push(Spell.of(JsonText.OPEN_OBJECT));
    }

    /** What follows a name: its value, and the rest of the object. */
    List<Frame> after(Rule value) {
        return List.of(JsonText.SPACE, Spell.of(JsonText.COLON), JsonText.SPACE, new Enter(value, depth), this);
    }

    /** After a member of this name; −1 for others. */
    InObject with(int name) {
        BitSet more = (BitSet) seen.clone();
        if (name >= 0) {
            more.set(name);
        }
        return new InObject(object, more, Place.MEMBER, depth);
    }

    @Override
    public boolean reads() {
        return false;
    }

    @Override
    public void expand(Stack below, Consumer<Stack> out) {
        boolean canEnd = place != Place.COMMA && object.isComplete(seen);
        boolean canGoOn = object.canGoOn(seen, depth);
        if (place == Place.MEMBER) {
            if (canEnd) {
                out.accept(below.push(Spell.of(JsonText.CLOSE_OBJECT)).push(JsonText.SPACE));
            }
            if (canGoOn) {
                out.accept(below.push(new InObject(object, seen, Place.COMMA, depth))
                        .push(JsonText.SPACE)
                        .push(Spell.of(JsonText.COMMA)));
            }
            return;
        }
        if (canEnd) {
            out.accept(below.push(Spell.of(JsonText.CLOSE_OBJECT)));
        }
        if (canGoOn) {
            key(below, out);
        }
    }

    private void key(Stack below, Consumer<Stack> out) {
        Rule others = object.others();
        if (object.values().isEmpty() && others != null) { // no name is known, so any spelling will do
            Spelling.FREE.frames(
                    Spelling.FREE.start(),
                    below.pushAll(with(-1).after(others)),
                    rest -> out.accept(rest.push(Spell.of(JsonText.QUOTE))));
        } else {
            out.accept(below.push(InKey.begin(this)).push(Spell.of(JsonText.QUOTE)));
        }
    }

    @Override
    public void read(int symbol, Stack below, Consumer<Stack> out) {
        throw new IllegalStateException("it does not read");
    }
}
