::core::compile_error! {
    "unknown argument `leadr`, did you mean `leader`?\nexpected one of `leader`, `leaders`, `followers`, `peers`, `clients`, `topology`, `links`, `capacity`, `latency`, `loss`, `duplicate`, `reorder`, `rate`, `jostle`, `seed`, `seeds`, `also`, `exhaustive`, `timeout`, `flavor`, `worker_threads`, `start_paused`, `crate`, `chaos`, `pinned`"
}
::core::compile_error! {
    "`capacity` is at least 1"
}
::core::compile_error! {
    "shard 1 is listed twice: remove one"
}
::core::compile_error! {
    "`#[tokio::test]` makes a second runtime: remove it, `#[shard_mesh::test]` makes its own"
}
::core::compile_error! {
    "the function is not async: write `async fn`"
}
/// The function is there all the same, without what would only lead to further errors.
#[allow(dead_code)]
fn several_mistakes_are_told_at_once(leader: Endpoint) {
    leader.local_shard();
}
::core::compile_error! {
    "the mesh is empty: add `leader = 0, followers = [1, 2]`, or `peers = [0, 1, 2]`"
}
fn main() {
    async fn main(leader: Endpoint) {}
}
::core::compile_error! {
    "`#[rstest]` makes the cases that a mesh is built for: put it above `#[shard_mesh::test]`"
}
async fn cases(leader: Endpoint, number: u64) {}
