//! The lines that run a failing test again do that, pasted as they stand.

use std::path::Path;
use std::process::Command;

use shard_mesh::{Endpoint, Mesh};

use crate::child::{clean, failing, text};

#[shard_mesh::test(peers = 0..2, seeds = 0..18)]
#[ignore = "fails: `the_lines_that_run_a_test_again_do` runs it"]
async fn fails_at_17(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    assert!(mesh.seed() < 17, "seed {} is too high", mesh.seed());
}

/// Another whose name begins alike, which is not to be run.
#[shard_mesh::test(peers = 0..2)]
#[ignore = "fails: nobody runs it"]
async fn fails_at_17_too(_a: Endpoint<u64>, _b: Endpoint<u64>, mesh: Mesh<u64>) {
    panic!("ran with seed {}", mesh.seed());
}

/// The two commands of a page.
pub(crate) fn commands(page: &str) -> [&str; 2] {
    let mut lines = page.lines().skip_while(|it| !it.starts_with("again "));
    [(); 2].map(|()| lines.next().and_then(|it| it.get(8..)).expect(page))
}

/// Pastes both commands of a page into a shell; each must run one test, which fails as the page says.
#[track_caller]
pub(crate) fn check_commands(page: &str, folder: &Path, target: Option<&Path>) {
    let line = |text: &str, begin: &str| {
        let line = text.lines().find(|it| it.starts_with(begin));
        line.unwrap_or_else(|| panic!("no {begin:?} in\n{text}"))
            .to_owned()
    };
    let what = line(page, "what ");
    for command in commands(page) {
        let mut shell = Command::new("sh");
        clean(&mut shell);
        if let Some(target) = target {
            shell.env("CARGO_TARGET_DIR", target);
        }
        let output = shell.args(["-c", command]).current_dir(folder).output();
        let again = text(&output.unwrap());
        assert_eq!(line(&again, "what "), what, "{command}\n{again}");
        let counts = again.matches("\nrunning 1 test\n").count();
        assert_eq!(counts, 1, "{command}\n{again}");
        let failed = again
            .matches("test result: FAILED. 0 passed; 1 failed")
            .count();
        assert_eq!(failed, 1, "{command}\n{again}");
    }
}

#[test]
#[cfg_attr(not(unix), ignore = "the lines are for a shell")]
fn the_lines_that_run_a_test_again_do() {
    let page = failing("rerun::fails_at_17");
    assert!(page.contains("seed 17 is too high"), "{page}");
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    check_commands(&page, workspace, None);
}
