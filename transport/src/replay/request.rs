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
use super::decision_codec::{read_decision, write_decision};
use crate::decision::choice::{Decision, FixedDecisions};
use crate::decision::matcher::Matcher;
use crate::run::execute::Ended;
use crate::run::failure::Failure;
use crate::run::rerun::{Rerun, Telling};

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

/// Tells a reader how a run has failed that had these decisions.
type Tell<'a> = &'a dyn Fn(&Failure, (Telling, &[Decision])) -> String;

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
        (fixed, told): (Option<FixedDecisions>, Option<Telling>),
        limit: Duration,
        file: &Path,
    ) -> Self {
        Self {
            test: test.to_owned(),
            rerun: Rerun {
                fixed: fixed.map(|fixed| Arc::new(Matcher::new(fixed))),
                told,
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

    /// Answers how the rerun ended. `tell` tells a reader what happened in a run that failed.
    pub(crate) fn answer(&self, ended: &Ended, tell: Tell<'_>) {
        let told = self.rerun.told.zip(ended.as_ref().err());
        let fixed = self.rerun.fixed.as_deref().map(Matcher::fixed);
        let decided = fixed.map_or(&[][..], |fixed| &fixed.decisions);
        let story = told.map(|(telling, failure)| tell(failure, (telling, decided)));
        Answer::of(
            ended,
            (self.rerun.fixed.as_deref(), self.rerun.is_full()),
            story,
        )
        .save(&self.answer);
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
        writer.option(self.rerun.told.as_ref(), |writer, told| {
            writer.number(told.draw.into());
            writer.number(told.color.into());
            writer.number(told.columns as u64);
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
        let told = reader.list(|reader| {
            Some(Telling {
                draw: reader.number()? > 0,
                color: reader.number()? > 0,
                columns: reader.small()?,
            })
        })?;
        let (fixed, told) = (fixed.into_iter().next(), told.into_iter().next());
        Some(Self::new(&test, (fixed, told), limit, file))
    }
}
