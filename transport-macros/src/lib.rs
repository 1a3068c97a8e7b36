//! The attribute of `shard-mesh`.
//!
//! Use it through that crate: what the attribute expands to names the items there.

mod attribute;

use proc_macro::TokenStream;

/// Builds a mesh of shards for an async test and hands the endpoints to it as arguments.
///
/// `#[shard_mesh::test(…)]` is the same attribute, under the name that editors and other attributes
/// look for. On `async fn main` it makes a program.
///
/// ```
/// use shard_mesh::{Endpoint, WalSegmentPayload, shard_mesh};
///
/// #[shard_mesh(leader = 0, followers = [1, 2])]
/// async fn main(leader: Endpoint, followers: [Endpoint; 2]) {
///     let segment = WalSegmentPayload::new(leader.local_shard(), 1, b"put k v".as_slice());
///     for follower in &followers {
///         leader.send_segment(follower.local_shard(), segment.clone()).await.unwrap();
///         assert_eq!(follower.recv_segment().await, Some(segment.clone()));
///     }
/// }
/// ```
///
/// # Arguments
///
/// | argument | meaning |
/// | --- | --- |
/// | `leader = 0`, `followers = [1, 2]` or `1..=5` | roles; each leader is wired to each follower |
/// | `leaders = [0, 1]` | several leaders |
/// | `peers = [0, 1, 2]` or `0..5` | no roles: a full mesh |
/// | `clients = [10, 11]` | clients beside any of these, wired both ways with every shard that is none, and with no client |
/// | `topology = star` | leaders to followers, which is what they mean by themselves |
/// | `topology = duplex` | the same both ways |
/// | `topology = full` | all to all, which is what peers mean by themselves |
/// | `topology = chain` / `ring` | each to the next, in the order written; a ring is closed |
/// | `links = [0 -> 1, 2 <-> 0]` | wiring by hand, in place of a topology |
/// | `capacity = 16` | how many segments a link holds; 256 unless told |
/// | `latency = "5ms"` or `"1ms..20ms"` | how long each segment takes, in `ms`, `s`, `m` or `h` |
/// | `loss = 0.01`, `duplicate = 0.01`, `reorder = 0.05` | how probable each is for a segment, from 0 to 1 |
/// | `rate = 1000` | how many segments a second a link carries |
/// | `jostle = 0.1` | how probably a task of a shard goes behind others, at each poll |
/// | `chaos`, `chaos = [partition, crash]` | faults that come and go by the seed: all kinds that apply, or these |
/// | `seed = 7` | of the mesh's random decisions; 0 unless told |
/// | `seeds = 0..256` | a sweep: the test once for each |
/// | `also = [17, 4711]` | seeds that once failed, run before the others |
/// | `exhaustive = 1` | every single fault in place of a sample: each loss, and each crash of a node |
/// | `pinned` | nothing is drawn but what the test pins: what a shrunk run becomes |
/// | `timeout = "30s"` | of the test's own clock, in `ms`, `s`, `m` or `h`; 60 s unless told |
/// | `flavor = "multi_thread"` | several threads, on the real clock; `"current_thread"` unless told |
/// | `worker_threads = 4` | how many, as many as tokio chooses unless told |
/// | `start_paused = false` | one thread on the real clock; its clock is paused unless told |
/// | `crate = path` | where `shard-mesh` is, when it is renamed or re-exported |
///
/// Ids are integer literals, at most 4,096 of them.
///
/// Faults are on every link from the start, by the verbs of the same names on the mesh. A
/// probability or a rate may be a constant too, as in `loss = config::LOSS`, and is then checked
/// when the test runs.
///
/// # Parameters
///
/// They take the shards in order, leaders before followers: `T` takes one, `[T; 2]` the next two,
/// and a `Vec<T>`, or an array whose length is not a literal, all the rest that are no clients, or else all the clients. One parameter more than
/// there are shards is the `Mesh`. `T` is anything that an `Endpoint` can be passed as: `Endpoint`,
/// `Arc<dyn Transport>`, `impl Transport`, or a type parameter.
///
/// # Other attributes
///
/// All attributes stay on the test. `#[should_panic]`, `#[ignore]`, `#[test_log::test]` and
/// `#[traced_test]` go above or below this one. `#[rstest]` goes above, and each parameter that
/// takes shards gets rstest's own `#[ignore]`. What makes a runtime, as `#[tokio::test]` does, does
/// not go with it.
///
/// # Expansion
///
/// The function above becomes what one would write by hand with the public API:
///
/// ```
/// # use shard_mesh::{Endpoint, WalSegmentPayload};
/// fn main() {
///     async fn main(leader: Endpoint, followers: [Endpoint; 2]) {
///         // …
///     }
///     ::shard_mesh::Harness::new(::core::module_path!(), "main").run(|run| {
///         let factory = &run.watch(::shard_mesh::InProcessTransportFactory::new());
///         let shard_0 = factory.create(::shard_mesh::ShardId(0));
///         let shard_1 = factory.create(::shard_mesh::ShardId(1));
///         let shard_2 = factory.create(::shard_mesh::ShardId(2));
///         factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(1));
///         factory.connect(::shard_mesh::ShardId(0), ::shard_mesh::ShardId(2));
///         ::std::boxed::Box::new(main(shard_0, [shard_1, shard_2]))
///     });
/// }
/// ```
///
/// Faults come after the links: with `loss = 0.01` these are
///
/// ```
/// # use shard_mesh::InProcessTransportFactory;
/// # let factory = &InProcessTransportFactory::<String>::new();
/// let mesh = &factory.mesh();
/// let links = &mesh.all();
/// links.loss(0.01);
/// ```
#[proc_macro_attribute]
pub fn shard_mesh(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(args.into(), item.into()).into()
}

/// The same as [`macro@shard_mesh`], under the name that editors and other attributes look for.
#[proc_macro_attribute]
pub fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(args.into(), item.into()).into()
}
