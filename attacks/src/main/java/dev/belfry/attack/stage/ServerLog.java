package dev.belfry.attack.stage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the server has logged, read on from where it was read to. */
public final class ServerLog {
    private static final int MOST_BYTES = 64 << 20;
    private static final int MOST_EXAMPLES = 5;
    private static final int EXAMPLE_CHARACTERS = 160;

    private final Path file;
    private long readTo;

    ServerLog(Path file) {
        this.file = file;
    }

    /**
     * What came since the last time.
     *
     * @param lines how many
     * @param bytes how many
     * @param hasSecret whether a stranger's token is among them
     * @param examples the first ones, cut
     */
    public record News(long lines, long bytes, boolean hasSecret, List<String> examples) {}

    /** Reads what has come since the last call. */
    public News news() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(readTo);
            String text = new String(in.readNBytes(MOST_BYTES), ISO_8859_1);
            readTo += text.length();
            return new News(text.lines().count(), text.length(), text.contains(Requests.SECRET), examples(text));
        }
    }

    private static List<String> examples(String text) {
        return text.lines()
                .limit(MOST_EXAMPLES)
                .map(line -> line.substring(0, Math.min(EXAMPLE_CHARACTERS, line.length())))
                .toList();
    }

    String lastLine() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(file, ISO_8859_1));
        return lines.isEmpty() ? "it says nothing" : lines.get(lines.size() - 1);
    }
}
