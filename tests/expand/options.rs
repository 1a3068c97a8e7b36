#[shard_mesh::test(
    leader = 0,
    capacity = 16,
    timeout = "30s",
    start_paused = false,
    crate = crate::reexports::shard_mesh,
)]
async fn one_thread(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, flavor = "multi_thread", worker_threads = 4, timeout = "1500ms")]
async fn several_threads(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, flavor = "multi_thread", start_paused = false)]
async fn as_many_threads_as_tokio_likes(leader: Endpoint) {}

#[shard_mesh::test(leader = 0, flavor = "current_thread", start_paused = true)]
async fn what_is_so_anyway_is_not_repeated(leader: Endpoint) {}
