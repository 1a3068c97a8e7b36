//! When a test is drawn.

use shard_mesh::Endpoint;

use crate::child::{child, executable, failing, failing_under, pictures, says, text};
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
    assert!(!page.contains("what happened"), "{page}");
    assert!(pictures(&page).is_empty(), "{page}");
    assert!(!drawn[0].exists());
}

// Packages of one workspace with a test target of the same name wrote over each other's pictures.
#[test]
fn a_picture_lies_under_its_package_where_that_is_known() {
    let folder = |package: Option<&str>| {
        let mut command = executable();
        command.args(["drawing::fails", "--exact", "--ignored", "--nocapture"]);
        match package {
            Some(package) => command.env("CARGO_PKG_NAME", package),
            None => command.env_remove("CARGO_PKG_NAME"),
        };
        let drawn = pictures(&text(&command.output().unwrap()));
        drawn[0].parent().unwrap().to_owned()
    };
    assert!(folder(Some("one")).ends_with("shard-mesh/one/report"));
    assert!(folder(Some("two")).ends_with("shard-mesh/two/report"));
    assert!(folder(None).ends_with("shard-mesh/report"));
}

#[test]
fn a_picture_says_of_which_test_and_seed_it_is() {
    let drawn = pictures(&failing_under(
        "drawing::fails",
        &[("SHARD_MESH_SEED", "7")],
    ));
    let picture = std::fs::read_to_string(&drawn[0]).unwrap();
    let picture = roxmltree::Document::parse(&picture).unwrap();
    let title = picture.root_element().first_element_child().unwrap();
    assert_eq!(title.tag_name().name(), "title");
    assert_eq!(title.text().map(str::trim), Some("drawing::fails, seed 7"));
}

#[test]
fn a_wish_that_is_not_understood_is_told_what_would_be() {
    let page = failing_under("drawing::passes", &[("SHARD_MESH_TIMELINE", "nonsense")]);
    says(
        &page,
        &["SHARD_MESH_TIMELINE is `nonsense`: set it to `always`, `failure` or `never`"],
    );
}
