//! Mistakes panic at the line that made them, and say what to do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shard_mesh::{InProcessTransportFactory, Mesh};

fn mesh() -> Mesh<u64> {
    InProcessTransportFactory::new().mesh()
}

/// What the panic of `mistake` says, which is at its line in this file.
fn says(mistake: impl FnOnce(&Mesh<u64>)) -> String {
    let place = Arc::new(Mutex::new(String::new()));
    let seen = place.clone();
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        seen.lock()
            .unwrap()
            .push_str(info.location().unwrap().file());
    }));
    let panic = catch_unwind(AssertUnwindSafe(|| mistake(&mesh())));
    std::panic::set_hook(before);
    let panic = panic.expect_err("a mistake");
    assert!(place.lock().unwrap().ends_with("bad_use.rs"));
    panic.downcast_ref::<String>().expect("a message").clone()
}

// One test, as the hook is that of the process.
#[test]
#[allow(clippy::reversed_empty_ranges, reason = "that is the mistake")]
fn mistakes_are_told_at_their_line() {
    let ms = Duration::from_millis;
    let nothing = "\"x\" is to be picked from nothing";
    let empty = says(|mesh| {
        mesh.pick::<u64, _>("x", Vec::new());
    });
    assert_eq!(empty, nothing);
    assert_eq!(
        says(|mesh| {
            mesh.pick("x", 5..5);
        }),
        nothing
    );
    assert_eq!(
        says(|mesh| {
            mesh.pick("x", 9..=5);
        }),
        nothing
    );
    assert_eq!(
        says(|mesh| {
            mesh.pick("x", ms(5)..ms(5));
        }),
        nothing
    );
    for odds in [-0.1, 1.1, f64::NAN, f64::INFINITY] {
        let told = says(|mesh| {
            let _ = mesh.chance("x", odds);
        });
        assert!(told.contains("between 0 and 1"), "{told}");
    }
    let twice = says(|mesh| {
        mesh.pin("x", 1);
        mesh.pin("x", 2);
    });
    assert!(twice.contains("\"x\" is pinned twice"), "{twice}");
    let pinned = |value: &str, pick: fn(&Mesh<u64>)| {
        says(|mesh| {
            mesh.pin("x", value);
            pick(mesh);
        })
    };
    let number = pinned("20", |mesh| {
        mesh.pick("x", 5..20);
    });
    assert_eq!(
        number,
        "\"x\" is pinned to `20`: pin it to a number of 5..20"
    );
    let time = pinned("5", |mesh| {
        let ms = Duration::from_millis;
        mesh.pick("x", ms(1)..=ms(9));
    });
    assert!(
        time.contains("a time of 1ms..=9ms, such as \"5ms\""),
        "{time}"
    );
    let item = pinned("3", |mesh| {
        mesh.pick("x", ['a', 'b', 'c']);
    });
    assert!(item.contains("a place in a list of 3, from 0"), "{item}");
    let odds = pinned("1", |mesh| {
        let _ = mesh.chance("x", 0.5);
    });
    assert!(odds.contains("`true` or `false`"), "{odds}");
}
