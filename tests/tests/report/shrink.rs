//! Random decisions are shrunk to those that a failure needs, and the rule that is printed fails in
//! the same place.

use std::collections::BTreeSet;
use std::time::Duration;

use shard_mesh::{Endpoint, Mesh, ShardId, Verdict};
use tokio::time::sleep;

use crate::child::{failing, says};
use crate::support::{Packet, drain, ms, put, send};

/// The rule of a page, as it is to be pasted.
pub(crate) fn rule(page: &str) -> String {
    let lines = page.lines().map(|it| it.get(8..).unwrap_or_default());
    let lines = lines.skip_while(|it| !it.starts_with("let _rule"));
    let mut rule = String::new();
    for line in lines {
        rule += line;
        rule.push('\n');
        if line == "});" {
            return rule;
        }
    }
    panic!("no rule in\n{page}");
}

/// All that is to be pasted.
pub(crate) fn lines(page: &str) -> String {
    let (_, shrunk) = page.split_once("\nshrunk  ").expect(page);
    let shrunk = shrunk.split("\n\n").next().unwrap().lines();
    let lines = shrunk.map(|it| it.get(8..).unwrap_or_default());
    let is_code = |it: &&str| {
        ["use ", "let ", "    ", "});", "mesh."]
            .iter()
            .any(|begin| it.starts_with(begin))
    };
    lines
        .skip_while(|it| it.starts_with("    ") || !is_code(it))
        .filter(is_code)
        .map(|it| it.to_owned() + "\n")
        .collect()
}

pub(crate) fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Where the test panicked, and what it said.
pub(crate) fn failure(page: &str) -> String {
    let (_, panic) = page
        .split_once("' (")
        .or(page.split_once("thread '"))
        .expect(page);
    let (_, panic) = panic.split_once(" panicked at ").expect(page);
    panic.lines().take(2).collect::<Vec<_>>().join(" ")
}

/// The `test` is shrunk to a rule that the test `by_rule` has, and which fails in the same place.
#[track_caller]
fn check(test: &str, by_rule: &str, needs: &str) -> String {
    let page = failing(test);
    says(&page, &[needs, "to fail in the same place"]);
    let source = without_space(include_str!("shrink.rs"));
    let (_, source) = source.split_once(&format!("asyncfn{by_rule}(")).unwrap();
    let (source, _) = source.split_once("#[test]").unwrap();
    let rule = rule(&page);
    assert!(
        source.contains(&without_space(&rule)),
        "`{by_rule}` has not\n{rule}"
    );
    let by_rule = failing(&format!("shrink::{by_rule}"));
    assert_eq!(failure(&page), failure(&by_rule));
    page
}

#[shard_mesh::test(peers = 0..2, latency = "1ms..9ms")]
#[ignore = "fails: `what_fails_without_any_decision_takes_one_run_and_one_that_confirms_it` runs it"]
async fn fails_anyway(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    send(&a, 1, put("k", 1)).await;
    b.recv_segment().await.unwrap();
    panic!("anyway");
}

#[test]
fn what_fails_without_any_decision_takes_one_run_and_one_that_confirms_it() {
    let page = failing("shrink::fails_anyway");
    says(&page, &["no random decision is needed", "(2 runs)"]);
}

/// Loses what it must not: both the 17th and the 912th.
async fn loses_two(from: Endpoint<Packet>, to: Endpoint<Packet>) {
    let mut missing = BTreeSet::from([17, 912]);
    for n in 1..=2000 {
        send(&from, 1, put("k", n)).await;
        for packet in drain(&to) {
            if let Packet::Put { value, .. } = packet {
                missing.remove(&value);
            }
        }
    }
    assert!(missing.len() < 2, "both are lost");
}

#[shard_mesh::test(peers = 0..2, seed = 1, loss = 0.5)]
#[ignore = "fails: `two_losses_of_a_thousand_are_found` runs it"]
async fn two_losses(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    loses_two(a, b).await;
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "fails: `two_losses_of_a_thousand_are_found` runs it"]
#[allow(clippy::match_same_arms, reason = "it is as it was printed")]
async fn two_losses_by_rule(a: Endpoint<Packet>, b: Endpoint<Packet>, mesh: Mesh<Packet>) {
    let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
        (0, 1, 17) => Verdict::Drop,  // Put { key: "k", value: 17 }
        (0, 1, 912) => Verdict::Drop, // Put { key: "k", value: 912 }
        _ => Verdict::Pass,
    });
    loses_two(a, b).await;
}

#[test]
fn two_losses_of_a_thousand_are_found() {
    check("shrink::two_losses", "two_losses_by_rule", "2 of ");
}

/// Counts a write twice that comes twice; two of them are one too many.
async fn counts_twice(from: Endpoint<Packet>, to: Endpoint<Packet>) {
    let mut seen = Vec::new();
    for n in 1..=40 {
        send(&from, 1, put("k", n)).await;
        seen.extend(drain(&to));
    }
    let twice = |n| seen.iter().filter(|it| **it == put("k", n)).count() == 2;
    assert!(!(twice(7) && twice(30)), "both count twice");
}

