//! What is known of records that a log no longer keeps: their number, and hashes by which two runs
//! can be told apart.

use crate::trace::record::Record;

/// How many marks are kept; when there are more, every second one is dropped.
const MARKS: usize = 64;

/// The records that a log has forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    count: u64,
    hash: u64,
    /// A mark is set at every multiple of this, which is a power of two.
    every: u64,
    marks: Vec<Mark>,
}

/// The state of the hash after so many records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) count: u64,
    pub(crate) hash: u64,
    /// The logical time of the last of them.
    pub(crate) tick: u64,
}

impl Default for Digest {
    fn default() -> Self {
        Self {
            count: 0,
            hash: 0,
            every: 64,
            marks: Vec::new(),
        }
    }
}

impl Digest {
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// Folds in more records.
    pub(crate) fn add(&mut self, records: &[Record]) {
        let (mut count, mut hash) = (self.count, self.hash);
        for record in records {
            hash = fold(hash, record);
            count += 1;
            // A power of two, so that this is no division.
            if count & (self.every - 1) == 0 {
                self.mark(Mark {
                    count,
                    hash,
                    tick: record.tick,
                });
            }
        }
        (self.count, self.hash) = (count, hash);
    }

    #[cold]
    fn mark(&mut self, mark: Mark) {
        self.marks.push(mark);
        if self.marks.len() == MARKS {
            self.every *= 2;
            let every = self.every;
            self.marks.retain(|mark| mark.count % every == 0);
        }
    }

    /// The logical times between which two runs of one log part, if they do within what both have
    /// forgotten; `None` if no difference is seen.
    pub(crate) fn part(&self, other: &Self) -> Option<(u64, u64)> {
        if (self.count, self.hash) == (other.count, other.hash) {
            return None;
        }
        let mut same = 0;
        for mark in &self.marks {
            match other.marks.iter().find(|theirs| theirs.count == mark.count) {
                Some(theirs) if theirs.hash == mark.hash => same = mark.tick,
                Some(_) => return Some((same, mark.tick)),
                None => {}
            }
        }
        // One forgot more than the other, or they part behind the last mark that both have.
        (self.count == other.count).then_some((same, u64::MAX))
    }

    pub(crate) fn parts(&self) -> (u64, u64, &[Mark]) {
        (self.count, self.hash, &self.marks)
    }

    pub(crate) fn from_parts(count: u64, hash: u64, marks: Vec<Mark>) -> Self {
        Self {
            count,
            hash,
            marks,
            ..Self::default()
        }
    }
}

/// The hash `hash` with one more record in it.
#[inline]
fn fold(hash: u64, record: &Record) -> u64 {
    let small = (u64::from(record.from) << 32)
        | (u64::from(record.extra) << 8)
        | u64::from(record.kind as u8);
    // Odd constants, of SplitMix64 and of FxHash: the words are multiplied side by side, so that
    // one record waits for the one before it only once.
    let word = record
        .at
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(record.tick.wrapping_mul(0xBF58_476D_1CE4_E5B9))
        .wrapping_add(record.segment.wrapping_mul(0x94D0_49BB_1331_11EB))
        ^ small;
    (hash.rotate_left(23) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::record::Kind;

    fn run(total: u64, odd: Option<u64>) -> Digest {
        let mut digest = Digest::default();
        for tick in 1..=total {
            digest.add(&[Record {
                at: tick / 10,
                tick,
                kind: Kind::Sent,
                extra: 0,
                from: 0,
                segment: if Some(tick) == odd { 0 } else { tick },
            }]);
        }
        digest
    }

    #[test]
    fn runs_that_agree_are_not_told_apart() {
        assert_eq!(run(1_000_000, None).part(&run(1_000_000, None)), None);
    }

    #[test]
    fn the_place_where_runs_part_is_within_the_marks_around_it() {
        let total = 1_000_000;
        for odd in [1, 77, 5_000, 499_999, 999_000] {
            let (after, before) = run(total, None).part(&run(total, Some(odd))).unwrap();
            assert!(after < odd && odd <= before, "{odd} in {after}..={before}");
            assert!(before - after <= total / 16 || before == u64::MAX);
        }
    }

    #[test]
    fn marks_stay_few() {
        assert!(run(1_000_000, None).marks.len() <= MARKS);
    }
}
