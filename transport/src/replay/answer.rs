//! How a rerun in a child process answers.

use std::fs;
use std::path::Path;

use super::codec::{Reader, Writer};
use super::decision_codec::{read_asked, read_met, write_asked, write_met};
use super::episode_codec::{read_episode, write_episode};
use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::decision::chaos::episode::Episode;
use crate::decision::choice::{Asked, Met};
use crate::decision::matcher::Matcher;
use crate::run::execute::Ended;
use crate::run::failure::{Failure, Snapshot};
use crate::trace::digest::{Digest, Mark};
use crate::trace::kept::Kept;
use crate::trace::record::{Kind, Record};
use crate::trace::recording::Recording;

/// How a rerun ended.
#[derive(Debug)]
pub(crate) struct Answer {
    /// How it failed, and where, unless it passed.
    pub(crate) failed: Option<(String, String)>,
    /// The error that it returned, if its standard error was looked at and has it.
    pub(crate) error: Option<String>,
    /// What happened in its meshes; nothing where decisions were fixed.
    pub(crate) recordings: Vec<Recording>,
    /// What was asked for by name in it, how much more there was, and whether the seed was read; nothing
    /// where decisions were fixed.
    pub(crate) asked: Vec<Asked>,
    pub(crate) asked_beyond: u64,
    /// The episodes of chaos in it, likewise.
    pub(crate) episodes: Vec<Episode>,
    pub(crate) seed_was_read: bool,
    /// What happened in it, told to a reader, and when it failed, in milliseconds; where that was asked for.
    pub(crate) story: Option<(u64, String)>,
    /// What the segments were that fixed decisions are about, each with its mesh; likewise.
    pub(crate) labels: Vec<((usize, Segment), String)>,
    /// What each fixed decision has met, if it met something.
    pub(crate) met: Vec<Option<Met>>,
}

/// Where a run failed: what must be the same for two runs to have failed in the same way. Where
/// nothing panicked, it is how they failed, and who waited for what.
fn place(failure: &Failure) -> String {
    let meshes = failure.snapshot.meshes.iter();
    let waits = meshes.map(|mesh| mesh.waits.place());
    let waits = || waits.collect::<Vec<_>>().join("; ");
    // What a test waits for by name says more than who waits for a segment.
    let awaited = failure.snapshot.awaited.iter();
    let awaited: Vec<_> = awaited
        .map(|it| format!("{:?} at {}", it.name, it.asked))
        .collect();
    let waits = || {
        if awaited.is_empty() {
            waits()
        } else {
            awaited.join(", ")
        }
    };
    let place = failure.place.clone();
    place.unwrap_or_else(|| format!("{}: {}", failure.how, waits()))
}

/// What the segments were that decisions are about, as far as the run has noted it.
fn labels(failure: &Failure, fixed: &Matcher) -> Vec<((usize, Segment), String)> {
    let all: Vec<_> = failure
        .snapshot
        .meshes
        .iter()
        .map(|mesh| mesh.recording.labels())
        .collect();
    let decisions = fixed.fixed().decisions.iter();
    let labelled = decisions.filter_map(|it| {
        let (mesh, segment) = it.segment()?;
        let label = all.get(mesh)?.get(&segment)?;
        Some(((mesh, segment), label.clone()))
    });
    labelled.collect()
}

impl Answer {
    /// Of a run that ended so, in which these decisions were `fixed`; with what happened in its meshes, if all of
    /// that was noted.
    pub(super) fn of(
        ended: &Ended,
        (fixed, is_full): (Option<&Matcher>, bool),
        story: Option<String>,
    ) -> Self {
        let failure = ended.as_ref().err();
        let recordings = match ended {
            _ if !is_full => Vec::new(),
            Ok(passed) => passed.recordings.clone(),
            Err(failure) => {
                let meshes = failure.snapshot.meshes.iter();
                meshes.map(|mesh| mesh.recording.clone()).collect()
            }
        };
        let at = failure.map_or(0, |it| it.snapshot.at);
        let snapshot = failure.map(|it| &it.snapshot).filter(|_| fixed.is_none());
        Self {
            failed: failure.map(|it| (it.how.to_string(), place(it))),
            error: None,
            recordings,
            asked: snapshot.map(|it| it.asked.clone()).unwrap_or_default(),
            asked_beyond: snapshot.map_or(0, |it| it.asked_beyond),
            episodes: snapshot.map(Snapshot::episodes).unwrap_or_default(),
            seed_was_read: snapshot.is_some_and(|it| it.seed_was_read),
            labels: match (&story, failure, fixed) {
                (Some(_), Some(failure), Some(fixed)) => labels(failure, fixed),
                _ => Vec::new(),
            },
            story: story.map(|told| (at, told)),
            met: fixed.map(Matcher::met).unwrap_or_default(),
        }
    }

