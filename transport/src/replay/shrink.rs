//! Delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
//! 2002): from many things of which some make a test fail, to a few that do.

/// What came of a set.
pub(super) enum Trial<T> {
    /// It fails, by these of it.
    Fails(Vec<T>),
    Passes,
    /// There is no more time to find out.
    NoTime,
}

/// A smallest set of `all` that still fails, in which none can be left out; `fails` is asked about
/// one set after another. When it has no more time, the smallest set so far is what there is, and
/// `false`.
pub(super) fn shrink<T: Clone>(
    all: Vec<T>,
    mut fails: impl FnMut(&[T]) -> Trial<T>,
) -> (Vec<T>, bool) {
    let mut smallest = all;
    let mut parts = 2;
    while !smallest.is_empty() {
        match step(&smallest, parts, &mut fails) {
            Step::NoTime => return (smallest, false),
            Step::Part(part) => (smallest, parts) = (part, 2),
            Step::Rest(rest) => (smallest, parts) = (rest, (parts - 1).max(2)),
            Step::Neither if parts >= smallest.len() => break,
            Step::Neither => parts = (2 * parts).min(smallest.len()),
        }
    }
    (smallest, true)
}

/// At most so many runs look for a simpler value of one decision.
const HALVINGS: u32 = 8;

/// The least value above `passes`, up to `fails`, that still fails, as far as halving finds it; `ask` is
/// asked about one after another. What came of it, if it is less than `fails`; `false` where there was no
/// more time.
pub(super) fn simplest<T>(
    (mut passes, mut fails): (u128, u128),
    mut ask: impl FnMut(u128) -> Trial<T>,
) -> (Option<Vec<T>>, bool) {
    let mut simplest = None;
    for _ in 0..HALVINGS {
        let half = passes + (fails - passes) / 2;
        if half == passes {
            break;
        }
        match ask(half) {
            Trial::Fails(set) => (fails, simplest) = (half, Some(set)),
            Trial::Passes => passes = half,
            Trial::NoTime => return (simplest, false),
        }
    }
    (simplest, true)
}

/// What came of cutting a set into parts.
enum Step<T> {
    /// One of them still fails.
    Part(Vec<T>),
    /// What is left without one of them does.
    Rest(Vec<T>),
    Neither,
    NoTime,
}

fn step<T: Clone>(set: &[T], parts: usize, fails: &mut impl FnMut(&[T]) -> Trial<T>) -> Step<T> {
    let size = set.len().div_ceil(parts).max(1);
    // Of one thing, the part is the set, and what is left without it is nothing.
    if size < set.len() {
        for part in set.chunks(size) {
            match fails(part) {
                Trial::Fails(failed) => return Step::Part(failed),
                Trial::Passes => {}
                Trial::NoTime => return Step::NoTime,
            }
        }
    }
    // Of two parts, each is what is left without the other.
    if set.len() == 1 || set.len().div_ceil(size) > 2 {
        for start in (0..set.len()).step_by(size) {
            let end = (start + size).min(set.len());
            let rest = [&set[..start], &set[end..]].concat();
            match fails(&rest) {
                Trial::Fails(failed) => return Step::Rest(failed),
                Trial::Passes => {}
                Trial::NoTime => return Step::NoTime,
            }
        }
    }
    Step::Neither
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(fails: bool, set: &[u32]) -> Trial<u32> {
        if fails {
            Trial::Fails(set.to_vec())
        } else {
            Trial::Passes
        }
    }

    /// Shrinks `0..total` where every one of `needed` is needed; the set, and how often was asked.
    fn shrunk(total: u32, needed: &[u32]) -> (Vec<u32>, u32) {
        let mut asked = 0;
        let (set, whole) = shrink((0..total).collect(), |set| {
            asked += 1;
            trial(needed.iter().all(|it| set.contains(it)), set)
        });
        assert!(whole);
        (set, asked)
    }

    #[test]
    fn what_is_needed_is_what_stays() {
        for needed in [
            &[][..],
            &[0],
            &[999],
            &[3, 997],
            &[0, 1, 2],
            &[5, 500, 700, 999],
        ] {
            assert_eq!(shrunk(1000, needed).0, needed);
        }
        assert_eq!(shrunk(1, &[]).0, [0u32; 0]);
        assert_eq!(shrunk(2, &[1]).0, [1]);
    }

    #[test]
    fn two_of_a_thousand_take_some_hundred_runs() {
        for needed in [[0, 999], [499, 500], [123, 124], [1, 777]] {
            let (_, asked) = shrunk(1000, &needed);
            assert!(asked < 150, "{asked} runs for {needed:?}");
        }
    }

    #[test]
    fn a_set_of_which_any_half_will_do_is_shrunk_to_where_nothing_can_go() {
        let (set, whole) = shrink((0..64).collect::<Vec<_>>(), |set| {
            trial(set.len() >= 10, set)
        });
        assert_eq!((set.len(), whole), (10, true));
    }

    #[test]
    fn the_simplest_value_is_found_by_halving() {
        for (least, fails) in [(1, 200), (77, 200), (200, 200), (2, 2), (1, 1)] {
            let (set, whole) = simplest((0, fails), |value| {
                if value >= least {
                    Trial::Fails(vec![value])
                } else {
                    Trial::Passes
                }
            });
            let found = set.map_or(fails, |it| it[0]);
            assert_eq!((found, whole), (least, true));
        }
        let (set, _) = simplest((0, u128::MAX), |value| Trial::Fails(vec![value]));
        assert_eq!(set, Some(vec![u128::MAX >> HALVINGS]));
        let (set, whole) = simplest::<u128>((0, 9), |_| Trial::NoTime);
        assert_eq!((set, whole), (None, false));
    }

    #[test]
    fn without_more_time_the_smallest_so_far_is_kept() {
        let mut left = 12;
        let (set, whole) = shrink((0..1000).collect::<Vec<_>>(), |set| {
            left -= 1;
            match left {
                1.. => trial(set.contains(&3) && set.contains(&900), set),
                _ => Trial::NoTime,
            }
        });
        assert!(!whole && set.contains(&3) && set.contains(&900) && set.len() < 1000);
    }
}
