//! How a run and its rerun in a child process write to each other: numbers and texts, one after
//! the other. Both are the same executable, so there is no version and no skipping.

use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;

#[derive(Debug, Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn number(&mut self, number: u64) {
        self.bytes.extend(number.to_le_bytes());
    }

    pub(super) fn segment(&mut self, Segment { from, to, number }: Segment) {
        for number in [from.0, to.0, number] {
            self.number(number);
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend(text.as_bytes());
    }

    /// So many things, each as `write` writes it.
    pub(super) fn list<T>(&mut self, things: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.number(things.len() as u64);
        for thing in things {
            write(self, thing);
        }
    }

    /// A list of one thing, or of none.
    pub(super) fn option<T>(&mut self, thing: Option<&T>, mut write: impl FnMut(&mut Self, &T)) {
        let things: Vec<_> = thing.into_iter().collect();
        self.list(&things, |writer, thing| write(writer, thing));
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads what a [`Writer`] wrote. Whatever is cut short or garbled reads as `None`.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let (number, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u64::from_le_bytes(*number))
    }

    /// A number that was written from a smaller type.
    pub(super) fn small<T: TryFrom<u64>>(&mut self) -> Option<T> {
        self.number()?.try_into().ok()
    }

    pub(super) fn segment(&mut self) -> Option<Segment> {
        Some(Segment {
            from: ShardId(self.number()?),
            to: ShardId(self.number()?),
            number: self.number()?,
        })
    }

    pub(super) fn text(&mut self) -> Option<String> {
        let length = self.small()?;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        String::from_utf8(text.to_vec()).ok()
    }

    pub(super) fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Option<T>,
    ) -> Option<Vec<T>> {
        let length = self.number()?;
        let mut list = Vec::new();
        for _ in 0..length {
            list.push(read(self)?);
        }
        Some(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut writer = Writer::default();
        writer.number(u64::MAX);
        writer.list(&["a", "", "ß\n"], |writer, text| writer.text(text));
        let bytes = writer.into_bytes();
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.number(), Some(u64::MAX));
        let texts = reader.list(Reader::text).unwrap();
        assert_eq!(texts, ["a", "", "ß\n"]);
        assert_eq!(reader.number(), None);
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        let mut writer = Writer::default();
        writer.list(&["some", "text"], |writer, text| writer.text(text));
        let bytes = writer.into_bytes();
        for end in 0..bytes.len() {
            assert_eq!(Reader::new(&bytes[..end]).list(Reader::text), None);
        }
        // A length beyond all bounds is not believed.
        assert_eq!(Reader::new(&[0xFF; 8]).text(), None);
    }
}
