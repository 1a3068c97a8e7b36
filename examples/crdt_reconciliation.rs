//! Three shards whose clocks disagree count events and take readings, are parted, crash, and agree
//! again: by digests first, then by what the other lacks and no more. No event is lost or counted
//! twice, and a reading overrules those that were known when it was taken, though its shard's clock
//! be behind. With plain wall clocks it does not, and the same test says so.
//!
//! Learn from it: `mesh.clock` is a wall clock that can be wrong and follows virtual time; what the
//! test keeps is what a shard has stored when it crashes; a rule that lets all pass is an ear on
//! the wire. It leans on three promises: a crash drops the tasks of its shard and leaves its clock
//! alone; a restarted shard has the links that it had; and a heal ends the cut, not the loss.
//!
//! Counters and registers come from `crdts`, the hybrid logical clock from `uhlc`. That reads a
//! wall clock through a plain `fn`, which cannot know whose: what the clock shows is lent to it for
//! the length of a call, in a task-local of tokio's.
//!
//! `cargo run --example crdt_reconciliation`; with `SHARD_MESH_SEED=17` it is another day.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

use crdts::{CmRDT, CvRDT, LWWReg, PNCounter, VClock};
use shard_mesh::{Endpoint, Mesh, ShardClock, ShardId, ms};
use tokio::time::{Instant, sleep, timeout_at};
use uhlc::{ExceedingDeltaError, HLC, HLCBuilder, ID, NTP64, Timestamp};

/// How often a shard tells the others what it has. Longer than a message and its answer take.
const GOSSIP: Duration = Duration::from_millis(50);
/// How far ahead of its own clock a shard believes another's. More than any two clocks differ.
const MAX_DRIFT: Duration = Duration::from_secs(1);
/// What is counted and read.
const SIGNALS: [&str; 3] = ["door", "gate", "lift"];

tokio::task_local! {
    /// What the wall clock of the shard shows whose hybrid clock is being asked.
    static WALL: NTP64;
}

/// A shard's hybrid logical clock: near its wall clock, and later than all that it has heard of.
struct HybridClock {
    wall: ShardClock<Gossip>,
    logical: HLC,
}

impl HybridClock {
    /// Whatever the wall clock shows, stamps will be later than those that the shard has stored.
    fn new(shard: ShardId, wall: ShardClock<Gossip>, stored: &Signals) -> Self {
        let logical = HLCBuilder::new()
            .with_id(ID::try_from(shard.0 + 1).expect("not zero"))
            .with_clock(|| WALL.get())
            .with_max_delta(MAX_DRIFT)
            .build();
        let clock = Self { wall, logical };
        for stamp in stored.values().filter_map(|signal| signal.reading.marker) {
            clock.hear(&stamp).expect("not set back by so much");
        }
        clock
    }

    fn wall(&self) -> NTP64 {
        let since = self.wall.now().duration_since(SystemTime::UNIX_EPOCH);
        since.expect("the mesh's clocks start in 2000").into()
    }

    /// The stamp of a write: later than every other that this shard has made or heard of.
    fn hybrid_stamp(&self) -> Timestamp {
        WALL.sync_scope(self.wall(), || self.logical.new_timestamp())
    }

    /// Broken: later than those that clocks behind this one have made.
    fn wall_stamp(&self) -> Timestamp {
        Timestamp::new(self.wall(), *self.logical.get_id())
    }

    /// Hears of another's stamp, unless that is too far ahead to be believed.
    fn hear(&self, stamp: &Timestamp) -> Result<(), ExceedingDeltaError> {
        WALL.sync_scope(self.wall(), || self.logical.update_with_timestamp(stamp))
    }
}

/// How a write gets its stamp.
type Stamp = fn(&HybridClock) -> Timestamp;

/// What the shards agree on: a count that goes up and down, and a reading that the next overrules.
#[derive(Clone, Debug, Default, PartialEq)]
struct SignalState {
    count: PNCounter<ShardId>,
    reading: LWWReg<u32, Option<Timestamp>>,
    /// How many changes of each shard are in it. A shard that lost its own would number others with
    /// the same numbers, and they would be taken for known: this state has to survive a crash.
    seen: VClock<ShardId>,
}

