//! What a report says to paste is pasted here, form by form, and the test then fails in the same place.

use shard_mesh::{Endpoint, Mesh};
use tokio::time::Instant;

use crate::child::{failing, says};
use crate::shrink::{failure, lines, without_space};
use crate::support::{Packet, drain, ms, put, send};

/// The attribute of a test of this file, and what follows it, without spaces.
fn source(test: &str) -> (String, String) {
    let source = without_space(include_str!("advice.rs"));
    let (before, body) = source.split_once(&format!("asyncfn{test}(")).expect(test);
    let (_, attribute) = before.rsplit_once("#[shard_mesh::test(").unwrap();
    let (attribute, _) = attribute.split_once(")]").unwrap();
    let (body, _) = body.split_once("#[test]").unwrap();
    (attribute.to_owned(), body.to_owned())
}

/// `followed` is the test `advised` with all done that the report on it says, and nothing else.
#[track_caller]
fn check(advised: &str, followed: &str, needs: &str) {
    let page = failing(&format!("advice::{advised}"));
    for said in [needs, "as a test of its own: "] {
        says(&page, &[said]);
    }
    let (attribute, body) = source(followed);
    let (asked, _) = source(advised);
    let (_, shrunk) = page.split_once("\nshrunk  ").expect(&page);
    let shrunk = shrunk.split("\n\n").next().unwrap();
    let between = |before: &str| {
        let (_, after) = shrunk.split_once(before)?;
        Some(without_space(after.split('`').next().unwrap()))
    };
    let arguments = asked.split(',').filter(|it| !it.starts_with("seed"));
    let mut arguments: Vec<_> = arguments.map(str::to_owned).collect();
    if let Some(written) = between("write `") {
        arguments.push(written);
    } else {
        let seed = between("keep the range of latencies, with `").expect(&page);
        for (verb, told) in [
            ("duplicate=", "    duplication of"),
            ("loss=", "    loss of"),
        ] {
            if shrunk.contains(told) {
                arguments.retain(|it| !it.starts_with(verb));
            }
        }
        arguments.push(seed);
    }
    assert_eq!(attribute, arguments.join(","), "{page}");
    let lines = shrunk
        .contains("let _rule")
        .then(|| without_space(&lines(&page)));
    let has_rule = body.contains(&*without_space("let _rule"));
    assert_eq!(has_rule, lines.is_some(), "{page}");
    assert!(lines.is_none_or(|lines| body.contains(&lines)), "{page}");
    let followed = failing(&format!("advice::{followed}"));
    assert_eq!(failure(&page), failure(&followed));
}

/// Fails whatever the network does.
async fn fails(a: Endpoint<Packet>) {
    send(&a, 1, put("k", 1)).await;
    panic!("it fails");
}

#[shard_mesh::test(peers = 0..2, latency = "2ms..9ms", loss = 1.0, seed = 11)]
#[ignore = "fails: `that_nothing_is_needed_is_true` runs it"]
async fn needs_nothing(a: Endpoint<Packet>, _b: Endpoint<Packet>) {
    fails(a).await;
}

#[shard_mesh::test(peers = 0..2, latency = "2ms..9ms", loss = 1.0, pinned)]
#[ignore = "fails: `that_nothing_is_needed_is_true` runs it"]
async fn needs_nothing_followed(a: Endpoint<Packet>, _b: Endpoint<Packet>) {
    fails(a).await;
}

#[test]
fn that_nothing_is_needed_is_true() {
    let needs = "no random decision is needed";
    check("needs_nothing", "needs_nothing_followed", needs);
}

/// Fails for some seeds only.
async fn draws(a: Endpoint<Packet>, mesh: Mesh<Packet>) {
    send(&a, 1, put("k", 1)).await;
    assert!(mesh.seed() % 4 != 3, "the seed is no good");
}

#[shard_mesh::test(peers = 0..2, loss = 0.9, seed = 11)]
#[ignore = "fails: `a_seed_that_the_test_reads_is_kept` runs it"]
async fn reads_the_seed(a: Endpoint<Packet>, _b: Endpoint<Packet>, mesh: Mesh<Packet>) {
    draws(a, mesh).await;
}

#[shard_mesh::test(peers = 0..2, loss = 0.9, seed = 11, pinned)]
#[ignore = "fails: `a_seed_that_the_test_reads_is_kept` runs it"]
async fn reads_the_seed_followed(a: Endpoint<Packet>, _b: Endpoint<Packet>, mesh: Mesh<Packet>) {
    draws(a, mesh).await;
}

