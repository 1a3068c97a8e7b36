//! A server: a ledger of operations that is replicated, with the store of who asked for them.

use shard_mesh::ShardId;

use crate::sessions::{Admission, Answer, RequestId, Sessions};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// From a client: add to the sum.
    Request(Entry),
    /// To a client: what the sum was, when that was done.
    Answer { number: u64, sum: u64 },
    /// From the leader, over the bridge: the entry with this index in its ledger.
    Replicate { index: usize, entry: Entry },
    /// From the follower, over the bridge: it has all entries below this index.
    Has { next: usize },
}

/// An operation and who asked for it: the marks of the session travel with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: RequestId,
    pub(crate) amount: u64,
}

/// What a follower does with an entry.
pub(crate) type Accept = fn(&mut Replica, Entry);

/// What a server has on its disk. It outlives a crash, and each change to it is whole.
pub(crate) struct Replica {
    leads: bool,
    /// All that was applied, in order, and what it sums up to.
    pub(crate) ledger: Vec<Entry>,
    sum: u64,
    pub(crate) sessions: Sessions,
    /// How much of the ledger is safe. Nobody hears of an operation before it is.
    safe: usize,
    /// To whom the leader replicates.
    next_hop: Option<ShardId>,
    accept: Accept,
}

/// What to send, and to whom.
type Out = Vec<(ShardId, Message)>;

impl Replica {
    pub(crate) fn leader(next_hop: ShardId) -> Self {
        Self {
            leads: true,
            next_hop: Some(next_hop),
            ..Self::follower(Self::apply)
        }
    }

    pub(crate) fn follower(accept: Accept) -> Self {
        Self {
            leads: false,
            ledger: Vec::new(),
            sum: 0,
            sessions: Sessions::default(),
            safe: 0,
            next_hop: None,
            accept,
        }
    }

    /// Makes a leader of a follower. What it has is all that there is, and is safe.
    pub(crate) fn promote(&mut self) {
        self.leads = true;
        self.safe = self.ledger.len();
    }

    /// Takes note of a message, and says what to send.
    pub(crate) fn hear(&mut self, from: ShardId, message: Message) -> Out {
        match message {
            Message::Request(entry) if self.leads => self.request(entry),
            Message::Has { next } if self.leads => self.answer_up_to(next),
            // It may come late, from a leader that is gone: who leads takes none.
            Message::Replicate { index, entry } if !self.leads => {
                if index == self.ledger.len() {
                    (self.accept)(self, entry);
                }
                let next = self.ledger.len();
                vec![(from, Message::Has { next })]
            }
            _ => Out::new(),
        }
    }

    fn request(&mut self, entry: Entry) -> Out {
        match self.sessions.admit(entry.id) {
            Admission::Again(answer) if answer.index < self.safe => {
                vec![answer_to(entry.id, answer)]
            }
            // What is not safe yet is answered when it is.
            Admission::Again(_) | Admission::Refuse => Out::new(),
            Admission::Apply => {
                let index = self.ledger.len();
                self.apply(entry);
                match self.next_hop {
                    Some(hop) => vec![(hop, Message::Replicate { index, entry })],
                    None => self.answer_up_to(index + 1),
                }
            }
        }
    }

    /// Applies an operation, and remembers that it did, in one step.
    pub(crate) fn apply(&mut self, entry: Entry) {
        let index = self.ledger.len();
        self.apply_without_record(entry);
        let sum = self.sum;
        self.sessions.record(entry.id, Answer { sum, index });
    }

    /// Broken, where a follower does it: only the leader knows then what was asked.
    pub(crate) fn apply_without_record(&mut self, entry: Entry) {
        self.sum += entry.amount;
        self.ledger.push(entry);
    }

    /// The entries below `next` are safe: answers those who wait for them.
    fn answer_up_to(&mut self, next: usize) -> Out {
        let before = self.safe;
        self.safe = next.max(before);
        let safe = self.ledger[before..self.safe].iter();
        // Where there is no answer any more, the client has it.
        safe.filter_map(|entry| Some(answer_to(entry.id, self.sessions.answer(entry.id)?)))
            .collect()
    }

