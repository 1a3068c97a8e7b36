//! The attribute, called with tokens: with random ones, and with all the mistakes that have a message.
//!
//! `PROPTEST_CASES=100000 cargo test --test attribute` tries more than the gate does.

mod expanded;
mod grammar;
mod messages;
mod mutation;

// The macro's own code, which needs no compiler around it.
#[path = "../../../transport-macros/src/attribute/mod.rs"]
mod attribute;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use expanded::Expanded;
use grammar::{valid, wild};
use mutation::{Mutation, mutation};

/// As many cases as the environment asks for, or as fit into the gate.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 2_000;
    }
    config
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_the_grammar_calls_valid_is_accepted(written in valid()) {
        let expanded = Expanded::of(&written, &[]);
        prop_assert!(expanded.mistakes.is_empty(), "{:?}", expanded.mistakes);
        expanded.check()?;
    }

    #[test]
    fn a_valid_attribute_with_changed_tokens_expands(
        written in valid(),
        changes in prop::collection::vec(mutation(), 1..5),
    ) {
        Expanded::of(&written, &changes).check()?;
    }

    #[test]
    fn a_wild_attribute_expands(written in wild(), changes in prop::collection::vec(mutation(), 0..3)) {
        Expanded::of(&written, &changes).check()?;
    }
}

#[test]
fn lists_of_thousands_are_read_to_their_end() {
    let list = |item: &str| format!("[{}]", vec![item; 20_000].join(", "));
    for (args, mistakes) in [
        (format!("peers = {}", list("0")), 1),
        (format!("peers = {}", list("x")), 20_000),
        (format!("peers = 0..2, links = {}", list("0 -> 1")), 19_999),
        (
            vec!["loss = 0.5"; 2_000].join(", ") + ", peers = 0..2",
            1_999,
        ),
        (
            format!(
                "peers = 0..2, loss = {}0.5{}",
                "(".repeat(100),
                ")".repeat(100)
            ),
            0,
        ),
    ] {
        let item = "async fn test(all: Vec<Endpoint>) {}".to_owned();
        let expanded = Expanded::of(&grammar::Written { args, item }, &[] as &[Mutation]);
        assert_eq!(expanded.mistakes.len(), mistakes);
        expanded.check().expect("it expands");
    }
}
