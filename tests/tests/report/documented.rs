//! The page that the docs of the crate show.

use std::path::Path;

use shard_mesh::{Endpoint, Mesh};

use crate::child::check_page;
use crate::golden;
use crate::support::{Packet, put, send};

#[shard_mesh::test(leader = 0, followers = [1, 2])]
#[ignore = "fails: `the_docs_show_a_page_as_it_is` runs it"]
async fn every_follower_gets_it(
    leader: Endpoint<Packet>,
    followers: [Endpoint<Packet>; 2],
    mesh: Mesh<Packet>,
) {
    mesh.link(0, 2).cut();
    for follower in &followers {
        send(&leader, follower.local_shard().0, put("k", 1)).await;
        assert_eq!(follower.recv_segment().await, Some(put("k", 1)));
    }
}

#[test]
fn the_docs_show_a_page_as_it_is() {
    check_page("documented::every_follower_gets_it");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = golden::read(&tests.join("golden/report/every_follower_gets_it.txt"));
    let docs = golden::read(&tests.join("../transport/src/lib.rs"));
    let docs: String = docs
        .lines()
        .filter_map(|it| it.strip_prefix("//!"))
        .map(|it| it.strip_prefix(' ').unwrap_or(it).to_owned() + "\n")
        .collect();
    assert!(docs.contains(&page), "{page}");
}
