//! Promise 8: nothing is global. And a shard that is created again is a new one.

use std::panic::{AssertUnwindSafe, catch_unwind};

use shard_mesh::{Endpoint, InProcessTransportFactory, ShardId, TransportError, TryRecvError};

use crate::poll::{mesh, now};

#[test]
fn two_factories_never_see_each_other() {
    let (first, [a, b]) = mesh(1, &[(0, 1)]);
    let (second, [c, d]) = mesh(1, &[(1, 0)]);
    a.try_send_segment(ShardId(1), "first").unwrap();
    d.try_send_segment(ShardId(0), "second").unwrap();
    assert_eq!(c.try_recv_segment(), Ok("second"));
    assert_eq!(d.try_recv_segment(), Err(TryRecvError::Closed));
    assert_eq!(b.try_recv_segment(), Ok("first"));
    drop(d);
    now(a.send_segment(ShardId(1), "the other mesh lost its shard 1")).unwrap();
    assert_eq!(first.mesh().links(), [(ShardId(0), ShardId(1))]);
    assert_eq!(second.mesh().links(), []);
}

#[test]
fn a_clone_of_a_factory_makes_shards_of_the_same_mesh() {
    let (factory, [a]) = mesh(1, &[]);
    let b = factory.clone().create(ShardId(1));
    factory.connect(ShardId(0), ShardId(1));
    now(a.send_segment(ShardId(1), 1)).unwrap();
    assert_eq!(now(b.recv_segment()), Some(1));
    assert_eq!(factory.mesh().shards(), [ShardId(0), ShardId(1)]);
}

#[test]
fn a_shard_that_is_created_again_starts_without_links_and_segments() {
    let (factory, [a, b]) = mesh(1, &[(0, 1), (1, 0)]);
    a.try_send_segment(ShardId(1), "for the first life")
        .unwrap();
    drop(b);
    let b = factory.create(ShardId(1));
    assert_eq!(b.local_shard(), ShardId(1));
    assert_eq!(b.try_recv_segment(), Err(TryRecvError::Closed));
    let unknown = |id| Err(TransportError::UnknownPeer(ShardId(id)));
    assert_eq!(now(a.send_segment(ShardId(1), "not connected")), unknown(1));
    assert_eq!(now(b.send_segment(ShardId(0), "not connected")), unknown(0));
    assert_eq!(factory.mesh().shards(), [ShardId(0), ShardId(1)]);
    assert_eq!(factory.mesh().links(), []);
}

#[test]
fn a_shard_that_is_created_again_is_reached_by_endpoints_that_sent_to_the_old_one() {
    let (factory, [a, mut b]) = mesh(1, &[(0, 1)]);
    for life in 0..10 {
        now(a.send_segment(ShardId(1), life)).unwrap();
        assert_eq!(now(b.recv_segment()), Some(life));
        drop(b);
        assert_eq!(
            now(a.send_segment(ShardId(1), life)),
            Err(TransportError::Closed)
        );
        b = factory.create(ShardId(1));
        factory.connect(ShardId(0), ShardId(1));
    }
    assert_eq!(factory.mesh().stats().link(0, 1).delivered, 10);
}

#[test]
fn ids_that_are_alike_in_their_low_bits_are_kept_apart() {
    let factory = InProcessTransportFactory::new();
    let sender = factory.create(ShardId(1));
    let ids: Vec<_> = (1..=40)
        .map(|n| ShardId(n << 32))
        .chain([ShardId(u64::MAX)])
        .collect();
    let shards: Vec<Endpoint<ShardId>> = ids.iter().map(|&id| factory.create(id)).collect();
    for &id in &ids {
        factory.connect(ShardId(1), id);
    }
    for _ in 0..2 {
        for &id in &ids {
            now(sender.send_segment(id, id)).unwrap();
        }
        for shard in &shards {
            assert_eq!(now(shard.recv_segment()), Some(shard.local_shard()));
        }
    }
}

#[test]

fn a_link_from_a_shard_that_is_gone_keeps_no_inbox_open() {
    let (factory, [a, b]) = mesh::<(), 2>(1, &[]);
    drop(b);
    // To refuse it as a mistake would do as well.
    let connected = catch_unwind(AssertUnwindSafe(|| factory.connect(ShardId(1), ShardId(0))));
    assert!(connected.is_err() || a.try_recv_segment() == Err(TryRecvError::Closed));
}

#[test]

fn a_shard_that_is_created_again_has_no_links_of_the_time_between() {
    let (factory, [_a, b]) = mesh::<(), 2>(1, &[]);
    drop(b);
    for (from, to) in [(0, 1), (1, 0)] {
        let connect = || factory.connect(ShardId(from), ShardId(to));
        let _ = catch_unwind(AssertUnwindSafe(connect));
    }
    let _b = factory.create(ShardId(1));
    assert_eq!(factory.mesh().links(), []);
}
