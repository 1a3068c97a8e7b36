//! The order of tasks as a matter of the seed.

use std::fmt::Debug;
use std::sync::{Arc, Weak};

use crate::mesh::mesh::Mesh;
use crate::network::network::Network;
use crate::network::tasks::jostle::{Jostles, NAME, Turn, Turns};

impl<P: Debug + Send + 'static> Mesh<P> {
    /// Lets tasks of shards go behind others, each with this probability at each poll, by the seed.
    ///
    /// Tokio polls the tasks of one thread in the order in which they were woken, always, so that a race between
    /// them has one outcome. With this a task of [`host`](Self::host), [`run`](Self::run) or
    /// [`spawn`](Self::spawn) that could run goes behind all others that can, up to three times in a row, and no
    /// time passes meanwhile. The test's body and tasks of `tokio::spawn` keep their place.
    ///
    /// Each time is a decision as that of [`pick`](Self::pick) is: it repeats, and is shrunk to the polls that
    /// matter, each of which the report prints as a line to paste, with the line that spawned the task.
    ///
    /// The attribute does this with `jostle = 0.1`.
    ///
    /// # Panics
    ///
    /// If the probability is not between 0 and 1, if the mesh has been told this before, or on several threads,
    /// whose order no seed decides.
    ///
    /// ```
    /// use std::sync::{Arc, Weak};
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use shard_mesh::{Endpoint, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..2, jostle = 0.2, seeds = 0..64)]
    /// async fn main(_peers: [Endpoint; 2], mesh: Mesh) {
    ///     let last = Arc::new(AtomicU64::new(0));
    ///     for writer in 1..=2 {
    ///         let last = last.clone();
    ///         mesh.spawn(0, async move { last.store(writer, Ordering::Relaxed) });
    ///     }
    ///     mesh.settle().await;
    ///     // Without `jostle` it is the second, always.
    ///     mesh.sometimes(last.load(Ordering::Relaxed) == 1, "the first writes last");
    /// }
    /// ```
    #[track_caller]
    pub fn jostle(&self, probability: f64) {
        assert!(
            (0.0..=1.0).contains(&probability),
            "a mesh is jostled with {probability}: give a probability between 0 and 1"
        );
        let run = self.network.context.run();
        assert!(
            run.is_none_or(|run| !run.journal.clock.is_multi_thread()),
            "`jostle` orders the tasks of one thread, and this test has several"
        );
        let jostler = Arc::new(Jostler {
            probability,
            network: Arc::downgrade(&self.network),
        });
        assert!(
            self.network.tasks.jostle_by(jostler),
            "the mesh is jostled already: say once with which probability"
        );
    }
}

struct Jostler<P> {
    probability: f64,
    network: Weak<Network<P>>,
}

impl<P: Send + 'static> Jostles for Jostler<P> {
    fn times(&self, turn: &Turn) -> u128 {
        let Some(network) = self.network.upgrade() else {
            return 0;
        };
        let turns = Turns {
            probability: self.probability,
            spawned: turn.spawned,
        };
        let context = &network.context;
        let mesh = context.run().map_or(0, |run| run.mesh);
        let of_mesh = match mesh {
            0 => String::new(),
            more => format!(" in mesh {}", more + 1),
        };
        let Turn {
            shard, task, poll, ..
        } = turn;
        let name = format!("{NAME}{shard}{of_mesh}, task {task}, poll {poll}");
        match context.asked().ask_once(context.decider(), name, &turns) {
            Ok(times) => times,
            Err(wrong) => panic!("{wrong}"),
        }
    }
}