#[shard_mesh::test(peers = 0..2, seed = 4, duplicate = 0.5)]
#[ignore = "fails: `two_duplicates_are_found` runs it"]
async fn two_duplicates(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    counts_twice(a, b).await;
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "fails: `two_duplicates_are_found` runs it"]
#[allow(clippy::match_same_arms, reason = "it is as it was printed")]
async fn two_duplicates_by_rule(a: Endpoint<Packet>, b: Endpoint<Packet>, mesh: Mesh<Packet>) {
    let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
        (0, 1, 7) => Verdict::Duplicate(m.payload.clone()), // Put { key: "k", value: 7 }
        (0, 1, 30) => Verdict::Duplicate(m.payload.clone()), // Put { key: "k", value: 30 }
        _ => Verdict::Pass,
    });
    counts_twice(a, b).await;
}

#[test]
fn two_duplicates_are_found() {
    check("shrink::two_duplicates", "two_duplicates_by_rule", "2 of ");
}

/// Takes the later of two writes for the newer, at two places.
async fn out_of_order(from: Endpoint<Packet>, to: Endpoint<Packet>) {
    for n in 1..=30 {
        send(&from, 1, put("k", n)).await;
    }
    sleep(ms(1)).await;
    let log = drain(&to);
    let at = |n| log.iter().position(|it| *it == put("k", n));
    assert!(!(at(6) > at(7) && at(20) > at(21)), "both are overtaken");
}

#[shard_mesh::test(peers = 0..2, seed = 8, reorder = 0.4)]
#[ignore = "fails: `two_reorderings_are_found` runs it"]
async fn two_reorderings(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    out_of_order(a, b).await;
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "fails: `two_reorderings_are_found` runs it"]
#[allow(clippy::match_same_arms, reason = "it is as it was printed")]
async fn two_reorderings_by_rule(a: Endpoint<Packet>, b: Endpoint<Packet>, mesh: Mesh<Packet>) {
    let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
        (0, 1, 6) => Verdict::Reorder(2),  // Put { key: "k", value: 6 }
        (0, 1, 20) => Verdict::Reorder(3), // Put { key: "k", value: 20 }
        _ => Verdict::Pass,
    });
    out_of_order(a, b).await;
}

#[test]
fn two_reorderings_are_found() {
    check(
        "shrink::two_reorderings",
        "two_reorderings_by_rule",
        "2 of ",
    );
}

/// Both send at the same moments, shard 0 first; the fifth of shard 1 must not be there before that
/// of shard 0.
async fn too_late(peers: [Endpoint<Packet>; 3]) {
    let [a, b, c] = peers;
    let mut order = Vec::new();
    for n in 1..=10 {
        send(&a, 2, put("k", n)).await;
        send(&b, 2, put("k", n)).await;
        for _ in 0..2 {
            order.extend(c.recv_segment_from().await);
        }
    }
    let at = |from| {
        order
            .iter()
            .position(|it| *it == (ShardId(from), put("k", 5)))
    };
    assert!(at(0) < at(1), "shard 0 is late");
}

#[shard_mesh::test(peers = 0..3, seed = 1, latency = "1ms..50ms")]
#[ignore = "fails: `one_delay_is_found` runs it"]
async fn one_delay(peers: [Endpoint<Packet>; 3]) {
    too_late(peers).await;
}

#[shard_mesh::test(peers = 0..3, latency = "1ms")]
#[ignore = "fails: `one_delay_is_found` runs it"]
async fn one_delay_by_rule(peers: [Endpoint<Packet>; 3], mesh: Mesh<Packet>) {
    let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
        (0, 2, 5) => Verdict::Delay(Duration::from_millis(31)), // Put { key: "k", value: 5 }
        _ => Verdict::Pass,
    });
    too_late(peers).await;
}

#[test]
fn one_delay_is_found() {
    check("shrink::one_delay", "one_delay_by_rule", "1 of ");
}

/// What is still on its way when it is missed.
async fn not_there_in_time(peers: [Endpoint<Packet>; 3]) {
    let [a, b, c] = peers;
    send(&a, 2, put("k", 1)).await;
    send(&b, 2, put("k", 2)).await;
    sleep(ms(20)).await;
    let came = drain(&c);
    assert!(came.contains(&put("k", 1)), "it is not there");
}

#[shard_mesh::test(peers = 0..3, seed = 1, latency = "1ms..50ms")]
#[ignore = "fails: `a_delay_of_what_is_still_in_flight_is_found` runs it"]
async fn still_in_flight(peers: [Endpoint<Packet>; 3]) {
    not_there_in_time(peers).await;
}

