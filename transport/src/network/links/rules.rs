use std::cell::Cell;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::contract::shard_id::ShardId;
use crate::network::links::fault_state::FaultState;
use crate::sync::{AtomicBool, Mutex, MutexGuard, lock};

/// A segment that is being sent, as a rule sees it.
///
/// See [`Mesh::rule`](crate::Mesh::rule).
#[derive(Debug)]
#[non_exhaustive]
pub struct Message<'a, P> {
    /// The sending shard.
    pub from: ShardId,
    /// The shard to which it is sent.
    pub to: ShardId,
    /// Its number on its link, from 1.
    pub number: u64,
    /// What is sent; a rule may change it.
    pub payload: &'a mut P,
}

impl<'a, P> Message<'a, P> {
    pub(crate) fn new(from: ShardId, to: ShardId, number: u64, payload: &'a mut P) -> Self {
        Self {
            from,
            to,
            number,
            payload,
        }
    }
}

/// What a rule decides for one segment, and for it alone: others may overtake it.
///
/// ```
/// use std::time::Duration;
/// use shard_mesh::{Endpoint, Mesh, ShardId, Verdict};
///
/// #[shard_mesh::test(peers = 0..2)]
/// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
///     let rule = mesh.rule(|m| match m.number {
///         1 => Verdict::Delay(Duration::from_millis(5)),
///         2 => Verdict::Hold,
///         3 => Verdict::Duplicate(30),
///         _ => Verdict::Pass,
///     });
///     for n in 1..=3 {
///         a.send_segment(ShardId(1), n).await.unwrap();
///     }
///     assert_eq!(b.recv_segment().await, Some(3));
///     assert_eq!(b.recv_segment().await, Some(30));
///     drop(rule); // releases what it held
///     assert_eq!(b.recv_segment().await, Some(2));
///     assert_eq!(b.recv_segment().await, Some(1));
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict<P> {
    /// The next rule decides, or, after the last, the faults of the link.
    Pass,
    /// It arrives at once, past all other rules and faults. If the rule crashed the sender, it arrives
    /// all the same.
    Deliver,
    /// It arrives after this time, unless the link is cut or held.
    Delay(Duration),
    /// It is lost; the sender is told that all is well.
    Drop,
    /// It passes, and this arrives after it.
    Duplicate(P),
    /// It passes, and is overtaken by up to so many that are sent after it on its link, unless
    /// chance has it overtaken anyway. It arrives after them, or when nothing else can happen.
    Reorder(u64),
    /// It is kept back until the rule ends or the link is told to
    /// [release](crate::Links::release) it.
    Hold,
}

