//! What a test leaves to the seed: picks and chances, which are recorded, repeated and shrunk as the
//! losses of the network are.

use std::fmt::{Debug, Display};
use std::panic::Location;

use crate::contract::shard_id::ShardId;
use crate::decision::choices::{Among, Choices, Odds};
use crate::decision::die::Lot;
use crate::mesh::mesh::Mesh;
use crate::network::tasks::task::running;

impl<P: Debug + Send + 'static> Mesh<P> {
    /// Picks one of several, by the seed: a victim, a number of operations, a time to wait.
    ///
    /// What is picked is a function of the seed, the name, the shard whose task asks (or else the test
    /// itself), and how often it has asked by this name; and of nothing else. So one more pick shifts no
    /// other, and shards that run side by side do not race for numbers. Asked in a loop, each time is a
    /// decision of its own. Two tasks of `tokio::spawn` are both "the test": give them names of their own
    /// (`&format!("op of client {n}")`).
    ///
    /// When the test fails, the report tells what was picked. What the failure does not need becomes the
    /// first of a list or the least of a range, the rest as simple as will do, and is printed as a
    /// [`pin`](Self::pin). More than 100,000 picks in one run are not shrunk.
    ///
    /// # Panics
    ///
    /// If there is nothing to pick from, or the decision is pinned to what is none of the choices.
    ///
    /// ```
    /// use std::time::Duration;
    /// use shard_mesh::{Endpoint, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..3, seeds = 0..16)]
    /// async fn main(_peers: [Endpoint; 3], mesh: Mesh) {
    ///     let victim = mesh.pick("victim", mesh.shards());
    ///     let after = mesh.pick("after", Duration::ZERO..Duration::from_secs(1));
    ///     tokio::time::sleep(after).await;
    ///     mesh.crash(victim);
    /// }
    /// ```
    #[track_caller]
    pub fn pick<T: Debug, C: Choices<T>>(&self, name: &str, among: C) -> T {
        let place = self.ask(name, &among);
        among.at(place)
    }

    /// `true` with this probability, by the seed. It is a decision as that of [`pick`](Self::pick) is, and
    /// shrinks to `false`.
    ///
    /// # Panics
    ///
    /// If the probability is not between 0 and 1.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId};
    ///
    /// #[shard_mesh::test(peers = 0..2, seeds = 0..16)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     for n in 0..10 {
    ///         a.send_segment(ShardId(1), n).await.unwrap();
    ///         if mesh.chance("send it twice", 0.1) {
    ///             a.send_segment(ShardId(1), n).await.unwrap();
    ///         }
    ///     }
    ///     drop(a);
    ///     let mut got = 0;
    ///     while b.recv_segment().await.is_some() {
    ///         got += 1;
    ///     }
    ///     assert!(got >= 10);
    /// }
    /// ```
    #[must_use]
    #[track_caller]
    pub fn chance(&self, name: &str, probability: f64) -> bool {
        assert!(
            (0.0..=1.0).contains(&probability),
            "a chance of {probability} for \"{name}\": give a probability between 0 and 1"
        );
        self.ask(name, &Odds(probability)) > 0
    }

    /// A seed for generators of the system under test, such as that of its election time-outs: a function
    /// of the run's seed and the shard.
    ///
    /// What they draw is not shrunk, so the report on a run that has read it says to keep the seed.
    /// Where the test itself draws, use [`pick`](Self::pick).
    ///
    /// ```
    /// # use shard_mesh::InProcessTransportFactory;
    /// let mesh = InProcessTransportFactory::<String>::new().mesh();
    /// assert_eq!(mesh.seed_of(1), mesh.seed_of(1));
    /// assert_ne!(mesh.seed_of(1), mesh.seed_of(2));
    /// ```
    #[must_use]
    pub fn seed_of(&self, shard: impl Into<ShardId>) -> u64 {
        Lot::seed_of(self.seed(), shard.into())
    }

    /// Pins a decision to a value, in place of drawing it. It goes by the name that the report prints:
    /// `"stop"`, `"stop #2"` for the second time, `"stop of 2"` where a task of shard 2 asked. A range is
    /// pinned to a number or to a time such as `"5ms"`, a list to a place from 0, a chance to `true`.
    ///
    /// A report prints lines that do this. They go first in the body of the test, and
    /// [`pinned`](crate::Harness::pinned) among the arguments of the attribute makes the simplest of all
    /// other decisions.
    ///
    /// A test that passes, but never asks for what is pinned, fails and names the line.
    ///
    /// # Panics
    ///
    /// If the decision is pinned already.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh};
    ///
    /// #[shard_mesh::test(peers = 0..2, pinned)]
    /// async fn main(_peers: [Endpoint; 2], mesh: Mesh) {
    ///     mesh.pin("writes", 7);
    ///     assert_eq!(mesh.pick("writes", 1..=100), 7);
    ///     assert_eq!(mesh.pick("reads", 1..=100), 1);
    /// }
    /// ```
    #[track_caller]
    pub fn pin(&self, decision: &str, value: impl Display) {
        let asked = self.network.context.asked();
        let (value, line) = (value.to_string(), Location::caller());
        assert!(
            asked.pin(decision.to_owned(), value, line),
            "\"{decision}\" is pinned twice: remove one of the two lines"
        );
    }

    /// The place of what is chosen.
    #[track_caller]
    fn ask(&self, name: &str, among: &dyn Among) -> u128 {
        let context = &self.network.context;
        let by = running().map(|task| task.shard);
        match context.asked().ask(context.decider(), (name, by), among) {
            Ok(place) => place,
            Err(wrong) => panic!("{wrong}"),
        }
    }
}
