//! The locks of this crate. Under `--cfg shard_mesh_loom` they are loom's, so that the model
//! checker sees every step of the protocol between tasks (`tests/tests/model.rs`).

#[cfg(not(shard_mesh_loom))]
pub(crate) use std::sync::{
    Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard,
    atomic::{AtomicBool, AtomicU64 as SharedU64},
};

#[cfg(shard_mesh_loom)]
pub(crate) use loom::sync::{
    Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard,
    atomic::{AtomicBool, AtomicU64 as SharedU64},
};

use std::sync::PoisonError;
#[cfg(not(shard_mesh_loom))]
use std::sync::TryLockError;

// Under these locks no code of the test runs, but for that to which the turn of a mesh's rules is given. So a poisoned
// one still guards a sound state, and a second panic would only hide the first.

#[cfg(shard_mesh_loom)]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(not(shard_mesh_loom))]
#[inline]
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    try_lock(mutex).unwrap_or_else(|| lock_contended(mutex))
}

/// Keeps away from a lock that another thread holds, for longer each time, before it waits for it as
/// usual. Std's mutex reads its state all the time while it spins, and thereby takes it from the core
/// that is to release it. From eight senders to one receiver on two workers, a segment takes a fifth
/// less with this.
#[cfg(not(shard_mesh_loom))]
#[cold]
#[inline(never)]
fn lock_contended<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    for pauses in [32, 64, 128, 256, 512] {
        for _ in 0..pauses {
            std::hint::spin_loop();
        }
        if let Some(guard) = try_lock(mutex) {
            return guard;
        }
    }
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(not(shard_mesh_loom))]
#[inline]
fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

pub(crate) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
