//! What the attribute says of mistakes, and what it underlines.

use crate::expanded::Expanded;
use crate::grammar::Written;

/// The one mistake in these arguments of a mesh: what is underlined, and what is said.
#[track_caller]
fn mistake(args: &str) -> (String, String) {
    let item = "async fn test(all: Vec<Endpoint>) {}".to_owned();
    let args = args.to_owned();
    let mut mistakes = Expanded::of(&Written { args, item }, &[]).mistakes;
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    let mistake = mistakes.remove(0);
    (mistake.text, mistake.message)
}

#[test]
fn a_missing_end_is_underlined_at_the_last_token() {
    for (args, place) in [
        ("peers = 0..2, crate = a::", "a::"),
        ("leader = -", "-"),
        ("peers = 0..2, seeds = 0..-", "-"),
        ("peers = 29..", ".."),
        ("peers = 0..2, links = [0 ->]", "]"),
    ] {
        assert_eq!(mistake(args).0, place, "{args}");
    }
}
