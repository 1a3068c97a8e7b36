//! The attribute beside others, and on every shape of function that it takes.

// As under `renamed = { package = "shard-mesh", … }`.
extern crate shard_mesh as renamed;

use std::io;
use std::process::{Command, ExitCode, Output};
use std::sync::Arc;

use rstest::rstest;
use shard_mesh::{Endpoint, Mesh, ShardId, Transport, TransportError, WalSegmentPayload};

fn segment(number: u64) -> WalSegmentPayload {
    WalSegmentPayload::new(ShardId(0), number, "put k v")
}

async fn ship(from: &impl Transport, to: &impl Transport) {
    from.send_segment(to.local_shard(), segment(1))
        .await
        .unwrap();
    assert_eq!(to.recv_segment().await, Some(segment(1)));
}

/// Runs tests of this executable, in a process of their own, though they are marked as ignored.
fn run_ignored(name: &str) -> Output {
    Command::new(std::env::current_exe().unwrap())
        .args([name, "--exact", "--ignored", "--test-threads=1"])
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A naive attribute registers a test once more for every attribute beside it.
#[test]
fn every_test_is_registered_once() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--list", "--format=terse"])
        .output()
        .unwrap();
    let listed = stdout(&output);
    let mut names: Vec<_> = listed.lines().collect();
    names.sort_unstable();
    let all = names.clone();
    names.dedup();
    assert_eq!(names, all, "a test is registered twice");
    for module in [
        "returns",
        "beside_others",
        "functions",
        "use_of_macros",
        "names",
    ] {
        let prefix = format!("{module}::");
        assert!(
            all.iter().any(|name| name.starts_with(&prefix)),
            "no test in {module}: {all:?}"
        );
    }
}

mod returns {
    use super::*;

    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn a_result(leader: Endpoint, follower: Endpoint) -> Result<(), TransportError> {
        leader.send_segment(ShardId(1), segment(1)).await?;
        assert_eq!(follower.recv_segment().await, Some(segment(1)));
        Ok(())
    }

    #[shard_mesh::test(peers = 0..1)]
    async fn an_exit_code(_peer: Endpoint) -> ExitCode {
        ExitCode::SUCCESS
    }

    #[shard_mesh::test(peers = 0..1)]
    async fn an_impl_trait(_peer: Endpoint) -> impl std::process::Termination {
        Ok::<(), String>(())
    }

    #[shard_mesh::test(peers = 0..1)]
    async fn unit_written_out(_peer: Endpoint) -> () {}

    #[shard_mesh::test(peers = 0..1)]
    #[ignore = "fails: `an_error_fails_the_test_and_is_shown` runs it"]
    async fn an_error(_peer: Endpoint) -> Result<(), Box<dyn std::error::Error>> {
        Err(io::Error::other("disk on fire"))?;
        Ok(())
    }

    #[test]
    fn an_error_fails_the_test_and_is_shown() {
        let output = run_ignored("returns::an_error");
        assert!(!output.status.success());
        let text = stdout(&output);
        assert!(
            text.contains("Error: Custom { kind: Other, error: \"disk on fire\" }"),
            "{text}"
        );
        assert!(text.contains("0 passed; 1 failed"), "{text}");
    }
}

mod beside_others {
    use super::*;

    #[shard_mesh::test(leader = 0, followers = [1])]
    #[should_panic(expected = "as it should")]
    async fn should_panic_below(_leader: Endpoint, _follower: Endpoint) {
        panic!("as it should");
    }

    #[should_panic(expected = "as it should")]
    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn should_panic_above(_leader: Endpoint, _follower: Endpoint) {
        panic!("as it should");
    }

    #[shard_mesh::test(leader = 0, followers = [1])]
    #[should_panic(expected = "did not finish")]
    #[ignore = "fails: `a_hang_is_not_the_panic_that_was_meant` runs it"]
    async fn meant_to_panic_but_hangs(_leader: Endpoint, follower: Endpoint) {
        follower.recv_segment().await;
    }

