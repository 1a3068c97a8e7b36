//! What a test says, fit for a terminal.

/// The text with all escaped that a terminal would obey, or that turns the direction of writing, but
/// for the ends of lines.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        );
        match c {
            '\n' => plain.push(c),
            '\t' => plain.push_str("    "),
            c if turns || c.is_control() => plain.extend(c.escape_default()),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_all_else_is_as_it_was() {
        assert_eq!(plain("a\u{1b}[31m\r\u{202e}b"), "a\\u{1b}[31m\\r\\u{202e}b");
        let text = "left: \"größer\"\n  right: 漢字 שלום 🦀";
        assert_eq!(plain(text), text);
    }
}
