//! Raft, as the crate `raft` of `TiKV` implements it, unchanged over the mesh: nodes that elect and
//! replicate under chaos, and agree again when it is over. A sweep of 500 seeds watches what Raft
//! promises (`promises.rs`); another catches nodes that acknowledge what their disks do not have yet.
//!
//! Learn from it: a library that knows nothing of the fixture needs one task per node, which hands
//! messages and ticks to it, and is hosted, so that it boots again; a client is a client; what survives
//! a crash is what the closure of the host has captured; a promise of a paper is a property. It leans on four promises: a crash drops the
//! tasks of a shard where they are, in the middle of writing too; a dropped `recv_segment` loses
//! nothing, so it may stand in a `select!`; a send that finds no room says so, where a node must not wait
//! for a peer that is paused; and a seed repeats what the mesh decides. Raft's own draws no seed covers,
//! so here its election timeouts are picked by the mesh.
//!
//! `cargo run --example raft`, or, on other latencies, `SHARD_MESH_SEED=17 cargo run --example raft`

mod promises;

use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use raft::eraftpb::{ConfState, Entry, Message, MessageType};
use raft::{Config, RawNode, Ready, StateRole, Storage, storage::MemStorage};
use shard_mesh::{Endpoint, Mesh, ShardId};
use tokio::time::{Instant, interval, sleep};

use crate::promises::Witness;

/// The unit in which Raft counts time.
const TICK: Duration = Duration::from_millis(10);
/// Ticks of silence after which a node may stand for election, at the least.
const ELECTION_TICKS: usize = 10;
/// How long the disk takes until what was written survives a crash.
const SYNC: Duration = Duration::from_millis(5);
/// Far longer than an election takes.
const PATIENCE: Duration = Duration::from_secs(5);

/// One node, for as long as it has power.
struct Node {
    endpoint: Endpoint<Message>,
    /// With its disk, which survives a crash because its host holds it too.
    raft: RawNode<MemStorage>,
    witness: Arc<Mutex<Witness>>,
    /// Whether it acknowledges before its disk has it.
    hasty: bool,
}

impl Node {
    async fn live(mut self) {
        let mut ticks = interval(TICK);
        loop {
            tokio::select! {
                // Else chance chooses the branch, which no seed covers.
                biased;
                message = self.endpoint.recv_segment() => {
                    let Some(message) = message else { return };
                    // A proposal that finds no leader is refused. Its client does not hear of it.
                    self.raft.step(message).ok();
                }
                _ = ticks.tick() => { self.raft.tick(); }
            }
            while self.raft.has_ready() {
                let ready = self.raft.ready();
                self.handle(ready).await;
            }
        }
    }

    /// Does what Raft asks for: what is sent at once, what is written, what is sent only then.
    async fn handle(&mut self, mut ready: Ready) {
        self.report(ready.committed_entries());
        self.send(ready.take_messages());
        let acknowledgements = ready.take_persisted_messages();
        if self.hasty {
            // Broken: others count on what a crash can still take.
            self.send(acknowledgements);
            self.persist(&ready).await;
        } else {
            self.persist(&ready).await;
            self.send(acknowledgements);
        }
        let mut rest = self.raft.advance(ready);
        if let Some(commit) = rest.commit_index() {
            self.raft.store().wl().mut_hard_state().set_commit(commit);
        }
        self.report(rest.committed_entries());
        self.send(rest.take_messages());
        self.raft.advance_apply();
    }

    /// Writes entries and hard state (term, vote, commit index). A crash meanwhile loses them.
    async fn persist(&self, ready: &Ready) {
        if ready.must_sync() {
            sleep(SYNC).await;
        }
        let disk = self.raft.store();
        disk.wl().append(ready.entries()).unwrap();
        if let Some(state) = ready.hs() {
            disk.wl().set_hardstate(state.clone());
        }
        for entry in ready.entries() {
            let before = disk.term(entry.index - 1).unwrap();
            self.witness.lock().unwrap().writes(before, entry);
        }
    }

    fn send(&mut self, messages: Vec<Message>) {
        for message in messages {
            let to = message.to;
            if self
                .endpoint
                .try_send_segment(ShardId(to), message)
                .is_err()
            {
                self.raft.report_unreachable(to);
            }
        }
    }

