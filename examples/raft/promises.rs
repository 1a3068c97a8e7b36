//! What Raft promises at any time, a function for each promise of figure 3 in "In Search of an Understandable
//! Consensus Algorithm" (Ongaro and Ousterhout, 2014), headed by its section there.
//!
//! The nodes report what they do to a [`Witness`], which keeps what it needs to judge the next report. Each
//! promise is a property of the mesh: the test fails after the very poll that breaks it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use raft::eraftpb::{Entry, Message};
use raft::{Raft, Storage};
use shard_mesh::Mesh;

/// The names of the promises, with their sections.
const PROMISES: [&str; 5] = [
    "election safety (5.2)",
    "leader append-only (5.3)",
    "log matching (5.3)",
    "leader completeness (5.4)",
    "state machine safety (5.4.3)",
];

/// What the nodes did.
#[derive(Debug, Default)]
pub(crate) struct Witness {
    /// Who led in each term.
    pub(crate) leaders: BTreeMap<u64, u64>,
    /// The log of the leader of the newest term, as it was last seen.
    log: (u64, Vec<Entry>),
    /// What was written, by index and term, and the term of the entry before.
    written: BTreeMap<(u64, u64), (u64, Entry)>,
    /// What was committed, from index 1.
    pub(crate) committed: Vec<Entry>,
    /// How much of that each node has applied since it was booted.
    pub(crate) applied: BTreeMap<u64, usize>,
    /// How each promise was broken.
    broken: BTreeMap<&'static str, String>,
}

impl Witness {
    /// Makes each promise a property of the mesh.
    pub(crate) fn watch(witness: &Arc<Mutex<Self>>, mesh: &Mesh<Message>) {
        for promise in PROMISES {
            let witness = witness.clone();
            mesh.always(promise, move || {
                let witness = witness.lock().unwrap();
                let broken = witness.broken.get(promise);
                assert!(broken.is_none(), "{}", broken.unwrap());
            });
        }
    }

    fn expect(&mut self, promise: usize, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            (self.broken.entry(PROMISES[promise])).or_insert_with(otherwise);
        }
    }

    /// A node leads.
    pub(crate) fn leads<S: Storage>(&mut self, raft: &Raft<S>) {
        let (node, term, log) = (raft.id, raft.term, raft.raft_log.all_entries());
        self.election_safety(node, term);
        // One of an older term may be about still, and know nothing.
        if self.leaders.range(term + 1..).next().is_none() {
            self.leader_completeness(node, &log);
            self.leader_append_only(term, log);
        }
    }

    /// A node's disk has an entry, after one of that term.
    pub(crate) fn writes(&mut self, before: u64, entry: &Entry) {
        self.log_matching(before, entry);
    }

    /// A node begins anew, and has applied nothing.
    pub(crate) fn boots(&mut self, node: u64) {
        self.applied.insert(node, 0);
    }

    /// A node applies the next entry.
    pub(crate) fn applies(&mut self, node: u64, entry: &Entry) {
        self.state_machine_safety(node, entry);
    }

    // 5.2: At most one leader can be elected in a given term.
    fn election_safety(&mut self, node: u64, term: u64) {
        let elected = *self.leaders.entry(term).or_insert(node);
        self.expect(0, elected == node, || {
            format!("{elected} and {node} lead in term {term}")
        });
    }

    // 5.3: A leader never overwrites or deletes entries in its log; it only appends new entries.
    fn leader_append_only(&mut self, term: u64, log: Vec<Entry>) {
        let (of_term, before) = std::mem::replace(&mut self.log, (term, log));
        let appended = of_term != term || self.log.1.starts_with(&before);
        self.expect(1, appended, || {
            format!("the leader of term {term} has other entries than before")
        });
    }

    // 5.3: If two logs contain an entry with the same index and term, then the logs are identical in all entries
    // up through the given index. (It is enough that they agree on the entry, and on the term of the one
    // before.)
    fn log_matching(&mut self, before: u64, entry: &Entry) {
        let (place, written) = ((entry.index, entry.term), (before, entry.clone()));
        let matches = *self.written.entry(place).or_insert(written.clone()) == written;
        self.expect(2, matches, || {
            let (index, term) = place;
            format!("two logs differ at index {index} and term {term}")
        });
    }

    // 5.4: If a log entry is committed in a given term, then that entry will be present in the logs of the leaders
    // for all higher-numbered terms.
    fn leader_completeness(&mut self, node: u64, log: &[Entry]) {
        let complete = log.starts_with(&self.committed);
        self.expect(3, complete, || {
            format!("leader {node} does not have all that was committed")
        });
    }

    // 5.4.3: If a server has applied a log entry at a given index to its state machine, no other server will ever
    // apply a different log entry for the same index.
    fn state_machine_safety(&mut self, node: u64, entry: &Entry) {
        let next = self.applied.entry(node).or_default();
        let index = *next;
        *next += 1;
        if index == self.committed.len() {
            self.committed.push(entry.clone());
        }
        let same = self.committed[index] == *entry;
        self.expect(4, same, || {
            format!("node {node} applies another entry at index {}", entry.index)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(index: u64, term: u64, command: &str) -> Entry {
        let mut entry = Entry::default();
        (entry.index, entry.term) = (index, term);
        entry.set_data(command.to_owned().into());
        entry
    }

    /// Which promises are broken by that.
    fn broken(reports: impl FnOnce(&mut Witness)) -> Vec<&'static str> {
        let mut witness = Witness::default();
        reports(&mut witness);
        witness.broken.into_keys().collect()
    }

    #[test]
    fn each_promise_that_is_broken_is_named() {
        let (one, other) = (entry(1, 1, "a"), entry(1, 1, "b"));
        let leads_twice = broken(|it| {
            it.election_safety(1, 7);
            it.election_safety(2, 7);
        });
        let overwrites = broken(|it| {
            it.leader_append_only(7, vec![one.clone()]);
            it.leader_append_only(7, vec![other.clone()]);
        });
        let writes_others = broken(|it| {
            it.log_matching(0, &one);
            it.log_matching(0, &other);
        });
        let lacks_one = broken(|it| {
            it.state_machine_safety(1, &one);
            it.leader_completeness(2, &[]);
        });
        let applies_others = broken(|it| {
            it.state_machine_safety(1, &one);
            it.state_machine_safety(2, &other);
        });
        let broken = [
            leads_twice,
            overwrites,
            writes_others,
            lacks_one,
            applies_others,
        ];
        assert_eq!(broken, PROMISES.map(|it| vec![it]));
    }

    #[test]
    fn what_may_be_breaks_no_promise() {
        let (one, two) = (entry(1, 1, "a"), entry(2, 3, "b"));
        let none = broken(|it| {
            it.election_safety(1, 7);
            it.election_safety(1, 7);
            it.election_safety(2, 8);
            it.leader_append_only(7, vec![one.clone()]);
            it.leader_append_only(7, vec![one.clone(), two.clone()]);
            // The next leader has another log.
            it.leader_append_only(8, vec![]);
            it.log_matching(0, &one);
            it.log_matching(0, &one);
            it.log_matching(1, &two);
            for node in [1, 2] {
                it.state_machine_safety(node, &one);
            }
            it.boots(1);
            it.state_machine_safety(1, &one);
            it.leader_completeness(2, &[one, two]);
        });
        assert_eq!(none, [""; 0]);
    }
}
