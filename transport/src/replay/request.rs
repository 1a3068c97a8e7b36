//! What a rerun in a child process is told.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::answer::Answer;
use super::codec::{Reader, Writer};
use crate::contract::segment::Segment;
use crate::contract::shard_id::ShardId;
use crate::decision::choice::{Choice, Decision, FixedDecisions};
use crate::decision::matcher::Matcher;
use crate::decision::names::{Found, Name, Names};
use crate::run::execute::Ended;
use crate::run::rerun::Rerun;

/// Names the file with the request to this process, in a process that was made to run one seed of
/// one test again. Not for users.
const VARIABLE: &str = "SHARD_MESH_RERUN";

/// What a rerun is to do.
#[derive(Debug)]
pub(crate) struct RerunRequest {
    /// The test that is meant, by the name that its harness has.
    test: String,
    pub(crate) rerun: Rerun,
    /// After so long it ends, in case that nobody is left to end it.
    limit: Duration,
    /// Where the answer goes.
    pub(super) answer: PathBuf,
}

/// The name of the variable that a child process is given, and its value.
pub(super) fn environment(request: &Path) -> (&'static str, &Path) {
    (VARIABLE, request)
}

/// Whether this process was made to run a test again.
pub(crate) fn is_rerun() -> bool {
    env::var_os(VARIABLE).is_some()
}

impl RerunRequest {
    /// A request that goes into `file`; the answer goes beside it.
    pub(super) fn new(
        test: &str,
        fixed: Option<FixedDecisions>,
        limit: Duration,
        file: &Path,
    ) -> Self {
        Self {
            test: test.to_owned(),
            rerun: Rerun {
                fixed: fixed.map(|fixed| Arc::new(Matcher::new(fixed))),
                ..Rerun::default()
            },
            limit,
            answer: file.with_extension("answer"),
        }
    }

    /// The request to this process, if `test` is what is to be run again and has not failed yet: one
    /// test may have several runs, of which some pass before the one that is meant.
    pub(crate) fn of_this_process(test: &str) -> Option<Self> {
        let file = PathBuf::from(env::var_os(VARIABLE)?);
        let request = Self::read(&mut Reader::new(&fs::read(&file).ok()?), &file)?;
        let answer = Answer::in_file(&request.answer);
        if request.test != test || answer.is_some_and(|it| it.failed.is_some()) {
            return None;
        }
        // This process exists for this one run, so it may be ended, and the hook is nobody else's.
        let limit = request.limit;
        thread::spawn(move || {
            thread::sleep(limit);
            process::exit(1);
        });
        request.rerun.places.hook();
        Some(request)
    }

    /// Answers how the rerun ended.
    pub(crate) fn answer(&self, ended: &Ended) {
        Answer::of(ended, self.rerun.fixed.as_deref()).save(&self.answer);
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.text(&self.test);
        writer.number(u64::try_from(self.limit.as_millis()).unwrap_or(u64::MAX));
        let fixed = self.rerun.fixed.as_deref().map(Matcher::fixed);
        let fixed: Vec<_> = fixed.into_iter().collect();
        writer.list(&fixed, |writer, fixed| {
            writer.number(fixed.jitter.into());
            writer.list(&fixed.decisions, write_decision);
        });
        writer.into_bytes()
    }

    fn read(reader: &mut Reader<'_>, file: &Path) -> Option<Self> {
        let test = reader.text()?;
        let limit = Duration::from_millis(reader.number()?);
        let fixed = reader.list(|reader| {
            let jitter = reader.number()? > 0;
            let decisions = reader.list(read_decision)?;
            Some(FixedDecisions { decisions, jitter })
        })?;
        let fixed = fixed.into_iter().next();
        Some(Self::new(&test, fixed, limit, file))
    }
}

fn write_decision(writer: &mut Writer, decision: &Decision) {
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
    let Segment { from, to, number } = decision.segment;
    for number in [from.0, to.0, number, kind, extra, found] {
        writer.number(number);
    }
    let names: Vec<_> = decision.names.into_iter().collect();
    writer.list(&names, |writer, names| {
        for Name { label, nth } in [names.exact, names.loose] {
            writer.number(label);
            writer.number(nth);
        }
    });
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
    let weaker = reader.number()?;
    let names = reader.list(|reader| {
        Some(Names {
            exact: read_name(reader)?,
            loose: read_name(reader)?,
        })
    })?;
    let decision = Decision::new(mesh, segment, choice, names.into_iter().next());
    match weaker {
        0 => Some(decision),
        1 => decision.by_less(),
        _ => Some(decision.by_number()),
    }
}

fn read_name(reader: &mut Reader<'_>) -> Option<Name> {
    Some(Name {
        label: reader.number()?,
        nth: reader.number()?,
    })
}
