//! How decisions, and what they have met, go to a rerun and come back.

use super::codec::{Reader, Writer};
use super::episode_codec::{read_episode, write_episode};
use crate::decision::choice::{Asked, Choice, Decision, Met, OnSegment, Told};
use crate::decision::names::{Found, Name, Names};

pub(super) fn write_decision(writer: &mut Writer, decision: &Decision) {
    match decision {
        Decision::OnSegment(it) => {
            writer.number(0);
            write_on_segment(writer, it);
        }
        Decision::Asked(it) => {
            writer.number(1);
            write_asked(writer, it);
        }
        Decision::Episode(it) => {
            writer.number(2);
            write_episode(writer, it);
        }
    }
}

pub(super) fn read_decision(reader: &mut Reader<'_>) -> Option<Decision> {
    match reader.number()? {
        0 => read_on_segment(reader),
        1 => read_asked(reader).map(Decision::Asked),
        2 => read_episode(reader).map(Decision::Episode),
        _ => None,
    }
}

pub(super) fn write_met(writer: &mut Writer, met: &Met) {
    match met {
        Met::Segment(number, names) => {
            writer.number(0);
            writer.number(*number);
            writer.option(names.as_ref(), write_names);
        }
        Met::Asked(asked) => {
            writer.number(1);
            write_asked(writer, asked);
        }
        Met::Episode(episode) => {
            writer.number(2);
            write_episode(writer, episode);
        }
    }
}

pub(super) fn read_met(reader: &mut Reader<'_>) -> Option<Met> {
    match reader.number()? {
        0 => {
            let number = reader.number()?;
            Some(Met::Segment(number, reader.list(read_names)?.pop()))
        }
        1 => read_asked(reader).map(Met::Asked),
        2 => read_episode(reader).map(Met::Episode),
        _ => None,
    }
}

fn write_on_segment(writer: &mut Writer, decision: &OnSegment) {
    writer.number(decision.mesh as u64);
    let (kind, extra) = match decision.choice {
        Choice::Lost => (0, 0),
        Choice::Duplicated => (1, 0),
        Choice::Reordered(overtakers) => (2, overtakers),
        Choice::Delayed(millis) => (3, millis),
    };
    let found = match decision.found {
        Found::Exactly(_) => 0,
        Found::Loosely(_) => 1,
        Found::ByNumber(_) => 2,
    };
    writer.segment(decision.segment);
    for number in [kind, extra, found] {
        writer.number(number);
    }
    writer.option(decision.names.as_ref(), write_names);
}

fn read_on_segment(reader: &mut Reader<'_>) -> Option<Decision> {
    let mesh = reader.small()?;
    let segment = reader.segment()?;
    let (kind, extra) = (reader.number()?, reader.number()?);
    let choice = match kind {
        0 => Choice::Lost,
        1 => Choice::Duplicated,
        2 => Choice::Reordered(extra),
        3 => Choice::Delayed(extra),
        _ => return None,
    };
    let weaker = reader.number()?;
    let names = reader.list(read_names)?.pop();
    let decision = Decision::OnSegment(OnSegment::new(mesh, segment, choice, names));
    match weaker {
        0 => Some(decision),
        1 => decision.by_less(),
        _ => Some(decision.as_printed()),
    }
}

pub(super) fn write_asked(writer: &mut Writer, asked: &Asked) {
    writer.text(&asked.name);
    #[allow(clippy::cast_possible_truncation, reason = "the lower half of it")]
    let low = asked.place as u64;
    writer.number(low);
    writer.number(u64::try_from(asked.place >> 64).unwrap_or_default());
    writer.text(&asked.told.pin);
    let value = asked.told.value.as_ref();
    writer.option(value, |writer, value| writer.text(value));
}

pub(super) fn read_asked(reader: &mut Reader<'_>) -> Option<Asked> {
    let name = reader.text()?;
    let (low, high) = (reader.number()?, reader.number()?);
    Some(Asked {
        name,
        place: u128::from(high) << 64 | u128::from(low),
        told: Told {
            pin: reader.text()?,
            value: reader.list(Reader::text)?.pop(),
        },
    })
}

fn write_names(writer: &mut Writer, names: &Names) {
    for Name { label, nth } in [names.exact, names.loose] {
        writer.number(label);
        writer.number(nth);
    }
}

fn read_names(reader: &mut Reader<'_>) -> Option<Names> {
    Some(Names {
        exact: read_name(reader)?,
        loose: read_name(reader)?,
    })
}

fn read_name(reader: &mut Reader<'_>) -> Option<Name> {
    Some(Name {
        label: reader.number()?,
        nth: reader.number()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let asked = Asked {
            name: "stop of 2 #3".to_owned(),
            place: u128::MAX - 5,
            told: Told {
                pin: "1".to_owned(),
                value: Some("\"del\"".to_owned()),
            },
        };
        let decision = Decision::Asked(asked.clone());
        let mut writer = Writer::default();
        write_decision(&mut writer, &decision);
        write_met(&mut writer, &Met::Segment(7, None));
        write_met(&mut writer, &Met::Asked(asked.clone()));
        let bytes = writer.into_bytes();
        let mut reader = Reader::new(&bytes);
        assert_eq!(read_decision(&mut reader), Some(decision));
        assert_eq!(read_met(&mut reader), Some(Met::Segment(7, None)));
        assert_eq!(read_met(&mut reader), Some(Met::Asked(asked)));
        assert_eq!(read_met(&mut reader), None);
    }
}
