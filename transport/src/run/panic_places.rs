use std::panic::{self, PanicHookInfo};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};

/// Where each thread of this process panicked last.
#[derive(Clone, Debug, Default)]
pub(crate) struct PanicPlaces(Arc<Mutex<Vec<(ThreadId, String)>>>);

impl PanicPlaces {
    /// Notes places from now on, in place of printing panics: for a process that exists for one run,
    /// where the hook is nobody else's.
    pub(crate) fn hook(&self) {
        let places = self.clone();
        panic::set_hook(Box::new(move |info| places.note(info)));
    }

    fn note(&self, info: &PanicHookInfo<'_>) {
        if let Some(place) = info.location() {
            let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            places.push((thread::current().id(), place.to_string()));
        }
    }

    /// Where this thread panicked last.
    pub(crate) fn here(&self) -> Option<String> {
        let places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let here = thread::current().id();
        let last = places.iter().rfind(|(thread, _)| *thread == here);
        last.map(|(_, place)| place.clone())
    }
}
