//! How episodes of chaos go to a rerun and come back.

use super::codec::{Reader, Writer};
use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::decision::chaos::episode::{Begins, Crash, Episode, What, Which, Wrong};
use crate::decision::chaos::moment::{Happens, Moment};

pub(super) fn write_episode(writer: &mut Writer, episode: &Episode) {
    writer.number(episode.mesh as u64);
    writer.number(episode.began);
    writer.number(episode.lasting);
    match episode.begins {
        Begins::At(at) => numbers(writer, &[0, at]),
        Begins::After(Moment(what)) => write_moment(writer, what),
    }
    match &episode.what {
        What::Cut(which) => {
            writer.number(0);
            write_which(writer, which);
        }
        What::Hold(which) => {
            writer.number(1);
            write_which(writer, which);
        }
        What::Pause(shard) => numbers(writer, &[2, shard.0]),
        What::Crash(crash) => {
            numbers(writer, &[3, crash.in_flight_arrives.into()]);
            writer.option(crash.keeping.as_ref(), |writer, kept| writer.number(*kept));
            write_shards(writer, &crash.shards);
        }
        What::Clock(shard, wrong) => {
            let (kind, how) = match wrong {
                Wrong::Ahead(nanos) => (0, *nanos),
                Wrong::Behind(nanos) => (1, *nanos),
                Wrong::Drifts(millionths) => (2, *millionths),
            };
            numbers(writer, &[4, shard.0, kind, how]);
        }
    }
}

pub(super) fn read_episode(reader: &mut Reader<'_>) -> Option<Episode> {
    let (mesh, began, lasting) = (reader.small()?, reader.number()?, reader.number()?);
    let begins = match reader.number()? {
        0 => Begins::At(reader.number()?),
        kind => Begins::After(read_moment(reader, kind)?),
    };
    let what = match reader.number()? {
        0 => What::Cut(read_which(reader)?),
        1 => What::Hold(read_which(reader)?),
        2 => What::Pause(ShardId(reader.number()?)),
        3 => What::Crash(Crash {
            in_flight_arrives: reader.number()? > 0,
            keeping: reader.list(Reader::number)?.pop(),
            shards: read_shards(reader)?,
        }),
        4 => {
            let (shard, kind, how) = (reader.number()?, reader.number()?, reader.number()?);
            let wrong = match kind {
                0 => Wrong::Ahead(how),
                1 => Wrong::Behind(how),
                _ => Wrong::Drifts(how),
            };
            What::Clock(ShardId(shard), wrong)
        }
        _ => return None,
    };
    Some(Episode {
        mesh,
        begins,
        began,
        lasting,
        what,
    })
}

fn numbers(writer: &mut Writer, numbers: &[u64]) {
    for number in numbers {
        writer.number(*number);
    }
}

fn write_moment(writer: &mut Writer, what: Happens) {
    // As one of a segment, whose receiver is nobody.
    let of = |from, number| Segment {
        from,
        to: ShardId(0),
        number,
    };
    let (kind, segment) = match what {
        Happens::Sending(it) => (1, it),
        Happens::Sent(it) => (2, it),
        Happens::Receiving(it) => (3, it),
        Happens::Received(it) => (4, it),
        Happens::Written(shard, number) => (5, of(shard, number)),
        Happens::Synced(shard, number) => (6, of(shard, number)),
        Happens::Booted(shard, number) => (7, of(shard, number)),
    };
    writer.number(kind);
    writer.segment(segment);
}

fn read_moment(reader: &mut Reader<'_>, kind: u64) -> Option<Moment> {
    let segment = reader.segment()?;
    let Segment { from, number, .. } = segment;
    Some(Moment(match kind {
        1 => Happens::Sending(segment),
        2 => Happens::Sent(segment),
        3 => Happens::Receiving(segment),
        4 => Happens::Received(segment),
        5 => Happens::Written(from, number),
        6 => Happens::Synced(from, number),
        7 => Happens::Booted(from, number),
        _ => return None,
    }))
}

