package dev.belfry.testkit;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Texts of what formats trip over: line ends, controls, quotes, separators, surrogate pairs, and plain characters. */
public final class RandomTexts {
    private static final List<String> ODD = List.of(
            "\n",
            "\r",
            "\r\n",
            "\0",
            "\t",
            "\u001F",
            "\u007F",
            "\u0085",
            "\u2028",
            "\uFEFF",
            "\"",
            "\\",
            "/",
            ":",
            " ",
            "data: ",
            "id: 5\n",
            "\uD83D\uDD14",
            "\uDBFF\uDFFD",
            "\u00E9",
            "\u4E2D",
            "{",
            "}",
            "0\r\n\r\n",
            "</script>");

    private RandomTexts() {}

    /** Every character up to U+009F, and 2,000 mixtures; the same each time. */
    public static Stream<String> many() {
        Random random = new Random(42);
        return Stream.concat(
                IntStream.rangeClosed(0, 0x9F).mapToObj(c -> "x" + (char) c + "y"),
                Stream.generate(() -> text(random)).limit(2000));
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(12); length > 0; length--) {
            text.append(
                    random.nextInt(3) > 0 ? ODD.get(random.nextInt(ODD.size())) : (char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }
}