    #[test]
    fn a_hang_is_not_the_panic_that_was_meant() {
        let output = run_ignored("beside_others::meant_to_panic_but_hangs");
        let text = stdout(&output);
        assert!(!output.status.success(), "{text}");
        assert!(text.contains("shard 1 waits in recv_segment"), "{text}");
    }

    #[shard_mesh::test(leader = 0, followers = [1])]
    #[ignore = "never run"]
    async fn ignored_below(_leader: Endpoint, _follower: Endpoint) {
        unreachable!("an ignored test was run");
    }

    #[ignore = "never run"]
    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn ignored_above(_leader: Endpoint, _follower: Endpoint) {
        unreachable!("an ignored test was run");
    }

    /// Documented, and ignored by way of a condition.
    #[cfg_attr(all(), ignore = "never run")]
    #[shard_mesh::test(leader = 0, followers = [1])]
    #[allow(
        clippy::unreachable,
        reason = "attributes of any kind are carried over"
    )]
    async fn ignored_by_cfg_attr(_leader: Endpoint, _follower: Endpoint) {
        unreachable!("an ignored test was run");
    }

    #[test_log::test]
    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn test_log_above(leader: Endpoint, follower: Endpoint) {
        tracing::info!("shipping");
        ship(&leader, &follower).await;
    }

    #[shard_mesh::test(leader = 0, followers = [1])]
    #[test_log::test]
    async fn test_log_below(leader: Endpoint, follower: Endpoint) {
        tracing::info!("shipping");
        ship(&leader, &follower).await;
    }

    #[rstest]
    #[case(1)]
    #[case::many(100)]
    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn rstest_cases(
        #[case] segments: u64,
        #[ignore] leader: Endpoint,
        #[ignore] follower: Endpoint,
    ) {
        for number in 1..=segments {
            leader
                .send_segment(ShardId(1), segment(number))
                .await
                .unwrap();
        }
        for number in 1..=segments {
            assert_eq!(follower.recv_segment().await, Some(segment(number)));
        }
    }

    #[rstest]
    #[shard_mesh::test(peers = 0..2)]
    async fn rstest_values(
        #[values(1, 2)] number: u64,
        #[values("a", "b")] data: &'static str,
        #[ignore] a: Endpoint,
        #[ignore] b: Endpoint,
    ) {
        let segment = WalSegmentPayload::new(ShardId(0), number, data);
        a.send_segment(ShardId(1), segment.clone()).await.unwrap();
        assert_eq!(b.recv_segment().await, Some(segment));
    }
}

mod functions {
    use super::*;

    #[shard_mesh::test(peers = 0..4)]
    async fn generics<T, const N: usize>(first: T, others: [Arc<dyn Transport>; N])
    where
        T: Transport + Clone,
    {
        assert_eq!(N, 3);
        for other in &others {
            ship(&first.clone(), other).await;
        }
    }

    #[shard_mesh::test(peers = 0..4)]
    async fn patterns(mut a: Endpoint, [b, _]: [Endpoint; 2], _: Endpoint) {
        a = a.clone();
        ship(&a, &b).await;
    }

    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn dyn_transports(leader: Arc<dyn Transport>, follower: Arc<dyn Transport>) {
        ship(&leader, &follower).await;
    }

    #[shard_mesh::test(leader = 0, followers = [1, 2])]
    async fn a_vec_of_dyn(leader: impl Transport, followers: Vec<Arc<dyn Transport>>) {
        assert_eq!(followers.len(), 2);
        ship(&leader, &followers[1]).await;
    }

    #[shard_mesh::test(leader = 0, followers = 1..=300)]
    async fn a_vec_of_many_dyn(leader: impl Transport, followers: Vec<Arc<dyn Transport>>) {
        assert_eq!(followers.len(), 300);
        ship(&leader, &followers[299]).await;
    }

