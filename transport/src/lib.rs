//! A test fixture for replicated systems: one attribute on an async test builds a mesh of shards in
//! the test's own process, wires it, and hands the endpoints to the test as arguments.
//!
//! ```
//! use shard_mesh::{Endpoint, WalSegmentPayload};
//!
//! #[shard_mesh::test(leader = 0, followers = [1, 2])]
//! # async fn main(leader: Endpoint, followers: [Endpoint; 2]) {
//! #     every_follower_gets_the_segment(leader, followers).await;
//! # }
//! async fn every_follower_gets_the_segment(leader: Endpoint, followers: [Endpoint; 2]) {
//!     let segment = WalSegmentPayload::new(leader.local_shard(), 1, "put k v");
//!     for follower in &followers {
//!         leader.send_segment(follower.local_shard(), segment.clone()).await.unwrap();
//!         assert_eq!(follower.recv_segment().await, Some(segment.clone()));
//!     }
//! }
//! ```
//!
//! The test runs on a paused clock: timers fire in order and in no real time, and a test that can
//! make no progress fails at once and says who waits for what.
//!
//! # The mesh
//!
//! Shards have [ids](ShardId) of your choice. Say who they are by their roles, or leave roles out:
//!
//! | argument | meaning |
//! | --- | --- |
//! | `leader = 0`, `leaders = [0, 1]` | the leaders |
//! | `followers = [1, 2]`, `followers = 1..=5` | the followers; each leader is wired to each follower |
//! | `peers = [0, 1, 2]`, `peers = 0..5` | shards without roles, all wired to all |
//! | `clients = [10, 11]` | clients beside any of these, wired both ways with every shard that is none, and with no client |
//! | `topology = …` | other wiring: `star` (leader to followers, the default with roles), `duplex` (the same both ways), `full` (all to all, the default of `peers`), `chain` (in line), `ring` (in a circle) |
//! | `links = [0 -> 1, 1 <-> 2]` | wiring by hand, in place of a topology |
//! | `capacity = 16` | how many segments a link holds; 256 unless told |
//! | `latency = "5ms"`, `latency = "1ms..20ms"` | of every link, from the start |
//! | `loss = 0.01`, `duplicate = 0.01`, `reorder = 0.05` | probabilities, on every link, from the start |
//! | `rate = 1000` | segments a second, on every link, from the start |
//! | `jostle = 0.1` | how probably a task of a shard that could run goes behind others, at each poll |
//! | `chaos`, `chaos = [partition, crash]` | faults that come and go by the seed: all kinds that apply, or these of `partition`, `one_way`, `slow`, `stall`, `lossy`, `pause`, `crash`, `clock` |
//! | `seed = 7` | of the random decisions of the mesh; 0 unless told |
//! | `seeds = 0..256` | a sweep: the test runs once for each seed, over all cores |
//! | `also = [17, 4711]` | seeds that once failed, run before the others |
//! | `exhaustive = 1` | every single fault in place of a sample: the loss of each segment, and a crash of each node after each of its events |
//! | `pinned` | nothing is drawn but what the test pins: what a shrunk run becomes |
//! | `timeout = "30s"` | of the test's own clock, in `ms`, `s`, `m` or `h`; 60 s unless told |
//! | `flavor = "multi_thread"`, `worker_threads = 4` | several threads, on the real clock, as in `#[tokio::test]` |
//! | `start_paused = false` | one thread on the real clock, for tests that wait for threads, files or sockets |
//! | `crate = path` | where this crate is, when it is renamed or re-exported |
//!
//! Parameters are positional: leaders first, then followers, then clients, in the order written. `T`
//! takes one shard, `[T; 2]` the next two, `Vec<T>` (or an array whose length is not a literal) all the
//! rest that are no clients, or else all the clients.
//! One parameter more than there are shards is the [`Mesh`], the handle to everything but sending
//! and receiving. `T` is an [`Endpoint`], an `Arc<dyn Transport>`, an `impl Transport`, or a generic
//! parameter of your own.
//!
//! ```
//! use std::sync::Arc;
//! use shard_mesh::{Mesh, ShardId, Transport, WalSegmentPayload};
//!
//! #[shard_mesh::test(leader = 0, followers = 1..=4, topology = duplex, capacity = 8)]
//! async fn main(leader: impl Transport, followers: Vec<Arc<dyn Transport>>, mesh: Mesh) {
//!     let ack = WalSegmentPayload::new(ShardId(3), 1, "applied 41");
//!     followers[2].send_segment(ShardId(0), ack.clone()).await.unwrap();
//!     assert_eq!(leader.recv_segment().await, Some(ack));
//!     assert_eq!(mesh.links().len(), 8);
//! }
//! ```
//!
//! On `async fn main` the attribute makes a program instead of a test, which is how the examples on
//! these pages run. `#[shard_mesh(…)]`, without `::test`, is the same attribute under its other name.
//!
//! # Your own payload
//!
//! What is shipped need not be a [`WalSegmentPayload`]: anything that is `Debug + Send + 'static` will do.
//!
//! ```
//! use shard_mesh::{Endpoint, ShardId};
//!
//! #[derive(Debug, PartialEq)]
//! enum Gossip {
//!     Ping(u64),
//!     Ack(u64),
//! }
//!
//! #[shard_mesh::test(peers = [0, 1])]
//! async fn main(a: Endpoint<Gossip>, b: Endpoint<Gossip>) {
//!     a.send_segment(ShardId(1), Gossip::Ping(7)).await.unwrap();
//!     if let Some((from, Gossip::Ping(n))) = b.recv_segment_from().await {
//!         b.send_segment(from, Gossip::Ack(n)).await.unwrap();
//!     }
//!     assert_eq!(a.recv_segment().await, Some(Gossip::Ack(7)));
//! }
//! ```
//!
//! # What a link promises
//!
//! A link is one way, from one shard to another, and there is one per ordered pair.
//!
//! 1. *Order.* First in, first out per link. Between links there is no order.
//! 2. *Backpressure per link.* A link holds at most `capacity` segments that were sent and not yet
//!    received. [`send_segment`](InProcessTransport::send_segment) waits for room on that link
//!    alone; no other link is slowed.
//! 3. *What a send says, in this order.* [`UnknownPeer`](TransportError::UnknownPeer) when no link
//!    leads there; [`Closed`](TransportError::Closed) when the sender itself has crashed; `Ok` on a cut
//!    link, which swallows; `Closed` when the other endpoint is gone, dropped or crashed. The same
//!    holds for a sender that already waits for room when that happens.
//! 4. *The end.* [`recv_segment`](InProcessTransport::recv_segment) is `None` once no open link leads
//!    here any more and all that had arrived has been handed out; without any inbound link at once. A
//!    link closes when its sender's last `Arc` is dropped, or by
//!    [`disconnect`](InProcessTransportFactory::disconnect). `None` is not for ever: a later
//!    [`connect`](InProcessTransportFactory::connect) opens the inbox again. A crash closes no link: to
//!    its peers a crashed shard is silent, and they go on waiting; its own old endpoint gets `None`.
//! 5. *Any number of tasks* may send and receive on one endpoint at once; each segment goes to one
//!    receiver. Every future is `Send`.
//! 6. *Cancel safety.* A dropped `recv_segment` future loses nothing; a dropped `send_segment` future
//!    has either sent the segment or not touched the link.
//! 7. *Mistakes in the test panic* at the line that made them, with a message that names the fix:
//!    to `create` an id that has a live endpoint, to `connect` an id that was never created, to link a
//!    shard to itself. To connect twice is no mistake, and loses nothing.
//! 8. *Nothing is global.* Two meshes in one process never see each other.
//!
//! # Turning the network bad
//!
//! Pick [links](Links), then say what happens to them. A verb returns a [`Fault`], to be healed while
//! others stand; its table says what each fault means for a segment in every state.
//!
//! ```
//! use std::time::Duration;
//! use shard_mesh::{Endpoint, Mesh, ShardId, Verdict};
//!
//! #[shard_mesh::test(leader = 0, followers = [1, 2], topology = duplex)]
//! async fn main(leader: Endpoint<u64>, followers: [Endpoint<u64>; 2], mesh: Mesh<u64>) {
//!     mesh.all().latency(Duration::from_millis(1)..Duration::from_millis(20));
//!     mesh.from(0).loss(0.01);
//!     let partition = mesh.partition([0, 1], [2]);
//!     let rule = mesh.rule(|m| match (m.to, m.number) {
//!         (ShardId(1), 2) => Verdict::Drop, // the second segment to shard 1
//!         _ => Verdict::Pass,
//!     });
//!     for n in 1..=3 {
//!         leader.send_segment(ShardId(1), n).await.unwrap();
//!         leader.send_segment(ShardId(2), n).await.unwrap(); // swallowed
//!     }
//!     assert_eq!(followers[0].recv_segment().await, Some(1));
//!     assert_eq!(followers[0].recv_segment().await, Some(3));
//!     drop(rule);
//!     partition.heal();
//!     mesh.crash(2);
//!     let _follower = mesh.restart(2);
//! }
//! ```
//!
//! A fault that met no segment fails the test, naming the line that asked for it: a test that never
//! met its fault is not a test. [`Fault::optional`] lets it be.
//!
//! # Nodes
//!
//! [`Mesh::host`] runs the node of a shard, and boots it again after each [`Mesh::restart`]. What its closure
//! captures survives a crash, what its future holds does not. [`spawn`] is for tasks that a node
//! starts itself: they are frozen and dropped with their shard, as those of `tokio::spawn` are not.
//! [`Mesh::disk`] is what a node keeps, where a crash loses what was not synced.
//!
//! # Chaos
//!
//! With `chaos` in the attribute, or [`Mesh::chaos`], faults come and go by the seed: partitions, cuts in one
//! direction, slow, stalled and lossy links, pauses and crashes of the shards that have a node, wrong clocks.
//! Nobody knows the time-outs of the system under test, so each seed has a pace of its own, from a
//! millisecond to ten seconds. [`Mesh::calm`] ends it, and gives the system time to recover; what must
//! hold then is for the test to say.
//!
//! ```
//! use shard_mesh::{Disk, Endpoint, Mesh, ShardId, ms};
//! use tokio::time::timeout;
//!
//! async fn node(at: Endpoint<u64>, log: Disk<Vec<u64>>) {
//!     while let Some((from, n)) = at.recv_segment_from().await {
//!         if !log.read(|log| log.contains(&n)) {
//!             log.write(|log| log.push(n));
//!             log.sync().await;
//!         }
//!         let _ = at.try_send_segment(from, n);
//!     }
//! }
//!
//! #[shard_mesh::test(peers = [1], clients = [10], chaos, seeds = 0..16)]
//! async fn main(server: Endpoint<u64>, client: Endpoint<u64>, mesh: Mesh<u64>) {
//!     let log = mesh.disk(1, Vec::new());
//!     let disk = log.clone();
//!     mesh.host(server, move |at| node(at, disk.clone()));
//!     for n in 0..3 {
//!         let answer = || async { while client.recv_segment().await != Some(n) {} };
//!         while {
//!             let _ = client.try_send_segment(ShardId(1), n);
//!             timeout(ms(50), answer()).await.is_err()
//!         } {}
//!     }
//!     mesh.calm().await;
//!     assert_eq!(log.read(Vec::clone), [0, 1, 2]);
//! }
//! ```
//!
//! What chaos did is a decision of the seed, as a loss is: it repeats, is shrunk to the fewest and shortest
//! episodes that do, and is printed as lines with [`Mesh::at`] (a time) and [`Mesh::after`] (something
//! that happens), which plan such faults by hand as well.
//!
//! # What to assert
//!
//! - *Safety at any time*, with [`Mesh::always`]: at most one leader in a term, nothing acknowledged that is not
//!   on a disk. It is asked whenever something may have changed, and fails there, while what was done is
//!   still to be seen.
//! - *Liveness when all is well again*: after [`Mesh::calm`] (or a heal), [`Mesh::until`] the logs agree. Under
//!   chaos nothing need ever come.
//! - *What clients see*, with [`Mesh::history`]: whether some order of their operations explains what they were
//!   told. It needs no word on what the right answers are, but a sequential model.
//! - *Equalities rather than bounds.* What was received is what was sent; the sum of what each replica has is
//!   what was added. A bound lets half of the bugs through.
//! - *What the system thinks it does*, with [`Mesh::note`], asserts nothing, and makes a report shorter to read.
//! - *That the test could have failed*: [`Mesh::sometimes`] says what must have been so in some seed, a fault that
//!   met nothing fails the test by itself, and a bug that is planted in the system shows that the test
//!   finds one of its kind.
//!
//! # Repeatable
//!
//! Every random decision of the mesh is a function of the seed, the link, and the number of the
//! segment on that link, and of nothing else: one more link, shard or task shifts no other decision.
//! `seeds = 0..256` runs the test with each of these seeds; the lowest that fails is reported, and
//! `SHARD_MESH_SEED=17 cargo test` runs it alone. `SHARD_MESH_SEEDS=0..100000` sweeps other seeds
//! than the attribute says, and `SHARD_MESH_FOR=30m` goes on after a sweep's own seeds until so much time has passed.
//! `also = [17, 4711]` names seeds that once failed: they run before the others, unless the environment says which
//! seeds to run.
//!
//! A sweep is a sample. `exhaustive = 1` ([`Harness::exhaustive`]) is none: it runs the test without any fault, then with
//! the loss of each segment that was sent in that run, and, where shards have nodes, with a crash of each node right
//! after each of its events. It says how many there are, and which one failed. What passes is a small proof: no
//! single fault breaks this run, with these latencies.
//!
//! What a test leaves to the seed itself, it asks the mesh for by name, with [`Mesh::pick`] and
//! [`Mesh::chance`]. Those are decisions as the losses of the network are.
//!
//! [`Mesh::sometimes`] says what must hold at least once over the whole sweep: it tells a sweep that
//! finds nothing from one that never came to where there is something to be found.
//!
//! Tokio polls the tasks of one thread in the order in which they were woken. With `jostle = 0.1`
//! ([`Mesh::jostle`]) the seed lets tasks of shards go behind others, so that a race between two tasks of a node is
//! found, and shrunk to the polls that matter.
//!
//! The promise covers the mesh. What else a run draws from, no seed covers:
//!
//! - The order of a `HashMap` or `HashSet`: iterate over a `BTreeMap`, or sort before you send.
//! - The branch with which a `select!` begins, and what else tokio draws: it follows the seed where the build has
//!   `--cfg tokio_unstable` (put `rustflags = ["--cfg", "tokio_unstable"]` below `[build]` in
//!   `.cargo/config.toml`); elsewhere, `biased;` makes a `select!` begin with its first branch.
//! - Generators of the system under test: seed them with [`Mesh::seed_of`].
//! - Several threads, `spawn_blocking` and real I/O: run the test on one thread, and read and write files within
//!   its tasks.
//! - The system's clock (`SystemTime`, [`std::time::Instant`]): use tokio's `Instant`, and [`Mesh::clock`] for the
//!   time of day.
//!
//! Five reruns of a failing seed tell whether something of that kind had a part in it.
//!
//! # When a test fails
//!
//! On a panic, an error, a time-out or a property that does not hold, one report on standard error says
//! how to run the test again, whether it repeats and which random decisions it needs, what happened, which
//! faults there were, what each link carried and, where it hangs, who waits for what.
//! With the paused clock, a test in which no task can run and no timer is due has come to its time-out
//! at once. So has one that stands still: a million operations of the mesh within one millisecond that
//! moved nothing (sends that were lost or refused, `None`, tries that found nothing), with no segment
//! received between them.
//!
//! ```text
//! `documented::every_follower_gets_it` did not finish within its time-out of 60s of virtual time
//! ────────────────────────────────────────────────────────────────────────────────
//! shard-mesh: `documented::every_follower_gets_it` failed at 60s with seed 0
//! what    did not finish within its time-out of 60s of virtual time
//! again   SHARD_MESH_SEED=0 cargo test -p shard-mesh-tests --test report -- --exact documented::every_follower_gets_it --include-ignored
//!         SHARD_MESH_SEED=0 target/debug/deps/report-0 --exact documented::every_follower_gets_it --include-ignored
//! replay  reproduced: 5 reruns took the same 5 events and failed in the same way
//!
//! what happened
//!   time    0             1             2
//!     0s ┏ ══ cut 0 -> 2 (tests/tests/report/documented.rs:18)
//!        ┃  ●─#1─────────▶◆             │  Put { key: "k", value: 1 }
//!        ┃  ●─#1──────────┼───────────✕ │  lost to a cut · Put { key: "k", value: 1 }
//!
//! faults
//!   cut on 0 -> 2 since 0s, met 1 segment (tests/tests/report/documented.rs:18)
//!
//! links
//!   link             sent  delivered    dropped
//!   0 -> 1              1          1          0
//!   0 -> 2              1          0          1
//!
//! who waits
//!   nothing was sent or received after 0s
//!   the test's own body is not over, and was polled last at 0s
//!   shard 2 waits in recv_segment since 0s: its only inbound link 0 -> 2 is cut (tests/tests/report/documented.rs:18), has carried 1, none received, 1 segment lost on it
//!
//! picture target/shard-mesh/shard-mesh-tests/report/documented.every_follower_gets_it-seed-0.svg
//! ────────────────────────────────────────────────────────────────────────────────
//! ```
//!
//! The seed is run again at once, in a process of its own: that is how the report knows what each
//! segment was, and whether the failure repeats. Where chance had a part in it, as few random decisions
//! as still make it fail are printed as lines, [rules](Mesh::rule) and [pins](Mesh::pin), to be pasted into
//! a [`pinned`](Harness::pinned) test, which draws nothing else. The rest of the report then describes the run
//! with those decisions alone, which fails in the same place. The report keeps the picture of the first run
//! beside it.
//!
//! The diagram shows the moments that matter (the decisions that the test needs, crashes, cuts, notes and the
//! end), with what is around them, and says how many events it leaves out. What comes again and again is shown
//! once and counted. Lines are as wide as `COLUMNS` says, or 160. The picture is the same diagram as a whole,
//! to be opened in a browser. An `Instant` in the `Debug` of a segment is told as the time since the test
//! began.
//!
//! `SHARD_MESH_TIMELINE` says when to draw: `always`, `failure` (unless told) or `never`.
//!
//! A sweep that passes may have met nothing. With `SHARD_MESH_STATS=1` each test that passes tells what its seeds
//! covered: in how many of them each fault struck, each kind of chaos came and each [`sometimes`](Mesh::sometimes)
//! held; how many crashes found unsynced writes, and after how many restarts the shard sent again; and how many
//! partitions by chaos left a majority of the nodes together. [`Mesh::measure`] adds numbers of the test's own. (Run it with `--nocapture`.) The report on a sweep that
//! fails counts crashes, restarts and partitions in the lower seeds. That line begins with `swept`.
//!
//! A time-out cannot end a test that lets no time pass on its clock: one that spins, blocks its thread,
//! or has blocking work running (`spawn_blocking`, `tokio::fs`), for which a paused clock stands still. A
//! watchdog on the wall clock reports such a test after 30 s, names what is being polled, and ends the
//! process with a failure after 5 minutes. `SHARD_MESH_SPIN=20s` sets another time, after a tenth of which
//! the report comes; with `never` the process goes on.
//!
//! With `panic = "abort"` a panic ends the process before the harness learns of it, so there is no
//! report. Cargo builds tests with `panic = "unwind"` whatever the profile says. A program, an
//! `async fn main` under the attribute, is built as its profile says.
//!
//! # Outgrowing the attribute
//!
//! The attribute writes what you would write by hand: a [`Harness`] that runs the test, an
//! [`InProcessTransportFactory`], a `create` per shard, the links, and the call of your function, which
//! is kept as it is. `cargo expand` shows it; `examples/expanded.rs` has both side by side.
//!
//! # Your own transport
//!
//! What a test on this mesh shows holds in production as far as your own [`Transport`] keeps the same
//! promises. With the cargo feature `conformance`, the module `conformance` is a suite of checks that
//! both can be run through; `examples/real_transport.rs` does so with one over TCP.
//!
//! # Cargo features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `svg`, on by default | the picture of a run that failed, and `Timeline::svg` |
//! | `tracing` | every event of a mesh is one of [tracing](https://docs.rs/tracing) too, with the target `shard_mesh` |
//! | `conformance` | the module `conformance` |
//!
//! # Together with other attributes
//!
//! - `#[should_panic]`, `#[ignore]`, `#[cfg_attr]`, doc comments, `#[test_log::test]` and `#[traced_test]`
//!   may stand above or below the attribute. The test is registered and run once.
//! - rstest's cases: put `#[rstest]` above, and `#[ignore]`, in rstest's sense of "not my fixture", on each
//!   parameter that the mesh fills:
//!
//!   ```text
//!   #[rstest]
//!   #[case(1)]
//!   #[case(100)]
//!   #[shard_mesh::test(leader = 0, followers = [1])]
//!   async fn ships(#[case] segments: u64, #[ignore] leader: Endpoint, #[ignore] follower: Endpoint) { … }
//!   ```