    /// Writes it: complete or not at all.
    pub(super) fn save(&self, file: &Path) {
        let mut writer = Writer::default();
        let failed: Vec<_> = self.failed.iter().collect();
        writer.list(&failed, |writer, (how, place)| {
            writer.text(how);
            writer.text(place);
        });
        writer.list(&self.recordings, write_recording);
        writer.list(&self.asked, write_asked);
        writer.number(self.asked_beyond);
        writer.list(&self.episodes, write_episode);
        writer.number(self.seed_was_read.into());
        writer.option(self.story.as_ref(), |writer, (at, told)| {
            writer.number(*at);
            writer.text(told);
        });
        writer.list(&self.labels, |writer, ((mesh, segment), label)| {
            writer.number(*mesh as u64);
            writer.segment(*segment);
            writer.text(label);
        });
        writer.list(&self.met, |writer, met| {
            writer.option(met.as_ref(), write_met);
        });
        let partial = file.with_extension("partial");
        if fs::write(&partial, writer.into_bytes()).is_ok() {
            let _ = fs::rename(partial, file);
        }
    }

    /// The answer in a file, if there is a whole one.
    pub(super) fn in_file(file: &Path) -> Option<Self> {
        Self::read(&fs::read(file).ok()?)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let failed = reader.list(|reader| Some((reader.text()?, reader.text()?)))?;
        Some(Self {
            failed: failed.into_iter().next(),
            error: None,
            recordings: reader.list(read_recording)?,
            asked: reader.list(read_asked)?,
            asked_beyond: reader.number()?,
            episodes: reader.list(read_episode)?,
            seed_was_read: reader.number()? > 0,
            story: reader
                .list(|reader| Some((reader.number()?, reader.text()?)))?
                .pop(),
            labels: reader.list(|reader| {
                let of = (reader.small()?, reader.segment()?);
                Some((of, reader.text()?))
            })?,
            met: reader.list(|reader| Some(reader.list(read_met)?.pop()))?,
        })
    }
}

/// All but the faults, which the reader knows from its own run.
fn write_recording(writer: &mut Writer, recording: &Recording) {
    writer.list(&recording.shards, |writer, shard| writer.number(shard.0));
    let notes: Vec<_> = recording.notes.iter().collect();
    writer.list(&notes, |writer, (mark, text)| {
        writer.number(**mark);
        writer.text(text);
    });
    writer.list(&recording.logs, |writer, log| {
        write_records(writer, &log.records);
        let (count, hash, marks) = log.digest.parts();
        writer.number(count);
        writer.number(hash);
        writer.list(marks, |writer, mark| {
            for number in [mark.count, mark.hash, mark.tick] {
                writer.number(number);
            }
        });
        write_records(writer, &log.archive);
        writer.list(&log.labels, |writer, (from, number, label)| {
            writer.number((*from).into());
            writer.number(*number);
            writer.text(label);
        });
    });
}

fn write_records(writer: &mut Writer, records: &[Record]) {
    writer.list(records, |writer, record| {
        let small = u64::from(record.kind as u8) | u64::from(record.extra) << 8;
        let from = u64::from(record.from);
        for number in [record.at, record.tick, small, from, record.segment] {
            writer.number(number);
        }
    });
}

fn read_recording(reader: &mut Reader<'_>) -> Option<Recording> {
    let shards = reader.list(|reader| reader.number().map(ShardId))?;
    let notes = reader.list(|reader| Some((reader.number()?, reader.text()?.into())))?;
    Some(Recording {
        shards,
        faults: Vec::new(),
        notes: notes.into_iter().collect(),
        logs: reader.list(read_log)?,
    })
}

fn read_log(reader: &mut Reader<'_>) -> Option<Kept> {
    let records = read_records(reader)?;
    let (count, hash) = (reader.number()?, reader.number()?);
    let marks = reader.list(|reader| {
        Some(Mark {
            count: reader.number()?,
            hash: reader.number()?,
            tick: reader.number()?,
        })
    })?;
    let archive = read_records(reader)?;
    let labels = reader.list(|reader| Some((reader.small()?, reader.number()?, reader.text()?)))?;
    Some(Kept {
        records,
        digest: Digest::from_parts(count, hash, marks),
        archive,
        labels,
    })
}

fn read_records(reader: &mut Reader<'_>) -> Option<Vec<Record>> {
    reader.list(|reader| {
        let (at, tick, small) = (reader.number()?, reader.number()?, reader.number()?);
        Some(Record {
            at,
            tick,
            kind: *Kind::ALL.get(usize::try_from(small & 0xFF).ok()?)?,
            extra: u16::try_from(small >> 8).ok()?,
            from: reader.small()?,
            segment: reader.number()?,
        })
    })
}
