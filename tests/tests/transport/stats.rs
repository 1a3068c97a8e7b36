//! `mesh.stats()`: the counts add up after each kind of event.

use shard_mesh::{InProcessTransportFactory, LinkStats, ShardId};

use crate::poll::{Task, mesh, now};

/// The counts of the link 0 -> 1, after a check of all links.
fn counts(factory: &InProcessTransportFactory<u32>) -> [u64; 4] {
    let stats = factory.mesh().stats();
    for link in stats.links() {
        let LinkStats {
            sent,
            delivered,
            dropped,
            waiting,
            ..
        } = *link;
        assert_eq!(sent, delivered + dropped + waiting, "{link:?}");
    }
    let link = stats.link(0, 1);
    [link.sent, link.delivered, link.dropped, link.waiting]
}

#[test]
fn sent_is_delivered_and_dropped_and_in_flight_after_each_event() {
    let (factory, [a, b]) = mesh(2, &[(0, 1), (1, 0)]);
    assert_eq!(counts(&factory), [0, 0, 0, 0]);
    a.try_send_segment(ShardId(1), 1).unwrap();
    assert_eq!(counts(&factory), [1, 0, 0, 1]);
    now(a.send_segment(ShardId(1), 2)).unwrap();
    assert_eq!(counts(&factory), [2, 0, 0, 2]);
    let waiting = Task::waits(a.send_segment(ShardId(1), 3));
    assert_eq!(counts(&factory), [2, 0, 0, 2], "one that waits is not sent");
    now(b.recv_segment());
    assert_eq!(counts(&factory), [2, 1, 0, 1]);
    assert_eq!(waiting.finish(), Ok(()));
    assert_eq!(counts(&factory), [3, 1, 0, 2]);
    factory.disconnect(ShardId(0), ShardId(1));
    assert_eq!(counts(&factory), [3, 1, 0, 2]);
    b.try_recv_segment().unwrap();
    assert_eq!(counts(&factory), [3, 2, 0, 1]);
    factory.connect(ShardId(0), ShardId(1));
    assert_eq!(counts(&factory), [3, 2, 0, 1]);
    drop(Task::waits(a.recv_segment()));
    drop(b);
    assert_eq!(counts(&factory), [3, 2, 1, 0]);
    assert!(a.try_send_segment(ShardId(1), 4).is_err());
    assert_eq!(counts(&factory), [3, 2, 1, 0]);
    let b = factory.create(ShardId(1));
    assert_eq!(counts(&factory), [3, 2, 1, 0]);
    factory.connect(ShardId(0), ShardId(1));
    a.try_send_segment(ShardId(1), 5).unwrap();
    assert_eq!(counts(&factory), [4, 2, 1, 1]);
    drop(a);
    assert_eq!(counts(&factory), [4, 2, 1, 1]);
    now(b.recv_segment());
    assert_eq!(counts(&factory), [4, 3, 1, 0]);
}

#[test]
fn each_link_is_counted_by_itself() {
    let (factory, [a, b, c]) = mesh(4, &[(0, 1), (0, 2), (1, 2), (2, 0)]);
    a.try_send_segment(ShardId(1), 1).unwrap();
    a.try_send_segment(ShardId(2), 2).unwrap();
    b.try_send_segment(ShardId(2), 3).unwrap();
    b.try_send_segment(ShardId(2), 4).unwrap();
    now(c.recv_segment());
    now(c.recv_segment());
    let stats = factory.mesh().stats();
    let rows: Vec<_> = stats
        .links()
        .iter()
        .map(|link| {
            (
                link.from.0,
                link.to.0,
                link.sent,
                link.delivered,
                link.waiting,
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            (0, 1, 1, 0, 1),
            (0, 2, 1, 1, 0),
            (1, 2, 2, 1, 1),
            (2, 0, 0, 0, 0)
        ]
    );
}

#[test]
fn the_links_of_a_mesh_are_those_that_are_open() {
    let (factory, [a, _b, _c]) = mesh::<u32, 3>(4, &[(2, 0), (0, 1), (0, 2), (1, 2)]);
    let links = || -> Vec<_> {
        let links = factory.mesh().links();
        links.iter().map(|(from, to)| (from.0, to.0)).collect()
    };
    assert_eq!(links(), [(0, 1), (0, 2), (1, 2), (2, 0)]);
    factory.disconnect(ShardId(1), ShardId(2));
    assert_eq!(links(), [(0, 1), (0, 2), (2, 0)]);
    drop(a);
    assert_eq!(
        links(),
        [(2, 0)],
        "a link into a shard that is gone is refused, not closed"
    );
}

#[test]

fn a_link_that_is_neither_open_nor_has_carried_anything_is_not_listed() {
    let (factory, [a, b]) = mesh(1, &[(0, 1)]);
    drop(b);
    a.try_send_segment(ShardId(1), 1).unwrap_err();
    factory.disconnect(ShardId(0), ShardId(1));
    assert_eq!(factory.mesh().stats().links(), []);
}

#[test]
fn what_is_refused_is_counted_and_told() {
    let factory = InProcessTransportFactory::new();
    let (a, b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    factory.connect(ShardId(0), ShardId(1));
    a.try_send_segment(ShardId(1), 1).unwrap();
    assert!(!factory.mesh().stats().to_string().contains("refused"));
    b.try_recv_segment().unwrap();
    b.try_send_segment(ShardId(0), 2).unwrap_err();
    a.try_send_segment(ShardId(7), 2).unwrap_err();
    drop(b);
    a.try_send_segment(ShardId(1), 2).unwrap_err();
    a.try_send_segment(ShardId(1), 3).unwrap_err();
    let stats = factory.mesh().stats();
    let link = stats.link(0, 1);
    assert_eq!((link.sent, link.refused, stats.unknown_peers()), (1, 2, 2));
    assert_eq!(
        stats.to_string(),
        "\
link             sent  delivered    refused
0 -> 1              1          1          2
and 2 sends to where no link leads
"
    );
}

#[test]
fn what_a_crashed_shard_does_not_send_is_refused() {
    let factory = InProcessTransportFactory::new();
    let (a, _b) = (factory.create(ShardId(0)), factory.create(ShardId(1)));
    factory.connect(ShardId(0), ShardId(1));
    let mesh = factory.mesh();
    mesh.crash(0);
    a.try_send_segment(ShardId(1), 1).unwrap_err();
    assert_eq!(mesh.stats().link(0, 1).refused, 1);
}