impl SignalState {
    fn count(&mut self, by: ShardId, events: i64) {
        self.count.apply(match events {
            0.. => self.count.inc_many(by, events.unsigned_abs()),
            _ => self.count.dec_many(by, events.unsigned_abs()),
        });
        self.seen.apply(self.seen.inc(by));
    }

    fn read(&mut self, by: ShardId, reading: u32, stamp: Timestamp) {
        self.reading.update(reading, Some(stamp));
        self.seen.apply(self.seen.inc(by));
    }

    fn merge(mut self, other: Self) -> Self {
        self.count.merge(other.count);
        self.reading.merge(other.reading);
        self.seen.merge(other.seen);
        self
    }
}

type Signals = BTreeMap<&'static str, SignalState>;

/// What goes over the links.
#[derive(Clone, Debug)]
enum Gossip {
    /// What I have seen of each signal.
    Digest(BTreeMap<&'static str, VClock<ShardId>>),
    /// The signals of which your digest had not seen everything.
    Delta(Signals),
}

/// One shard's share in the agreement.
struct ReconciliationEngine {
    me: ShardId,
    clock: HybridClock,
    stamp: Stamp,
    signals: Signals,
}

impl ReconciliationEngine {
    fn count(&mut self, name: &'static str, events: i64) {
        let signal = self.signals.entry(name).or_default();
        signal.count(self.me, events);
    }

    fn read(&mut self, name: &'static str, reading: u32) {
        let signal = self.signals.entry(name).or_default();
        signal.read(self.me, reading, (self.stamp)(&self.clock));
    }

    fn digest(&self) -> Gossip {
        let seen = |(&name, signal): (_, &SignalState)| (name, signal.seen.clone());
        Gossip::Digest(self.signals.iter().map(seen).collect())
    }

    /// The signals of which a digest has not seen everything.
    fn lacking(&self, seen: &BTreeMap<&str, VClock<ShardId>>) -> Signals {
        let mut lacking = self.signals.clone();
        lacking.retain(|name, signal| {
            let unseen = |seen| !signal.seen.clone_without(seen).is_empty();
            seen.get(name).is_none_or(unseen)
        });
        lacking
    }

    fn merge(&mut self, delta: Signals) {
        for (name, signal) in delta {
            // A reading from too far ahead would stand until all clocks have come there. It is left
            // out with its signal, and comes again with the next round.
            let stamp = signal.reading.marker;
            if stamp.is_none_or(|stamp| self.clock.hear(&stamp).is_ok()) {
                let mine = self.signals.remove(name).unwrap_or_default();
                self.signals.insert(name, mine.merge(signal));
            }
        }
    }
}

/// The life of a shard. Whether its peers are gone or cut off it cannot tell.
async fn live(endpoint: Endpoint<Gossip>, engine: Arc<Mutex<ReconciliationEngine>>) {
    let me = endpoint.local_shard();
    let others = (0..3).map(ShardId).filter(|&id| id != me);
    let mut next_round = Instant::now();
    loop {
        match timeout_at(next_round, endpoint.recv_segment_from()).await {
            Ok(Some((from, Gossip::Digest(seen)))) => {
                let lacking = engine.lock().unwrap().lacking(&seen);
                if !lacking.is_empty() {
                    let delta = Gossip::Delta(lacking);
                    endpoint.send_segment(from, delta).await.ok();
                }
            }
            Ok(Some((_, Gossip::Delta(delta)))) => engine.lock().unwrap().merge(delta),
            Ok(None) => return,
            Err(_) => {
                next_round += GOSSIP;
                let digest = engine.lock().unwrap().digest();
                for other in others.clone() {
                    endpoint.send_segment(other, digest.clone()).await.ok();
                }
            }
        }
    }
}

/// Three shards, as their tasks and the test share them.
struct Shards([Arc<Mutex<ReconciliationEngine>>; 3]);

impl Shards {
    fn start(mesh: &Mesh<Gossip>, endpoints: [Endpoint<Gossip>; 3], stamp: Stamp) -> Self {
        Self(endpoints.map(|endpoint| {
            let me = endpoint.local_shard();
            let engine = Arc::new(Mutex::new(ReconciliationEngine {
                me,
                clock: HybridClock::new(me, mesh.clock(me), &Signals::new()),
                stamp,
                signals: Signals::new(),
            }));
            mesh.spawn(me, live(endpoint, engine.clone()));
            engine
        }))
    }