#[shard_mesh::test(peers = 0..3, latency = "1ms")]
#[ignore = "fails: `a_delay_of_what_is_still_in_flight_is_found` runs it"]
async fn still_in_flight_by_rule(peers: [Endpoint<Packet>; 3], mesh: Mesh<Packet>) {
    let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
        (0, 2, 1) => Verdict::Delay(Duration::from_millis(46)), // Put { key: "k", value: 1 }
        _ => Verdict::Pass,
    });
    not_there_in_time(peers).await;
}

#[test]
fn a_delay_of_what_is_still_in_flight_is_found() {
    check(
        "shrink::still_in_flight",
        "still_in_flight_by_rule",
        "1 of ",
    );
}

#[shard_mesh::test(peers = 0..2, seed = 1, loss = 0.6)]
#[ignore = "fails: `a_long_rule_goes_into_a_file` runs it"]
async fn many_losses(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    for n in 1..=70 {
        send(&a, 1, put("k", n)).await;
    }
    assert!(drain(&b).len() > 40, "thirty may be lost, and no more are");
}

#[test]
fn a_long_rule_goes_into_a_file() {
    let page = failing("shrink::many_losses");
    assert!(!page.contains("let _rule"), "{page}");
    says(&page, &["30 of ", "random decisions are enough"]);
    says(&page, &["30 lost on 0 -> 1, between #"]);
    let mut lines = page.lines().map(str::trim);
    let file = lines.find_map(|line| line.strip_prefix("lines   "));
    let rule = std::fs::read_to_string(file.expect(&page)).unwrap();
    assert_eq!(rule.matches("=> Verdict::Drop,").count(), 30, "{rule}");
    let begin = "use shard_mesh::Verdict;\nlet _rule = mesh.rule(|m| ";
    assert!(rule.starts_with(begin), "{rule}");
}

/// Fails where the first three are lost, or the two after them.
async fn loses_three_or_two(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    for n in 1..=5 {
        send(&a, 1, put("k", n)).await;
    }
    let got = drain(&b);
    let is_lost = |n: &u64| !got.contains(&put("k", *n));
    let lost = [1..=3, 4..=5].map(|mut of| of.all(|n| is_lost(&n)));
    assert_eq!(lost, [false, false], "too many are lost");
}

#[shard_mesh::test(peers = 0..2, loss = 0.5, seeds = 7..100)]
#[ignore = "fails: `the_smallest_set_of_a_few_seeds_is_told` runs it"]
async fn needs_less_elsewhere(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    loses_three_or_two(a, b).await;
}

#[shard_mesh::test(peers = 0..2, loss = 0.5, pinned)]
#[ignore = "fails: `the_smallest_set_of_a_few_seeds_is_told` runs it"]
#[allow(clippy::match_same_arms, reason = "it is as it was printed")]
async fn needs_less_elsewhere_by_rule(
    a: Endpoint<Packet>,
    b: Endpoint<Packet>,
    mesh: Mesh<Packet>,
) {
    let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
        (0, 1, 4) => Verdict::Drop, // Put { key: "k", value: 4 }
        (0, 1, 5) => Verdict::Drop, // Put { key: "k", value: 5 }
        _ => Verdict::Pass,
    });
    loses_three_or_two(a, b).await;
}

#[test]
fn the_smallest_set_of_a_few_seeds_is_told() {
    let (test, by_rule) = ("needs_less_elsewhere", "needs_less_elsewhere_by_rule");
    let page = check(&format!("shrink::{test}"), by_rule, "2 of ");
    says(&page, &["these are of seed ", "fewer than seed "]);
}

/// Fails where three of 1,120 segments are lost.
#[shard_mesh::test(peers = 0..2, loss = 0.9, seed = 3)]
#[ignore = "fails: `three_of_a_thousand_decisions_take_few_reruns` runs it"]
async fn three_of_a_thousand(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    let mut got = BTreeSet::new();
    for n in 0..1120 {
        send(&a, 1, put("k", n)).await;
        let value = |it| match it {
            Packet::Put { value, .. } => value,
            _ => unreachable!(),
        };
        got.extend(drain(&b).into_iter().map(value));
    }
    let lost = [17, 500, 1119].map(|n| !got.contains(&n));
    assert_ne!(lost, [true; 3], "too many are lost");
}

#[test]
fn three_of_a_thousand_decisions_take_few_reruns() {
    let page = failing("shrink::three_of_a_thousand");
    let (_, shrunk) = page.split_once("\nshrunk  3 of ").expect(&page);
    let numbers: Vec<u32> = shrunk
        .lines()
        .next()
        .unwrap()
        .split(|it: char| !it.is_ascii_digit())
        .filter_map(|it| it.parse().ok())
        .collect();
    let [of, runs] = numbers[..] else {
        panic!("other numbers than two: {shrunk}");
    };
    assert!(of > 900 && runs <= 300, "{runs} runs for 3 of {of}");
}
