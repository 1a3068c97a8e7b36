//! Ready-made models of what clients often call: see [`Spec`].

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::history::sequential::Spec;

/// A register with one value, which is read, written, and set where it is what is expected.
///
/// ```
/// use shard_mesh::spec::{Register, RegisterOp, RegisterRet};
/// use shard_mesh::{Checked, InProcessTransportFactory};
///
/// let mesh = InProcessTransportFactory::<u64>::new().mesh();
/// let history = mesh.history(Register(0));
/// history.invoke(1, RegisterOp::Write(7)).returned(RegisterRet::Done);
/// history.invoke(2, RegisterOp::Read).returned(RegisterRet::Value(7));
/// assert!(matches!(history.check(), Checked::Linearizable));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Register<V>(pub V);

/// What is done to a [`Register`], where there is an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegisterOp<V> {
    /// Returns the value.
    Read,
    /// Sets it.
    Write(V),
    /// Sets it to the second, if it is the first, and says whether it was.
    CompareAndSet(V, V),
}

/// What that returns: see [`Register`] for an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RegisterRet<V> {
    /// Of a read.
    Value(V),
    /// Of a write.
    Done,
    /// Of a compare-and-set: whether it was as expected.
    WasSet(bool),
}

impl<V: Clone + Eq + Hash + Debug + Send + 'static> Spec for Register<V> {
    type Op = RegisterOp<V>;
    type Ret = RegisterRet<V>;

    fn apply(&mut self, op: &RegisterOp<V>) -> RegisterRet<V> {
        match op {
            RegisterOp::Read => RegisterRet::Value(self.0.clone()),
            RegisterOp::Write(value) => {
                self.0 = value.clone();
                RegisterRet::Done
            }
            RegisterOp::CompareAndSet(expected, value) => {
                let was = self.0 == *expected;
                if was {
                    self.0 = value.clone();
                }
                RegisterRet::WasSet(was)
            }
        }
    }
}

/// A map, of which each key is a part of its own.
///
/// ```
/// use shard_mesh::spec::{Map, MapOp};
/// use shard_mesh::{Checked, InProcessTransportFactory};
///
/// let mesh = InProcessTransportFactory::<u64>::new().mesh();
/// let history = mesh.history(Map::default());
/// history.invoke(1, MapOp::Put("k", 7)).returned(None);
/// history.invoke(2, MapOp::Get("k")).returned(Some(7));
/// history.invoke(2, MapOp::Get("k")).returned(None); // what it has seen is gone again
/// let Checked::NotLinearizable(disorder) = history.check() else { panic!() };
/// println!("{disorder}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Map<K, V>(pub BTreeMap<K, V>);

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

/// What is done to a [`Map`], where there is an example. Each returns the value of the key: what a get
/// finds, `None` for a put or a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MapOp<K, V> {
    /// Returns the value of a key.
    Get(K),
    /// Sets it.
    Put(K, V),
    /// Removes it.
    Remove(K),
}

impl<K, V> Spec for Map<K, V>
where
    K: Clone + Ord + Hash + Debug + Send + 'static,
    V: Clone + Eq + Hash + Debug + Send + 'static,
{
    type Op = MapOp<K, V>;
    type Ret = Option<V>;

    fn apply(&mut self, op: &MapOp<K, V>) -> Option<V> {
        match op {
            MapOp::Get(key) => return self.0.get(key).cloned(),
            MapOp::Put(key, value) => drop(self.0.insert(key.clone(), value.clone())),
            MapOp::Remove(key) => drop(self.0.remove(key)),
        }
        None
    }

    fn partition(op: &MapOp<K, V>) -> u64 {
        let (MapOp::Get(key) | MapOp::Put(key, _) | MapOp::Remove(key)) = op;
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        hasher.finish()
    }
}

/// A number to which clients add.
///
/// ```
/// use shard_mesh::spec::{Counter, CounterOp};
/// use shard_mesh::{Checked, InProcessTransportFactory};
///
/// let mesh = InProcessTransportFactory::<u64>::new().mesh();
/// let history = mesh.history(Counter(0));
/// history.invoke(1, CounterOp::Add(7)).returned(None);
/// history.invoke(2, CounterOp::Read).returned(Some(14)); // a retry was counted
/// assert!(matches!(history.check(), Checked::NotLinearizable(_)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counter(pub i64);

/// What is done to a [`Counter`], where there is an example. A read returns its value, and an addition `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CounterOp {
    /// Adds so much. Beyond the greatest number it goes on from the least.
    Add(i64),
    /// Returns the value.
    Read,
}

impl Spec for Counter {
    type Op = CounterOp;
    type Ret = Option<i64>;

    fn apply(&mut self, op: &CounterOp) -> Option<i64> {
        match op {
            CounterOp::Add(number) => {
                self.0 = self.0.wrapping_add(*number);
                None
            }
            CounterOp::Read => Some(self.0),
        }
    }
}

/// A queue: what was pushed first is popped first.
///
/// ```
/// use shard_mesh::spec::{Queue, QueueOp};
/// use shard_mesh::{Checked, InProcessTransportFactory};
///
/// let mesh = InProcessTransportFactory::<u64>::new().mesh();
/// let history = mesh.history(Queue::default());
/// history.invoke(1, QueueOp::Push("job")).returned(None);
/// history.invoke(2, QueueOp::Pop).returned(Some("job"));
/// history.invoke(3, QueueOp::Pop).returned(Some("job")); // two have the same job
/// assert!(matches!(history.check(), Checked::NotLinearizable(_)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Queue<V>(pub VecDeque<V>);

impl<V> Default for Queue<V> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

/// What is done to a [`Queue`], where there is an example. A pop returns what it takes, `None` where the queue
/// is empty; a push returns `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueueOp<V> {
    /// Puts it behind all others.
    Push(V),
    /// Takes the first.
    Pop,
}

impl<V: Clone + Eq + Hash + Debug + Send + 'static> Spec for Queue<V> {
    type Op = QueueOp<V>;
    type Ret = Option<V>;

    fn apply(&mut self, op: &QueueOp<V>) -> Option<V> {
        match op {
            QueueOp::Push(value) => {
                self.0.push_back(value.clone());
                None
            }
            QueueOp::Pop => self.0.pop_front(),
        }
    }
}