    fn report(&self, committed: &[Entry]) {
        let (mut witness, raft) = (self.witness.lock().unwrap(), &self.raft.raft);
        if raft.state == StateRole::Leader {
            witness.leads(raft);
        }
        for entry in committed {
            witness.applies(raft.id, entry);
        }
    }
}

/// The nodes, and a client.
struct Cluster {
    mesh: Mesh<Message>,
    client: Endpoint<Message>,
    nodes: Vec<u64>,
    witness: Arc<Mutex<Witness>>,
    commands_sent: Cell<u64>,
}

impl Cluster {
    fn new(
        mesh: &Mesh<Message>,
        (nodes, client): (Vec<Endpoint<Message>>, Endpoint<Message>),
        hasty: bool,
    ) -> Self {
        let ids: Vec<_> = nodes.iter().map(|node| node.local_shard().0).collect();
        let witness = Arc::<Mutex<Witness>>::default();
        Witness::watch(&witness, mesh);
        // Raft draws each election timeout from a range. One of a single value leaves nothing to
        // chance; the seed says who is how patient. That it never changes takes the pre-vote: else
        // the least patient, where it cannot win, would keep the others from standing.
        let patient = mesh.pick("most patient", 0..ids.len());
        for (turn, endpoint) in nodes.into_iter().enumerate() {
            let election = ELECTION_TICKS + 4 * ((turn + patient) % ids.len());
            let config = Config {
                id: endpoint.local_shard().0,
                election_tick: ELECTION_TICKS,
                min_election_tick: election,
                max_election_tick: election + 1,
                pre_vote: true,
                // Else a leader that hears nobody leads for ever, and commits nothing.
                check_quorum: true,
                ..Config::default()
            };
            let voters = ConfState::from((ids.clone(), Vec::new()));
            let disk = MemStorage::new_with_conf_state(voters);
            let (logger, witness) = (
                slog::Logger::root(slog::Discard, slog::o!()),
                witness.clone(),
            );
            mesh.host(endpoint, move |endpoint| {
                witness.lock().unwrap().boots(config.id);
                let node = Node {
                    endpoint,
                    // All that it knows is what its disk holds.
                    raft: RawNode::new(&config, disk.clone(), &logger).unwrap(),
                    witness: witness.clone(),
                    hasty,
                };
                node.live()
            });
        }
        Self {
            mesh: mesh.clone(),
            client,
            nodes: ids,
            witness,
            commands_sent: Cell::new(0),
        }
    }

