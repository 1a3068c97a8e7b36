//! When a test is drawn.

use shard_mesh::Endpoint;

use crate::child::{child, failing, failing_under, pictures, says, text};
use crate::golden;
use crate::support::{Packet, put, send};

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "the tests below run it"]
async fn passes(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    send(&leader, 1, put("k", 1)).await;
    assert_eq!(follower.recv_segment().await, Some(put("k", 1)));
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "fails: `where_nothing_is_to_be_drawn_there_is_no_picture` runs it"]
async fn fails(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    send(&leader, 1, put("k", 1)).await;
    assert_eq!(follower.recv_segment().await, None);
}

#[test]
fn a_test_that_passes_is_drawn_where_that_is_asked_for() {
    let output = child("drawing::passes", &[("SHARD_MESH_TIMELINE", "always")]);
    let printed = text(&output);
    assert!(output.status.success(), "{printed}");
    says(&printed, &["`drawing::passes` passed with seed 0"]);
    says(&printed, &["0s", "●─#1─────────▶◆"]);
    let [picture] = &pictures(&printed)[..] else {
        panic!("{printed}");
    };
    golden::well_formed(&std::fs::read_to_string(picture).unwrap());
}

#[test]
fn a_test_that_passes_says_nothing_otherwise() {
    for environment in [&[][..], &[("SHARD_MESH_TIMELINE", "failure")]] {
        let output = child("drawing::passes", environment);
        assert!(output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}

#[test]
fn where_nothing_is_to_be_drawn_there_is_no_picture() {
    let drawn = pictures(&failing("drawing::fails"));
    std::fs::remove_file(&drawn[0]).unwrap();
    let page = failing_under("drawing::fails", &[("SHARD_MESH_TIMELINE", "never")]);
    says(&page, &["reproduced"]);
    assert!(!page.contains("last events"), "{page}");
    assert!(pictures(&page).is_empty(), "{page}");
    assert!(!drawn[0].exists());
}

#[test]
fn a_wish_that_is_not_understood_is_told_what_would_be() {
    let page = failing_under("drawing::passes", &[("SHARD_MESH_TIMELINE", "nonsense")]);
    says(
        &page,
        &["SHARD_MESH_TIMELINE is `nonsense`: set it to `always`, `failure` or `never`"],
    );
}
