//! The schedules: each declares faults on a mesh.

use std::fmt::Debug;
use std::ops::Range;
use std::time::Duration;

use shard_mesh::{Mesh, ShardId, ms};

/// How long a body lasts, about.
const BODY: Duration = ms(1000);

#[derive(Clone, Copy)]
pub(crate) enum Schedule {
    /// What `chaos` in the attribute does, with all kinds.
    Chaos,
    /// That of `examples/raft/main.rs` before chaos: three troubles, one after the other. In each one node is not
    /// heard, hears nobody or loses power, or all lose power.
    Troubles,
    /// That of `examples/session_replication` before chaos: bad links, and one crash at some moment.
    BadLinksAndOneCrash,
    /// That of `examples/lossy_shipping`: bad links.
    BadLinks,
    /// That of `examples/crdt_reconciliation` before chaos: clocks that disagree, one partition, one crash.
    Clocks,
    /// One crash or partition at a random moment, for one second.
    Simple,
}

/// The shards of a mesh: those that are hosted, from 0, and all.
#[derive(Clone, Copy)]
pub(crate) struct Shards {
    pub(crate) hosts: u64,
    pub(crate) peers: u64,
    pub(crate) client: Option<u64>,
}

impl Shards {
    pub(crate) fn all(self) -> impl Iterator<Item = u64> {
        (0..self.peers).chain(self.client)
    }
}

impl Schedule {
    /// Declares it on a mesh whose links are there.
    pub(crate) fn declare<P: Debug + Clone + Send + 'static>(self, mesh: &Mesh<P>, shards: Shards) {
        match self {
            Self::Chaos => {
                let clients = shards.client.into_iter();
                mesh.chaos().all_kinds().clients(clients);
            }
            Self::Troubles => troubles(mesh, shards),
            Self::BadLinksAndOneCrash => {
                bad_links(mesh);
                let victim = mesh.pick("victim", 0..shards.hosts);
                let at = pick(mesh, "crash at", 0..500);
                let down = pick(mesh, "down for", 0..50);
                mesh.at(at).crash(victim).lasting(down).optional();
            }
            Self::BadLinks => bad_links(mesh),
            Self::Clocks => clocks(mesh, shards),
            Self::Simple => simple(mesh, shards),
        }
    }
}

fn pick<P: Debug + Clone + Send + 'static>(
    mesh: &Mesh<P>,
    name: &str,
    millis: Range<u64>,
) -> Duration {
    ms(mesh.pick(name, millis))
}

fn bad_links<P: Debug + Clone + Send + 'static>(mesh: &Mesh<P>) {
    let links = || mesh.at(Duration::ZERO).all();
    // Beyond the end of every body.
    let always = 100 * BODY;
    links().loss(0.1).lasting(always).optional();
    links().duplicate(0.05).lasting(always).optional();
    links().reorder(0.05).lasting(always).optional();
}

fn troubles<P: Debug + Clone + Send + 'static>(mesh: &Mesh<P>, shards: Shards) {
    let mut at = Duration::ZERO;
    for _ in 0..3 {
        at += pick(mesh, "quiet", 50..210);
        let lasting = pick(mesh, "trouble for", 50..200);
        let victim = mesh.pick("victim", 0..shards.hosts);
        let then = mesh.at(at);
        match mesh.pick("trouble", 0..4) {
            0 => _ = then.from(victim).cut().lasting(lasting).optional(),
            1 => _ = then.to(victim).cut().lasting(lasting).optional(),
            2 => _ = then.crash(victim).lasting(lasting).optional(),
            _ => {
                for node in 0..shards.hosts {
                    mesh.at(at).crash(node).lasting(lasting).optional();
                }
            }
        }
        at += lasting;
    }
}

fn clocks<P: Debug + Clone + Send + 'static>(mesh: &Mesh<P>, shards: Shards) {
    for shard in 0..shards.hosts {
        mesh.clock(shard).ahead(pick(mesh, "clock", 0..700));
    }
    let at = pick(mesh, "partition at", 10..200);
    let rest = (1..shards.peers).map(ShardId);
    mesh.at(at).partition([0], rest).lasting(ms(300)).optional();
    let at = at + pick(mesh, "crash at", 10..200);
    let victim = mesh.pick("victim", 0..shards.hosts);
    mesh.at(at).crash(victim).lasting(ms(100)).optional();
}

fn simple<P: Debug + Clone + Send + 'static>(mesh: &Mesh<P>, shards: Shards) {
    let at = ms(mesh.pick("at", 0..1000));
    if mesh.chance("crash", 0.5) {
        let victim = mesh.pick("victim", 0..shards.hosts);
        mesh.at(at).crash(victim).lasting(BODY).optional();
        return;
    }
    // A bit for each says on which side it is.
    let count = shards.all().count();
    let sides = mesh.pick("sides", 1..(1_u64 << count) - 1);
    let numbered = (0..count).zip(shards.all().map(ShardId));
    let (left, right): (Vec<_>, Vec<_>) = numbered.partition(|(bit, _)| sides >> bit & 1 == 0);
    let ids = |side: Vec<(usize, ShardId)>| side.into_iter().map(|(_, id)| id);
    let then = mesh.at(at);
    then.partition(ids(left), ids(right))
        .lasting(BODY)
        .optional();
}