    fn witness(&self) -> MutexGuard<'_, Witness> {
        self.witness.lock().unwrap()
    }

    /// Sends commands to the nodes in turn, which pass them on to the leader that they know of. What
    /// finds none, or a node without power, or is lost on its way, is gone.
    async fn command(&self, commands: usize) {
        for _ in 0..commands {
            let number = self.commands_sent.get();
            let mut entry = Entry::default();
            entry.set_data(number.to_string().into());
            let mut proposal = Message::default();
            proposal.set_msg_type(MessageType::MsgPropose);
            proposal.mut_entries().push(entry);
            let node = ShardId(number % self.nodes.len() as u64 + 1);
            self.client.try_send_segment(node, proposal).ok();
            self.commands_sent.set(number + 1);
            sleep(TICK).await;
        }
    }

    /// Sends commands until this holds.
    async fn until(&self, holds: impl Fn(&Witness) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !holds(&self.witness()) {
            assert!(Instant::now() < end, "nothing moves: {:?}", self.witness());
            self.command(1).await;
        }
    }

    /// Waits for a leader of a newer term than this one; returns its term and who it is.
    async fn leader_after(&self, term: u64) -> (u64, u64) {
        self.until(|witness| witness.leaders.range(term + 1..).next().is_some())
            .await;
        let witness = self.witness();
        let (&term, &leader) = witness.leaders.last_key_value().expect("one was elected");
        (term, leader)
    }

    /// Waits until all nodes have applied something new, and so all that came before it.
    async fn catch_up(&self) {
        let next = self.witness().committed.len() + 1;
        self.until(|witness| {
            let applied = |node| witness.applied.get(node).is_some_and(|it| *it >= next);
            self.nodes.iter().all(applied)
        })
        .await;
    }

    /// Lets this happen for as long as a client sends so many commands, and makes it right again.
    async fn suffer(&self, trouble: Trouble, commands: usize) {
        let (_, leader) = self.leader_after(0).await;
        let mut dark = Vec::new();
        match trouble {
            Trouble::LeaderIsNotHeard => _ = self.mesh.from(leader).cut(),
            Trouble::LeaderHearsNobody => _ = self.mesh.to(leader).cut(),
            Trouble::LeaderLosesPower => dark.push(leader),
            Trouble::AllLosePower => dark.extend(&self.nodes),
        }
        for &node in &dark {
            self.mesh.crash(node);
        }
        self.command(commands).await;
        for node in dark {
            self.mesh.restart(node);
        }
        self.mesh.heal();
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Trouble {
    LeaderIsNotHeard,
    LeaderHearsNobody,
    LeaderLosesPower,
    AllLosePower,
}

const TROUBLES: [Trouble; 4] = [
    Trouble::LeaderIsNotHeard,
    Trouble::LeaderHearsNobody,
    Trouble::LeaderLosesPower,
    Trouble::AllLosePower,
];

/// A client sends commands while chaos reigns; in the end all have what was committed.
#[cfg(test)]
async fn live_through(cluster: &Cluster) {
    let commands = cluster.mesh.pick("commands", 20..200);
    cluster.command(commands).await;
    cluster.mesh.calm().await;
    cluster.catch_up().await;
}

#[shard_mesh::test(peers = 1..=3, clients = [0], latency = "5ms")]
async fn three_nodes_outlive_every_trouble(
    nodes: Vec<Endpoint<Message>>,
    client: Endpoint<Message>,
    mesh: Mesh<Message>,
) {
    let cluster = Cluster::new(&mesh, (nodes, client), false);
    for trouble in TROUBLES {
        cluster.catch_up().await;
        let (term, leader) = cluster.leader_after(0).await;
        cluster.suffer(trouble, 50).await;
        let (_, next) = cluster.leader_after(term).await;
        let replaced = next != leader || trouble == Trouble::AllLosePower;
        assert!(replaced, "{leader} leads again after {trouble:?}");
    }
    cluster.catch_up().await;
}

#[shard_mesh::test(
    peers = 1..=5, clients = [0], chaos, latency = "1ms..10ms",
    loss = 0.02, duplicate = 0.02, reorder = 0.02, seeds = 0..500,
)]
async fn raft_keeps_its_promises(
    nodes: Vec<Endpoint<Message>>,
    client: Endpoint<Message>,
    mesh: Mesh<Message>,
) {
    live_through(&Cluster::new(&mesh, (nodes, client), false)).await;
}

#[shard_mesh::test(
    peers = 1..=3, clients = [0], chaos = [one_way, crash], latency = "1ms..10ms", seeds = 0..500,
)]
// Raft itself notices: a follower has less than its leader knows that it had.
#[should_panic(expected = "is out of range")]
async fn the_sweep_catches_hasty_nodes(
    nodes: Vec<Endpoint<Message>>,
    client: Endpoint<Message>,
    mesh: Mesh<Message>,
) {
    live_through(&Cluster::new(&mesh, (nodes, client), true)).await;
}

#[shard_mesh::shard_mesh(peers = 1..=3, clients = [0], latency = "1ms..10ms")]
async fn main(nodes: Vec<Endpoint<Message>>, client: Endpoint<Message>, mesh: Mesh<Message>) {
    let began = Instant::now();
    let cluster = Cluster::new(&mesh, (nodes, client), false);
    let tell = |what: &str| {
        let witness = cluster.witness();
        let (term, leader) = witness.leaders.last_key_value().expect("one was elected");
        println!(
            "{:>6?}  {what:<28}  {leader} in term {term:<4}  {:>9}  {:?}",
            began.elapsed(),
            witness.committed.len(),
            witness.applied.values().collect::<Vec<_>>(),
        );
    };
    println!("    at  what                          leads         committed  applied by each");
    cluster.catch_up().await;
    tell("three nodes were booted");
    for trouble in TROUBLES {
        cluster.suffer(trouble, 40).await;
        tell(&format!("{trouble:?}"));
        cluster.catch_up().await;
        tell("and after it");
    }
    println!("\n{}", mesh.stats());
}
