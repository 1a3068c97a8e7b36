//! The timeline as lines of JSON, for other tools.

use std::fmt::{Display, Write as _};

use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::millis::millis;
use crate::trace::event::{ClockChange, Event, EventKind, Loss, error_name};
use crate::trace::fault_info::FaultInfo;
use crate::trace::timeline::Timeline;

/// The version of the form, in each line.
const VERSION: u32 = 1;

impl Timeline {
    /// The events as lines of JSON ([newline-delimited](https://github.com/ndjson/ndjson-spec)), for tools of
    /// one's own: one event a line, in order.
    ///
    /// Each line is an object with the keys `v` (the version of this form, 1), `at_ms` (when, in whole
    /// milliseconds since the test began) and `event`. The others depend on the event:
    ///
    /// | `event` | further keys |
    /// | --- | --- |
    /// | `sent`, `held`, `duplicated`, `reordered`, `arrived`, `received` | `from`, `to`, `number` |
    /// | `lost` | the same, and `why`: `cut`, `chance`, `rule`, `crash`, `end` |
    /// | `dropped`, `crashed`, `restarted`, `paused`, `resumed` | `shard` |
    /// | `clock_set` | `shard`, `what` |
    /// | `fault_began`, `fault_ended` | `what`, `asked` (file and line), `chaos` (its kind, where chaos put it), `links` (pairs of shards) |
    /// | `refused` | `from`, `to`, `error`: `UnknownPeer`, `Closed` |
    /// | `noted` | `shard`, `text` |
    ///
    /// Shards and numbers are integers of up to 64 bits. A later version may have further keys and events.
    ///
    /// ```
    /// use shard_mesh::{Endpoint, Mesh, ShardId};
    ///
    /// #[shard_mesh::test(peers = 0..2)]
    /// async fn main(a: Endpoint<u64>, b: Endpoint<u64>, mesh: Mesh<u64>) {
    ///     a.send_segment(ShardId(1), 7).await.unwrap();
    ///     mesh.note(&a, "has \"sent\"");
    ///     mesh.crash(1);
    ///     assert_eq!(
    ///         mesh.timeline().to_ndjson(),
    ///         r#"{"v":1,"at_ms":0,"event":"sent","from":0,"to":1,"number":1}
    /// {"v":1,"at_ms":0,"event":"noted","shard":0,"text":"has \"sent\""}
    /// {"v":1,"at_ms":0,"event":"crashed","shard":1}
    /// {"v":1,"at_ms":0,"event":"lost","from":0,"to":1,"number":1,"why":"crash"}
    /// "#
    ///     );
    /// }
    /// ```
    #[must_use]
    pub fn to_ndjson(&self) -> String {
        let mut lines = String::new();
        for event in &self.events {
            Object::of(&mut lines, event).end();
        }
        lines
    }
}

/// An object that is being written, on a line of its own.
struct Object<'a>(&'a mut String);

impl<'a> Object<'a> {
    fn of(lines: &'a mut String, Event { at, kind }: &Event) -> Self {
        let _ = write!(lines, r#"{{"v":{VERSION},"at_ms":{}"#, millis(*at));
        let mut object = Self(lines);
        object.text("event", name(kind));
        match kind {
            EventKind::Sent(segment)
            | EventKind::Held(segment)
            | EventKind::Duplicated(segment)
            | EventKind::Reordered(segment)
            | EventKind::Arrived(segment)
            | EventKind::Received(segment) => object.segment(*segment),
            EventKind::Lost(segment, why) => {
                object.segment(*segment);
                object.text("why", loss(*why));
            }
            EventKind::Dropped(shard)
            | EventKind::Crashed(shard)
            | EventKind::Restarted(shard)
            | EventKind::Paused(shard)
            | EventKind::Resumed(shard) => object.number("shard", shard.0),
            EventKind::ClockSet(shard, change) => object.clock(*shard, *change),
            EventKind::FaultBegan(fault) | EventKind::FaultEnded(fault) => object.fault(fault),
            EventKind::Refused(from, to, error) => {
                object.number("from", from.0);
                object.number("to", to.0);
                object.text("error", error_name(*error));
            }
            EventKind::Noted(shard, text) => {
                object.number("shard", shard.0);
                object.text("text", text);
            }
        }
        object
    }

    fn segment(&mut self, Segment { from, to, number }: Segment) {
        self.number("from", from.0);
        self.number("to", to.0);
        self.number("number", number);
    }

    fn clock(&mut self, shard: ShardId, change: ClockChange) {
        self.number("shard", shard.0);
        self.text("what", &change.to_string());
    }

    fn fault(&mut self, fault: &FaultInfo) {
        self.text("what", &fault.what);
        let asked = format!("{}:{}", fault.asked.file(), fault.asked.line());
        self.text("asked", &asked);
        if let Some(kind) = fault.by_chaos {
            self.text("chaos", &kind.to_string());
        }
        let links = fault
            .links
            .iter()
            .map(|(from, to)| format!("[{from},{to}]"));
        let links: Vec<_> = links.collect();
        self.raw("links", format_args!("[{}]", links.join(",")));
    }

    fn number(&mut self, key: &str, number: u64) {
        self.raw(key, number);
    }

    fn text(&mut self, key: &str, text: &str) {
        self.raw(key, quoted(text));
    }

    fn raw(&mut self, key: &str, value: impl Display) {
        let _ = write!(self.0, r#","{key}":{value}"#);
    }

    fn end(self) {
        self.0.push_str("}\n");
    }
}

/// A text as JSON has it (RFC 8259).
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c < ' ' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn name(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Sent(_) => "sent",
        EventKind::Lost(..) => "lost",
        EventKind::Held(_) => "held",
        EventKind::Duplicated(_) => "duplicated",
        EventKind::Reordered(_) => "reordered",
        EventKind::Arrived(_) => "arrived",
        EventKind::Received(_) => "received",
        EventKind::Dropped(_) => "dropped",
        EventKind::Crashed(_) => "crashed",
        EventKind::Restarted(_) => "restarted",
        EventKind::Paused(_) => "paused",
        EventKind::Resumed(_) => "resumed",
        EventKind::ClockSet(..) => "clock_set",
        EventKind::FaultBegan(_) => "fault_began",
        EventKind::FaultEnded(_) => "fault_ended",
        EventKind::Refused(..) => "refused",
        EventKind::Noted(..) => "noted",
    }
}

fn loss(why: Loss) -> &'static str {
    match why {
        Loss::Cut => "cut",
        Loss::Chance => "chance",
        Loss::Rule => "rule",
        Loss::Crash => "crash",
        Loss::End => "end",
    }
}
