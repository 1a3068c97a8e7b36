use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::trace::fault_info::FaultInfo;

/// One fault that a test asked for, and what it has done.
#[derive(Debug)]
pub(crate) struct FaultState {
    pub(crate) info: Arc<FaultInfo>,
    /// Its place among all faults of the mesh.
    pub(crate) number: u64,
    /// With which it strikes, where that is left to chance.
    pub(crate) probability: Option<f64>,
    ended: AtomicBool,
    /// Segments that were exposed to it.
    met: AtomicU64,
    /// Segments that it struck, where that is left to chance.
    struck: AtomicU64,
    optional: AtomicBool,
}

impl FaultState {
    pub(crate) fn new(info: FaultInfo, number: u64, probability: Option<f64>) -> Self {
        Self {
            info: Arc::new(info),
            number,
            probability,
            ended: AtomicBool::new(false),
            met: AtomicU64::new(0),
            struck: AtomicU64::new(0),
            optional: AtomicBool::new(false),
        }
    }

    /// Notes that it stands no longer; `false` if that was known.
    pub(crate) fn end(&self) -> bool {
        !self.ended.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn stands(&self) -> bool {
        !self.ended.load(Ordering::Relaxed)
    }

    pub(crate) fn met(&self, segments: u64) {
        self.met.fetch_add(segments, Ordering::Relaxed);
    }

    pub(crate) fn struck(&self) {
        self.struck.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn set_optional(&self) {
        self.optional.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_optional(&self) -> bool {
        self.optional.load(Ordering::Relaxed)
    }

    pub(crate) fn segments_met(&self) -> u64 {
        self.met.load(Ordering::Relaxed)
    }

    pub(crate) fn segments_struck(&self) -> u64 {
        self.struck.load(Ordering::Relaxed)
    }
}
