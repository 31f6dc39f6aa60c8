package dev.belfry.mercure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.util.NetUtil;
import java.net.IDN;
import java.net.Inet6Address;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Locale;

/** Hosts as the URL Standard spells them. Each method throws {@link IllegalArgumentException} for what is none. */
final class UrlHost {
    private static final String FORBIDDEN = "\0\t\n\r #/:<>?@[\\]^|";

    private UrlHost() {}

    /** @param isSpecial whether the scheme is one whose hosts are domains and addresses, as that of HTTP */
    static String parse(String host, boolean isSpecial) {
        if (host.startsWith("[")) {
            return sixth(host);
        }
        if (!isSpecial) {
            checkNot(FORBIDDEN, host);
            return UrlCodec.encode(host, UrlCodec.CONTROLS);
        }
        String domain = domain(decoded(host));
        return endsInNumber(domain) ? fourth(domain) : domain;
    }

    private static String sixth(String host) {
        byte[] address = host.endsWith("]") && host.indexOf('%') < 0
                ? NetUtil.createByteArrayFromIpAddressString(host.substring(1, host.length() - 1))
                : null;
        if (address == null || address.length != 16) {
            throw new IllegalArgumentException("not an IPv6 address");
        }
        try {
            return '[' + NetUtil.toAddressString(Inet6Address.getByAddress(null, address, -1)) + ']';
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String decoded(String host) {
        try {
            return UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(UrlCodec.decode(host)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8", e);
        }
    }

    /** A domain, or a part of one. */
    static String domain(String host) {
        boolean isAscii = host.chars().allMatch(c -> c < 0x80);
        String ascii = isAscii ? host : IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
        checkNot(FORBIDDEN + '%', ascii);
        if (ascii.chars().anyMatch(c -> c < 0x20 || c == 0x7F)) {
            throw new IllegalArgumentException("a control character in a host");
        }
        return ascii.toLowerCase(Locale.ROOT);
    }

    private static void checkNot(String forbidden, String host) {
        if (host.chars().anyMatch(c -> forbidden.indexOf(c) >= 0)) {
            throw new IllegalArgumentException("a host has a character that it may not have");
        }
    }

    private static boolean endsInNumber(String domain) {
        String[] labels = labels(domain);
        String last = labels[labels.length - 1];
        return !last.isEmpty()
                && (last.chars().allMatch(c -> c >= '0' && c <= '9') || last.matches("0[xX][0-9a-fA-F]*"));
    }

    private static String[] labels(String domain) {
        return (domain.endsWith(".") ? domain.substring(0, domain.length() - 1) : domain).split("\\.", -1);
    }

    /** An IPv4 address, whose last number may stand for several. */
    private static String fourth(String domain) {
        String[] labels = labels(domain);
        if (labels.length > 4) {
            throw new IllegalArgumentException("not an IPv4 address");
        }
        long address = 0;
        for (int i = 0; i < labels.length; i++) {
            long number = number(labels[i]);
            boolean isLast = i == labels.length - 1;
            if (number >= (isLast ? 1L << (8 * (5 - labels.length)) : 256)) {
                throw new IllegalArgumentException("not an IPv4 address");
            }
            address |= isLast ? number : number << (8 * (3 - i));
        }
        return (address >> 24) + "." + ((address >> 16) & 255) + "." + ((address >> 8) & 255) + "." + (address & 255);
    }

    private static long number(String label) {
        if (label.length() > 16 || label.isEmpty() || label.charAt(0) == '-' || label.charAt(0) == '+') {
            throw new IllegalArgumentException("not an IPv4 address");
        }
        if (label.length() > 1 && (label.startsWith("0x") || label.startsWith("0X"))) {
            return label.length() == 2 ? 0 : Long.parseLong(label.substring(2), 16);
        }
        return label.length() > 1 && label.charAt(0) == '0' ? Long.parseLong(label, 8) : Long.parseLong(label);
    }
}
