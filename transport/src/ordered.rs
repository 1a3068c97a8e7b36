//! Lists in order.
//!
//! The standard library's sorts are compiled anew for each type, and are large: all that are needed
//! here would be a sixth of what a user builds of this crate. So one of them sorts indices, whatever
//! they stand for. Likewise a set is a vector in order, not a tree.

use std::cmp::Ordering;

/// Sorts, and leaves equals as they are.
pub(crate) fn sort_by<T>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    // Most lists are in order already, and some are long.
    if list.is_sorted_by(|a, b| compare(a, b) != Ordering::Greater) {
        return;
    }
    let order = order(list.len(), &|a, b| compare(&list[a], &list[b]));
    arrange(order, &mut |a, b| list.swap(a, b));
}

pub(crate) fn sort<T: Ord>(list: &mut [T]) {
    sort_by(list, T::cmp);
}

/// All of these in order, each once.
pub(crate) fn ordered<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    sort(&mut all);
    all.dedup();
    all
}

/// Which of so many things is to be at each place.
fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<_> = (0..count).collect();
    order.sort_by(|&a, &b| compare(a, b));
    order
}

/// Swaps things, one cycle after the other, until each is in its place.
fn arrange(mut order: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for first in 0..order.len() {
        let mut place = first;
        loop {
            let wanted = std::mem::replace(&mut order[place], place);
            if wanted == first {
                break;
            }
            swap(place, wanted);
            place = wanted;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_there_once_and_in_order() {
        assert_eq!(ordered(vec![3, 1, 2, 3, 1]), [1, 2, 3]);
        assert_eq!(ordered(Vec::<u8>::new()), []);
    }

    #[test]
    fn lists_are_sorted_as_the_standard_library_sorts_them() {
        let mut state = 1_u64;
        for length in 0..200 {
            let draw = |place| {
                state = state.wrapping_mul(6_364_136_223_846_793_005) + 1;
                (state >> 60, place)
            };
            let mut list: Vec<_> = (0..length).map(draw).collect();
            let mut expected = list.clone();
            expected.sort_by_key(|it| it.0);
            sort_by(&mut list, |a, b| a.0.cmp(&b.0));
            assert_eq!(list, expected, "equals stay in their order");
            list.reverse();
            sort(&mut list);
            expected.sort_unstable();
            assert_eq!(list, expected);
        }
    }
}
