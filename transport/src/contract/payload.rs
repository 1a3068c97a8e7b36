use std::fmt;
use std::ops::RangeInclusive;

use bytes::Bytes;

use crate::contract::shard_id::ShardId;

/// How many bytes of a segment its `Debug` shows.
const SHOWN: usize = 8;

/// One segment of a write-ahead log, as a leader ships it to its followers.
///
/// A clone shares the bytes. `Debug` shows their length and the first few, never the whole body.
///
/// ```
/// use shard_mesh::{ShardId, WalSegmentPayload};
///
/// let segment = WalSegmentPayload::new(ShardId(0), 3, "put k v").with_sequence(41..=47);
/// assert_eq!(segment.source(), ShardId(0));
/// assert_eq!(segment.number(), 3);
/// assert_eq!(segment.sequence(), 41..=47);
/// assert_eq!(&segment.data()[..], b"put k v");
/// assert_eq!(
///     format!("{segment:?}"),
///     r#"WalSegment { source: 0, number: 3, sequence: 41..=47, data: 7 B "put k v" }"#,
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct WalSegmentPayload {
    source: ShardId,
    number: u64,
    first: u64,
    last: u64,
    data: Bytes,
}

impl WalSegmentPayload {
    /// The segment `number` of the log of `source`, holding `data`.
    ///
    /// Its sequence range is `number..=number`, as if the segment held one record, until
    /// [`with_sequence`](Self::with_sequence) tells another.
    #[must_use]
    pub fn new(source: ShardId, number: u64, data: impl Into<Bytes>) -> Self {
        Self {
            source,
            number,
            first: number,
            last: number,
            data: data.into(),
        }
    }

    /// The same segment, holding the records with these sequence numbers, both ends included.
    ///
    /// # Panics
    ///
    /// If the range is empty: a segment holds at least one record.
    #[must_use]
    #[track_caller]
    pub fn with_sequence(mut self, sequence: RangeInclusive<u64>) -> Self {
        assert!(
            !sequence.is_empty(),
            "the sequence range {sequence:?} of segment {} is empty: give `first..=last` with first <= last",
            self.number,
        );
        (self.first, self.last) = sequence.into_inner();
        self
    }

    /// The shard that wrote the segment.
    #[must_use]
    pub fn source(&self) -> ShardId {
        self.source
    }

    /// The number of the segment in its log.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The sequence numbers of the first and the last record in the segment.
    #[must_use]
    pub fn sequence(&self) -> RangeInclusive<u64> {
        self.first..=self.last
    }

    /// The bytes of the segment.
    #[must_use]
    pub fn data(&self) -> &Bytes {
        &self.data
    }

    /// The bytes of the segment, without the rest.
    #[must_use]
    pub fn into_data(self) -> Bytes {
        self.data
    }
}

#[allow(
    clippy::missing_fields_in_debug,
    reason = "all are shown, two of them as one range"
)]
impl fmt::Debug for WalSegmentPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WalSegment")
            .field("source", &self.source.0)
            .field("number", &self.number)
            .field("sequence", &self.sequence())
            .field("data", &Excerpt(&self.data))
            .finish()
    }
}

/// Shows how long some bytes are and how they begin.
struct Excerpt<'a>(&'a [u8]);

impl fmt::Debug for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.0[..self.0.len().min(SHOWN)];
        write!(f, "{} B \"{}\"", self.0.len(), shown.escape_ascii())?;
        if self.0.len() > SHOWN {
            f.write_str("…")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_stays_short_for_a_long_body() {
        let segment = WalSegmentPayload::new(ShardId(1), 9, vec![0; 1 << 20]);
        let text = format!("{segment:?}");
        assert!(text.len() < 120, "{} characters: {text}", text.len());
        assert!(text.contains("1048576 B"), "{text}");
    }

    #[test]
    fn a_clone_shares_the_bytes() {
        let segment = WalSegmentPayload::new(ShardId(1), 9, vec![7; 64]);
        assert_eq!(segment.clone().data().as_ptr(), segment.data().as_ptr());
    }

    #[test]
    #[should_panic(expected = "is empty: give `first..=last`")]
    #[allow(clippy::reversed_empty_ranges, reason = "the mistake under test")]
    fn an_empty_sequence_range_is_refused() {
        let _ = WalSegmentPayload::new(ShardId(1), 9, "x").with_sequence(5..=4);
    }
}
