//! A timeline, drawn: as a space-time diagram in text, and as a picture.
//!
//! - In: a [`Timeline`](crate::trace::timeline::Timeline).
//! - Out: its `Display`, `Timeline::text`, and, with the feature `svg`, `Timeline::svg`.
//! - Uses: the [trace](crate::trace).
//!
//! [`flights`] finds out what became of each segment, [`steps`] lays the timeline out in rows, and
//! `text` and `svg` draw the rows.

mod clean;
mod flights;
#[cfg(test)]
mod samples;
mod steps;
#[cfg(feature = "svg")]
mod svg;
mod text;
pub(super) mod words;

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use crate::contract::segment::Segment;
    use crate::contract::shard_id::ShardId;
    use crate::report::drawing::samples::{fault_on, timeline};
    use crate::trace::event::{EventKind, Loss};
    use crate::trace::fault_info::Verb;

    /// An event as no mesh may have it, out of chance.
    fn any(mut chance: impl FnMut(u64) -> u64) -> EventKind {
        let from = chance(12);
        let segment = Segment {
            from: ShardId(from),
            to: ShardId((from + 1 + chance(11)) % 12),
            number: 1 + chance(3),
        };
        let links = [(chance(6), 6 + chance(6)), (6 + chance(6), chance(6))];
        let verb = [
            Verb::Cut,
            Verb::Latency(Duration::from_millis(5).into()),
            Verb::Hold,
        ][usize::try_from(chance(3)).unwrap()];
        let fault = Arc::new(fault_on(
            verb,
            "fault",
            &links[..=usize::from(chance(2) == 0)],
        ));
        let why = [Loss::Cut, Loss::Chance, Loss::Rule, Loss::Crash, Loss::End];
        let why = why[usize::try_from(chance(5)).unwrap()];
        match chance(16) {
            0..=4 => EventKind::Sent(segment),
            5 => EventKind::Lost(segment, why),
            6 => EventKind::Held(segment),
            7 => EventKind::Duplicated(segment),
            8 => EventKind::Reordered(segment),
            9 => EventKind::Arrived(segment),
            10 | 11 => EventKind::Received(segment),
            12 => EventKind::FaultBegan(fault),
            13 => EventKind::FaultEnded(fault),
            14 => EventKind::Crashed(segment.to),
            _ => EventKind::Restarted(segment.from),
        }
    }

    #[test]
    fn whatever_is_told_can_be_drawn() {
        for seed in 0..500_u64 {
            let mut state = seed;
            let mut chance = move |below: u64| {
                // Knuth's MMIX.
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (state >> 33) % below
            };
            let kinds: Vec<_> = (0..chance(120)).map(|_| any(&mut chance)).collect();
            let timeline = timeline(12, kinds);
            let text = timeline.to_string();
            assert!(text.lines().count() <= 40, "{text}");
            let widest = text.lines().map(|it| it.chars().count()).max();
            assert!(widest <= Some(100), "{text}");
            #[cfg(feature = "svg")]
            roxmltree::Document::parse(&timeline.svg()).unwrap();
        }
    }
}
