use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ThreadId};
use std::time::Duration;

use crate::contract::shard_id::ShardId;
use crate::network::fault_state::FaultState;
use crate::sync::{Mutex, MutexGuard, lock};

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
    /// It arrives at once, past all other rules and faults.
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

struct Rule<P> {
    id: u64,
    state: Arc<FaultState>,
    judge: Judge<P>,
    /// Set when its guard is dropped.
    ended: Arc<AtomicBool>,
}

/// The rules of a mesh, the newest last.
pub(crate) struct Rules<P> {
    standing: Vec<Rule<P>>,
    last: u64,
    judging: Arc<Judging>,
}

/// The thread that asks the rules now, if one does.
struct Judging(Mutex<Option<ThreadId>>);

impl Judging {
    fn set(&self, thread: Option<ThreadId>) {
        *lock(&self.0) = thread;
    }

    /// Whether this very thread does: then it is a rule that calls.
    fn is_here(&self) -> bool {
        *lock(&self.0) == Some(thread::current().id())
    }
}

impl<P> Rules<P> {
    /// What the first rule says that does not pass, from the newest on, and which it is.
    pub(crate) fn judge(&mut self, mut message: Message<'_, P>) -> (Verdict<P>, u64) {
        let _judging = Here::new(&self.judging);
        for rule in self.standing.iter_mut().rev() {
            if rule.ended.load(Ordering::Acquire) {
                continue;
            }
            rule.state.met(1);
            let verdict = (rule.judge)(&mut message);
            if !matches!(verdict, Verdict::Pass) {
                return (verdict, rule.id);
            }
        }
        (Verdict::Pass, 0)
    }
}

/// While it lives, this thread asks the rules.
struct Here(Arc<Judging>);

impl Here {
    fn new(judging: &Arc<Judging>) -> Self {
        judging.set(Some(thread::current().id()));
        Self(judging.clone())
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

/// The rules of a mesh, which most meshes do not have.
pub(crate) struct RuleBook<P> {
    any: AtomicBool,
    judging: Arc<Judging>,
    rules: Mutex<Rules<P>>,
}

impl<P> RuleBook<P> {
    pub(crate) fn new() -> Self {
        let judging = Arc::new(Judging(Mutex::new(None)));
        Self {
            any: AtomicBool::new(false),
            judging: judging.clone(),
            rules: Mutex::new(Rules {
                standing: Vec::new(),
                last: 0,
                judging,
            }),
        }
    }

    #[inline]
    pub(crate) fn lock_if_any(&self) -> Option<MutexGuard<'_, Rules<P>>> {
        self.any.load(Ordering::Acquire).then(|| self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Rules<P>> {
        assert!(
            !self.judging.is_here(),
            "a rule sends, or makes a rule, while it is asked about a segment: note what is to be done, \
             and do it afterwards"
        );
        lock(&self.rules)
    }

    pub(crate) fn add(&self, state: Arc<FaultState>, judge: Judge<P>) -> (u64, Arc<AtomicBool>) {
        let ended = Arc::new(AtomicBool::new(false));
        let mut rules = self.lock();
        rules.last += 1;
        let id = rules.last;
        rules.standing.push(Rule {
            id,
            state,
            judge,
            ended: ended.clone(),
        });
        self.any.store(true, Ordering::Release);
        (id, ended)
    }

    /// Forgets the rules that have ended; while a rule is asked on this thread they stay, and are
    /// asked no more.
    pub(crate) fn forget_ended(&self) {
        if self.judging.is_here() {
            return;
        }
        let mut rules = self.lock();
        let all = std::mem::take(&mut rules.standing);
        let (ended, standing): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|rule| rule.ended.load(Ordering::Acquire));
        self.any.store(!standing.is_empty(), Ordering::Release);
        rules.standing = standing;
        drop(rules);
        // The test's code, which may own anything, goes with no lock held.
        drop(ended);
    }
}

/// A rule whose guard was dropped.
pub(crate) struct EndedRule {
    pub(crate) id: u64,
    pub(crate) state: Arc<FaultState>,
    pub(crate) ended: Arc<AtomicBool>,
}
