//! Text from elsewhere, made fit to be part of a picture.

/// A text on one line of at most `most` characters, with nothing in it that would garble a picture:
/// no control characters, none that XML does not allow, none that turn the direction of writing.
pub(super) fn clean(text: &str, most: usize) -> String {
    let mut chars = text.chars().map(shown);
    let mut clean: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() {
        clean.pop();
        clean.push('…');
    }
    clean
}

fn shown(c: char) -> char {
    match c {
        '\n' | '\t' | '\r' => ' ',
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            char::REPLACEMENT_CHARACTER
        }
        '\u{fffe}' | '\u{ffff}' => char::REPLACEMENT_CHARACTER,
        c if c.is_control() => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

/// Keeps what is written from right to left from turning the line around.
pub(super) fn isolated(text: String) -> String {
    let from_right = |c| {
        matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}')
            || matches!(c, '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    };
    if text.contains(from_right) {
        format!("\u{2068}{text}\u{2069}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_line_without_what_garbles() {
        assert_eq!(clean("put\n\"k\" <&>", 20), "put \"k\" <&>");
        assert_eq!(clean("a\u{0}\u{1b}[31m\u{202e}b\u{ffff}", 20), "a��[31m�b�");
        assert_eq!(clean("שלום 🦀", 20), "שלום 🦀");
        assert_eq!(clean("12345", 5), "12345");
        assert_eq!(clean("123456", 5), "1234…");
        assert_eq!(clean(&"x".repeat(1 << 20), 60).chars().count(), 60);
    }
}
