//! The end of a shard, by a crash or with its endpoint, and its restart.

use std::sync::Arc;

use crate::contract::shard_id::ShardId;
use crate::network::disk::{DiskLoss, Unsynced};
use crate::network::inbox::arrivals::EndpointState;
use crate::network::inbox::shard::{By, Shard};
use crate::network::links::rules::Rule;
use crate::network::links::wake_list::WakeList;
use crate::network::losses::Losses;
use crate::network::network::Network;
use crate::network::tasks::first_panic::FirstPanic;
use crate::network::tasks::plain::plain_alive;
use crate::sync::{lock, read, write};
use crate::trace::record::Kind;

impl<P> Network<P> {
    /// Ends the life of the endpoints and tasks of `shard`: what was on its way to it and from it is
    /// lost, as far as `losses` says. `false` if there is none.
    pub(crate) fn crash(&self, shard: &Shard<P>, losses: Losses) -> bool {
        let now = self.context.time();
        let mut to_wake = WakeList::new();
        let shards = write(&self.shards);
        match shard.endpoint() {
            EndpointState::Alive => {}
            // Its node has ended, and is booted again after this.
            EndpointState::Dropped if shard.is_hosted() => {}
            EndpointState::Dropped | EndpointState::Crashed => return false,
        }
        self.note(Kind::Crashed, shard.key);
        let (by, arrives) = match losses {
            Losses::ByTest => (By::Test, false),
            Losses::ByEpisode {
                in_flight_arrives, ..
            } => (By::Chaos, in_flight_arrives),
        };
        shard.set_down_by_chaos(by == By::Chaos);
        let peers = shard.peers();
        let sent = |peer: &u32| shards.at(*peer).sent_by(shard);
        let sent = peers.iter().map(sent).sum();
        self.tally.life_ends(shard.has_sent_again(sent));
        shard.end_sending(sent);
        shard.end_life(by);
        shard.abandon(EndpointState::Crashed, &mut to_wake);
        for peer in peers {
            let peer = shards.at(peer);
            peer.with_arrivals(now, &mut to_wake, |arrivals, to_wake| {
                if arrives {
                    arrivals.wake_sender(shard.key, to_wake);
                } else {
                    arrivals.lose_sender(shard.key, to_wake);
                }
            });
        }
        drop(shards);
        let mut panic = FirstPanic::default();
        panic.catch(|| drop(to_wake));
        // Before the tasks, whose destructors write to no disk any more.
        panic.catch(|| self.crash_disks(shard, losses, now));
        panic.catch(|| self.tasks.end_over(shard.key.id));
        let plain = shard.plain();
        if plain > 0 {
            lock(&self.outlived).crashed.push((shard.key.id, plain));
        }
        panic.go_on();
        true
    }

    /// What was written and not synced is lost, or a part of it.
    fn crash_disks(&self, shard: &Shard<P>, losses: Losses, at: u64) {
        let crash = match losses {
            Losses::ByTest => shard.count_crash(),
            Losses::ByEpisode { .. } => 0,
        };
        let mut found = false;
        for (disk, lives) in shard.disks() {
            let lost = |unsynced| match losses {
                Losses::ByTest => self.lost(&format!("{disk}, crash {crash}"), unsynced),
                Losses::ByEpisode { keeping, .. } => {
                    keeping.map_or(0, |kept| unsynced - kept.min(unsynced))
                }
            };
            let (lost, of) = lives.crash(&lost);
            if of > 0 {
                found = true;
                lock(&self.disk_losses).push(DiskLoss { at, disk, lost, of });
            }
        }
        self.tally.crashed(found);
    }

    /// How many of so many unsynced writes are lost, by the seed.
    fn lost(&self, name: &str, unsynced: u64) -> u64 {
        let (asked, decider) = (self.context.asked(), self.context.decider());
        match asked.ask(decider, (name, None), &Unsynced(unsynced)) {
            Ok(lost) => u64::try_from(lost).unwrap_or(unsynced),
            Err(wrong) => panic!("{wrong}"),
        }
    }

    /// A task that outlived its shard has touched this disk of it.
    pub(crate) fn note_outlived(&self, shard: ShardId, disk: &str) {
        lock(&self.outlived).touched(shard, disk);
    }

    /// No task can run: what was to end with crashes before has ended.
    pub(crate) fn look_for_survivors(&self) {
        let mut outlived = lock(&self.outlived);
        if !outlived.crashed.is_empty() {
            outlived.look(plain_alive());
        }
    }

    /// Gives a crashed shard its links back, and tells the life that begins with that; `None` if it
    /// did not crash.
    pub(crate) fn restart(&self, shard: &Shard<P>) -> Option<u64> {
        // A crash holds it for writing: it comes before this as a whole, or after.
        let shards = read(&self.shards);
        if !shard.restart() {
            return None;
        }
        for peer in shard.come_back() {
            shards.at(peer).open(shard);
        }
        shard.set_down_by_chaos(false);
        self.note(Kind::Restarted, shard.key);
        self.tally.restarted();
        Some(shard.life())
    }

    /// Takes the endpoint of `shard` off the network: its links close, and peers that send to it
    /// are refused. One that has crashed was taken off by that.
    pub(crate) fn abandon(&self, shard: &Shard<P>, life: u64) {
        let mut to_wake = WakeList::new();
        // For writing, so that nobody crashes the shard, creates it again, or connects it half-way.
        let shards = write(&self.shards);
        if shard.life() != life {
            return;
        }
        self.note(Kind::Dropped, shard.key);
        shard.abandon(EndpointState::Dropped, &mut to_wake);
        let mut peers = shard.peers();
        peers.retain(|peer| shards.at(*peer).close(shard, &mut to_wake));
        if shard.is_hosted() {
            shard.leave(peers);
        }
    }
}

/// Endpoints and guards of rules that were dropped, and count as there for now: see
/// [`Supervisor::spares`](crate::network::tasks::supervisor::Supervisor::spares).
impl<P> Network<P> {
    pub(crate) fn spare(&self, shard: &Arc<Shard<P>>, life: u64) {
        lock(&self.spared).push((shard.clone(), life));
    }

    pub(crate) fn spare_rule(&self, rule: Arc<Rule<P>>) {
        lock(&self.spared_rules).push(rule);
    }

    pub(crate) fn abandon_spared(&self) {
        let rules = std::mem::take(&mut *lock(&self.spared_rules));
        for rule in &rules {
            self.end_rule(rule);
        }
        let spared = std::mem::take(&mut *lock(&self.spared));
        for (shard, life) in spared {
            self.abandon(&shard, life);
        }
    }
}
