//! The function gets endpoints; a type that is none is underlined, and nothing else.

#[shard_mesh::test(leader = 0)]
async fn main(leader: std::string::String) {
    drop(leader);
}

mod array {
    #[shard_mesh::test(leader = 0, followers = [1, 2])]
    pub async fn main(leader: shard_mesh::Endpoint, followers: [String; 2]) {
        drop((leader, followers));
    }
}

mod vec {
    #[shard_mesh::test(peers = [0, 1])]
    pub async fn main(peers: Vec<String>) {
        drop(peers);
    }
}

mod mesh {
    #[shard_mesh::test(leader = 0)]
    pub async fn main(leader: shard_mesh::Endpoint, mesh: u64) {
        drop((leader, mesh));
    }
}
