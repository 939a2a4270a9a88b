package dev.korm.codec.text;

import tools.jackson.core.io.NumberOutput;

/** The text of a double as ECMAScript prints it (ECMA-262, Number::toString): the shortest digits that read back as it. */
public final class EcmaNumber {
    private static final int LARGEST_PLAIN = 21;
    private static final int SMALLEST_PLAIN = -6;

    private EcmaNumber() {}

    /** Returns the text; 0 for negative zero. */
    public static String text(double value) {
        StringBuilder out = new StringBuilder(24);
        append(out, value);
        return out.toString();
    }

    /** Appends the text of a finite number. */
    public static void append(StringBuilder out, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("Neither NaN nor infinity has a text");
        }
        if (value == 0) {
            out.append('0');
            return;
        }
        if (value < 0) {
            out.append('-');
        }
        double size = Math.abs(value);
        long whole = (long) size;
        if (whole == size && whole < 1L << 53) {
            out.append(whole);
            return;
        }
        // Schubfach's digits are the shortest, but never fewer than two.
        String java = NumberOutput.toString(size, true);
        int mark = java.indexOf('E');
        String mantissa = mark < 0 ? java : java.substring(0, mark);
        int point = mantissa.indexOf('.');
        String all = mantissa.substring(0, point) + mantissa.substring(point + 1);
        int scale = point + (mark < 0 ? 0 : Integer.parseInt(java.substring(mark + 1)));
        int first = 0;
        while (all.charAt(first) == '0') {
            first++;
        }
        int last = all.length();
        while (all.charAt(last - 1) == '0') {
            last--;
        }
        append(out, size, all.substring(first, last), scale - first);
    }

    /** Appends {@code 0.digits} times ten to the {@code scale}. */
    private static void append(StringBuilder out, double size, String found, int scale) {
        String digits = found;
        int exponent = scale;
        if (digits.length() == 2) {
            int nearest = digits.charAt(0) - '0' + (digits.charAt(1) >= '5' ? 1 : 0);
            if (reads(nearest, exponent, size)) {
                exponent += nearest == 10 ? 1 : 0;
                digits = nearest == 10 ? "1" : String.valueOf(nearest);
            }
        }
        int count = digits.length();
        if (count <= exponent && exponent <= LARGEST_PLAIN) {
            out.append(digits).append("0".repeat(exponent - count));
        } else if (0 < exponent && exponent <= LARGEST_PLAIN) {
            out.append(digits, 0, exponent).append('.').append(digits, exponent, count);
        } else if (SMALLEST_PLAIN < exponent && exponent <= 0) {
            out.append("0.").append("0".repeat(-exponent)).append(digits);
        } else {
            int power = exponent - 1;
            out.append(digits.charAt(0));
            if (count > 1) {
                out.append('.').append(digits, 1, count);
            }
            out.append('e').append(power < 0 ? '-' : '+').append(Math.abs(power));
        }
    }

    private static boolean reads(int digit, int scale, double size) {
        return Double.parseDouble(digit + "E" + (scale - 1)) == size;
    }
}
