#[shard_mesh::test(leader = 0)]
struct Test;

const STILL_THERE: Test = Test;

fn main() {}
