//! Rules decide for single segments, before the faults of the link.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use shard_mesh::{Endpoint, Mesh, ShardId, Verdict};
use tokio::time::Instant;

use crate::support::{B, drain, ms, send, send_to, take, waiting_receiver};

#[shard_mesh::test(leaders = [0, 3], followers = [2])]
async fn a_rule_that_counts_loses_the_third_append_from_0_to_2(
    a: Endpoint<u64>,
    other: Endpoint<u64>,
    c: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let mut appends = 0;
    let _rule = mesh.rule(move |m| {
        let append = m.from == ShardId(0) && m.to == ShardId(2) && *m.payload >= 10;
        appends += u64::from(append);
        if append && appends == 3 {
            Verdict::Drop
        } else {
            Verdict::Pass
        }
    });
    send_to(&other, ShardId(2), [40]);
    send_to(&a, ShardId(2), [10, 1, 11, 2, 12, 13]);
    assert_eq!(drain(&c), [40, 10, 1, 11, 2, 13]);
    let stats = mesh.stats();
    assert_eq!(stats.link(0, 2).dropped, 1);
    assert_eq!(stats.link(3, 2).dropped, 0);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn the_newest_rule_is_asked_first_and_pass_asks_the_next(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let _oldest = mesh.rule(|m| {
        *m.payload += 1;
        Verdict::Deliver
    });
    let newest = mesh.rule(|m| {
        *m.payload *= 10;
        if *m.payload == 20 {
            Verdict::Drop
        } else {
            Verdict::Pass
        }
    });
    send(&a, [1, 2, 3]);
    assert_eq!(drain(&b), [11, 31]);
    drop(newest);
    send(&a, [1]);
    assert_eq!(drain(&b), [2]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn an_edited_payload_that_passes_meets_the_faults_and_is_no_inert_rule(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).duplicate(1.0);
    let _corruption = mesh.rule(|m| {
        *m.payload ^= 1;
        Verdict::Pass
    });
    send(&a, [6]);
    assert_eq!(drain(&b), [7, 7]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn deliver_goes_past_every_fault(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let link = mesh.link(0, 1);
    link.latency(ms(10)).optional();
    link.loss(1.0).optional();
    link.hold().optional();
    link.cut().optional();
    let _rule = mesh.rule(|_| Verdict::Deliver);
    send(&a, [1]);
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn delay_lets_others_overtake(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let began = Instant::now();
    let _rule = mesh.rule(|m| match m.number {
        1 => Verdict::Delay(ms(10)),
        _ => Verdict::Pass,
    });
    send(&a, [1, 2]);
    assert_eq!(take(&b, 2, began).await, [(2, 0), (1, 10)]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_delayed_segment_is_in_flight_and_a_cut_takes_it(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let _rule = mesh.rule(|_| Verdict::Delay(ms(10)));
    send(&a, [1]);
    assert_eq!(mesh.stats().link(0, 1).in_flight, 1);
    mesh.link(0, 1).cut();
    assert_eq!(mesh.stats().link(0, 1).dropped, 1);
    send(&a, [2]);
    assert_eq!(mesh.stats().link(0, 1).dropped, 2);
    assert_eq!(drain(&b), []);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_duplicate_arrives_after_the_original(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).latency(ms(1)..=ms(20));
    let _rule = mesh.rule(|m| Verdict::Duplicate(*m.payload + 100));
    for n in 1..=20 {
        send(&a, [n]);
        assert_eq!(b.recv_segment().await, Some(n));
        assert_eq!(b.recv_segment().await, Some(n + 100));
    }
    assert_eq!(mesh.stats().link(0, 1).duplicated, 20);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_duplicate_arrives_after_an_original_that_may_be_overtaken(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    mesh.link(0, 1).reorder(1.0);
    let _rule = mesh.rule(|m| Verdict::Duplicate(*m.payload + 100));
    send(&a, [1]);
    assert_eq!(b.recv_segment().await, Some(1));
    assert_eq!(b.recv_segment().await, Some(101));
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_duplicate_on_a_held_link_is_held_with_its_original(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let hold = mesh.link(0, 1).hold();
    let _rule = mesh.rule(|m| Verdict::Duplicate(*m.payload + 100));
    send(&a, [1]);
    hold.heal();
    assert_eq!(drain(&b), [1, 101]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_guard_that_is_dropped_releases_what_its_rule_held_and_nothing_else(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let odd = mesh.rule(|m| {
        if *m.payload % 2 == 1 {
            Verdict::Hold
        } else {
            Verdict::Pass
        }
    });
    let big = mesh.rule(|m| {
        if *m.payload > 4 {
            Verdict::Hold
        } else {
            Verdict::Pass
        }
    });
    send(&a, 1..=6);
    assert_eq!(drain(&b), [2, 4]);
    let hold = mesh.link(0, 1).hold();
    send(&a, [8, 3]);
    drop(big);
    assert_eq!(drain(&b), [5, 6, 8]);
    drop(odd);
    assert_eq!(drain(&b), [1, 3, 3]);
    send(&a, [10]);
    hold.heal();
    assert_eq!(drain(&b), [10]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_healed_hold_leaves_what_a_rule_holds_and_release_takes_all(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let _rule = mesh.rule(|m| {
        if *m.payload == 1 {
            Verdict::Hold
        } else {
            Verdict::Pass
        }
    });
    let hold = mesh.link(0, 1).hold();
    send(&a, [1, 2]);
    hold.heal();
    assert_eq!(drain(&b), [2]);
    mesh.link(0, 1).release();
    assert_eq!(drain(&b), [1]);
}

#[shard_mesh::test(peers = 0..3)]
async fn a_rule_sees_every_link_with_its_own_numbers(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    c: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let _rule = mesh.rule(|m| {
        *m.payload = 100 * m.from.0 + 10 * m.to.0 + m.number;
        Verdict::Deliver
    });
    send_to(&a, ShardId(1), [0, 0]);
    send_to(&a, ShardId(2), [0]);
    send_to(&b, ShardId(2), [0]);
    assert_eq!(drain(&b), [11, 12]);
    assert_eq!(drain(&c), [21, 121]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn the_guard_of_a_rule_that_owns_an_endpoint_can_be_dropped(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let rule = mesh.rule(move |m| {
        *m.payload = b.local_shard().0;
        Verdict::Deliver
    });
    send(&a, [0]);
    drop(rule);
    assert!(a.send_segment(B, 1).await.is_err());
    assert_eq!(mesh.stats().link(0, 1).dropped, 1);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_rule_may_look_at_the_mesh(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let (seen, inner) = (Arc::new(AtomicU64::new(0)), mesh.clone());
    let count = seen.clone();
    let _rule = mesh.rule(move |_| {
        count.store(inner.stats().link(0, 1).sent, Ordering::SeqCst);
        Verdict::Deliver
    });
    send(&a, [1, 2]);
    // The one in hand is not counted before it is decided.
    assert_eq!(seen.load(Ordering::SeqCst), 1);
    assert_eq!(drain(&b), [1, 2]);
}

#[shard_mesh::test(leader = 0, followers = [1])]
async fn a_dropped_guard_wakes_a_receiver(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    let rule = mesh.rule(|_| Verdict::Hold);
    send(&a, [1]);
    let waiting = waiting_receiver(&b).await;
    drop(rule);
    assert_eq!(waiting.await.unwrap(), Some(1));
}

#[shard_mesh::test(peers = 0..2)]
async fn a_rule_ends_with_a_panic_that_the_test_itself_catches(
    a: Endpoint<u64>,
    b: Endpoint<u64>,
    mesh: Mesh<u64>,
) {
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _rule = mesh.rule(|_| Verdict::Hold);
        send(&a, [1]);
        panic!("caught by the test");
    }));
    assert!(caught.is_err());
    // While the test is polled on, nobody can tell yet that it lives.
    tokio::task::yield_now().await;
    send(&a, [2]);
    assert_eq!(drain(&b), [1, 2]);
}
