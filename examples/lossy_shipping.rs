//! A leader ships its log over a network that loses, doubles, delays and reorders, and a follower
//! applies each segment exactly once and in order, on ten thousand seeds. Beside it a follower with
//! a bug that four seeds of five forgive, and the sweep that finds one that does not.
//!
//! Learn from it: the faults are arguments of the attribute, timers run on the virtual clock, and
//! `seeds = 0..10000` is all that makes a sweep of a test. It leans on four promises: a lost segment
//! is `Ok` to its sender, so only a timer can tell; a duplicate and a reordered segment are whole;
//! the follower is done when the leader is gone; and each seed runs alone, with all its decisions.
//!
//! `cargo run --example lossy_shipping`, or, on the network of another seed,
//! `SHARD_MESH_SEED=17 cargo run --example lossy_shipping`

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use shard_mesh::{Endpoint, Mesh, ShardId, TransportError};
use tokio::time::{Instant, timeout_at};

/// How many segments the log has.
const SEGMENTS: usize = 24;
/// How far the leader runs ahead of what the follower has acknowledged.
const WINDOW: usize = 4;
/// Longer than a segment and its acknowledgement are on their way together.
const RESEND_AFTER: Duration = Duration::from_millis(50);

/// What goes over the links: segments one way, acknowledgements the other.
#[derive(Clone, Debug)]
enum Packet {
    /// The segment of the log with this number, from 0.
    Segment { number: usize, data: Bytes },
    /// All segments below this number are applied.
    Ack { next: usize },
}

/// What the leader had to do.
#[derive(Debug, Default)]
struct Shipped {
    resent: usize,
    stale_acks: usize,
}

/// The leader: sends every segment of the log, and sends the oldest that is not acknowledged again
/// whenever no acknowledgement brought news for a while. Returns when all are acknowledged.
async fn ship(
    leader: Endpoint<Packet>,
    follower: ShardId,
    log: Vec<Bytes>,
) -> Result<Shipped, TransportError> {
    let segment = |number: usize| Packet::Segment {
        number,
        data: log[number].clone(),
    };
    let mut shipped = Shipped::default();
    let (mut sent, mut acknowledged) = (0, 0);
    let mut resend_at = Instant::now() + RESEND_AFTER;
    while acknowledged < log.len() {
        while sent < log.len().min(acknowledged + WINDOW) {
            leader.send_segment(follower, segment(sent)).await?;
            sent += 1;
        }
        match timeout_at(resend_at, leader.recv_segment()).await {
            Ok(Some(Packet::Ack { next })) if next > acknowledged => {
                acknowledged = next;
                resend_at = Instant::now() + RESEND_AFTER;
            }
            // It must not put the timer off, or the leader could wait for ever.
            Ok(Some(_)) => shipped.stale_acks += 1,
            Ok(None) => return Err(TransportError::Closed),
            Err(_) => {
                leader.send_segment(follower, segment(acknowledged)).await?;
                shipped.resent += 1;
                resend_at = Instant::now() + RESEND_AFTER;
            }
        }
    }
    Ok(shipped)
}

/// The follower's copy of the log.
#[derive(Debug, Default)]
struct Replica {
    applied: Vec<Bytes>,
    /// The number of the segment that is due.
    next: usize,
    /// What came before its turn.
    early: BTreeMap<usize, Bytes>,
}

impl Replica {
    /// Applies a segment if it is due, and those that waited for it.
    fn accept(&mut self, number: usize, data: Bytes) {
        if number >= self.next {
            self.early.insert(number, data);
        }
        self.apply_what_is_due();
    }

    /// Broken: takes a segment for a duplicate only where it is the one applied last. But one that
    /// is late, not lost, is sent again, and comes twice: the first fills the gap, those that waited
    /// are applied behind it, and the second is not the last any more.
    #[cfg(test)]
    fn accept_broken(&mut self, number: usize, data: Bytes) {
        if number > self.next {
            self.early.insert(number, data);
        } else if number + 1 != self.next {
            self.applied.push(data);
            self.next = number + 1;
        }
        self.apply_what_is_due();
    }

    fn apply_what_is_due(&mut self) {
        while let Some(data) = self.early.remove(&self.next) {
            self.applied.push(data);
            self.next += 1;
        }
    }
}