    fn at(&self, shard: usize) -> MutexGuard<'_, ReconciliationEngine> {
        self.0[shard].lock().unwrap()
    }

    /// Brings a crashed shard back, with the signals that it had stored, and its clock set back.
    fn restart(&self, mesh: &Mesh<Gossip>, shard: usize) {
        let endpoint = mesh.restart(shard as u64);
        let wall = mesh.clock(&endpoint);
        wall.behind(MAX_DRIFT / 4);
        let mut engine = self.at(shard);
        engine.clock = HybridClock::new(engine.me, wall, &engine.signals);
        mesh.spawn(engine.me, live(endpoint, self.0[shard].clone()));
    }

    /// Waits until all have the same signals. Whether they ever do is for the time-out to tell.
    async fn agree(&self) -> Signals {
        loop {
            let signals = self.at(0).signals.clone();
            if self.at(1).signals == signals && self.at(2).signals == signals {
                return signals;
            }
            sleep(Duration::from_millis(10)).await;
        }
    }
}

/// The clocks are set apart, shard 0 is parted from the others, one loses power, and all go on with
/// their work; who does what and when the seed chooses. In the end they agree on what was counted.
/// Returns how many readings did not overrule even what was known where they were taken.
async fn a_bad_day(mesh: &Mesh<Gossip>, shards: &Shards, tell: fn(u32, &Shards)) -> usize {
    for shard in 0..3 {
        mesh.clock(shard)
            .ahead(mesh.pick("clock ahead by", ms(0)..ms(700)));
    }
    let victim = mesh.pick("victim", 0..3);
    let (mut counted, mut overruled) = ([0; 3], 0);
    for moment in 0..60 {
        tell(moment, shards);
        match moment {
            10 => drop(mesh.partition([0], [1, 2])),
            20 => mesh.crash(victim as u64),
            30 => shards.restart(mesh, victim),
            50 => mesh.heal(),
            _ => {}
        }
        let shard = mesh.pick::<usize, _>("works", 0..3);
        let [counts, reads] = ["counts", "reads"].map(|what| mesh.pick::<usize, _>(what, 0..3));
        let events = mesh.pick("events", -5..10);
        if shard != victim || !(20..30).contains(&moment) {
            let mut engine = shards.at(shard);
            engine.count(SIGNALS[counts], events);
            counted[counts] += events;
            engine.read(SIGNALS[reads], moment);
            overruled += usize::from(engine.signals[SIGNALS[reads]].reading.val != moment);
        }
        sleep(mesh.pick("rest", ms(1)..ms(20))).await;
    }
    assert_eq!(counts(&shards.agree().await), counted);
    tell(60, shards);
    overruled
}

fn counts(signals: &Signals) -> [i64; 3] {
    SIGNALS.map(|name| match signals.get(name) {
        Some(signal) => signal.count.read().try_into().expect("is small"),
        None => 0,
    })
}

#[shard_mesh::test(
    peers = 0..3, latency = "1ms..20ms", loss = 0.1, duplicate = 0.05, reorder = 0.05,
    seeds = 0..500,
)]
async fn no_event_and_no_later_reading_is_lost(peers: [Endpoint<Gossip>; 3], mesh: Mesh<Gossip>) {
    let shards = Shards::start(&mesh, peers, HybridClock::hybrid_stamp);
    let overruled = a_bad_day(&mesh, &shards, |_, _| {}).await;
    assert_eq!(overruled, 0, "later readings were lost");
}

// With `#[should_panic]` away this is what the bug looks like to whoever wrote it.
#[shard_mesh::test(peers = 0..3, latency = "1ms..20ms", loss = 0.1, seeds = 0..500)]
#[should_panic(expected = "later readings were lost")]
async fn the_sweep_catches_the_wall_clocks(peers: [Endpoint<Gossip>; 3], mesh: Mesh<Gossip>) {
    let shards = Shards::start(&mesh, peers, HybridClock::wall_stamp);
    let overruled = a_bad_day(&mesh, &shards, |_, _| {}).await;
    assert_eq!(overruled, 0, "later readings were lost");
}