fn write_which(writer: &mut Writer, which: &Which) {
    match which {
        Which::All => writer.number(0),
        Which::Link(from, to) => numbers(writer, &[1, from.0, to.0]),
        Which::From(shard) => numbers(writer, &[2, shard.0]),
        Which::To(shard) => numbers(writer, &[3, shard.0]),
        Which::Around(shard) => numbers(writer, &[4, shard.0]),
        Which::Between(left, right) => {
            writer.number(5);
            write_shards(writer, left);
            write_shards(writer, right);
        }
        Which::Leading(left, right) => {
            writer.number(6);
            write_shards(writer, left);
            write_shards(writer, right);
        }
    }
}

fn read_which(reader: &mut Reader<'_>) -> Option<Which> {
    let shard = |reader: &mut Reader<'_>| reader.number().map(ShardId);
    Some(match reader.number()? {
        0 => Which::All,
        1 => Which::Link(shard(reader)?, shard(reader)?),
        2 => Which::From(shard(reader)?),
        3 => Which::To(shard(reader)?),
        4 => Which::Around(shard(reader)?),
        5 => Which::Between(read_shards(reader)?, read_shards(reader)?),
        6 => Which::Leading(read_shards(reader)?, read_shards(reader)?),
        _ => return None,
    })
}

fn write_shards(writer: &mut Writer, shards: &[ShardId]) {
    writer.list(shards, |writer, shard| writer.number(shard.0));
}

fn read_shards(reader: &mut Reader<'_>) -> Option<Vec<ShardId>> {
    reader.list(|reader| reader.number().map(ShardId))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_episode_comes_back_as_it_was() {
        let shards = |ids: &[u64]| ids.iter().copied().map(ShardId).collect::<Vec<_>>();
        let (one, two) = (shards(&[1]), shards(&[2, 3]));
        let segment = Segment {
            from: ShardId(1),
            to: ShardId(2),
            number: 3,
        };
        let whats = [
            What::Cut(Which::All),
            What::Cut(Which::Link(ShardId(1), ShardId(2))),
            What::Hold(Which::From(ShardId(3))),
            What::Hold(Which::To(ShardId(4))),
            What::Cut(Which::Around(ShardId(5))),
            What::Cut(Which::Between(one.clone(), two.clone())),
            What::Hold(Which::Leading(two.clone(), one)),
            What::Pause(ShardId(6)),
            What::Crash(Crash {
                shards: two,
                keeping: Some(7),
                in_flight_arrives: true,
            }),
            What::Clock(ShardId(8), Wrong::Ahead(9)),
            What::Clock(ShardId(8), Wrong::Behind(10)),
            What::Clock(ShardId(8), Wrong::Drifts(11)),
        ];
        let begins = [
            Begins::At(12),
            Begins::After(Moment(Happens::Sending(segment))),
            Begins::After(Moment(Happens::Sent(segment))),
            Begins::After(Moment(Happens::Receiving(segment))),
            Begins::After(Moment(Happens::Received(segment))),
            Begins::After(Moment(Happens::Written(ShardId(1), 13))),
            Begins::After(Moment(Happens::Synced(ShardId(1), 14))),
            Begins::After(Moment(Happens::Booted(ShardId(1), 15))),
        ];
        for what in whats {
            for begins in begins {
                let episode = Episode {
                    mesh: 1,
                    begins,
                    began: 16,
                    lasting: 17,
                    what: what.clone(),
                };
                let mut writer = Writer::default();
                write_episode(&mut writer, &episode);
                let bytes = writer.into_bytes();
                assert_eq!(read_episode(&mut Reader::new(&bytes)), Some(episode));
                assert_eq!(
                    read_episode(&mut Reader::new(&bytes[..bytes.len() - 1])),
                    None
                );
            }
        }
    }
}
