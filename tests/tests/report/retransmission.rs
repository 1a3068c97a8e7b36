//! Where what is lost is sent again, a loss more or less shifts the numbers of all that follows. So
//! reruns find the segments of their decisions by what they were, and the rule tells the numbers of the
//! smallest run.

use std::time::Duration;

use shard_mesh::{Endpoint, Mesh, Verdict};
use tokio::time::{Instant, timeout};

use crate::child::{failing, says};
use crate::shrink::{failure, rule, without_space};
use crate::support::{Packet, ms, put, send};

/// What is written, one after another.
const KEYS: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

/// Writes all keys, each again until it is acknowledged, with the value that `value` gives for its
/// place and the time. How often each was sent, and applied.
async fn writes(
    from: Endpoint<Packet>,
    to: Endpoint<Packet>,
    value: impl Fn(u64, Duration) -> u64,
) -> (Vec<u32>, Vec<u32>) {
    let applied = tokio::spawn(async move {
        let mut applied = vec![0; KEYS.len()];
        while let Some(packet) = to.recv_segment().await {
            let Packet::Put { key, .. } = packet else {
                unreachable!("only writes are sent there");
            };
            let place = KEYS.iter().position(|it| *it == key).unwrap();
            applied[place] += 1;
            send(&to, 0, Packet::Ack(place as u64)).await;
        }
        applied
    });
    let began = Instant::now();
    let mut sent = Vec::new();
    for (place, key) in (0..).zip(KEYS) {
        let mut times = 0;
        loop {
            times += 1;
            send(&from, 1, put(key, value(place, began.elapsed()))).await;
            match timeout(ms(10), from.recv_segment()).await {
                Ok(Some(Packet::Ack(acknowledged))) if acknowledged == place => break,
                _ => {}
            }
        }
        sent.push(times);
    }
    drop(from);
    (sent, applied.await.unwrap())
}

/// What is applied twice is the last but one, whose acknowledgement is lost.
async fn applies_twice(from: Endpoint<Packet>, to: Endpoint<Packet>) {
    let (_, applied) = writes(from, to, |place, _| place).await;
    assert_ne!(applied[10], 2, "it is applied twice");
}

#[shard_mesh::test(peers = 0..2, seeds = 0..100, loss = 0.4)]
#[ignore = "fails: `a_loss_is_found_though_others_shift_its_number` runs it"]
async fn twice(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    applies_twice(a, b).await;
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "fails: `a_loss_is_found_though_others_shift_its_number` runs it"]
async fn twice_by_rule(a: Endpoint<Packet>, b: Endpoint<Packet>, mesh: Mesh<Packet>) {
    let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
        (1, 0, 11) => Verdict::Drop, // Ack(10)
        _ => Verdict::Pass,
    });
    applies_twice(a, b).await;
}

/// The `test` is shrunk to a rule that the test `by_rule` has, and which fails in the same place.
#[track_caller]
fn check(test: &str, by_rule: &str, needs: &str) {
    let page = failing(&format!("retransmission::{test}"));
    says(&page, &[needs, "to fail in the same place"]);
    let rule = rule(&page);
    let source = without_space(include_str!("retransmission.rs"));
    let (_, source) = source.split_once(&format!("asyncfn{by_rule}(")).unwrap();
    assert!(
        source.contains(&without_space(&rule)),
        "`{by_rule}` has not\n{rule}"
    );
    let by_rule = failing(&format!("retransmission::{by_rule}"));
    assert_eq!(failure(&page), failure(&by_rule));
}

#[test]
fn a_loss_is_found_though_others_shift_its_number() {
    check("twice", "twice_by_rule", "1 of ");
}

/// Gives up when the last but one is lost three times in a row.
async fn gives_up(from: Endpoint<Packet>, to: Endpoint<Packet>) {
    let (sent, applied) = writes(from, to, |place, _| place).await;
    assert!(sent[10] < 4 || applied[10] > 1, "three in a row");
}

#[shard_mesh::test(peers = 0..2, seeds = 0..1000, loss = 0.4)]
#[ignore = "fails: `losses_of_what_is_sent_again_are_found` runs it"]
async fn three_times(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    gives_up(a, b).await;
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "fails: `losses_of_what_is_sent_again_are_found` runs it"]
#[allow(clippy::match_same_arms, reason = "it is as it was printed")]
async fn three_times_by_rule(a: Endpoint<Packet>, b: Endpoint<Packet>, mesh: Mesh<Packet>) {
    let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
        (0, 1, 11) => Verdict::Drop, // Put { key: "k", value: 10 }
        (0, 1, 12) => Verdict::Drop, // Put { key: "k", value: 10 }
        (0, 1, 13) => Verdict::Drop, // Put { key: "k", value: 10 }
        _ => Verdict::Pass,
    });
    gives_up(a, b).await;
}

/// With fewer losses, what is sent again is not sent at all: a decision about it meets nothing.
#[test]
fn losses_of_what_is_sent_again_are_found() {
    check("three_times", "three_times_by_rule", "3 of ");
}

/// As [`applies_twice`], where what is sent tells when: fewer losses change all labels.
async fn applies_twice_what_tells_the_time(from: Endpoint<Packet>, to: Endpoint<Packet>) {
    let time = |_, time: Duration| u64::try_from(time.as_millis()).unwrap();
    let (sent, applied) = writes(from, to, time).await;
    assert!(sent[10] == 1 || applied[10] > 1, "it is lost once");
}

#[shard_mesh::test(peers = 0..2, seeds = 0..100, loss = 0.4)]
#[ignore = "fails: `a_loss_is_found_though_the_label_tells_the_time` runs it"]
async fn timed(a: Endpoint<Packet>, b: Endpoint<Packet>) {
    applies_twice_what_tells_the_time(a, b).await;
}

#[shard_mesh::test(peers = 0..2)]
#[ignore = "fails: `a_loss_is_found_though_the_label_tells_the_time` runs it"]
async fn timed_by_rule(a: Endpoint<Packet>, b: Endpoint<Packet>, mesh: Mesh<Packet>) {
    let _rule = mesh.rule(|m| match (m.from.0, m.to.0, m.number) {
        (0, 1, 11) => Verdict::Drop, // Put { key: "k", value: 0 }
        _ => Verdict::Pass,
    });
    applies_twice_what_tells_the_time(a, b).await;
}

#[test]
fn a_loss_is_found_though_the_label_tells_the_time() {
    check("timed", "timed_by_rule", "1 of ");
}
