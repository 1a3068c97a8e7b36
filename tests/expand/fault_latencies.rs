#[shard_mesh::test(peers = [0, 1], latency = "5ms")]
async fn one_time(a: Endpoint, b: Endpoint) {}

#[shard_mesh::test(peers = [0, 1], latency = "500ms..=2s")]
async fn with_its_end(a: Endpoint, b: Endpoint) {}

#[shard_mesh::test(peers = [0, 1], latency = "0ms..20ms", seed = 0, timeout = "5s")]
async fn from_zero(a: Endpoint, b: Endpoint) {}
