use std::fmt::Debug;
use std::hash::Hash;

/// A sequential model of what clients call: what one operation after the other would do and return.
///
/// The value that [`Mesh::history`](crate::Mesh::history) is given is the state at the beginning.
///
/// ```
/// use shard_mesh::Spec;
///
/// /// A lock that one client holds at a time.
/// #[derive(Clone, PartialEq, Eq, Hash, Default)]
/// struct Lock(Option<u64>);
///
/// #[derive(Debug)]
/// enum Op {
///     Lock(u64),
///     Unlock,
/// }
///
/// impl Spec for Lock {
///     type Op = Op;
///     type Ret = bool;
///
///     fn apply(&mut self, op: &Op) -> bool {
///         match op {
///             Op::Lock(client) if self.0.is_none() => self.0 = Some(*client),
///             Op::Lock(_) => return false,
///             Op::Unlock => self.0 = None,
///         }
///         true
///     }
/// }
///
/// assert!(Lock::default().apply(&Op::Lock(7)));
/// ```
pub trait Spec: Clone + Eq + Hash + Send + 'static {
    /// What a client asks for.
    type Op: Debug + Send + 'static;
    /// What it is told.
    type Ret: PartialEq + Debug + Send + 'static;

    /// Does an operation, and says what it returns.
    ///
    /// See [`Spec`] for an example.
    fn apply(&mut self, op: &Self::Op) -> Self::Ret;

    /// To which part of the state an operation belongs. Operations of different parts never touch the same
    /// state, so each part is checked by itself, which is much faster: of a map, the key.
    ///
    /// See [`spec::Map`](crate::spec::Map), which does that.
    fn partition(op: &Self::Op) -> u64 {
        let _ = op;
        0
    }
}
