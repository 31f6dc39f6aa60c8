package dev.belfry.mercure;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads a URI Template (RFC 6570, all levels) into an expression for its expansions. */
final class TemplateReader {
    private static final String FORBIDDEN = " \"%<>\\^`|}";
    private static final Pattern VARIABLE = Pattern.compile(
            "(?:\\w|%[0-9A-Fa-f]{2})(?:\\.?(?:\\w|%[0-9A-Fa-f]{2}))*+(?<modifier>\\*|:[1-9]\\d{0,3}+)?+");

    private final String template;
    private final List<Expression> parts = new ArrayList<>();
    private int at;
    private int firstBrace = -1;
    private int lastBrace = -1;

    TemplateReader(String template) {
        this.template = template;
    }

    /** What stands in front of the first expression. */
    String prefix() {
        return firstBrace < 0 ? template : template.substring(0, firstBrace);
    }

    /** What stands behind the last one. */
    String suffix() {
        return template.substring(lastBrace + 1);
    }

    /**
     * The part between prefix and suffix.
     *
     * @throws IllegalArgumentException when it is no template
     */
    Expression read() {
        while (at < template.length()) {
            if (template.charAt(at) == '{') {
                readExpression();
            } else {
                readLiteral();
            }
        }
        return Expression.sequence(parts);
    }

    private void readLiteral() {
        int from = at;
        while (at < template.length() && template.charAt(at) != '{') {
            char c = template.charAt(at);
            if (c == '%' ? !isEncoded(at) : c < ' ' || c == 0x7F || FORBIDDEN.indexOf(c) >= 0) {
                throw new IllegalArgumentException("a literal has a character that it may not have");
            }
            at++;
        }
        if (firstBrace >= 0 && at < template.length()) {
            parts.add(Expression.text(Symbols.of(template.substring(from, at))));
        }
    }

    private boolean isEncoded(int at) {
        return at + 2 < template.length()
                && Character.digit(template.charAt(at + 1), 16) >= 0
                && Character.digit(template.charAt(at + 2), 16) >= 0;
    }

    private void readExpression() {
        int end = template.indexOf('}', at);
        if (end < 0) {
            throw new IllegalArgumentException("an expression does not end");
        }
        firstBrace = firstBrace < 0 ? at : firstBrace;
        lastBrace = end;
        String inside = template.substring(at + 1, end);
        TemplateOperator operator = TemplateOperator.of(inside);
        parts.add(operator.expression(variables(operator.isNamedBySign() ? inside.substring(1) : inside)));
        at = end + 1;
    }

    private static List<TemplateVariable> variables(String list) {
        List<TemplateVariable> variables = new ArrayList<>();
        for (String spec : list.split(",", -1)) {
            if (!VARIABLE.matcher(spec).matches()) {
                throw new IllegalArgumentException("not a variable");
            }
            variables.add(TemplateVariable.of(spec));
        }
        return variables;
    }
}
