//! Which shards have, or had, a link to one shard, and where that link is found.

/// What is known of the link from one sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Closed, and nothing was ever sent; or there never was one.
    Absent,
    /// Connected, and nothing was sent yet.
    Unused,
    /// The index of a link that was used. It outlives the closing of the link, for its counts.
    Used(u32),
}

/// A slot for each of the senders that was ever connected, in the order of their creation. So many
/// links take 8 bytes each until they are used, and a mesh of many shards with few links each is small.
#[derive(Debug, Default)]
pub(crate) struct LinkSlots {
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    /// Index of the sender.
    from: u32,
    /// Index of the link, or one of those below, which no link has.
    link: u32,
}

const ABSENT: u32 = u32::MAX;
const UNUSED: u32 = u32::MAX - 1;

impl LinkSlots {
    /// The place of a sender, or the one where it would be.
    #[inline]
    fn place(&self, from: u32) -> Result<usize, usize> {
        let (Some(first), Some(last)) = (self.entries.first(), self.entries.last()) else {
            return Err(0);
        };
        // Most often a sender is new, and the last one,
        if last.from < from {
            return Err(self.entries.len());
        }
        // or the senders follow each other without a gap, but for the shard itself.
        let first = first.from;
        let guess = from.wrapping_sub(first) as usize;
        let is_at = |place: usize| self.entries.get(place).is_some_and(|it| it.from == from);
        if is_at(guess) {
            return Ok(guess);
        }
        if is_at(guess.wrapping_sub(1)) {
            return Ok(guess - 1);
        }
        self.entries.binary_search_by_key(&from, |entry| entry.from)
    }

    #[inline]
    pub(crate) fn slot(&self, from: u32) -> Slot {
        let place = self.place(from);
        place.map_or(Slot::Absent, |place| self.entries[place].slot())
    }

    /// Sets a slot, and tells whether the sender is new.
    pub(crate) fn set(&mut self, from: u32, slot: Slot) -> bool {
        let link = match slot {
            Slot::Absent => ABSENT,
            Slot::Unused => UNUSED,
            Slot::Used(link) => link,
        };
        match self.place(from) {
            Ok(place) => {
                self.entries[place].link = link;
                false
            }
            Err(place) => {
                self.entries.insert(place, Entry { from, link });
                true
            }
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, Slot)> {
        self.entries.iter().map(|entry| (entry.from, entry.slot()))
    }

    /// Forgets all that were not used.
    pub(crate) fn close_unused(&mut self) {
        for entry in &mut self.entries {
            if entry.link == UNUSED {
                entry.link = ABSENT;
            }
        }
    }
}

impl Entry {
    #[inline]
    fn slot(self) -> Slot {
        match self.link {
            ABSENT => Slot::Absent,
            UNUSED => Slot::Unused,
            link => Slot::Used(link),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Connects these, and then looks for each and for those beside it.
    fn check(connected: &[u32]) {
        let mut slots = LinkSlots::default();
        for &from in connected {
            assert!(slots.set(from, Slot::Used(from)));
            assert!(!slots.set(from, Slot::Used(from)));
        }
        for &from in connected {
            for near in [from.wrapping_sub(1), from, from.wrapping_add(1)] {
                let expected = if connected.contains(&near) {
                    Slot::Used(near)
                } else {
                    Slot::Absent
                };
                assert_eq!(slots.slot(near), expected, "{near} of {connected:?}");
            }
        }
        let listed: Vec<_> = slots.iter().map(|(from, _)| from).collect();
        assert!(listed.is_sorted() && listed.len() == connected.len());
    }

    #[test]
    fn each_sender_is_found_and_no_other() {
        check(&[]);
        check(&[0]);
        check(&[9_999]);
        check(&[1, 2, 3, 4, 5]);
        check(&[0, 1, 2, 4, 5, 6]);
        check(&[9, 1, 8, 2, 5]);
        check(&[1_000_000, 3, 2_000_000, 4, 5]);
        check(&[7, 6, 4, 3, 2, 1, 0]);
    }

    #[test]
    fn a_link_that_was_closed_unused_is_absent_and_its_sender_not_new() {
        let mut slots = LinkSlots::default();
        slots.set(3, Slot::Unused);
        slots.set(4, Slot::Used(0));
        slots.close_unused();
        assert_eq!(slots.slot(3), Slot::Absent);
        assert_eq!(slots.slot(4), Slot::Used(0));
        assert!(!slots.set(3, Slot::Unused));
    }
}
