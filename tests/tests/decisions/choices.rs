//! From what one may pick: each choice is reached, within its bounds, about as often as any other.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Duration;

use shard_mesh::{InProcessTransportFactory, Mesh};

fn mesh() -> Mesh<u64> {
    InProcessTransportFactory::new().mesh()
}

/// How often each was picked of 3,000 times.
fn picked<T: Debug + Ord>(mut pick: impl FnMut(&Mesh<u64>) -> T) -> BTreeMap<T, u32> {
    let mesh = mesh();
    let mut picked = BTreeMap::new();
    for _ in 0..3000 {
        *picked.entry(pick(&mesh)).or_default() += 1;
    }
    picked
}

#[track_caller]
fn evenly<T: Debug + Ord>(picked: &BTreeMap<T, u32>, choices: &[T]) {
    let keys: Vec<_> = picked.keys().collect();
    assert_eq!(keys, choices.iter().collect::<Vec<_>>());
    // Within six standard deviations of a third, a quarter, …
    let share = 3000.0 / f64::from(u32::try_from(choices.len()).unwrap());
    for (choice, times) in picked {
        let off = (f64::from(*times) - share).abs();
        assert!(off < 6.0 * share.sqrt(), "{choice:?} {times} times");
    }
}

#[test]
fn every_choice_is_picked_about_as_often() {
    let ms = Duration::from_millis;
    evenly(&picked(|mesh| mesh.pick("n", 5u8..8)), &[5, 6, 7]);
    evenly(&picked(|mesh| mesh.pick("n", -1i64..=1)), &[-1, 0, 1]);
    evenly(
        &picked(|mesh| mesh.pick("n", u64::MAX - 1..=u64::MAX)),
        &[u64::MAX - 1, u64::MAX],
    );
    evenly(
        &picked(|mesh| mesh.pick("n", i128::MAX - 2..i128::MAX)),
        &[i128::MAX - 2, i128::MAX - 1],
    );
    evenly(
        &picked(|mesh| mesh.pick("n", ms(5)..ms(8))),
        &[ms(5), ms(6), ms(7)],
    );
    let nanos = Duration::from_nanos;
    evenly(
        &picked(|mesh| mesh.pick("n", nanos(1)..=nanos(3))),
        &[nanos(1), nanos(2), nanos(3)],
    );
    evenly(&picked(|mesh| mesh.pick("n", ['a', 'b'])), &['a', 'b']);
    evenly(&picked(|mesh| mesh.pick("n", vec!['a', 'b'])), &['a', 'b']);
    let words = ["del".to_owned(), "put".to_owned()];
    let [del, put] = &words;
    evenly(&picked(|mesh| mesh.pick("n", &words)), &[del, put]);
    evenly(&picked(|mesh| mesh.pick("n", &words[..])), &[del, put]);
    let list = words.to_vec();
    evenly(&picked(|mesh| mesh.pick("n", &list)), &[&list[0], &list[1]]);
    evenly(&picked(|mesh| mesh.chance("n", 0.5)), &[false, true]);
    assert_eq!(picked(|mesh| mesh.chance("n", 0.0)).len(), 1);
    assert!(picked(|mesh| mesh.chance("n", 1.0))[&true] == 3000);
}

#[test]
fn ranges_of_all_numbers_have_no_gap() {
    // Each eighth of the range is met.
    let eighths = picked(|mesh| mesh.pick("n", 0..=u64::MAX) >> 61);
    evenly(&eighths, &[0, 1, 2, 3, 4, 5, 6, 7]);
    let eighths = picked(|mesh| mesh.pick("n", 0..=u128::MAX) >> 125);
    evenly(&eighths, &[0, 1, 2, 3, 4, 5, 6, 7]);
    let eighths = picked(|mesh| mesh.pick("n", i128::MIN..=i128::MAX) >> 125);
    evenly(&eighths, &[-4, -3, -2, -1, 0, 1, 2, 3]);
}

#[test]
fn a_pin_holds_for_each_kind_of_choice() {
    let ms = Duration::from_millis;
    let mesh = mesh();
    mesh.pin("a number", -3);
    mesh.pin("a time", "7ms");
    mesh.pin("a short time", "7ns");
    mesh.pin("an item", 1);
    mesh.pin("a chance", true);
    mesh.pin("a large number", u128::MAX);
    assert_eq!(mesh.pick("a number", -5i8..5), -3);
    assert_eq!(mesh.pick("a time", ms(5)..ms(20)), ms(7));
    let nanos = Duration::from_nanos;
    assert_eq!(mesh.pick("a short time", nanos(1)..nanos(20)), nanos(7));
    assert_eq!(mesh.pick("an item", ["x", "y"]), "y");
    assert!(mesh.chance("a chance", 0.0));
    assert_eq!(mesh.pick("a large number", 0..=u128::MAX), u128::MAX);
}
