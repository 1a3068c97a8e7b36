use crate::trace::digest::Digest;
use crate::trace::record::Record;

/// What is left of a log when its run is over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) records: Vec<Record>,
    pub(crate) digest: Digest,
    /// The records that the log dropped, in a rerun and as long as they are not too many.
    pub(crate) archive: Vec<Record>,
    pub(crate) labels: Vec<(u32, u64, String)>,
}

impl Kept {
    /// With all that is archived, if that is all that there was.
    pub(crate) fn whole(self) -> Option<Self> {
        if self.archive.len() as u64 != self.digest.count() {
            return None;
        }
        Some(Self {
            records: [self.archive, self.records].concat(),
            digest: Digest::default(),
            archive: Vec::new(),
            labels: self.labels,
        })
    }
}
