//! What the compiler says of mistakes: each `ui/*.rs` does not compile, and says what its `.stderr` holds.

#[test]
fn every_mistake_is_underlined_and_says_what_to_do() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