    /// The entries that are not known to be safe, to be sent again. Not many: who waits for its
    /// answers asks for no more.
    pub(crate) fn resend(&self) -> Out {
        let Some(hop) = self.next_hop else {
            return Out::new();
        };
        let unsafe_yet = self.ledger.iter().enumerate().skip(self.safe);
        unsafe_yet
            .map(|(index, &entry)| (hop, Message::Replicate { index, entry }))
            .collect()
    }
}

fn answer_to(id: RequestId, answer: Answer) -> (ShardId, Message) {
    let (number, sum) = (id.number, answer.sum);
    (id.session, Message::Answer { number, sum })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BRIDGE: ShardId = ShardId(1);
    const CLIENT: ShardId = ShardId(3);

    fn entry(number: u64) -> Entry {
        let (session, low) = (CLIENT, 1);
        Entry {
            id: RequestId {
                session,
                number,
                low,
            },
            amount: 10,
        }
    }

    fn replicate(number: u64) -> Message {
        let index = usize::try_from(number).unwrap() - 1;
        let entry = entry(number);
        Message::Replicate { index, entry }
    }

    fn request(replica: &mut Replica, number: u64) -> Out {
        replica.hear(CLIENT, Message::Request(entry(number)))
    }

    fn answer(number: u64, sum: u64) -> Out {
        vec![(CLIENT, Message::Answer { number, sum })]
    }

    #[test]
    fn nobody_hears_of_an_operation_before_it_is_safe() {
        let mut leader = Replica::leader(BRIDGE);
        assert_eq!(request(&mut leader, 1), [(BRIDGE, replicate(1))]);
        assert_eq!(request(&mut leader, 1), [], "a retry");
        let has = Message::Has { next: 1 };
        assert_eq!(leader.hear(BRIDGE, has), answer(1, 10));
        assert_eq!(leader.hear(BRIDGE, has), [], "a duplicate");
        assert_eq!(
            request(&mut leader, 1),
            answer(1, 10),
            "its answer was lost"
        );
        assert_eq!(leader.ledger.len(), 1);
    }

    #[test]
    fn a_new_leader_answers_what_it_has_and_applies_what_it_lacks() {
        let mut follower = Replica::follower(Replica::apply);
        let has = |next| vec![(BRIDGE, Message::Has { next })];
        assert_eq!(follower.hear(BRIDGE, replicate(2)), has(0), "too early");
        assert_eq!(follower.hear(BRIDGE, replicate(1)), has(1));
        assert_eq!(follower.hear(BRIDGE, replicate(1)), has(1), "a duplicate");
        assert_eq!(request(&mut follower, 1), [], "it does not lead");
        follower.promote();
        assert_eq!(request(&mut follower, 1), answer(1, 10));
        assert_eq!(request(&mut follower, 2), answer(2, 20));
        assert_eq!(follower.ledger.len(), 2);
    }

    #[test]
    fn who_leads_takes_no_entry_of_a_leader_that_is_gone() {
        let mut follower = Replica::follower(Replica::apply);
        follower.promote();
        assert_eq!(request(&mut follower, 1), answer(1, 10));
        // There it was the second, here it is the first.
        let (index, entry) = (1, entry(1));
        let late = Message::Replicate { index, entry };
        assert_eq!(follower.hear(BRIDGE, late), []);
        assert_eq!(follower.ledger, [entry]);
    }

    #[test]
    fn what_is_not_safe_is_sent_again() {
        let mut leader = Replica::leader(BRIDGE);
        (1..=3).for_each(|number| drop(request(&mut leader, number)));
        leader.hear(BRIDGE, Message::Has { next: 1 });
        assert_eq!(
            leader.resend(),
            [2, 3].map(|number| (BRIDGE, replicate(number)))
        );
    }
}
