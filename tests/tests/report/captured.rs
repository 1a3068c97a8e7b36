//! Where a page goes: to the runner, which tells each test's own, and without colours to whatever is
//! no terminal.

use std::process::{Command, Stdio};

use shard_mesh::Endpoint;

use crate::child::{clean, executable, text};
use crate::support::{Packet, put, send};

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "fails: the tests below run it"]
async fn fails_first(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    send(&leader, 1, put("first", 1)).await;
    assert_eq!(follower.recv_segment().await, None);
}

#[shard_mesh::test(leader = 0, followers = [1])]
#[ignore = "fails: the tests below run it"]
async fn fails_second(leader: Endpoint<Packet>, follower: Endpoint<Packet>) {
    send(&leader, 1, put("second", 2)).await;
    assert_eq!(follower.recv_segment().await, None);
}

/// The two tests, what stands on the page of each, and what only on the other.
const TESTS: [(&str, &str, &str); 2] = [
    ("fails_first", "\"first\"", "\"second\""),
    ("fails_second", "\"second\"", "\"first\""),
];

/// What the runner prints under the name of a test that failed.
fn block<'a>(printed: &'a str, test: &str) -> &'a str {
    let begin = format!("---- captured::{test} stdout ----\n");
    let (_, block) = printed.split_once(&begin).expect(printed);
    let end = block.find("\n---- ").or(block.find("\nfailures:\n"));
    &block[..end.expect(printed)]
}

#[test]
fn the_runner_tells_each_page_once_with_its_own_test() {
    let output = executable()
        .args(["captured::fails_", "--ignored", "--test-threads=2"])
        .output()
        .unwrap();
    let printed = text(&output);
    assert_eq!(output.status.code(), Some(101), "{printed}");
    for (test, key, other) in TESTS {
        let title = format!("shard-mesh: `captured::{test}` failed at 0s");
        assert_eq!(printed.matches(&title).count(), 1, "{printed}");
        let block = block(&printed, test);
        assert!(block.contains(&title), "{printed}");
        assert!(block.contains("what happened\n"), "{block}");
        assert!(block.contains(key) && !block.contains(other), "{block}");
        assert_eq!(block.matches("────\n").count(), 2, "{block}");
    }
}

#[test]
fn pages_that_are_printed_as_they_come_are_not_mixed() {
    let output = executable()
        .args(["captured::fails_", "--ignored", "--nocapture"])
        .arg("--test-threads=2")
        .output()
        .unwrap();
    let printed = text(&output);
    for (test, key, other) in TESTS {
        let title = format!("────\nshard-mesh: `captured::{test}` failed at 0s");
        let (_, page) = printed.split_once(&title).expect(&printed);
        let (page, _) = page.split_once("────\n").expect(&printed);
        assert!(page.contains(key) && !page.contains(other), "{printed}");
        assert!(page.contains("\npicture "), "{printed}");
    }
}

#[test]
fn a_pipe_gets_no_colours() {
    let output = executable()
        .args([
            "captured::fails_first",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env_remove("NO_COLOR")
        .output()
        .unwrap();
    let printed = text(&output);
    assert!(printed.contains("what happened\n"), "{printed}");
    assert!(!printed.contains('\u{1b}'), "{printed:?}");
}

/// What the test prints on a terminal; `None` where there is no command to make one.
fn on_a_terminal(arguments: &str, no_color: bool) -> Option<String> {
    let exe = executable();
    let exe = exe.get_program().to_str().unwrap();
    let test = format!("'{exe}' captured::fails_first --exact --ignored --color never {arguments}");
    let mut script = Command::new("script");
    clean(&mut script);
    if !no_color {
        script.env_remove("NO_COLOR");
    }
    script
        .args(["-qec", &test, "/dev/null"])
        .stdin(Stdio::null());
    script.output().ok().map(|output| text(&output))
}

// `script` takes other arguments elsewhere.
#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs `script` of util-linux")]
fn colours_are_for_a_terminal_on_which_nothing_is_captured() {
    let Some(printed) = on_a_terminal("--nocapture", false) else {
        eprintln!("not tested: there is no `script` of util-linux here");
        return;
    };
    assert!(printed.contains("what happened"), "{printed}");
    assert!(printed.contains("\u{1b}["), "{printed:?}");
    for (arguments, no_color) in [("--nocapture", true), ("", false)] {
        let printed = on_a_terminal(arguments, no_color).unwrap();
        assert!(printed.contains("what happened"), "{printed}");
        assert!(!printed.contains('\u{1b}'), "{printed:?}");
    }
}
