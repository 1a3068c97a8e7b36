//! "Did you mean": the known word that a mistyped one is close to.

use proc_macro2::Ident;
use syn::Error;

/// The error for a `word` that is none of `known`, as an argument or a topology would have been.
pub(crate) fn unknown(what: &str, word: &Ident, known: &[&str]) -> Error {
    let hint = similar(&word.to_string(), known)
        .map(|close| format!(", did you mean `{close}`?"))
        .unwrap_or_default();
    let expected = one_of(known);
    Error::new_spanned(word, format!("unknown {what} `{word}`{hint}\n{expected}"))
}

pub(crate) fn one_of(known: &[&str]) -> String {
    format!("expected one of `{}`", known.join("`, `"))
}

/// The closest of `known`, when at most a third of the letters differ.
pub(crate) fn similar<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| (distance(word, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().div_ceil(3))
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters have to be added, removed or replaced (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (above, l) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (at, r) in right.chars().enumerate() {
            let replaced = diagonal + usize::from(l != r);
            diagonal = row[at + 1];
            row[at + 1] = replaced.min(diagonal + 1).min(row[at] + 1);
        }
    }
    row[right.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::{distance, similar};

    #[test]
    fn the_distance_counts_single_letters() {
        assert_eq!(distance("leader", "leader"), 0);
        assert_eq!(distance("leadr", "leader"), 1);
        assert_eq!(distance("", "ring"), 4);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn a_slip_of_the_keyboard_finds_the_word() {
        let known = ["leader", "leaders", "followers", "peers"];
        assert_eq!(similar("folowers", &known), Some("followers"));
        assert_eq!(similar("laeder", &known), Some("leader"));
        assert_eq!(similar("follower", &known), Some("followers"));
    }

    #[test]
    fn another_word_finds_nothing() {
        assert_eq!(similar("timeout", &["leader", "peers"]), None);
    }
}
