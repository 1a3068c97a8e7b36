//! Sets that are read in order: a vector, as a tree of each type of its own would be a tenth of what
//! a user's build takes for this crate.

/// All of these in order, each once.
pub(crate) fn ordered<T: Ord>(mut all: Vec<T>) -> Vec<T> {
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_there_once_and_in_order() {
        assert_eq!(ordered(vec![3, 1, 2, 3, 1]), [1, 2, 3]);
        assert_eq!(ordered(Vec::<u8>::new()), []);
    }
}
