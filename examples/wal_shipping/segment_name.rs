//! The file name of a segment: whose log it is of, and where in that log it begins.

use std::fmt;
use std::str::FromStr;

use shard_mesh::ShardId;
use thiserror::Error;

/// `SHARD-FIRST.wal`, both as 16 hexadecimal digits. Of fixed width, so that names sort as the
/// segments do: by shard, then by sequence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SegmentName {
    pub(crate) shard: ShardId,
    /// The sequence number of its first record.
    pub(crate) first: u64,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum NameError {
    #[error("`{0}` does not end in `.wal`: only segments belong here, move it elsewhere")]
    Extension(String),
    #[error("`{0}` has no `-` between shard and sequence number: expected `SHARD-FIRST.wal`")]
    Separator(String),
    #[error("`{digits}` in `{name}` is not a number: expected 16 hexadecimal digits in lower case")]
    Number { name: String, digits: String },
}

impl fmt::Display for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{:016x}.wal", self.shard.0, self.first)
    }
}

impl FromStr for SegmentName {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        let stem = (name.strip_suffix(".wal")).ok_or_else(|| NameError::Extension(name.into()))?;
        let (shard, first) =
            (stem.split_once('-')).ok_or_else(|| NameError::Separator(name.into()))?;
        let number = |digits: &str| {
            let well_formed = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            // A second spelling of a number would be a second name of the same segment.
            (digits.len() == 16 && digits.bytes().all(well_formed))
                .then(|| u64::from_str_radix(digits, 16).expect("16 digits are 64 bits"))
                .ok_or_else(|| NameError::Number {
                    name: name.into(),
                    digits: digits.into(),
                })
        };
        Ok(Self {
            shard: ShardId(number(shard)?),
            first: number(first)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(shard: u64, first: u64) -> SegmentName {
        let shard = ShardId(shard);
        SegmentName { shard, first }
    }

    proptest! {
        #[test]
        fn a_name_is_read_as_it_was_written(shard: u64, first: u64) {
            let name = name(shard, first);
            prop_assert_eq!(name.to_string().parse(), Ok(name));
        }

        // Few shards, so that many pairs are of one shard.
        #[test]
        fn names_sort_as_sequences(a in (0..3_u64, any::<u64>()), b in (0..3_u64, any::<u64>())) {
            let by_name = name(a.0, a.1).to_string().cmp(&name(b.0, b.1).to_string());
            prop_assert_eq!(by_name, a.cmp(&b));
        }

        #[test]
        fn whatever_is_read_is_written_the_same(text in "[0-9a-fA-F+-]{15,17}-[0-9a-fA-F]{16}\\.wal") {
            if let Ok(name) = text.parse::<SegmentName>() {
                prop_assert_eq!(name.to_string(), text);
            }
        }
    }

    #[test]
    fn an_error_says_what_is_wrong_with_a_name() {
        let error = |name: &str| name.parse::<SegmentName>().unwrap_err().to_string();
        assert!(error("notes.txt").contains("`notes.txt` does not end in `.wal`"));
        assert!(error("0000000000000001.wal").contains("has no `-`"));
        assert!(error("1-0000000000000001.wal").contains("`1` in `1-"));
        assert!(error("0000000000000001-000000000000000G.wal").contains("`000000000000000G` in"));
        assert!(error("0000000000000001-000000000000000A.wal").contains("lower case"));
    }
}
