//! A batch of records as it lies on disk and goes over the links: a header, then the records.
//!
//! | version | header |
//! | --- | --- |
//! | 1 | magic, version, first and last sequence number, length of the records |
//! | 2 | magic, version, shard, first and last sequence number, length and checksum of the records, checksum of all that |
//!
//! Version 2 is written, both are read. The header has a checksum of its own, because the length is
//! believed before the records are there: a batch that ends too early was *torn* by a crash while it
//! was written, and one that contradicts itself is *corrupt*. No flipped byte makes one look like the
//! other, not even in the length.

use std::ops::RangeInclusive;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use shard_mesh::ShardId;
use thiserror::Error;

const MAGIC: &[u8; 4] = b"WALB";
/// Versions have two bytes. From 2 on the second is the complement of the first, so that one flipped
/// byte can't turn a batch into one of version 1, which has no checksum that would find it.
const V1: [u8; 2] = [1, 0];
const V2: [u8; 2] = [2, !2];
const PREFIX_LEN: usize = MAGIC.len() + V1.len();
const V1_LEN: usize = PREFIX_LEN + 20;
const V2_LEN: usize = PREFIX_LEN + 36;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Batch {
    /// Who wrote it; version 1 does not say.
    pub(crate) shard: Option<ShardId>,
    /// Not empty.
    pub(crate) sequence: RangeInclusive<u64>,
    pub(crate) records: Bytes,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum BatchError {
    #[error("torn: at least {missing} bytes are missing at its end; ship it again")]
    Torn { missing: usize },
    #[error("corrupt: {0}; take it from another replica")]
    Corrupt(&'static str),
    #[error("version {0}, and only 1 and 2 are known here: read it with a newer release")]
    Version(u8),
}

impl Batch {
    /// The batch in version 2.
    ///
    /// # Panics
    ///
    /// If it does not know its shard, has no sequence number, or holds 4 GiB or more.
    pub(crate) fn encode(&self) -> Bytes {
        assert!(!self.sequence.is_empty(), "a batch without records");
        let mut bytes = BytesMut::with_capacity(V2_LEN + self.records.len());
        bytes.put_slice(MAGIC);
        bytes.put_slice(&V2);
        bytes.put_u64(self.shard.expect("a batch of version 2 names its shard").0);
        bytes.put_u64(*self.sequence.start());
        bytes.put_u64(*self.sequence.end());
        bytes.put_u32(u32::try_from(self.records.len()).expect("a batch is below 4 GiB"));
        bytes.put_u32(crc32fast::hash(&self.records));
        bytes.put_u32(crc32fast::hash(&bytes));
        bytes.put_slice(&self.records);
        bytes.freeze()
    }

    /// Reads a batch of either version, which is to be all of `bytes`.
    pub(crate) fn decode(mut bytes: Bytes) -> Result<Self, BatchError> {
        require(&bytes, PREFIX_LEN)?;
        if !bytes.starts_with(MAGIC) {
            return Err(BatchError::Corrupt("it does not begin as a batch does"));
        }
        match [bytes[4], bytes[5]] {
            V1 => {
                require(&bytes, V1_LEN)?;
                bytes.advance(PREFIX_LEN);
                let sequence = get_sequence(&mut bytes);
                let length = bytes.get_u32();
                Self::finish(None, sequence, length, bytes)
            }
            V2 => {
                require(&bytes, V2_LEN)?;
                let actual = crc32fast::hash(&bytes[..V2_LEN - 4]);
                bytes.advance(PREFIX_LEN);
                let shard = ShardId(bytes.get_u64());
                let sequence = get_sequence(&mut bytes);
                let (length, records, header) = (bytes.get_u32(), bytes.get_u32(), bytes.get_u32());
                if header != actual {
                    return Err(BatchError::Corrupt("the checksum of its header is wrong"));
                }
                let batch = Self::finish(Some(shard), sequence, length, bytes)?;
                if records != crc32fast::hash(&batch.records) {
                    return Err(BatchError::Corrupt("the checksum of its records is wrong"));
                }
                Ok(batch)
            }
            [version, complement] if version == !complement => Err(BatchError::Version(version)),
            _ => Err(BatchError::Corrupt("its version contradicts itself")),
        }
    }

    /// What all versions have to fulfil.
    fn finish(
        shard: Option<ShardId>,
        sequence: RangeInclusive<u64>,
        length: u32,
        records: Bytes,
    ) -> Result<Self, BatchError> {
        if sequence.is_empty() {
            return Err(BatchError::Corrupt("it ends before it begins"));
        }
        let length = usize::try_from(length).expect("a usize has 32 bits or more");
        require(&records, length)?;
        if records.len() > length {
            return Err(BatchError::Corrupt("it goes on behind its end"));
        }
        Ok(Self {
            shard,
            sequence,
            records,
        })
    }
}

fn require(bytes: &Bytes, length: usize) -> Result<(), BatchError> {
    match length.checked_sub(bytes.len()) {
        None | Some(0) => Ok(()),
        Some(missing) => Err(BatchError::Torn { missing }),
    }
}

fn get_sequence(bytes: &mut Bytes) -> RangeInclusive<u64> {
    bytes.get_u64()..=bytes.get_u64()
}

/// A batch as an earlier release wrote it.
#[cfg(test)]
pub(crate) fn encode_v1(sequence: RangeInclusive<u64>, records: &[u8]) -> Bytes {
    let mut bytes = BytesMut::new();
    bytes.put_slice(MAGIC);
    bytes.put_slice(&V1);
    bytes.put_u64(*sequence.start());
    bytes.put_u64(*sequence.end());
    bytes.put_u32(u32::try_from(records.len()).unwrap());
    bytes.put_slice(records);
    bytes.freeze()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn batch(shard: u64, first: u64, records: &[u8]) -> Batch {
        Batch {
            shard: Some(ShardId(shard)),
            sequence: first..=first + 2,
            records: Bytes::copy_from_slice(records),
        }
    }

    proptest! {
        #[test]
        fn a_batch_is_read_as_it_was_written(
            shard: u64,
            first in 0..u64::MAX - 2,
            records in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let batch = batch(shard, first, &records);
            prop_assert_eq!(Batch::decode(batch.encode()), Ok(batch));
        }

        #[test]
        fn what_is_no_batch_is_refused(noise in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Batch::decode(noise.into()).is_err());
        }
    }

    #[test]
    fn every_changed_byte_is_found_and_told_from_a_tear() {
        let good = batch(3, 41, b"a 1\nb 2\nc 3\n").encode();
        for at in 0..good.len() {
            for change in 1..=u8::MAX {
                let mut bad = good.to_vec();
                bad[at] ^= change;
                let error = Batch::decode(bad.into()).unwrap_err();
                assert!(
                    matches!(error, BatchError::Corrupt(_)),
                    "byte {at} ^ {change}: {error}"
                );
            }
        }
    }

    #[test]
    fn every_truncation_is_a_tear() {
        let v2 = batch(3, 41, b"a 1\nb 2\nc 3\n").encode();
        for whole in [v2, encode_v1(41..=43, b"a 1\nb 2\nc 3\n")] {
            for length in 0..whole.len() {
                let missing = whole.len() - length;
                match Batch::decode(whole.slice(..length)).unwrap_err() {
                    BatchError::Torn { missing: least } => assert!((1..=missing).contains(&least)),
                    error => panic!("{length} bytes: {error}"),
                }
            }
        }
    }

    #[test]
    fn what_follows_a_batch_is_corrupt() {
        let mut bytes = batch(3, 41, b"a 1\n").encode().to_vec();
        bytes.push(0);
        let error = Batch::decode(bytes.into()).unwrap_err();
        assert_eq!(error, BatchError::Corrupt("it goes on behind its end"));
    }

    #[test]
    fn version_1_is_read_without_what_it_does_not_say() {
        let old = Batch::decode(encode_v1(41..=43, b"a 1\nb 2\nc 3\n")).unwrap();
        assert_eq!((old.shard, old.sequence), (None, 41..=43));
        assert_eq!(old.records, "a 1\nb 2\nc 3\n");
    }

    #[test]
    fn a_version_to_come_is_not_taken_for_corrupt() {
        let mut bytes = batch(3, 41, b"a 1\n").encode().to_vec();
        (bytes[4], bytes[5]) = (3, !3);
        assert_eq!(Batch::decode(bytes.into()), Err(BatchError::Version(3)));
    }
}