pub(crate) type Judge<P> = Box<dyn FnMut(&mut Message<'_, P>) -> Verdict<P> + Send>;

/// A rule, until its guard is dropped.
pub(crate) struct Rule<P> {
    pub(crate) id: u64,
    pub(crate) state: Arc<FaultState>,
    judge: Mutex<Judge<P>>,
    ended: AtomicBool,
}

impl<P> Rule<P> {
    /// Whether it has ended. It is set before what the rule holds is released, inbox by inbox: where
    /// an inbox is locked and this is `false`, the release is still to come there.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }
}

/// The newest last. A list that has changed is another one: who asks rules goes through the list of
/// that moment.
type Standing<P> = Arc<Vec<Arc<Rule<P>>>>;

/// The rules of a mesh, which most meshes do not have.
pub(crate) struct RuleBook<P> {
    standing: Mutex<Standing<P>>,
    last: AtomicU64,
    /// Whether code of the test may run while a segment is sent.
    runs_code: AtomicBool,
    /// Held while such code runs, and until the segment has left: one at a time, in the order of
    /// their numbers.
    turn: Mutex<()>,
}

thread_local! {
    /// The book for which this thread runs code of the test now, by its address; else 0.
    static RUNNING: Cell<usize> = const { Cell::new(0) };
}

/// While it lives, this thread runs code of the test.
struct Running;

impl Running {
    fn new(book: usize) -> Self {
        RUNNING.set(book);
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.set(0);
    }
}

impl<P> RuleBook<P> {
    pub(crate) fn new() -> Self {
        Self {
            standing: Mutex::new(Arc::default()),
            last: AtomicU64::new(0),
            runs_code: AtomicBool::new(false),
            turn: Mutex::new(()),
        }
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// The turn to send a segment, where code of the test may run meanwhile and the sender `lives`.
    ///
    /// `None` also where a rule of another mesh sends. Such a segment goes past the rules: were they
    /// asked, two rules on two threads that send on each other's mesh would wait for each other for
    /// ever.
    #[inline]
    pub(crate) fn turn_of(&self, lives: impl FnOnce() -> bool) -> Option<Turn<'_, P>> {
        if !self.runs_code.load(Ordering::Acquire) || !lives() {
            return None;
        }
        self.wait_for_turn()
    }

    fn wait_for_turn(&self) -> Option<Turn<'_, P>> {
        match RUNNING.get() {
            0 => Some(Turn {
                _held: lock(&self.turn),
                asked: None,
                book: self,
            }),
            own if own == self.address() => panic!(
                "a rule, or the `Clone` of a payload, sends on the mesh that asks it about a segment: note \
                 what is to be done, and do it afterwards"
            ),
            _ => None,
        }
    }

    /// From now on a payload may be cloned while a segment is sent.
    pub(crate) fn clones(&self) {
        self.runs_code.store(true, Ordering::Release);
    }

    /// Calls code of the test for a segment.
    pub(crate) fn run<R>(&self, code: impl FnOnce() -> R) -> R {
        let _running = Running::new(self.address());
        code()
    }

    pub(crate) fn add(&self, state: Arc<FaultState>, judge: Judge<P>) -> Arc<Rule<P>> {
        let rule = Arc::new(Rule {
            id: self.last.fetch_add(1, Ordering::Relaxed) + 1,
            state,
            judge: Mutex::new(judge),
            ended: AtomicBool::new(false),
        });
        let mut standing = lock(&self.standing);
        let mut rules = Vec::clone(&standing);
        rules.push(rule.clone());
        // The list before it holds no rule that this one does not: nothing of the test is dropped.
        *standing = Arc::new(rules);
        drop(standing);
        self.runs_code.store(true, Ordering::Release);
        rule
    }

    pub(crate) fn standing(&self) -> Standing<P> {
        lock(&self.standing).clone()
    }

    /// Asks a rule no more; `false` if it has ended before.
    pub(crate) fn end(&self, rule: &Arc<Rule<P>>) -> bool {
        if rule.ended.swap(true, Ordering::AcqRel) {
            return false;
        }
        let mut standing = lock(&self.standing);
        let mut rules = Vec::clone(&standing);
        rules.retain(|other| !Arc::ptr_eq(other, rule));
        let before = std::mem::replace(&mut *standing, Arc::new(rules));
        drop(standing);
        // The test's code, which may own anything, goes with no lock held.
        drop(before);
        true
    }
}

/// The turn of one thread to send a segment for which code of the test may run.
pub(crate) struct Turn<'a, P> {
    // Let go before the rules are, which may have ended meanwhile and own anything of the test's.
    _held: MutexGuard<'a, ()>,
    asked: Option<Standing<P>>,
    book: &'a RuleBook<P>,
}

/// What the rules say of a segment.
pub(crate) struct Judgement<P> {
    pub(crate) verdict: Verdict<P>,
    /// The rule that did not pass.
    pub(crate) rule: Option<Arc<Rule<P>>>,
}

impl<P> Judgement<P> {
    /// Whether the faults of the link decide too.
    pub(crate) fn passes(&self) -> bool {
        matches!(
            self.verdict,
            Verdict::Pass | Verdict::Duplicate(_) | Verdict::Reorder(_)
        )
    }

    pub(crate) fn pass() -> Self {
        Self {
            verdict: Verdict::Pass,
            rule: None,
        }
    }
}

impl<P> Turn<'_, P> {
    /// What the first rule says that does not pass, from the newest on.
    pub(crate) fn judge(&mut self, mut message: Message<'_, P>) -> Judgement<P> {
        let asked = self.asked.insert(self.book.standing());
        for rule in asked.iter().rev().filter(|rule| !rule.has_ended()) {
            rule.state.met(1);
            let verdict = self.book.run(|| lock(&rule.judge)(&mut message));
            if !matches!(verdict, Verdict::Pass) {
                let rule = Some(rule.clone());
                return Judgement { verdict, rule };
            }
        }
        Judgement::pass()
    }
}