/// The follower: hands what arrives to its copy, and acknowledges. Returns what it applied, when
/// the leader is gone.
async fn follow(follower: Endpoint<Packet>, accept: fn(&mut Replica, usize, Bytes)) -> Vec<Bytes> {
    let mut copy = Replica::default();
    while let Some((leader, packet)) = follower.recv_segment_from().await {
        let Packet::Segment { number, data } = packet else {
            continue;
        };
        accept(&mut copy, number, data);
        let ack = Packet::Ack { next: copy.next };
        match follower.send_segment(leader, ack).await {
            // A leader that is gone needs no acknowledgement. What it sent is still on its way.
            Ok(()) | Err(TransportError::Closed) => {}
            Err(error) => panic!("the follower cannot answer: {error}"),
        }
    }
    copy.applied
}

fn log_of(segments: usize) -> Vec<Bytes> {
    (0..segments)
        .map(|number| Bytes::from(format!("put key-{number}")))
        .collect()
}

/// Ships a log with the follower's `accept`, and compares what came of it.
#[cfg(test)]
async fn ships_the_log(
    leader: Endpoint<Packet>,
    follower: Endpoint<Packet>,
    mesh: Mesh<Packet>,
    accept: fn(&mut Replica, usize, Bytes),
) {
    let log = log_of(SEGMENTS);
    let shipper = mesh.spawn(0, ship(leader, ShardId(1), log.clone()));
    let copy = mesh.spawn(1, follow(follower, accept));
    shipper.await.unwrap().expect("no crash").unwrap();
    let copy = copy.await.unwrap().expect("no crash");
    assert!(copy == log, "the copy is not the log: {copy:?}");
}

#[shard_mesh::test(
    leader = 0, followers = [1], topology = duplex,
    latency = "1ms..20ms", loss = 0.1, duplicate = 0.05, reorder = 0.05,
    seeds = 0..10000,
)]
async fn each_segment_is_applied_once_and_in_order(
    leader: Endpoint<Packet>,
    follower: Endpoint<Packet>,
    mesh: Mesh<Packet>,
) {
    ships_the_log(leader, follower, mesh, Replica::accept).await;
}

// With `#[should_panic]` away this is what the bug looks like to whoever wrote it: the sweep fails,
// and names the lowest seed that does.
#[shard_mesh::test(
    leader = 0, followers = [1], topology = duplex,
    latency = "1ms..20ms", loss = 0.1, duplicate = 0.05, reorder = 0.05,
    seeds = 0..10000,
)]
#[should_panic(expected = "the copy is not the log")]
async fn the_sweep_catches_the_broken_follower(
    leader: Endpoint<Packet>,
    follower: Endpoint<Packet>,
    mesh: Mesh<Packet>,
) {
    ships_the_log(leader, follower, mesh, Replica::accept_broken).await;
}

#[shard_mesh::test(leader = 0, followers = [1], topology = duplex, latency = "20ms")]
async fn nothing_is_resent_where_nothing_is_lost(
    leader: Endpoint<Packet>,
    follower: Endpoint<Packet>,
    mesh: Mesh<Packet>,
) {
    let began = Instant::now();
    mesh.spawn(1, follow(follower, Replica::accept));
    let shipped = ship(leader, ShardId(1), log_of(SEGMENTS)).await.unwrap();
    assert_eq!((shipped.resent, shipped.stale_acks), (0, 0));
    // A window at a time, there and back.
    let windows = u32::try_from(SEGMENTS / WINDOW).unwrap();
    assert_eq!(began.elapsed(), Duration::from_millis(40) * windows);
}

#[shard_mesh::shard_mesh(
    leader = 0, followers = [1], topology = duplex,
    latency = "1ms..20ms", loss = 0.1, duplicate = 0.05, reorder = 0.05,
)]
async fn main(
    leader: Endpoint<Packet>,
    follower: Endpoint<Packet>,
    mesh: Mesh<Packet>,
) -> Result<(), TransportError> {
    let began = Instant::now();
    let log = log_of(SEGMENTS);
    let copy = mesh.spawn(1, follow(follower, Replica::accept));
    let shipped = ship(leader, ShardId(1), log.clone()).await?;
    println!(
        "seed {}: {SEGMENTS} segments were shipped in {:?} of virtual time; {} were sent again, {} \
         acknowledgements brought no news",
        mesh.seed(),
        began.elapsed(),
        shipped.resent,
        shipped.stale_acks,
    );
    let copy = copy.await.unwrap().expect("no crash");
    let verdict = if copy == log { "is" } else { "is NOT" };
    println!("the follower's copy {verdict} the leader's log\n");
    println!("{}", mesh.stats());
    Ok(())
}
