//! The idempotency store: what was asked, and what was answered, so that nothing is applied twice.
//!
//! Of a session, which is one client's, it keeps two marks and the answers between them:
//!
//! | the number of a request | what is known of it | what happens |
//! | --- | --- | --- |
//! | below the *low-water mark* | the client says that it has the answer | refused |
//! | up to the *high-water mark* | it was applied | answered as it was before |
//! | the one above | it is due | applied |
//! | higher | those before it are under way | refused; its turn comes |
//!
//! So what is below the low-water mark may be forgotten: nobody asks for it again but a late
//! duplicate, which needs no answer, and which the marks alone tell from a new request. A client has at
//! most [`WINDOW`] requests under way, and more than that is kept for none.

use std::collections::BTreeMap;

use shard_mesh::ShardId;

/// How many answers are kept for a session at most.
pub(crate) const WINDOW: u64 = 4;

/// A request of a session, with the session's low-water mark as the client knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestId {
    pub(crate) session: ShardId,
    /// From 1.
    pub(crate) number: u64,
    /// The client has the answers to all requests below.
    pub(crate) low: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) sum: u64,
    /// The index in the ledger of what was applied.
    pub(crate) index: usize,
}

/// What to do with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Apply,
    Again(Answer),
    Refuse,
}

#[derive(Debug, Default)]
pub(crate) struct Sessions(BTreeMap<ShardId, Session>);

#[derive(Debug, Default)]
struct Session {
    high: u64,
    /// By number. The low-water mark is the first, or `high + 1` where there is none.
    answers: BTreeMap<u64, Answer>,
}

impl Sessions {
    pub(crate) fn admit(&self, id: RequestId) -> Admission {
        let session = self.0.get(&id.session);
        // A session that is not known begins where its client says: with its first request, unless
        // the record of what went before was lost.
        let high = session.map_or(id.low - 1, |session| session.high);
        match self.answer(id) {
            Some(answer) => Admission::Again(answer),
            None if id.number == high + 1 && id.number < id.low + WINDOW => Admission::Apply,
            None => Admission::Refuse,
        }
    }

    /// Remembers that a request was applied, in the same step as it is, and forgets what its client
    /// has heard.
    pub(crate) fn record(&mut self, id: RequestId, answer: Answer) {
        let session = self.0.entry(id.session).or_default();
        session.high = id.number;
        session.answers.insert(id.number, answer);
        session.answers.retain(|&number, _| number >= id.low);
    }

    /// The answer to a request, if it was applied and is not forgotten.
    pub(crate) fn answer(&self, id: RequestId) -> Option<Answer> {
        self.0.get(&id.session)?.answers.get(&id.number).copied()
    }

    /// How many answers are kept.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> usize {
        self.0.values().map(|session| session.answers.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u64, low: u64) -> RequestId {
        let session = ShardId(3);
        RequestId {
            session,
            number,
            low,
        }
    }

    fn answer(number: u64) -> Answer {
        Answer {
            sum: 10 * number,
            index: 0,
        }
    }

    /// A session in which requests 1 to 5 were applied, and the client has said that it has the
    /// answers to 1 and 2.
    fn sessions() -> Sessions {
        let mut sessions = Sessions::default();
        for number in 1..=5 {
            let id = id(number, number.saturating_sub(2).max(1));
            assert_eq!(sessions.admit(id), Admission::Apply);
            sessions.record(id, answer(number));
        }
        sessions
    }

    #[test]
    fn a_request_between_the_marks_is_answered_as_before() {
        for number in 3..=5 {
            let again = Admission::Again(answer(number));
            assert_eq!(sessions().admit(id(number, 3)), again);
        }
    }

    #[test]
    fn a_late_duplicate_is_refused_though_its_answer_is_forgotten() {
        for number in 1..=2 {
            assert_eq!(sessions().answer(id(number, 1)), None);
            assert_eq!(sessions().admit(id(number, 1)), Admission::Refuse);
        }
    }

    #[test]
    fn a_request_that_comes_early_is_refused_until_it_is_due() {
        assert_eq!(sessions().admit(id(7, 4)), Admission::Refuse);
        assert_eq!(sessions().admit(id(6, 4)), Admission::Apply);
    }

    #[test]
    fn a_client_that_acknowledges_nothing_is_refused_more() {
        let mut sessions = Sessions::default();
        for number in 1..=WINDOW {
            sessions.record(id(number, 1), answer(number));
        }
        assert_eq!(sessions.admit(id(WINDOW + 1, 1)), Admission::Refuse);
        assert_eq!(sessions.admit(id(WINDOW + 1, 2)), Admission::Apply);
    }

    proptest! {
        // Requests in any order and as often as may be, each with any low-water mark that its client
        // may have had by then.
        #[test]
        fn what_comes_is_applied_once_and_in_order_and_little_is_kept(
            asked in prop::collection::vec((0..8_u64, 0..8_u64), 0..300),
        ) {
            let (mut sessions, mut high) = (Sessions::default(), 0_u64);
            for (ahead, behind) in asked {
                let number = (high + 3).saturating_sub(ahead).max(1);
                let id = id(number, (high + 1).saturating_sub(behind).max(1));
                match sessions.admit(id) {
                    Admission::Apply => {
                        prop_assert_eq!(id.number, high + 1);
                        high += 1;
                        sessions.record(id, answer(high));
                    }
                    Admission::Again(again) => prop_assert_eq!(again, answer(id.number)),
                    Admission::Refuse => {}
                }
                prop_assert!(sessions.kept() as u64 <= WINDOW);
            }
        }
    }
}
