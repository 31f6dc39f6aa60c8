package dev.belfry.mercure;

/**
 * A variable of an expression.
 *
 * @param maxLength how many characters of its value are taken; 0 for all
 * @param explodes whether each part of a list stands for itself
 */
record TemplateVariable(String name, int maxLength, boolean explodes) {
    static TemplateVariable of(String spec) {
        if (spec.endsWith("*")) {
            return new TemplateVariable(spec.substring(0, spec.length() - 1), 0, true);
        }
        int colon = spec.indexOf(':');
        return colon < 0
                ? new TemplateVariable(spec, 0, false)
                : new TemplateVariable(spec.substring(0, colon), Integer.parseInt(spec.substring(colon + 1)), false);
    }
}