#[test]
fn a_seed_that_the_test_reads_is_kept() {
    let needs = "no random decision is needed";
    check("reads_the_seed", "reads_the_seed_followed", needs);
}

/// Fails if the first is lost, for some seeds only.
async fn draws_and_loses([a, b]: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    for n in 1..=9 {
        send(&a, 1, put("k", n)).await;
    }
    let first = drain(&b).into_iter().next();
    assert!(
        mesh.seed() % 4 != 3 || first == Some(put("k", 1)),
        "it is lost"
    );
}

#[shard_mesh::test(peers = 0..2, loss = 0.9, seed = 11)]
#[ignore = "fails: `a_seed_that_the_test_reads_is_kept_beside_a_rule` runs it"]
async fn reads_the_seed_and_loses(peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    draws_and_loses(peers, mesh).await;
}

#[shard_mesh::test(peers = 0..2, loss = 0.9, seed = 11, pinned)]
#[ignore = "fails: `a_seed_that_the_test_reads_is_kept_beside_a_rule` runs it"]
async fn reads_the_seed_and_loses_followed(peers: [Endpoint<Packet>; 2], mesh: Mesh<Packet>) {
    use shard_mesh::Verdict;
    let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
        (0, 1, 1) => Verdict::Drop, // Put { key: "k", value: 1 }
        _ => Verdict::Pass,
    });
    draws_and_loses(peers, mesh).await;
}

#[test]
fn a_seed_that_the_test_reads_is_kept_beside_a_rule() {
    let (advised, followed) = (
        "reads_the_seed_and_loses",
        "reads_the_seed_and_loses_followed",
    );
    check(advised, followed, "1 of ");
}

/// The first is slow.
async fn is_slow(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    let began = Instant::now();
    send(&a, 1, put("k", 1)).await;
    b.recv_segment().await.unwrap();
    assert!(began.elapsed() < ms(5), "it is slow");
}

// What is copied has no delay among its decisions.
#[shard_mesh::test(peers = 0..2, duplicate = 1.0, latency = "1ms..40ms", seed = 3)]
#[ignore = "fails: `latencies_that_are_needed_as_they_are_are_kept_with_the_seed` runs it"]
async fn needs_latencies(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    is_slow(a, b).await;
}

#[shard_mesh::test(peers = 0..2, latency = "1ms..40ms", seed = 3)]
#[ignore = "fails: `latencies_that_are_needed_as_they_are_are_kept_with_the_seed` runs it"]
async fn needs_latencies_followed(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    is_slow(a, b).await;
}

#[test]
fn latencies_that_are_needed_as_they_are_are_kept_with_the_seed() {
    let needs = "only the latencies are needed";
    check("needs_latencies", "needs_latencies_followed", needs);
}

/// The first is slow, and comes twice.
async fn is_slow_and_doubled(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    let began = Instant::now();
    send(&a, 1, put("k", 1)).await;
    b.recv_segment().await.unwrap();
    let slow = began.elapsed() >= ms(5);
    drop(a);
    let copy = b.recv_segment().await;
    assert!(!slow || copy.is_none(), "it is slow, and comes twice");
}

#[shard_mesh::test(peers = 0..2, duplicate = 1.0, latency = "1ms..40ms", seed = 3)]
#[ignore = "fails: `a_rule_goes_with_latencies_that_are_needed` runs it"]
async fn needs_latencies_and_a_copy(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    is_slow_and_doubled(a, b).await;
}

#[shard_mesh::test(peers = 0..2, latency = "1ms..40ms", seed = 3)]
#[ignore = "fails: `a_rule_goes_with_latencies_that_are_needed` runs it"]
async fn needs_latencies_and_a_copy_followed(
    a: Endpoint<Packet>,
    b: Endpoint<Packet>,
    mesh: Mesh<Packet>,
) {
    use shard_mesh::Verdict;
    let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
        (0, 1, 1) => Verdict::Duplicate(m.payload.clone()), // Put { key: "k", value: 1 }
        _ => Verdict::Pass,
    });
    is_slow_and_doubled(a, b).await;
}

#[test]
fn a_rule_goes_with_latencies_that_are_needed() {
    let (advised, followed) = (
        "needs_latencies_and_a_copy",
        "needs_latencies_and_a_copy_followed",
    );
    check(advised, followed, "1 of 1 random decisions");
}