    #[shard_mesh::test(peers = 0..1000)]
    async fn a_thousand_shards(all: Vec<Endpoint>, mesh: Mesh) {
        assert_eq!(mesh.shards().len(), 1000);
        assert_eq!(mesh.links().len(), 999 * 1000);
        ship(&all[999], &all[0]).await;
    }

    #[shard_mesh::test(leader = 7, followers = [3, 1])]
    async fn shards_come_in_the_order_written(all: Vec<Endpoint>, mesh: Mesh) {
        let ids: Vec<_> = all
            .iter()
            .map(|endpoint| endpoint.local_shard().0)
            .collect();
        assert_eq!(ids, [7, 3, 1]);
        assert_eq!(mesh.shards(), [ShardId(1), ShardId(3), ShardId(7)]);
    }

    #[derive(Debug)]
    struct Unclonable(Box<u64>);

    #[shard_mesh::test(peers = 0..2)]
    async fn a_payload_of_ones_own(a: Endpoint<Unclonable>, b: Endpoint<Unclonable>) {
        a.send_segment(ShardId(1), Unclonable(Box::new(7)))
            .await
            .unwrap();
        assert_eq!(*b.recv_segment().await.unwrap().0, 7);
    }

    #[shard_mesh::test(peers = 0..2)]
    async fn a_payload_told_by_a_bound<T: Transport<String>>(a: T, b: T, mesh: Mesh<String>) {
        a.send_segment(ShardId(1), "hello".to_owned())
            .await
            .unwrap();
        assert_eq!(b.recv_segment().await.as_deref(), Some("hello"));
        assert_eq!(mesh.stats().link(0, 1).delivered, 1);
    }

    #[shard_mesh::test(peers = 0..2, flavor = "multi_thread", worker_threads = 2)]
    async fn several_threads(a: Endpoint, b: Endpoint) {
        let sender = a.clone();
        let sent = tokio::spawn(async move {
            for number in 1..=1000 {
                sender
                    .send_segment(ShardId(1), segment(number))
                    .await
                    .unwrap();
            }
        });
        for number in 1..=1000 {
            assert_eq!(b.recv_segment().await, Some(segment(number)));
        }
        sent.await.unwrap();
    }

    #[shard_mesh::test(peers = 0..1, start_paused = false)]
    async fn the_real_clock(_peer: Endpoint) {
        let (tell, told) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || tell.send(7));
        assert_eq!(told.await, Ok(7));
    }

    #[shard_mesh::test(peers = 0..1, timeout = "2h")]
    async fn hours_pass_in_no_time(_peer: Endpoint) {
        let began = tokio::time::Instant::now();
        tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
        assert_eq!(began.elapsed().as_secs(), 3600);
    }

    // A future that is not `Send` is no hindrance, as under `#[tokio::test]`.
    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn a_body_that_is_not_send(leader: Endpoint, follower: Endpoint) {
        let local = std::rc::Rc::new(1);
        ship(&leader, &follower).await;
        assert_eq!(*local, 1);
    }
}

mod use_of_macros {
    use super::*;

    macro_rules! star {
        ($name:ident, $leader:literal, [$($follower:expr),*], $endpoint:ty, $capacity:expr, $body:expr) => {
            #[shard_mesh::test(leader = $leader, followers = [$($follower),*], capacity = $capacity)]
            async fn $name(leader: $endpoint, followers: Vec<$endpoint>) {
                let body: fn(ShardId, usize) = $body;
                body(leader.local_shard(), followers.len());
            }
        };
    }

    star!(
        a_test_made_by_a_macro,
        5,
        [6, 7],
        Endpoint,
        4,
        |leader, followers| {
            assert_eq!((leader, followers), (ShardId(5), 2));
        }
    );

    macro_rules! with_crate {
        ($($krate:tt)*) => {
            #[shard_mesh::test(peers = 0..2, crate = $($krate)*)]
            async fn a_path_made_by_a_macro(_a: Endpoint, _b: Endpoint) {}
        };
    }