#[cfg(feature = "conformance")]
pub mod conformance;
mod contract;
mod decision;
mod default_payload;
mod harness;
mod history;
mod mesh;
mod millis;
mod network;
mod ordered;
mod replay;
mod report;
mod run;
mod sync;
mod trace;

pub use crate::contract::error::{TransportError, TryRecvError, TrySendError};
pub use crate::contract::payload::WalSegmentPayload;
pub use crate::contract::segment::Segment;
pub use crate::contract::shard_id::ShardId;
pub use crate::contract::transport::Transport;
pub use crate::decision::chaos::kind::Kind;
pub use crate::decision::chaos::moment::Moment;
pub use crate::decision::choices::Choices;
pub use crate::decision::latency::Latency;
pub use crate::harness::Harness;
pub use crate::history::check::Checked;
pub use crate::history::disorder::Disorder;
pub use crate::history::recorded::{Call, History};
pub use crate::history::sequential::Spec;
pub use crate::history::spec;
pub use crate::mesh::at::{At, ClockAt, ms};
pub use crate::mesh::chaos::Chaos;
pub use crate::mesh::clock::ShardClock;
pub use crate::mesh::current::{current_shard, spawn};
pub use crate::mesh::disk::Disk;
pub use crate::mesh::endpoint::{Endpoint, InProcessTransport};
pub use crate::mesh::episode::Episode;
pub use crate::mesh::factory::InProcessTransportFactory;
pub use crate::mesh::fault::Fault;
pub use crate::mesh::links::Links;
pub use crate::mesh::links_at::LinksAt;
pub use crate::mesh::measure::Measure;
pub use crate::mesh::mesh::Mesh;
pub use crate::mesh::outcome::Outcome;
pub use crate::mesh::properties::{Holds, Reached, Until};
pub use crate::mesh::rule::RuleGuard;
pub use crate::network::links::rules::{Message, Verdict};
pub use crate::network::stats::{LinkStats, Stats};
pub use crate::run::run::Run;
pub use crate::trace::event::{ClockChange, Event, EventKind, Loss};
pub use crate::trace::fault_info::FaultInfo;
pub use crate::trace::timeline::Timeline;

pub use shard_mesh_macros::{shard_mesh, test};
