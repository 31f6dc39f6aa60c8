package dev.belfry;

/**
 * How all topics that a selector matches begin and end, so that an index need not ask it for others.
 *
 * @param form the spelling in which they do
 * @param prefix what they begin with; may be empty
 * @param suffix what they end with, apart from the prefix; may be empty
 */
public record TopicEnds(TopicForm form, String prefix, String suffix) {
    boolean match(Topic topic) {
        String text = form.of(topic);
        return text != null && text.startsWith(prefix) && text.endsWith(suffix);
    }
}
