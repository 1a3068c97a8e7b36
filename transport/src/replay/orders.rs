//! What a rerun in a child process is told, and what it answers.

use std::env;
use std::fs;
use std::panic::{self, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use super::codec::{Reader, Writer};
use super::decisions::{Choice, Decision, Given};
use crate::ShardId;
use crate::failure::Failure;
use crate::forgotten::{Forgotten, Mark};
use crate::log::{Kept, Kind, Record};
use crate::run::Ended;
use crate::timeline::{Recording, Segment};

/// Names the file with the orders of this process, in a process that was made to run one seed of
/// one test again. Not for users.
const ORDERS: &str = "SHARD_MESH_ORDERS";

/// What a rerun is to do.
#[derive(Debug)]
pub(crate) struct Orders {
    /// The test that is meant, by the name that its harness has.
    pub(crate) test: String,
    /// Decisions to be taken in place of drawing any.
    pub(crate) given: Option<Given>,
    /// After so long it ends, in case that nobody is left to end it.
    limit: Duration,
    /// Where the answer goes.
    pub(super) answer: PathBuf,
    /// Where each thread panicked last.
    places: Arc<Mutex<Vec<(ThreadId, String)>>>,
}

/// How a rerun ended.
#[derive(Debug)]
pub(crate) struct Answer {
    /// How it failed, and where, unless it passed.
    pub(crate) failed: Option<(String, String)>,
    /// What happened in its meshes; nothing where decisions were given.
    pub(crate) recordings: Vec<Recording>,
}

/// The name of the variable that a child process is given, and its value.
pub(super) fn environment(orders: &Path) -> (&'static str, &Path) {
    (ORDERS, orders)
}

/// Whether this process was made to run a test again.
pub(crate) fn is_rerun() -> bool {
    env::var_os(ORDERS).is_some()
}

impl Orders {
    /// Orders that are found in `file`; the answer goes beside it.
    pub(super) fn new(test: &str, given: Option<Given>, limit: Duration, file: &Path) -> Self {
        Self {
            test: test.to_owned(),
            given,
            limit,
            answer: file.with_extension("answer"),
            places: Arc::default(),
        }
    }

    /// The orders of this process, if `test` is what is to be run again and has not failed yet: one
    /// test may have several runs, of which some pass before the one that is meant.
    pub(crate) fn of_this_process(test: &str) -> Option<Arc<Self>> {
        let file = PathBuf::from(env::var_os(ORDERS)?);
        let orders = Self::read(&mut Reader::new(&fs::read(&file).ok()?), &file)?;
        let answer = Answer::in_file(&orders.answer);
        if orders.test != test || answer.is_some_and(|it| it.failed.is_some()) {
            return None;
        }
        // This process exists for this one run, so it may be ended, and the hook is nobody else's.
        let limit = orders.limit;
        thread::spawn(move || {
            thread::sleep(limit);
            process::exit(1);
        });
        let places = orders.places.clone();
        panic::set_hook(Box::new(move |info| note_place(&places, info)));
        Some(Arc::new(orders))
    }

    /// Where this thread panicked last.
    pub(crate) fn place(&self) -> Option<String> {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let here = thread::current().id();
        let last = places.iter().rfind(|(thread, _)| *thread == here);
        last.map(|(_, place)| place.clone())
    }

    /// Whether to tell what happened, and what each segment was.
    pub(crate) fn wants_labels(&self) -> bool {
        self.given.is_none()
    }

    /// Writes the answer: complete or not at all.
    pub(crate) fn answer(&self, ended: &Ended) {
        let failure = ended.as_ref().err();
        let recordings: Vec<_> = match ended {
            Ok(passed) => passed.recordings.iter().collect(),
            Err(failure) => {
                let meshes = failure.findings.meshes.iter();
                meshes.map(|mesh| &mesh.recording).collect()
            }
        };
        let mut writer = Writer::default();
        let failed: Vec<_> = failure
            .map(|it| (it.how.to_string(), place(it)))
            .into_iter()
            .collect();
        writer.list(&failed, |writer, (how, place)| {
            writer.text(how);
            writer.text(place);
        });
        let told = if self.wants_labels() {
            &recordings[..]
        } else {
            &[]
        };
        writer.list(told, |writer, recording| {
            write_recording(writer, recording);
        });
        let partial = self.answer.with_extension("partial");
        if fs::write(&partial, writer.into_bytes()).is_ok() {
            let _ = fs::rename(partial, &self.answer);
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.text(&self.test);
        writer.number(u64::try_from(self.limit.as_millis()).unwrap_or(u64::MAX));
        let given: Vec<_> = self.given.iter().collect();
        writer.list(&given, |writer, given| {
            writer.number(given.jitter.into());
            writer.list(&given.decisions, |writer, decision| {
                let Decision {
                    mesh,
                    segment,
                    choice,
                } = decision;
                writer.number(*mesh as u64);
                let (kind, extra) = match *choice {
                    Choice::Lost => (0, 0),
                    Choice::Duplicated => (1, 0),
                    Choice::Reordered(overtakers) => (2, overtakers),
                    Choice::Delayed(millis) => (3, millis),
                };
                for number in [segment.from.0, segment.to.0, segment.number, kind, extra] {
                    writer.number(number);
                }
            });
        });
        writer.into_bytes()
    }

    fn read(reader: &mut Reader<'_>, file: &Path) -> Option<Self> {
        let test = reader.text()?;
        let limit = Duration::from_millis(reader.number()?);
        let given = reader.list(|reader| {
            let jitter = reader.number()? > 0;
            let decisions = reader.list(read_decision)?;
            Some(Given { decisions, jitter })
        })?;
        let given = given.into_iter().next();
        Some(Self::new(&test, given, limit, file))
    }
}

fn note_place(places: &Mutex<Vec<(ThreadId, String)>>, info: &PanicHookInfo<'_>) {
    if let Some(place) = info.location() {
        let mut places = places.lock().unwrap_or_else(PoisonError::into_inner);
        places.push((thread::current().id(), place.to_string()));
    }
}

/// Where a run failed: what must be the same for two runs to have failed in the same way. Where
/// nothing panicked, it is how they failed, and who waited for what.
fn place(failure: &Failure) -> String {
    let meshes = failure.findings.meshes.iter();
    let waits = meshes.map(|mesh| mesh.waits.place());
    let waits = || waits.collect::<Vec<_>>().join("; ");
    let place = failure.place.clone();
    place.unwrap_or_else(|| format!("{}: {}", failure.how, waits()))
}

fn read_decision(reader: &mut Reader<'_>) -> Option<Decision> {
    let mesh = reader.small()?;
    let segment = Segment {
        from: ShardId(reader.number()?),
        to: ShardId(reader.number()?),
        number: reader.number()?,
    };
    let (kind, extra) = (reader.number()?, reader.number()?);
    let choice = match kind {
        0 => Choice::Lost,
        1 => Choice::Duplicated,
        2 => Choice::Reordered(extra),
        3 => Choice::Delayed(extra),
        _ => return None,
    };
    Some(Decision {
        mesh,
        segment,
        choice,
    })
}

impl Answer {
    /// The answer in a file, if there is a whole one.
    pub(super) fn in_file(file: &Path) -> Option<Self> {
        Self::read(&fs::read(file).ok()?)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let failed = reader.list(|reader| Some((reader.text()?, reader.text()?)))?;
        Some(Self {
            failed: failed.into_iter().next(),
            recordings: reader.list(read_recording)?,
        })
    }
}

/// All but the faults, which the reader knows from its own run.
fn write_recording(writer: &mut Writer, recording: &Recording) {
    writer.list(&recording.shards, |writer, shard| writer.number(shard.0));
    writer.list(&recording.logs, |writer, log| {
        write_records(writer, &log.records);
        let (count, hash, marks) = log.forgotten.parts();
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
    Some(Recording {
        shards: reader.list(|reader| reader.number().map(ShardId))?,
        faults: Vec::new(),
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
        forgotten: Forgotten::from_parts(count, hash, marks),
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
