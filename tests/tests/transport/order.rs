//! Promise 1: first in, first out per link.

use std::task::Poll;

use shard_mesh::{Endpoint, ShardId, WalSegmentPayload};

use crate::poll::{Task, mesh, now, poll};

#[test]
fn a_sent_segment_is_what_the_receiver_gets() {
    let (_factory, [a, b]) = mesh(256, &[(0, 1)]);
    let segment = WalSegmentPayload::new(ShardId(0), 7, "put k v").with_sequence(41..=47);
    now(a.send_segment(ShardId(1), segment.clone())).unwrap();
    assert_eq!(now(b.recv_segment()), Some(segment));
}

#[test]
fn segments_of_one_link_arrive_in_the_order_in_which_they_were_sent() {
    let (_factory, [a, b]) = mesh(256, &[(0, 1)]);
    for number in 0..100 {
        now(a.send_segment(ShardId(1), number)).unwrap();
    }
    for number in 0..100 {
        assert_eq!(now(b.recv_segment()), Some(number));
    }
}

#[test]
fn order_is_kept_however_sends_and_receives_alternate() {
    // A batch is taken over when the one before was read: meet that boundary at every offset.
    for ahead in 1..=7 {
        let (_factory, [a, b]) = mesh(7, &[(0, 1)]);
        let mut expected = 0;
        for number in 0..50_u32 {
            a.try_send_segment(ShardId(1), number).unwrap();
            if number % ahead == ahead - 1 {
                while expected <= number {
                    assert_eq!(b.try_recv_segment(), Ok(expected), "{ahead} ahead");
                    expected += 1;
                }
            }
        }
    }
}

#[test]
fn segments_of_all_links_are_handed_out_in_the_order_of_their_arrival() {
    let (_factory, [a, b, c]) = mesh(256, &[(0, 2), (1, 2)]);
    for (sender, number) in [(&a, 0), (&b, 1), (&b, 2), (&a, 3), (&b, 4)] {
        sender.try_send_segment(ShardId(2), number).unwrap();
    }
    let received: Vec<_> = (0..5)
        .map(|_| now(c.recv_segment_from()).unwrap())
        .collect();
    let [a, b] = [ShardId(0), ShardId(1)];
    assert_eq!(received, [(a, 0), (b, 1), (b, 2), (a, 3), (b, 4)]);
}

#[test]
fn senders_that_wait_send_in_the_order_in_which_they_came() {
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    let mut waiting: Vec<_> = (1..=5)
        .map(|number| Task::waits(a.send_segment(ShardId(1), number)))
        .collect();
    for number in 0..5 {
        assert_eq!(now(b.recv_segment()), Some(number));
        assert_eq!(waiting.remove(0).finish(), Ok(()));
    }
    assert_eq!(now(b.recv_segment()), Some(5));
}

#[test]
fn a_sender_that_comes_late_does_not_overtake_those_who_were_woken() {
    let (_factory, [a, b]) = mesh(1, &[(0, 1)]);
    a.try_send_segment(ShardId(1), "first").unwrap();
    let second = Task::waits(a.send_segment(ShardId(1), "second"));
    assert_eq!(now(b.recv_segment()), Some("first"));
    assert!(second.is_woken());
    let third = Task::waits(a.send_segment(ShardId(1), "third"));
    assert_eq!(second.finish(), Ok(()));
    assert_eq!(now(b.recv_segment()), Some("second"));
    assert_eq!(third.finish(), Ok(()));
}

#[test]
fn a_sender_that_is_polled_before_its_turn_waits_on_in_its_place() {
    let (_factory, [a, b]) = mesh(2, &[(0, 1)]);
    a.try_send_segment(ShardId(1), 0).unwrap();
    a.try_send_segment(ShardId(1), 1).unwrap();
    let mut waiting = [2, 3].map(|number| Task::waits(a.send_segment(ShardId(1), number)));
    assert_eq!(now(b.recv_segment()), Some(0));
    assert_eq!(
        waiting[1].poll(),
        Poll::Pending,
        "the room belongs to the one before"
    );
    assert_eq!(waiting[0].poll(), Poll::Ready(Ok(())));
    assert_eq!(now(b.recv_segment()), Some(1));
    let [_, second] = waiting;
    assert_eq!(second.finish(), Ok(()));
    assert_eq!(now(b.recv_segment()), Some(2));
    assert_eq!(now(b.recv_segment()), Some(3));
    assert_eq!(poll(b.recv_segment()), Poll::Pending);
}

#[shard_mesh::test(leaders = [0, 1, 2], followers = [9], capacity = 3)]
async fn order_holds_on_each_of_many_links(leaders: [Endpoint<u32>; 3], follower: Endpoint<u32>) {
    for leader in leaders {
        tokio::spawn(async move {
            for number in 0..100 {
                leader.send_segment(ShardId(9), number).await.unwrap();
            }
        });
    }
    let mut next = [0; 3];
    while let Some((ShardId(from), number)) = follower.recv_segment_from().await {
        let next = &mut next[usize::try_from(from).unwrap()];
        assert_eq!(number, *next, "from shard {from}");
        *next += 1;
    }
    assert_eq!(next, [100; 3]);
}