    with_crate!(::renamed);

    macro_rules! whole_function {
        ($($function:tt)*) => {
            #[shard_mesh::test(peers = 0..2)]
            $($function)*
        };
    }

    whole_function! {
        async fn a_function_handed_through(a: Endpoint, b: Endpoint) {
            ship(&a, &b).await;
        }
    }

    macro_rules! of_fragments {
        ($(#[$meta:meta])* $vis:vis $name:ident($($pattern:pat => $ty:ty),*) -> $output:ty $body:block) => {
            #[shard_mesh::test(peers = 0..2)]
            $(#[$meta])*
            $vis async fn $name($($pattern: $ty),*) -> $output $body
        };
    }

    of_fragments! {
        #[should_panic(expected = "meant")]
        a_function_made_of_fragments([a, _] => [Endpoint; 2]) -> () {
            assert_eq!(a.local_shard(), ShardId(0));
            panic!("meant");
        }
    }

    of_fragments! {
        pub(crate) a_visible_function_made_of_fragments(all => Vec<Endpoint>) -> Result<(), String> {
            assert_eq!(all.len(), 2);
            Ok(())
        }
    }
}

mod names {
    use super::*;

    /// Traits with the methods that the expansion calls, for everything.
    mod traits {
        #[allow(dead_code, reason = "in scope to be in the way")]
        pub(super) trait Meddlesome: Sized {
            fn create(self, _id: impl Sized) -> u8 {
                unreachable!("the expansion called a method of the user's")
            }

            fn connect(self, _from: impl Sized, _to: impl Sized) {
                unreachable!("the expansion called a method of the user's")
            }

            fn watch(self, _factory: impl Sized) -> u8 {
                unreachable!("the expansion called a method of the user's")
            }

            fn run(self, _test: impl Sized) -> u8 {
                unreachable!("the expansion called a method of the user's")
            }

            fn mesh(self) -> u8 {
                unreachable!("the expansion called a method of the user's")
            }

            fn all(self) -> u8 {
                unreachable!("the expansion called a method of the user's")
            }

            fn latency(self, _latency: impl Sized) -> u8 {
                unreachable!("the expansion called a method of the user's")
            }

            fn loss(self, _probability: impl Sized) -> u8 {
                unreachable!("the expansion called a method of the user's")
            }

            fn seed(self, _seed: impl Sized) -> u8 {
                unreachable!("the expansion called a method of the user's")
            }
        }

        impl<T> Meddlesome for T {}
    }

    mod with_such_traits {
        #[allow(unused_imports, reason = "in scope to be in the way")]
        use super::traits::Meddlesome as _;
        use super::*;

        #[shard_mesh::test(leader = 0, followers = [1], latency = "5ms", loss = 0.0, seed = 7)]
        async fn traits_of_the_user_capture_nothing(
            leader: Endpoint,
            follower: Endpoint,
            mesh: Mesh,
        ) {
            ship(&leader, &follower).await;
            assert_eq!(mesh.links().len(), 1);
        }
    }

    // The names that the expansion gives, as the user's own.
    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn parameters_may_have_any_name(factory: Endpoint, run: Endpoint) {
        ship(&factory, &run).await;
    }

    #[renamed::test(leader = 0, followers = [1], crate = renamed)]
    async fn a_renamed_crate(leader: Endpoint, follower: Endpoint) {
        ship(&leader, &follower).await;
    }

    #[shard_mesh::shard_mesh(leader = 0, followers = [1])]
    async fn the_other_name_of_the_attribute(leader: Endpoint, follower: Endpoint) {
        ship(&leader, &follower).await;
    }

    #[shard_mesh::test(leader = 0, followers = [1])]
    async fn r#match(leader: Endpoint, follower: Endpoint) {
        ship(&leader, &follower).await;
    }

    mod core {}
    mod std {}
}