#[shard_mesh::test(peers = 0..3, latency = "5ms")]
async fn a_stamp_from_too_far_ahead_has_to_wait(peers: [Endpoint<Gossip>; 3], mesh: Mesh<Gossip>) {
    mesh.clock(2).ahead(MAX_DRIFT * 3);
    let shards = Shards::start(&mesh, peers, HybridClock::hybrid_stamp);
    shards.at(2).read("door", 1);
    sleep(MAX_DRIFT * 19 / 10).await;
    assert!(shards.at(0).signals.is_empty());
    sleep(MAX_DRIFT * 2 / 10).await;
    assert_eq!(shards.at(0).signals["door"].reading.val, 1);
}

#[shard_mesh::test(peers = 0..3, latency = "5ms")]
async fn only_what_the_other_lacks_is_sent(peers: [Endpoint<Gossip>; 3], mesh: Mesh<Gossip>) {
    let shards = Shards::start(&mesh, peers, HybridClock::hybrid_stamp);
    for name in SIGNALS {
        shards.at(0).read(name, 1);
    }
    shards.agree().await;
    let partition = mesh.partition([0], [1, 2]);
    shards.at(0).read("door", 2);
    shards.at(1).read("lift", 3);
    sleep(GOSSIP * 2).await;
    let sent = Arc::new(Mutex::new(Vec::new()));
    let log = sent.clone();
    let _ear = mesh.rule(move |m| {
        if let Gossip::Delta(signals) = &m.payload {
            let names = signals.keys().map(|&name| (m.from.0, m.to.0, name));
            log.lock().unwrap().extend(names);
        }
        shard_mesh::Verdict::Pass
    });
    partition.heal();
    sleep(GOSSIP * 2).await;
    let mut sent = sent.lock().unwrap();
    sent.sort_unstable();
    let [door, lift] = ["door", "lift"];
    assert_eq!(
        *sent,
        [(0, 1, door), (0, 2, door), (1, 0, lift), (2, 0, lift)]
    );
}

#[shard_mesh::test(peers = 0..3, latency = "1ms..20ms", loss = 0.1, seeds = 0..100)]
async fn merges_obey_the_laws_of_a_lattice(peers: [Endpoint<Gossip>; 3], mesh: Mesh<Gossip>) {
    let shards = Shards::start(&mesh, peers, HybridClock::hybrid_stamp);
    let at_every_moment = |_, shards: &Shards| {
        let merged = |a: &SignalState, b: &SignalState| a.clone().merge(b.clone());
        for name in SIGNALS {
            let signal = |shard| shards.at(shard).signals.get(name).cloned();
            let [a, b, c] = &[0, 1, 2].map(|shard| signal(shard).unwrap_or_default());
            assert_eq!(merged(a, b), merged(b, a));
            assert_eq!(merged(&merged(a, b), c), merged(a, &merged(b, c)));
            assert_eq!(&merged(a, a), a);
            // What a digest keeps from being sent would change nothing.
            assert!(!a.seen.clone_without(&b.seen).is_empty() || merged(b, a) == *b);
        }
    };
    a_bad_day(&mesh, &shards, at_every_moment).await;
}

fn print_counts(moment: u32, shards: &Shards) {
    let what = match moment {
        10 => "0 is parted from 1 and 2",
        20 => "one loses power",
        30 => "it is back, its clock behind",
        50 => "the partition is healed",
        60 => "all agree",
        _ => return,
    };
    let counts = [0, 1, 2].map(|shard| {
        let counts = format!("{:?}", counts(&shards.at(shard).signals));
        format!("{counts:<18}")
    });
    println!("  {what:<30}{}", counts.concat().trim_end());
}

#[shard_mesh::shard_mesh(
    peers = 0..3, latency = "1ms..20ms", loss = 0.1, duplicate = 0.05, reorder = 0.05,
)]
async fn main(peers: [Endpoint<Gossip>; 3], mesh: Mesh<Gossip>) {
    println!("what each shard has counted of {SIGNALS:?}, just before");
    let shards = Shards::start(&mesh, peers, HybridClock::hybrid_stamp);
    let overruled = a_bad_day(&mesh, &shards, print_counts).await;
    println!("which is the sum of all events\n\nreadings lost by hybrid clocks: {overruled}");
    // For another day on the same network the machines lose power, and forget all.
    let peers = [0, 1, 2].map(|id| {
        mesh.crash(id);
        mesh.restart(id)
    });
    let shards = Shards::start(&mesh, peers, HybridClock::wall_stamp);
    let overruled = a_bad_day(&mesh, &shards, |_, _| {}).await;
    println!("readings lost by wall clocks: {overruled}");
}
